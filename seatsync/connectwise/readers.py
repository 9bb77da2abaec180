"""Reads many lists side by side and tells how far it is; the first failure ends all."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Self

from seatsync.connectwise.client import Session
from seatsync.connectwise.paging import Listing, read_all
from seatsync.connectwise.row import Row
from seatsync.errors import ConnectWiseError, ScanFailed
from seatsync.ports import Progress

_KEPT = "The snapshot before it stays in use."
_LOOK_SECONDS = 0.25
_WAIT_WORTH_TELLING = 1.0
# While some threads take answers apart, the others keep all requests that are allowed in flight.
_SPARE_THREADS = 6

Rows = tuple[Row, ...]


class Readers:
    """The lists being read for one scan."""

    def __init__(self, session: Session, progress: Progress, in_flight: int) -> None:
        self._session = session
        self._progress = progress
        self._pool = ThreadPoolExecutor(in_flight + _SPARE_THREADS, thread_name_prefix="scan")
        self._ended = threading.Event()
        self._ready: SimpleQueue[Future[Any]] = SimpleQueue()
        self._listings: dict[Future[Any], Listing] = {}
        self._names: dict[Listing, str] = {}
        self._found: dict[Listing, Any] = {}
        self._total = 0
        self._said = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        """End the waits of what is still being read, and drop what was not begun."""
        self._ended.set()
        self._pool.shutdown(cancel_futures=True)

    def start(self, listing: Listing, name: str, read: Callable[[Rows], Any]) -> None:
        """Begin to read a list; ``read`` turns its entries into the result, ``name`` tells of it."""
        self._names[listing] = name
        self._said = self._said or f"Reading {name}"
        future = self._pool.submit(self._read, listing, read)
        self._listings[future] = listing
        future.add_done_callback(self._ready.put)

    def _read(self, listing: Listing, read: Callable[[Rows], Any]) -> Any:
        with self._session.scrubbed():
            return read(read_all(self._session, listing, self._stopping))

    def expect_no_more(self) -> None:
        """Fix how many lists there are, so that progress has a total."""
        self._total = len(self._names)

    def result(self, listing: Listing) -> Any:
        """Wait for the result of a list. Raises ScanFailed, naming the list that could not be read."""
        while listing not in self._found:
            self._tell()
            try:
                future = self._ready.get(timeout=_LOOK_SECONDS)
            except Empty:
                continue
            self._take(future)
            if len(self._found) == self._total:
                self._tell()
        return self._found[listing]

    def _take(self, future: Future[Any]) -> None:
        listing = self._listings[future]
        try:
            self._found[listing] = future.result()
        except ConnectWiseError as error:
            raise scan_failed(self._culprit(error), error) from error
        if self._session.stop():
            raise ScanFailed(f"The scan was stopped as asked. {_KEPT}")
        self._said = f"Read {self._names[listing]}"

    def _tell(self) -> None:
        wait = self._session.gate.wait_left
        said = (
            f"ConnectWise asks to wait: going on in {wait:.0f} s"
            if wait > _WAIT_WORTH_TELLING
            else self._said
        )
        self._progress(len(self._found) if self._total else 0, self._total, said)

    def _stopping(self) -> bool:
        return self._ended.is_set() or self._session.stop()

    def _culprit(self, error: Exception) -> str:
        """Name the list that failed: refused credentials fail the others too, with the first as the cause."""
        first = error.__cause__ if isinstance(error.__cause__, ConnectWiseError) else error
        for future, listing in self._listings.items():
            if future.done() and not future.cancelled() and future.exception() is first:
                return self._names[listing]
        return "everything"


def scan_failed(name: str, error: ConnectWiseError) -> ScanFailed:
    """Say which list could not be read, why, and that nothing is lost."""
    return ScanFailed(f"The scan could not read {name}. {error} {_KEPT}")
