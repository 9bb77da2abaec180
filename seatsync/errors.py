"""What can go wrong, as one tree; ``str()`` of each is the sentence for the person at the screen.

SeatSyncError
├── SettingsError          one or more settings are wrong; nothing starts
├── DatabaseError          the database can't be opened, reached or written
├── NotConfigured          the team has no ConnectWise connection
├── NotReady               a step before this one is missing (no scan, no mapping)
├── NotFound               no such team, export, operation, company, product
├── NotPermitted           the person's role does not allow it
├── InvalidChoice          a choice that can't be carried out
├── ExportRefused          the file is not a tenant export that can be read
│   └── ColumnUnclear      two columns fit one field; a person must choose
├── PushRefused            the push was not started and nothing was written
│   ├── DigestMismatch     the plan is not the one that was approved, or was pushed already
│   ├── BrakeTripped       the plan cuts more than the brakes allow
│   └── RunInProgress      another run of the team is under way
├── ConnectWiseError       ConnectWise refused, failed or did not answer
│   ├── NotNow             a write has to wait, and what it rests on must be read again then
│   └── WaitStopped        a wait for ConnectWise was ended as asked
└── ScanFailed             a scan could not read everything; the old snapshot stays
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self


class SeatSyncError(Exception):
    """Root of the tree: whatever is caught at an edge is one of these or a defect.

    ``hint`` is what the command line adds to the sentence: an option to give.
    """

    hint = ""


class SettingsError(SeatSyncError):
    """One or more settings are wrong; the message lists all of them by name."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        listed = " ".join(f"{name}: {why}." for name, why in self.problems.items())
        super().__init__(f"Settings are wrong. {listed} Correct them and start again.")


class DatabaseError(SeatSyncError):
    """The database can't be opened, reached or written."""


class NotConfigured(SeatSyncError):
    """The team has no ConnectWise connection."""

    def __init__(self) -> None:
        super().__init__("ConnectWise is not configured for this team. Connect it under Setup, then scan.")


class NotReady(SeatSyncError):
    """A step before this one is missing."""


class NotFound(SeatSyncError):
    """The thing asked for does not exist, or belongs to another team."""


class NotPermitted(SeatSyncError):
    """The person's role does not allow the action."""


class InvalidChoice(SeatSyncError):
    """The choice can't be carried out as asked."""


class ExportRefused(SeatSyncError):
    """The file is not a tenant export that can be read.

    ``header`` holds the cells of the header whose columns were the trouble; empty where something else was.
    """

    def __init__(self, message: str, header: Sequence[str] = ()) -> None:
        self.header = tuple(header)
        super().__init__(message)


class ColumnUnclear(ExportRefused):
    """Two columns fit one field and neither has the attested name, or the only one needs a confirmation."""

    def __init__(self, field: str, candidates: Sequence[str], header: Sequence[str] = ()) -> None:
        self.field = field
        self.candidates = tuple(candidates)
        *before, last = (f'"{name}"' for name in self.candidates)
        named = {"tier": "license", "state": "status", "expires": "expiration date"}.get(field, field)
        if before:
            lead = f"Columns {', '.join(before)} and {last} could each hold the {named}. Choose one"
        else:
            lead = f"Column {last} may hold the {named}, or something else. Confirm it"
        self.hint = f'For example: --column {field}="{self.candidates[0]}".'
        super().__init__(f"{lead}.", header)


class PushRefused(SeatSyncError):
    """The push was not started and nothing was written."""


class DigestMismatch(PushRefused):
    """The plan is not the one that was approved, or it was pushed already."""


class BrakeTripped(PushRefused):
    """The plan cuts more than the brakes allow without a typed confirmation."""


class RunInProgress(PushRefused):
    """Another run of the team is under way."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One entry of ``errors[]`` in a ConnectWise error body."""

    code: str
    message: str
    resource: str
    field: str


_DATE_REJECTIONS = (
    "effectivedate cannot be less than the agreement billing start date",
    "since this period has already been invoiced",
)


# No public source gives the vendor's words: a refusal that says of the agreement itself that it is over.
_AGREEMENT_OVER = re.compile(
    r"(?<!of )\bagreement\b"
    r"(?: (?:\d+|is|has|was|been|already|status|now|currently|and|or|can ?not|can't|not|be))* "
    r"(?:cancell?ed|closed|expired|inactive|locked|read.only|edited|modified|changed|editable)\b"
)


class ConnectWiseError(SeatSyncError):
    """ConnectWise refused, failed or did not answer.

    ``outcome_unknown`` is true when a write was sent and its answer was lost, so that only a look-up can tell
    whether it took effect. ``retry_after`` is in seconds. ``raw`` is the answer's own text for the log,
    without credentials.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str = "",
        errors: Sequence[FieldError] = (),
        request_id: str = "",
        retry_after: float | None = None,
        outcome_unknown: bool = False,
        raw: str = "",
    ) -> None:
        self.status = status
        self.code = code
        self.errors = tuple(errors)
        self.request_id = request_id
        self.retry_after = retry_after
        self.outcome_unknown = outcome_unknown
        self.raw = raw
        super().__init__(message)

    @property
    def refuses_credentials(self) -> bool:
        """Whether the answer means that no further request with these credentials can succeed."""
        return self.status in (401, 403)

    @property
    def says_no_page(self) -> bool:
        """Whether the address is wrong, and not just the record gone: only that has a code of its own."""
        return self.status == 404 and self.code != "NotFound"

    @property
    def refuses_agreement(self) -> bool:
        """Whether ConnectWise says that the agreement is over, so that none of its lines can be changed."""
        if self.outcome_unknown or self.status not in (400, 409, 422):
            return False
        said = (self.raw, *(error.message for error in self.errors))
        return any(_AGREEMENT_OVER.search(" ".join(text.split()).casefold()) for text in said)

    @property
    def refuses_date(self) -> bool:
        """Whether ConnectWise refused the effective date, so that a later one may be tried."""
        if self.outcome_unknown:
            return False
        texts = (str(self), *(error.message for error in self.errors))
        said = [" ".join(text.split()).casefold() for text in texts]
        return any(error.field.casefold() == "effectivedate" for error in self.errors) or any(
            rejection in text for rejection in _DATE_REJECTIONS for text in said
        )


class NotNow(ConnectWiseError):
    """A write could not leave at once, or ConnectWise was too busy to take it: nothing was written.

    It is not sent again by itself, since a line may change during the wait.
    """

    @classmethod
    def of(cls, error: ConnectWiseError) -> Self:
        """Make it of what held the write back."""
        return cls(
            str(error),
            status=error.status,
            code=error.code,
            errors=error.errors,
            request_id=error.request_id,
            retry_after=error.retry_after,
            raw=error.raw,
        )


class WaitStopped(ConnectWiseError):
    """A wait for ConnectWise was ended as asked; nothing more was sent."""

    def __init__(self) -> None:
        super().__init__("Waiting for ConnectWise was stopped as asked; nothing more was sent.")


class ScanFailed(SeatSyncError):
    """A scan could not read everything; the snapshot before it stays in use."""
