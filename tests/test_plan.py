"""Changes, the order of a plan, the dates it writes, and the digest that names it."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.errors import InvalidChoice
from seatsync.model import (
    Addition,
    AdditionId,
    Agreement,
    AgreementId,
    Book,
    Company,
    CompanyId,
    ExportId,
    OperationId,
    Product,
    ProductId,
    SnapshotId,
    TeamId,
)
from seatsync.plan import (
    BillAgain,
    Cancel,
    Change,
    Create,
    Plan,
    Update,
    choose,
    first_of_next_month,
    last_day,
    make_plan,
)
from seatsync.preview import Billed, ExportCounts, LineView, Preview, PreviewRow, Totals
from seatsync.status import Kind, Status

TODAY = date(2026, 11, 22)
CONTOSO, ABLE = Company(CompanyId(250), "Contoso Ltd"), Company(CompanyId(251), "able ltd")
PRODUCT = Product(ProductId(3409), "AV-EAP", "Advanced", Decimal(4))
AGREEMENT = Agreement(AgreementId(81), "Managed Services", CONTOSO.id, next_invoice=date(2026, 12, 15))
LINE = Addition(AdditionId(9001), AGREEMENT.id, PRODUCT.id, Decimal(12), unit_price=Decimal(4))

UPDATE = Update("u", CONTOSO, PRODUCT, AGREEMENT, LINE, Decimal(17), Decimal(20))
CREATE = Create(
    "n", CONTOSO, PRODUCT, AGREEMENT, Decimal(5), TODAY, (AGREEMENT.id,), (AdditionId(7),), Decimal(20)
)
CANCEL = Cancel("c", CONTOSO, PRODUCT, AGREEMENT, LINE, date(2026, 12, 14), Decimal(-48))
BILL_AGAIN = BillAgain("b", CONTOSO, PRODUCT, AGREEMENT, LINE, None, Decimal(48))


def plan(*changes: Change, **fields_: Any) -> Plan:
    given_ = {
        "team_id": TeamId(1),
        "export_id": ExportId(2),
        "export_sha256": "aa",
        "snapshot_id": SnapshotId(3),
        "changes": changes,
        "currency": {},
    }
    return Plan(**(given_ | fields_))


# --- the digest ---


def other(value: Any) -> Any:
    """Another value of the same kind."""
    match value:
        case bool():
            return not value
        case Enum():
            return None
        case int():
            return value + 1
        case Decimal():
            return value + Decimal("0.1")
        case str():
            return value + "x"
        case date():
            return value + timedelta(days=1)
        case tuple():
            return (*value, AdditionId(99))
        case None:
            return date(2030, 1, 1)
        case _:
            raise AssertionError(f"no other value for {value!r}")


LIVE = ("serial", "unit_cost")


def variations(record: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Each copy of a record in which one field, however deep, has another value."""
    for field in fields(record):
        value, name = getattr(record, field.name), f"{path}.{field.name}"
        if is_dataclass(value):
            for deeper, changed in variations(value, name):
                yield deeper, replace(record, **{field.name: changed})
        elif field.name not in ("kind", "made", *LIVE):
            yield name, replace(record, **{field.name: other(value)})


EVERY_FIELD = [
    pytest.param(change, changed, id=f"{change.kind}{name}")
    for change in (UPDATE, CREATE, CANCEL, BILL_AGAIN)
    for name, changed in variations(change)
]


def test_what_is_known_of_a_live_line_alone_and_its_serial_number_leave_the_digest() -> None:
    """A plan that was pushed before either was read must not pass for another one."""
    live = replace(UPDATE, addition=replace(UPDATE.addition, unit_cost=Decimal(3), serial="MSP"))
    assert plan(live).digest == plan(UPDATE).digest
    assert plan(replace(CREATE, serial="MSP-1")).digest == plan(CREATE).digest


@pytest.mark.parametrize(("change", "changed"), EVERY_FIELD)
def test_another_value_anywhere_in_a_change_is_another_digest(change: Change, changed: Change) -> None:
    assert plan(change).digest != plan(changed).digest


@pytest.mark.parametrize(
    "fields_",
    [
        {"team_id": TeamId(2)},
        {"export_id": ExportId(3)},
        {"export_sha256": "ab"},
        {"snapshot_id": SnapshotId(4)},
        {"changes": (UPDATE,)},
        {"changes": (UPDATE, CANCEL, CREATE)},
        {"changes": ()},
    ],
    ids=lambda fields_: next(iter(fields_)),
)
def test_another_team_export_snapshot_or_choice_is_another_digest(fields_: dict[str, Any]) -> None:
    whole = (UPDATE, CREATE, CANCEL)

    assert plan(*whole).digest != plan(*whole, **fields_).digest


