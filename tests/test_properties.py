"""What holds for every book and export: nothing lost, nothing guessed, order does not matter."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from seatsync.model import (
    Addition,
    AdditionId,
    Agreement,
    AgreementId,
    Book,
    CompanyId,
    ExportId,
    Problem,
    ProductId,
    SeatRow,
    SnapshotId,
    TeamId,
)
from seatsync.plan import Cancel, Create, Plan, Update, choose, make_plan
from seatsync.preview import Preview
from seatsync.status import Kind, Status, TenantState
from tests.factories import EAP, ECP, TODAY, agreement, book, line, preview, seat

# Names that look alike, stand twice, differ in legal form, or are nobody's.
NAMES = [
    "Contoso Ltd",
    "Contoso Limited",
    "Contoso Retail",
    "Fabrikam Inc",
    "Adatum",
    "Zyx Qwv",
    "Tailspin Toys",
]
TIERS = ["Email Advanced Protect", "Email Complete Protect", "Demo", "Novel", "email advanced protect"]
STATES = [*[TenantState.PAID] * 5, TenantState.TRIAL, TenantState.EXPIRED, TenantState.DELETED]
DAYS = [None, date(2026, 1, 1), date(2026, 11, 22), date(2026, 12, 31)]

companies = st.lists(st.sampled_from(NAMES), min_size=1, max_size=6)


@st.composite
def seat_rows(draw: st.DrawFn) -> SeatRow:
    """A row of any kind, as the reader would give it."""
    state = draw(st.sampled_from([*STATES, TenantState.NOT_FOR_RESALE]))
    tenant = draw(st.sampled_from(NAMES))
    row = seat(
        tenant,
        str(draw(st.integers(0, 30))),
        portal=draw(st.sampled_from(["", "p1", "p2", "p3", tenant.casefold()])),
        tier=draw(st.sampled_from(TIERS)),
        state=state,
        expires=draw(st.sampled_from(DAYS)),
        line=draw(st.integers(2, 90)),
    )
    if draw(st.integers(0, 7)) == 0:
        return replace(row, users=None, problem=Problem(row.line, "Users", "x", "It is not a whole number."))
    return row


@st.composite
def exports(draw: st.DrawFn) -> list[SeatRow]:
    """Rows in which, as the reader does, every repeated portal and tier carries a problem."""
    rows = draw(st.lists(seat_rows(), max_size=14))
    places = Counter((row.key, row.tier) for row in rows)
    problem = Problem(9, "License", "", "The same portal and license stand twice.")
    return [
        replace(row, users=None, problem=row.problem or problem) if places[row.key, row.tier] > 1 else row
        for row in rows
    ]


@st.composite
def books(draw: st.DrawFn) -> Book:
    """A small book with agreements and lines of every kind."""
    named = {250 + place: name for place, name in enumerate(draw(companies))}
    agreements: list[Agreement] = []
    for number in range(draw(st.integers(0, 8))):
        agreements.append(
            agreement(
                81 + number,
                CompanyId(draw(st.sampled_from(list(named)))),
                status=draw(st.sampled_from(["Active", "Active", "Active", "Expired"])),
                cycle=draw(st.sampled_from(["Monthly", "Annual", "Odd"])),
                currency=draw(st.sampled_from(["USD", "EUR"])),
                next_invoice=draw(st.sampled_from(DAYS)),
                type_name=draw(st.sampled_from(["Managed Services", "Project"])),
            )
        )
    lines: list[Addition] = []
    for number in range(draw(st.integers(0, 10)) if agreements else 0):
        lines.append(
            line(
                9001 + number,
                str(draw(st.integers(0, 30))),
                agreement_id=draw(st.sampled_from([a.id for a in agreements])),
                product_id=draw(st.sampled_from([EAP, ECP, ProductId(1)])),
                bill_customer=draw(st.sampled_from(["Billable", "Billable", "Billable", "DoNotBill"])),
                cancelled=draw(st.sampled_from([None, None, None, date(2026, 11, 1), date(2027, 3, 1)])),
                unit_price=draw(st.sampled_from([None, Decimal("4.00"), Decimal("0.131")])),
                less_included=Decimal(draw(st.sampled_from([0, 0, 3]))),
            )
        )
    return book(*lines, agreements=agreements or [agreement(80, CompanyId(999))], companies=named)


def plan_of(found: Preview, held: Book, select: str = "all") -> Plan:
    rows = choose(found, select, {})
    return make_plan(
        rows,
        held,
        TODAY,
        frozenset(),
        team_id=TeamId(1),
        export_id=ExportId(3),
        export_sha256="0" * 64,
        snapshot_id=SnapshotId(7),
    )


def pushed(plan: Plan, held: Book) -> Book:
    """The book as a scan finds it after every change of the plan was carried out."""
    lines = {each.id: each for each in held.additions}
    for number, change in enumerate(plan.changes):
        match change:
            case Update():
                lines[change.addition.id] = replace(lines[change.addition.id], quantity=change.quantity)
            case Cancel():
                lines[change.addition.id] = replace(lines[change.addition.id], cancelled=change.last_day)
            case Create():
                made = line(
                    9500 + number,
                    str(change.quantity),
                    agreement_id=change.agreement.id,
                    product_id=change.product.id,
                    effective=change.effective,
                )
                lines[made.id] = made
    return replace(held, additions=tuple(lines.values()))


@given(exports(), books(), st.integers(0, 3))
@settings(max_examples=200, deadline=None)
def test_every_seat_row_is_accounted_for_exactly_once(rows: list[SeatRow], held: Book, ignored: int) -> None:
    found = preview(rows, held, rows=len(rows) + ignored, ignored=ignored)
    counts = found.counts
    parts = counts.paid + counts.skipped + counts.expired + counts.no_charge + counts.unreadable
    assert parts + counts.ignored == counts.rows == len(rows) + ignored
    shown = [part for row in found.rows for part in row.parts]
    assert len(shown) == counts.paid + counts.skipped + counts.unreadable
    assert not Counter(map(repr, shown)) - Counter(map(repr, rows))


@given(exports(), books())
@settings(max_examples=200, deadline=None)
def test_keys_are_unique_and_only_three_statuses_can_be_chosen(rows: list[SeatRow], held: Book) -> None:
    found = preview(rows, held, declared=True)
    assert len({row.key for row in found.rows}) == len(found.rows)
    chooses = {Status.READY: Kind.UPDATE, Status.NO_ADDITION: Kind.CREATE, Status.ORPHANED: Kind.CANCEL}
    for row in found.rows:
        assert row.reason
        assert not row.selected or (row.selectable and row.status is Status.READY and row.quantity_new)
        assert not row.selectable or row.change is chooses[row.status]


@given(exports(), books())
@settings(max_examples=200, deadline=None)
def test_nothing_that_the_export_holds_is_ever_orphaned(rows: list[SeatRow], held: Book) -> None:
    found = preview(rows, held, declared=True)
    live = (Status.UNREADABLE, Status.SKIPPED, Status.READY, Status.NO_CHANGE, Status.NO_ADDITION)
    present = {
        (row.company.id, row.product.id)
        for row in found.rows
        if row.parts and row.company and row.product and row.status in live
    }
    for row in found.rows:
        if row.status is Status.ORPHANED:
            assert row.company is not None
            assert row.product is not None
            assert (row.company.id, row.product.id) not in present
            assert row.line is not None
            assert row.line.addition.bills


@given(exports(), books(), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_the_order_of_the_rows_and_of_the_book_changes_nothing(
    rows: list[SeatRow], held: Book, random: object
) -> None:
    shuffled, lines = list(rows), list(held.additions)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    random.shuffle(lines)  # type: ignore[attr-defined]
    turned = replace(
        held,
        additions=tuple(lines),
        companies=dict(reversed(held.companies.items())),
        agreements=dict(reversed(held.agreements.items())),
    )
    one, other = preview(rows, held, declared=True), preview(shuffled, turned, declared=True)
    assert one == other
    assert plan_of(one, held).digest == plan_of(other, turned).digest


@given(exports(), books())
@settings(max_examples=200, deadline=None)
def test_what_was_pushed_can_not_be_chosen_again(rows: list[SeatRow], held: Book) -> None:
    before = preview(rows, held, declared=True)
    plan = plan_of(before, held)
    after = preview(rows, pushed(plan, held), declared=True, links=before.new_links)
    again = {row.key: row for row in after.rows if row.selectable}
    assert not [change.key for change in plan.changes if change.key in again]
    for row in after.rows:
        if row.key in {change.key for change in plan.changes}:
            assert row.status is Status.NO_CHANGE


@given(exports(), books())
@settings(max_examples=200, deadline=None)
def test_the_sum_of_a_row_is_the_sum_of_its_parts(rows: list[SeatRow], held: Book) -> None:
    for row in preview(rows, held, declared=True).rows:
        if row.change in (Kind.UPDATE, Kind.CREATE):
            assert row.quantity_new == sum(part.users for part in row.parts if part.users is not None)
            assert all(part.state is TenantState.PAID and part.problem is None for part in row.parts)


@given(exports(), books(), st.data())
@settings(max_examples=200, deadline=None)
def test_the_digest_changes_with_any_before_value(
    rows: list[SeatRow], held: Book, data: st.DataObject
) -> None:
    plan = plan_of(preview(rows, held, declared=True), held)
    touched = [change for change in plan.changes if isinstance(change, Update | Cancel)]
    if not touched:
        return
    target = data.draw(st.sampled_from(touched))
    edits = {
        "quantity": Decimal(77),
        "unit_price": Decimal("9.99"),
        "effective": date(2020, 2, 2),
        "bill_customer": "NoCharge",
        "less_included": Decimal(1),
        "agreement_id": AgreementId(7),
        "id": AdditionId(1),
    }
    name = data.draw(st.sampled_from(sorted(edits)))
    edited = replace(target, addition=replace(target.addition, **{name: edits[name]}))  # type: ignore[arg-type]
    changes = tuple(edited if change is target else change for change in plan.changes)
    assert replace(plan, changes=changes).digest != plan.digest
