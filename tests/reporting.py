"""Reports of one line each, and a reader of their pages."""

from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

from seatsync.journal import Operation, Outcome
from seatsync.model import Company, CompanyId, ExportId, ExportRecord, OperationId, SnapshotId, Team, TeamId
from seatsync.report import Entry, Origin, Report
from seatsync.status import OperationKind, OperationStatus
from tests.factories import seat
from tests.test_undos import UPDATE, outcome

BEGAN = datetime(2026, 11, 22, 10, 31, 2, tzinfo=UTC)
TEAM = Team(TeamId(1), "Root")
RUN = Operation(
    OperationId(5),
    TEAM.id,
    OperationKind.SEAT_SYNC,
    OperationStatus.COMPLETED,
    "anna",
    BEGAN,
    BEGAN.replace(second=9),
    digest="5f2c" * 16,
)
NOVEMBER = ExportRecord(
    ExportId(3), "nov.csv", "ab12" * 16, BEGAN.replace(hour=9), "bert", {}, 120, 0, False, "utf-8", ","
)
TWO = (seat("Contoso US", "12", line=3), seat("Contoso EU", "5", line=9))
DONE = outcome(UPDATE, before="12", after="17", request_id="7f3a-1")


def report(*entries: Entry, **fields: Any) -> Report:
    """A report of the push of November, with these entries."""
    given: dict[str, Any] = {"export": NOVEMBER, "snapshot": Origin(SnapshotId(7), BEGAN.replace(hour=8))}
    return Report(TEAM, RUN, entries, BEGAN.replace(hour=12), "carl", **(given | fields))


def entry(became: Outcome = DONE, **fields: Any) -> Entry:
    return Entry(became, "USD", **fields)


class Reader(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.said: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    @property
    def text(self) -> str:
        return "".join(self.said[self.said.index("\n") :])


def hostile_report(name: str) -> tuple[Report, Company]:
    """A report in which every text from outside is ``name``."""
    company = Company(CompanyId(250), name)
    change = replace(
        UPDATE,
        company=company,
        product=replace(UPDATE.product, identifier=name),
        agreement=replace(UPDATE.agreement, name=name, cycle=name, currency=name),
    )
    became = outcome(change, before="12", after="17", message=name, request_id=name)
    row = seat("t", "17", line=3)
    found = Entry(became, name, (replace(row, tenant=name),))
    export = replace(NOVEMBER, name=name, uploaded_by=name)
    run = replace(RUN, who=name)
    return Report(Team(TEAM.id, name), run, (found,), BEGAN, name, export), company