def test_another_operation_undone_or_another_undo_of_it_before_is_another_digest() -> None:
    undo = {"export_id": None, "export_sha256": "", "snapshot_id": None}
    digests = {
        plan(CANCEL, **fields_).digest
        for fields_ in (
            {},
            {**undo, "undoes": OperationId(5)},
            {**undo, "undoes": OperationId(6)},
            {**undo, "undoes": OperationId(5), "earlier": (OperationId(6),)},
            {**undo, "undoes": OperationId(5), "earlier": (OperationId(6), OperationId(7))},
        )
    }
    assert len(digests) == 5


def test_the_line_that_came_of_a_create_is_no_part_of_what_was_decided() -> None:
    assert plan(replace(CREATE, made=LINE)).digest == plan(CREATE).digest


def test_the_same_plan_has_the_same_digest_however_its_numbers_are_written() -> None:
    """A database gives 12.000 back for 12: the plan is rebuilt from it at push."""
    stored = replace(LINE, quantity=Decimal("12.000"), unit_price=Decimal("4.00"))
    rebuilt = replace(UPDATE, addition=stored, quantity=Decimal("1.7E+1"), monthly_delta=Decimal("20.0000"))

    assert plan(rebuilt).digest == plan(UPDATE).digest
    assert len(plan(UPDATE).digest) == 64


# --- the order ---


def row(company: Company | None, change: Kind, key: str, **fields_: Any) -> PreviewRow:
    """A chosen row on one line of the company."""
    given_ = {
        "company": company,
        "product": PRODUCT,
        "agreement": AGREEMENT,
        "lines": () if change is Kind.CREATE else (LineView(LINE, AGREEMENT),),
        "change": change,
        "selectable": True,
        "selected": change is Kind.UPDATE,
        "quantity_new": Decimal(17),
    }
    return PreviewRow(key, Status.READY, "Because.", **(given_ | fields_))


BOOK = Book({CONTOSO.id: CONTOSO}, {AGREEMENT.id: AGREEMENT}, (LINE,), {PRODUCT.id: PRODUCT})


def planned(*rows: PreviewRow, book: Book = BOOK) -> Plan:
    return make_plan(
        rows,
        book,
        TODAY,
        frozenset(),
        team_id=TeamId(1),
        export_id=ExportId(1),
        export_sha256="aa",
        snapshot_id=SnapshotId(1),
    )


def test_a_plan_is_in_one_order_whatever_the_order_of_the_rows() -> None:
    rows = [
        row(CONTOSO, Kind.CANCEL, "1"),
        row(CONTOSO, Kind.CREATE, "2"),
        row(CONTOSO, Kind.UPDATE, "4"),
        row(CONTOSO, Kind.UPDATE, "3"),
        row(ABLE, Kind.UPDATE, "5"),
    ]

    assert [change.key for change in planned(*rows).changes] == ["5", "3", "4", "2", "1"]
    assert planned(*reversed(rows)).digest == planned(*rows).digest


def test_each_kind_of_change_carries_what_it_was_decided_on() -> None:
    old = Addition(AdditionId(9002), AGREEMENT.id, PRODUCT.id, Decimal(3), cancelled=date(2026, 1, 31))
    book = replace_lines(LINE, old)

    update, create, cancel = planned(
        row(CONTOSO, Kind.UPDATE, "u"),
        row(CONTOSO, Kind.CREATE, "n", quantity_new=Decimal(5)),
        row(CONTOSO, Kind.CANCEL, "c", quantity_new=Decimal(0)),
        book=book,
    ).changes

    assert isinstance(update, Update)
    assert (update.addition, update.quantity) == (LINE, 17)
    assert isinstance(create, Create)
    assert (create.effective, create.counted, create.known) == (TODAY, (81,), (9001, 9002))
    assert isinstance(cancel, Cancel)
    assert (cancel.addition, cancel.last_day) == (LINE, date(2026, 12, 14))


def replace_lines(*lines: Addition) -> Book:
    return Book(BOOK.companies, BOOK.agreements, lines, BOOK.products)


@pytest.mark.parametrize(
    "fields_",
    [
        {"company": None},
        {"product": None},
        {"agreement": None},
        {"quantity_new": None},
        {"lines": ()},
        {"lines": (LineView(LINE, AGREEMENT), LineView(LINE, AGREEMENT))},
    ],
)
def test_a_row_without_all_that_a_change_needs_is_refused(fields_: dict[str, Any]) -> None:
    with pytest.raises(InvalidChoice, match=r"^Row u "):
        planned(replace(row(CONTOSO, Kind.UPDATE, "u"), **fields_))


# --- what is chosen ---


def preview(*rows: PreviewRow) -> Preview:
    counts = ExportCounts(0, 0, 0, 0, 0, 0, 0)
    return Preview(rows, counts, Totals({}, Decimal(0), Decimal(0), {}), Billed(0, Decimal(0), {}))


