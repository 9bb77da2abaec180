"""What the jobs and the desk need of the edges, as Protocols: ConnectWise, the store, the runner."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol, TypeVar

from seatsync.journal import Operation
from seatsync.model import (
    Addition,
    AdditionId,
    Agreement,
    AgreementId,
    Book,
    ProductId,
)

Made = TypeVar("Made", covariant=True)

Progress = Callable[[int, int, str], None]
"""Called with steps done, steps in all, and what is being done now."""


def nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class Connection:
    """Where a team's ConnectWise is and how to sign in there; ``repr`` shows no key."""

    url: str
    company: str
    public_key: str = field(repr=False)
    private_key: str = field(repr=False)
    client_id: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Written:
    """The line as ConnectWise answered a write with it, and the request's id."""

    addition: Addition
    request_id: str


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """A write as it goes over the wire; ``path`` is below the API's root, ``body`` is sent as UTF-8."""

    method: str
    path: str
    body: str


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a connection test: what was tried, whether it worked, and what to do if not.

    ``right`` is the permission of the API member's security role that it needs, ``without`` what does not
    work while it is missing; ``refused`` says that it is. What only a write would show is not ``tried``.
    """

    what: str
    ok: bool
    advice: str = ""
    right: str = ""
    without: str = ""
    tried: bool = True
    refused: bool = False


class Writes(Protocol[Made]):
    """The writes of a push: each returns what came of it, or, where nothing is sent, what it is."""

    def set_quantity(self, agreement: AgreementId, addition: AdditionId, quantity: Decimal) -> Made:
        """Replace the quantity of a line and nothing else."""

    def set_cancelled(self, agreement: AgreementId, addition: AdditionId, day: date | None) -> Made:
        """Set the last day on which a line bills; None takes the cancel date back."""

    def create_addition(
        self,
        agreement: AgreementId,
        product: ProductId,
        quantity: Decimal,
        effective: date,
        serial: str = "",
    ) -> Made:
        """Add a billable line at the catalogue's price, with a serial number unless ``serial`` is empty."""


class ConnectWise(Protocol):
    """The part of the ConnectWise API that a scan and a push use. Every method may raise ConnectWiseError."""

    @property
    def drafts(self) -> Writes[WriteRequest]:
        """Describe writes, byte for byte as they would be sent, and send nothing."""

    def writer(self, leaving: Callable[[], None] = nothing) -> Writes[Written]:
        """Send writes, each once. ``leaving`` is called before each, when nothing holds it back any more.

        A write raises NotNow when it can't leave at once or is not taken, and is never sent again by itself.
        """

    @property
    def waits(self) -> int:
        """Count how often a request of the calling thread was held back so far."""

    @property
    def requests(self) -> int:
        """Count the requests sent so far, retries included."""

    @property
    def wait_left(self) -> float:
        """Return for how many seconds ConnectWise asks all requests to wait; 0 when it does not."""

    def check(self) -> tuple[Check, ...]:
        """Try the connection and each permission that a scan and a push need; never raises."""

    def read_book(self, progress: Progress, earlier: Callable[[], Book | None]) -> Book:
        """Read everything a snapshot holds. Raises ScanFailed, naming what could not be read.

        ``earlier`` gives the last book: what is unchanged since, and counts nowhere, may come from there.
        """

    def agreement(self, agreement: AgreementId) -> Agreement:
        """Read one agreement."""

    def addition(self, agreement: AgreementId, addition: AdditionId) -> Addition:
        """Read one line."""

    def additions(self, agreement: AgreementId) -> tuple[Addition, ...]:
        """Read every line of an agreement, cancelled ones included."""


class Runner(Protocol):
    """Starts durable runs; it needs no waiting, and a run goes on without its starter."""

    def start(self, operation: Operation) -> None:
        """Start a queued run."""

    def resume(self, operation: Operation) -> None:
        """Take over a run whose process died. Raises RunInProgress while it is alive."""
