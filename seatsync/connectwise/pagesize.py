"""How long the pages of a server are: asked for 1,000 entries, it may send fewer and more to come."""

from collections.abc import Sequence, Sized
from dataclasses import dataclass

PAGE_SIZE = 1000
"""The vendor's own limit; a server of one's own may be set lower."""
_SMALLEST_CAP = 25
_TRUSTED_LIES = 3


@dataclass(slots=True)
class PageSizes:
    """What was learned of one server's pages.

    ``widest`` is the longest page so far, ``cap`` the length of a short page after which more came, and
    ``lies`` counts the next pages that a Link header named and that were empty.
    """

    widest: int = 0
    cap: int | None = None
    lies: int = 0

    @property
    def _most(self) -> int:
        return PAGE_SIZE if self.cap is None else self.cap

    def surely_last(self, length: int, names_next: bool) -> bool:
        """Say whether a page is the last, by its length; a named next page is believed while that pays."""
        if length >= self._most or (names_next and self.lies < _TRUSTED_LIES):
            return False
        return length < self.widest or length % _SMALLEST_CAP != 0

    def met(self, pages: Sequence[Sized]) -> None:
        """Learn from the pages of a list so far, the last of which brought something new."""
        self.widest = max(self.widest, len(pages[-1]))
        if len(pages) > 1:
            self.cap = min(self._most, len(pages[-2]))

    def ended(self, pages: Sequence[Sized]) -> None:
        """Learn from a list whose next page was asked for and brought nothing new."""
        if pages and len(pages[-1]) < self._most:
            self.lies += 1