CHOICES = preview(
    row(CONTOSO, Kind.UPDATE, "on"),
    row(CONTOSO, Kind.CANCEL, "off"),
    row(CONTOSO, Kind.CANCEL, "locked", selectable=False, selected=False),
)


@pytest.mark.parametrize(
    ("select", "ticks", "keys"),
    [
        ("default", {}, ["on"]),
        ("default", {"on": False, CHOICES.rows[1].choice: True}, ["off"]),
        ("default", {"off": True}, ["on"]),
        ("default", {"locked": True}, ["on"]),
        ("all", {}, ["on", "off"]),
        ("all", {"on": False}, ["on", "off"]),
        (["off", "off"], {"off": False}, ["off"]),
        ([], {}, []),
    ],
)
def test_rows_are_chosen_by_default_all_or_by_key(
    select: Any, ticks: dict[str, bool], keys: list[str]
) -> None:
    assert [each.key for each in choose(CHOICES, select, ticks)] == keys


@pytest.mark.parametrize(
    ("key", "words"),
    [("gone", "Row gone is not in this preview."), ("locked", "can't be chosen. Because.")],
)
def test_a_key_that_cannot_be_chosen_is_refused(key: str, words: str) -> None:
    with pytest.raises(InvalidChoice, match=words):
        choose(CHOICES, ["on", key], {})


# --- the sums ---


def test_money_is_added_up_by_currency_and_what_has_none_is_counted() -> None:
    changes = (
        replace(UPDATE, key="a"),
        replace(UPDATE, key="b", monthly_delta=Decimal("0.50")),
        replace(CANCEL, key="e"),
        replace(UPDATE, key="f", monthly_delta=None),
    )
    whole = plan(*changes, currency={"a": "USD", "b": "USD", "e": "EUR", "f": "USD"})

    assert whole.money == {"USD": Decimal("20.50"), "EUR": Decimal(-48)}
    assert whole.without_money == 1


def test_a_line_that_bills_again_adds_its_seats_and_is_no_decrease() -> None:
    assert BILL_AGAIN.seats == 12
    unbilled = replace(LINE, bill_customer="DoNotBill")
    assert replace(BILL_AGAIN, addition=unbilled).seats == 0
    assert plan(BILL_AGAIN).decreases == ()


def test_a_decrease_is_a_cancel_or_an_update_to_fewer_seats() -> None:
    fewer = replace(UPDATE, key="less", quantity=Decimal(11))

    assert [each.key for each in plan(UPDATE, fewer, CREATE, CANCEL).decreases] == ["less", "c"]


# --- the dates ---


def line(effective: date | None = None) -> Addition:
    return replace(LINE, effective=effective)


def agreement(next_invoice: date | None) -> Agreement:
    return replace(AGREEMENT, next_invoice=next_invoice)


@pytest.mark.parametrize(
    ("today", "next_invoice", "effective", "day"),
    [
        (date(2026, 11, 22), date(2026, 12, 15), None, date(2026, 12, 14)),
        (date(2026, 11, 22), date(2026, 11, 23), None, date(2026, 11, 22)),
        (date(2026, 11, 22), date(2026, 11, 22), None, date(2026, 11, 30)),
        (date(2026, 11, 22), date(2026, 1, 1), None, date(2026, 11, 30)),
        (date(2026, 11, 22), None, None, date(2026, 11, 30)),
        (date(2026, 12, 5), None, None, date(2026, 12, 31)),
        (date(2026, 12, 5), date(2027, 1, 1), None, date(2026, 12, 31)),
        (date(2028, 2, 3), None, None, date(2028, 2, 29)),
        (date(2026, 2, 28), None, None, date(2026, 2, 28)),
        (date(2026, 11, 22), None, date(2026, 12, 24), date(2026, 12, 24)),
        (date(2026, 11, 22), date(2026, 12, 15), date(2027, 3, 1), date(2027, 3, 1)),
        (date(2026, 11, 22), date(2026, 12, 15), date(2024, 1, 1), date(2026, 12, 14)),
    ],
)
def test_the_last_day_is_the_end_of_the_period_that_is_billed(
    today: date, next_invoice: date | None, effective: date | None, day: date
) -> None:
    assert last_day(line(effective), agreement(next_invoice), today) == day


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_the_last_day_is_never_past(today: date, other_day: date) -> None:
    assert last_day(line(other_day), agreement(other_day), today) >= max(today, other_day - timedelta(days=1))


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_the_first_of_next_month_is_the_next_first(day: date) -> None:
    first = first_of_next_month(day)

    assert first.day == 1
    assert timedelta(0) < first - day <= timedelta(days=31)
