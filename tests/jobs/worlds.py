"""Two ConnectWise servers with one face: one in memory, and the simulator behind the real client."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

import httpx

from seatsync.connectwise import ConnectWiseClient, connect
from seatsync.connectwise.drafts import Drafts
from seatsync.connectwise.pacing import Clock
from seatsync.errors import ConnectWiseError, FieldError, NotNow
from seatsync.model import (
    BILLABLE,
    Addition,
    AdditionId,
    Agreement,
    AgreementId,
    Book,
    Company,
    CompanyId,
    Product,
    ProductId,
)
from seatsync.ports import Check, Connection, ConnectWise, Progress, Written, nothing
from seatsync.simulator.book import SimulatedBook

TODAY = date(2026, 11, 22)
COMPANY = Company(CompanyId(250), "Tarnwick Dental Care Ltd")
PRODUCT = Product(ProductId(3409), "AV-EAP", price=Decimal(4))
NEW_PRODUCT = Product(ProductId(3411), "AV-EBP", price=Decimal(2))
PLAIN, INVOICED, STARTING, ONE_MONTH, ENDING = (AgreementId(number) for number in (81, 83, 84, 85, 87))
LINE = AdditionId(9001)

BEFORE_START = "effectiveDate cannot be less than the agreement billing start date"
ALREADY_INVOICED = "Since this period has already been invoiced there will not be an invoice generated"


def small_book() -> dict[str, Any]:
    """One company whose agreements differ in which effective dates they take."""

    def agreement(number: AgreementId, **more: Any) -> dict[str, Any]:
        dates = {"startDate": "2024-01-01T00:00:00Z", "billStartDate": "2024-01-01T00:00:00Z"}
        parties = {"company": {"id": 250}, "contact": {"id": 5250}}
        name = {"name": f"Agreement {number}", **parties, "type": {"id": 1}}
        return {"id": number, **name, **dates, "prorateFlag": True, **more}

    line = {"agreementId": 81, "product": {"id": 3409}, "billCustomer": "Billable", "unitPrice": 4}
    return {
        "companies": [
            {"id": 250, "identifier": "tarnwick", "name": COMPANY.name},
            {"id": 251, "name": "B", "identifier": "b"},
        ],
        "agreementTypes": [{"id": 1, "name": "Managed Services"}, {"id": 2, "name": "Project"}],
        "catalog": [
            {"id": 3409, "identifier": "AV-EAP", "description": "Advanced", "price": 4},
            {"id": 3410, "identifier": "AV-ECP", "description": "Complete", "price": 5.5},
            {"id": 3411, "identifier": "AV-EBP", "description": "Basic", "price": 2},
        ],
        "agreements": [
            agreement(PLAIN, nextInvoiceDate="2026-12-15T00:00:00Z"),
            agreement(INVOICED, nextInvoiceDate="2027-02-01T00:00:00Z", prorateFlag=False),
            agreement(STARTING, billStartDate="2027-01-15T00:00:00Z"),
            agreement(ONE_MONTH, nextInvoiceDate="2026-12-01T00:00:00Z", prorateFlag=False),
            agreement(
                ENDING,
                nextInvoiceDate="2026-12-01T00:00:00Z",
                prorateFlag=False,
                endDate="2026-11-25T00:00:00Z",
            ),
        ],
        "additions": [{**line, "id": LINE, "quantity": 12, "effectiveDate": "2024-02-01T00:00:00Z"}],
    }


class World(Protocol):
    """A server, seen by a test: the port, what it holds, what was written, and what goes wrong."""

    connectwise: ConnectWise

    def fault(self, name: str, *, method: str = "", times: int | None = 1) -> None: ...

    def edit(self, **changes: Any) -> None: ...

    def edit_agreement(self, agreement: AgreementId, **changes: Any) -> None: ...

    def refuse_writes(self) -> None: ...

    def remove_line(self) -> None: ...

    def add_line(self, quantity: int) -> None: ...

    def lines(self, agreement: AgreementId = PLAIN) -> tuple[Addition, ...]: ...

    @property
    def writes(self) -> list[str]: ...


class InMemory:
    """A ConnectWise of dictionaries; ``faults`` has the simulator's names, ``refused`` is a 400.

    ``spoils`` are fields that every write changes as well.
    """

    def __init__(self) -> None:
        self.connectwise = self
        self.drafts = Drafts()
        self.spoils: dict[str, Any] = {}
        self.agreements = {
            number: Agreement(
                number,
                f"Agreement {number}",
                COMPANY.id,
                type_name="Managed Services",
                start=date(2024, 1, 1),
                bill_start=date(2024, 1, 1),
                prorate=True,
            )
            for number in (PLAIN, INVOICED, STARTING, ONE_MONTH, ENDING)
        }
        for number, changes in {
            PLAIN: {"next_invoice": date(2026, 12, 15)},
            INVOICED: {"next_invoice": date(2027, 2, 1), "prorate": False},
            STARTING: {"bill_start": date(2027, 1, 15)},
            ONE_MONTH: {"next_invoice": date(2026, 12, 1), "prorate": False},
            ENDING: {"next_invoice": date(2026, 12, 1), "prorate": False, "end": date(2026, 11, 25)},
        }.items():
            self.agreements[number] = replace(self.agreements[number], **changes)
        self.held = {
            LINE: Addition(
                LINE, PLAIN, PRODUCT.id, Decimal(12), Decimal(0), Decimal(4), effective=date(2024, 2, 1)
            )
        }
        self.faults: list[list[Any]] = []
        self.sent: list[str] = []

    def fault(self, name: str, *, method: str = "", times: int | None = 1) -> None:
        self.faults.append([name, method, times])

    def edit(self, **changes: Any) -> None:
        self.held[LINE] = replace(self.held[LINE], **changes)

    def edit_agreement(self, agreement: AgreementId, **changes: Any) -> None:
        self.agreements[agreement] = replace(self.agreements[agreement], **changes)

    def refuse_writes(self) -> None:
        self.fault("refused", method="PATCH")
        self.fault("refused", method="POST")

    def remove_line(self) -> None:
        del self.held[LINE]

    def add_line(self, quantity: int) -> None:
        """Add a line of the new product, as somebody does it by hand."""
        number = AdditionId(max(self.held, default=LINE) + 1)
        self.held[number] = Addition(
            number, PLAIN, NEW_PRODUCT.id, Decimal(quantity), unit_price=Decimal(2), effective=TODAY
        )

    def lines(self, agreement: AgreementId = PLAIN) -> tuple[Addition, ...]:
        return tuple(line for line in self.held.values() if line.agreement_id == agreement)

    @property
    def writes(self) -> list[str]:
        return list(self.sent)

    def _strike(self, method: str) -> str:
        for fault in self.faults:
            if fault[1] in ("", method) and fault[2] != 0:
                fault[2] = None if fault[2] is None else fault[2] - 1
                name: str = fault[0]
                if name == "unauthorized":
                    raise ConnectWiseError("ConnectWise refused the credentials.", status=401)
                if name == "refused":
                    raise ConnectWiseError('ConnectWise refused ("addition object is invalid").', status=400)
                if name == "server_error" and method == "GET":
                    raise ConnectWiseError("ConnectWise failed with error 500.", status=500)
                return name
        return ""

    def _write(self, method: str, before: Addition | None, after: Addition) -> Written:
        self.sent.append(method)
        name = self._strike(method)
        if name == "rate_limited":
            raise NotNow("ConnectWise limits the number of requests.", status=429, retry_after=5.0)
        lost = ConnectWiseError("ConnectWise did not answer.", outcome_unknown=True, request_id="r-1")
        if name == "ignored_write":
            return Written(before or replace(after, quantity=Decimal(0)), "r-1")
        after = replace(after, **self.spoils)
        if name not in ("drop_before", "server_error"):
            self.held[after.id] = after
        if name:
            raise lost
        return Written(after, "r-1")

    # --- the port ---

    def writer(self, leaving: Callable[[], None] = nothing) -> "Leaving":
        return Leaving(self, leaving)

    @property
    def waits(self) -> int:
        return 0

    @property
    def requests(self) -> int:
        return len(self.sent)

    @property
    def wait_left(self) -> float:
        return 0.0

    def check(self) -> tuple[Check, ...]:
        return ()

    def read_book(self, progress: Progress, earlier: Callable[[], Book | None]) -> Book:
        raise NotImplementedError

    def agreement(self, agreement: AgreementId) -> Agreement:
        self._strike("GET")
        return self.agreements[agreement]

    def addition(self, agreement: AgreementId, addition: AdditionId) -> Addition:
        self._strike("GET")
        if addition not in self.held:
            raise ConnectWiseError("ConnectWise found nothing.", status=404, code="NotFound")
        return self.held[addition]

    def additions(self, agreement: AgreementId) -> tuple[Addition, ...]:
        self._strike("GET")
        return self.lines(agreement)

    def set_quantity(self, agreement: AgreementId, addition: AdditionId, quantity: Decimal) -> Written:
        line = self.held[addition]
        return self._write("PATCH", line, replace(line, quantity=quantity))

    def set_cancelled(self, agreement: AgreementId, addition: AdditionId, day: date | None) -> Written:
        line = self.held[addition]
        return self._write("PATCH", line, replace(line, cancelled=day))

    def create_addition(
        self,
        agreement: AgreementId,
        product: ProductId,
        quantity: Decimal,
        effective: date,
        serial: str = "",
    ) -> Written:
        why = _refusal(self.agreements[agreement], effective)
        if why:
            self.sent.append("POST")
            field = FieldError("InvalidField", why, "addition", "effectiveDate")
            raise ConnectWiseError(f'ConnectWise refused ("{why}").', status=400, errors=(field,))
        number = AdditionId(max(self.held, default=LINE) + 1)
        line = Addition(number, agreement, product, quantity, Decimal(0), Decimal(2), BILLABLE, effective)
        line = replace(line, serial=serial)
        return self._write("POST", None, line)


class Leaving:
    """The writes of a server in memory, each told before it leaves."""

    def __init__(self, server: Any, leaving: Callable[[], None]) -> None:
        self._server = server
        self._leaving = leaving

    def __getattr__(self, name: str) -> Any:
        assert name in ("set_quantity", "set_cancelled", "create_addition")

        def write(*given: Any) -> Written:
            self._leaving()
            made: Written = getattr(self._server, name)(*given)
            return made

        return write


def _refusal(agreement: Agreement, effective: date) -> str:
    if agreement.bill_start and effective < agreement.bill_start:
        return BEFORE_START
    if not agreement.prorate and agreement.next_invoice and effective < agreement.next_invoice:
        return ALREADY_INVOICED
    if agreement.end and effective > agreement.end:
        return "effectiveDate cannot be greater than the agreement end date"
    return ""


class Simulated:
    """The simulator at ``url`` on the small book, behind the real client on a clock that never waits."""

    def __init__(self, url: str) -> None:
        self.control = httpx.Client(base_url=url, trust_env=False, verify=False)
        self.control.post("/simulator/reset").raise_for_status()
        self.connectwise: ConnectWiseClient = client_of(url)

    def close(self) -> None:
        self.connectwise.close()
        self.control.close()

    def fault(self, name: str, *, method: str = "", times: int | None = 1) -> None:
        wish = {"name": name, "method": method, "times": times}
        self.control.post("/simulator/faults", json=wish).raise_for_status()

    def edit(self, **changes: Any) -> None:
        self._edit({"agreement": PLAIN, "addition": LINE, "set": _members(changes)})

    def edit_agreement(self, agreement: AgreementId, **changes: Any) -> None:
        self._edit({"agreement": agreement, "set": _members(changes)})

    def refuse_writes(self) -> None:
        # A stored date that the server's rules refuse makes it refuse every write to the line.
        self.edit_agreement(PLAIN, bill_start=date(2025, 1, 1))
        self._edit({"product": NEW_PRODUCT.id, "set": {"inactiveFlag": True}})

    def remove_line(self) -> None:
        self._edit({"agreement": PLAIN, "addition": LINE, "delete": True})

    def add_line(self, quantity: int) -> None:
        """Add a line of the new product, as somebody does it by hand."""
        line = {"product": {"id": NEW_PRODUCT.id}, "quantity": quantity, "effectiveDate": _day(TODAY)}
        self._edit({"agreement": PLAIN, "add": line})

    def lines(self, agreement: AgreementId = PLAIN) -> tuple[Addition, ...]:
        return self.connectwise.additions(agreement)

    @property
    def writes(self) -> list[str]:
        log = self.control.get("/simulator/requests").json()
        return [entry["method"] for entry in log if entry["method"] != "GET"]

    def _edit(self, wish: Mapping[str, Any]) -> None:
        self.control.post("/simulator/edit", json=wish).raise_for_status()


_MEMBERS: Mapping[str, Any] = {
    "quantity": lambda value: {"quantity": float(value)},
    "less_included": lambda value: {"lessIncluded": float(value)},
    "unit_price": lambda value: {"unitPrice": float(value)},
    "bill_customer": lambda value: {"billCustomer": value},
    "product_id": lambda value: {"product": {"id": value}},
    "company_id": lambda value: {"company": {"id": value}},
    "type_name": lambda _: {"type": {"id": 2}},
    "cancelled": lambda value: {"cancelledFlag": True} if value is True else {"cancelledDate": _day(value)},
    "effective": lambda value: {"effectiveDate": _day(value)},
    "bill_start": lambda value: {"billStartDate": _day(value)},
    "next_invoice": lambda value: {"nextInvoiceDate": _day(value)},
    "end": lambda value: {"endDate": _day(value)},
}


def _members(changes: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in changes.items():
        found |= _MEMBERS[name](value)
    return found


def _day(day: date) -> str:
    return f"{day}T00:00:00Z"


def client_of(url: str, transport: httpx.HTTPTransport | None = None) -> ConnectWiseClient:
    """Connect to a simulator with a clock on which a wait takes no time."""
    now = 0.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    connection = Connection(url, "training", "public-key", "private-key", "client-id")
    # Certificates, which cost a quarter of a second a client, are not needed for http.
    transport = transport or httpx.HTTPTransport(verify=False)
    return connect(connection, clock=Clock(monotonic=lambda: now, sleep=sleep), transport=transport)


def simulated_book() -> SimulatedBook:
    """The small book, as the simulator reads it."""
    return SimulatedBook.from_json(small_book())
