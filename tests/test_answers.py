"""The JSON of the command line: its keys, its decimals as strings, its nulls."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from seatsync.answers import (
    audit_json,
    brake_json,
    cents,
    instant,
    money,
    operation_json,
    outcome_json,
    push_json,
    review_json,
    scan_json,
)
from seatsync.brakes import Brake
from seatsync.journal import AuditEntry, Operation, Outcome, planned
from seatsync.model import (
    Addition,
    AdditionId,
    Agreement,
    AgreementId,
    Book,
    Company,
    CompanyId,
    ExportId,
    ExportRecord,
    OperationId,
    Product,
    ProductId,
    SeatRow,
    Snapshot,
    SnapshotId,
    TeamId,
)
from seatsync.plan import Cancel, Create, Update
from seatsync.preview import Billed, Candidate, ExportCounts, LineView, Preview, PreviewRow, Totals
from seatsync.previews import Review
from seatsync.status import Kind, OperationKind, OperationStatus, Result, Status, TenantState

NOON = datetime(2026, 11, 22, 9, tzinfo=UTC)
CONTOSO = Company(CompanyId(250), "Contoso Ltd")
PRODUCT = Product(ProductId(3409), "AV-EAP")
AGREEMENT = Agreement(AgreementId(81), "Managed Services", CONTOSO.id)
LINE = Addition(AdditionId(9001), AGREEMENT.id, PRODUCT.id, Decimal("12.000"), unit_price=Decimal(4))
UPDATE = Update("c250-p3409", CONTOSO, PRODUCT, AGREEMENT, LINE, Decimal(17), Decimal(20))
CREATE = Create("n", CONTOSO, PRODUCT, AGREEMENT, Decimal(5), date(2026, 11, 22), (), (), None)
CANCEL = Cancel("c", CONTOSO, PRODUCT, AGREEMENT, LINE, date(2026, 11, 30), None)

READY = PreviewRow(
    "c250-p3409",
    Status.READY,
    "ConnectWise bills 12, the export says 17.",
    parts=(
        SeatRow(
            2, "contoso", "Contoso Ltd", "Email Advanced Protect", Decimal("17.0"), TenantState.PAID, "Paid"
        ),
    ),
    company=CONTOSO,
    product=PRODUCT,
    agreement=AGREEMENT,
    lines=(LineView(LINE, AGREEMENT),),
    change=Kind.UPDATE,
    selectable=True,
    selected=True,
    quantity_now=Decimal("12.000"),
    quantity_new=Decimal("17.0"),
    unit_price=Decimal(4),
    monthly_delta=Decimal(20),
    currency="USD",
    candidates=(Candidate(CONTOSO.id, CONTOSO.name, 0.93),),
)


def review(*rows: PreviewRow, incomplete: str = "") -> dict[str, Any]:
    """The answer of ``preview`` for rows."""
    record = ExportRecord(
        ExportId(3), "nov.csv", "ab12", NOON, "anna", {"tenant": "Tenant"}, 120, 0, False, "utf-8", ","
    )
    totals = Totals(
        {Status.READY: 12, Status.SKIPPED: 0},
        Decimal("2100.0"),
        Decimal(2144),
        {"USD": Decimal(176), "EUR": Decimal("-0.001")},
    )
    preview = Preview(
        rows, ExportCounts(120, 104, 6, 4, 3, 3, 0), totals, Billed(0, Decimal(0), {}), incomplete
    )
    snapshot = Snapshot(SnapshotId(7), NOON, 410, 512, 2210, 96)
    return review_json(Review(record, snapshot, Book({}, {}, (), {}), preview, {}, {}))


def test_a_preview_has_the_shape_of_the_contract() -> None:
    said = review(READY)

    assert said["export"] == {
        "id": 3,
        "sha256": "ab12",
        "name": "nov.csv",
        "columns": {"tenant": "Tenant"},
        "rows": 120,
        "paid": 104,
        "skipped": 6,
        "expired": 4,
        "no_charge": 3,
        "unreadable": 3,
        "ignored": 0,
        "complete": True,
        "incomplete_reason": None,
        "notes": [],
        "chosen_columns": {},
        "later": None,
    }
    assert said["compared"] is None
    assert said["snapshot"] == {
        "id": 7,
        "taken_at": "2026-11-22T09:00:00Z",
        "companies": 410,
        "agreements": 512,
        "additions": 2210,
        "suspicion": None,
    }
    assert said["totals"] == {
        "by_status": {"ready": 12},
        "seats_now": "2100",
        "seats_new": "2144",
        "monthly_delta": {"EUR": "0.00", "USD": "176.00"},
        "left_out": [],
    }
    contract = {
        "key": "c250-p3409",
        "status": "ready",
        "change": "update",
        "selected": True,
        "selectable": True,
        "company": {"id": 250, "name": "Contoso Ltd"},
        "product": {"id": 3409, "identifier": "AV-EAP"},
        "agreement": {"id": 81, "name": "Managed Services"},
        "addition_id": 9001,
        "quantity_now": "12",
        "quantity_new": "17",
        "difference": "5",
        "unit_price": "4.00",
        "monthly_delta": "20.00",
        "currency": "USD",
        "reason": "ConnectWise bills 12, the export says 17.",
        "candidates": [{"company_id": 250, "name": "Contoso Ltd", "score": 0.93, "website": False}],
    }
    (row,) = said["rows"]
    assert {name: row[name] for name in contract} == contract
    tenant = {"portal": "contoso", "name": "Contoso Ltd", "tier": "Email Advanced Protect", "users": "17"}
    assert {name: row["tenants"][0][name] for name in tenant} == tenant
    json.dumps(said)


def test_what_a_row_lacks_is_null_and_never_left_out() -> None:
    unread = SeatRow(3, "", "Fabrikam", "", None, TenantState.PAID)
    (row,) = review(PreviewRow("t1", Status.UNREADABLE, "Row 3.", parts=(unread,)))["rows"]

    assert set(row) == set(review(READY)["rows"][0])
    nulls = {name for name, value in row.items() if value is None}
    assert nulls == {
        "change",
        "company",
        "product",
        "agreement",
        "addition_id",
        "quantity_now",
        "quantity_new",
        "difference",
        "unit_price",
        "monthly_delta",
        "currency",
        "locked",
        "suggestion",
    }
    assert row["tenants"][0]["users"] is None
    assert (row["candidates"], row["lines"]) == ([], [])


def test_an_incomplete_export_says_why() -> None:
    said = review(incomplete="It holds 3 of 10 tenants.")["export"]

    assert (said["complete"], said["incomplete_reason"]) == (False, "It holds 3 of 10 tenants.")


def test_a_row_of_several_lines_has_no_one_addition() -> None:
    twice = replace(READY, lines=(LineView(LINE, AGREEMENT), LineView(LINE, AGREEMENT)))

    (row,) = review(twice)["rows"]

    assert (row["addition_id"], len(row["lines"])) == (None, 2)


def test_a_plan_has_no_operation_and_only_planned_outcomes() -> None:
    said = push_json("d1", "planned", planned([UPDATE, CREATE, CANCEL]))

    assert {name: value for name, value in said.items() if name != "outcomes"} == {
        "operation": None,
        "digest": "d1",
        "status": "planned",
        "created": 0,
        "updated": 0,
        "cancelled": 0,
        "skipped": 0,
        "failed": 0,
        "message": "",
    }
    names = ("key", "change", "result", "before", "after", "date", "message")
    assert [tuple(outcome[name] for name in names) for outcome in said["outcomes"]] == [
        ("c250-p3409", "update", "planned", "12", "17", None, ""),
        ("n", "create", "planned", None, "5", "2026-11-22", ""),
        ("c", "cancel", "planned", "12", "0", "2026-11-30", ""),
    ]
    assert [outcome["addition_id"] for outcome in said["outcomes"]] == [9001, None, 9001]


OPERATION = Operation(
    OperationId(5),
    TeamId(1),
    OperationKind.SEAT_SYNC,
    OperationStatus.RUNNING,
    "anna",
    NOON,
    done=3,
    total=11,
    counts={Result.UPDATED: 3, Result.PLANNED: 8},
)


def test_a_push_counts_its_outcomes() -> None:
    results = (Result.UPDATED, Result.UPDATED, Result.CREATED, Result.SKIPPED, Result.FAILED)
    outcomes = [Outcome(OPERATION.id, place, UPDATE, result) for place, result in enumerate(results)]

    said = push_json("d1", "completed_with_failures", outcomes, OPERATION)

    assert said["operation"] == 5
    assert [said[name] for name in ("created", "updated", "cancelled", "skipped", "failed")] == [
        1,
        2,
        0,
        1,
        1,
    ]


def test_an_outcome_tells_the_request() -> None:
    outcome = Outcome(
        OPERATION.id, 0, CANCEL, Result.CANCELLED, True, "12", "0", CANCEL.last_day, "r-1", "ok"
    )

    said = outcome_json(outcome)

    assert (said["date"], said["request_id"], said["message"]) == ("2026-11-30", "r-1", "ok")


def test_an_operation_has_the_shape_of_the_contract() -> None:
    assert operation_json(OPERATION, "Root") == {
        "id": 5,
        "kind": "seat_sync",
        "status": "running",
        "team": "Root",
        "who": "anna",
        "started_at": "2026-11-22T09:00:00Z",
        "finished_at": None,
        "done": 3,
        "total": 11,
        "created": 0,
        "updated": 3,
        "cancelled": 0,
        "skipped": 0,
        "failed": 0,
        "message": "",
    }


def test_a_scan_has_the_shape_of_the_contract_with_null_for_what_it_did_not_reach() -> None:
    detail = {
        "snapshot": 7,
        "companies": 410,
        "agreements": 512,
        "additions": 2210,
        "products": 96,
        "requests": 530,
        "seconds": 12.1,
        "suspicion": None,
    }
    done = replace(OPERATION, kind=OperationKind.SCAN, status=OperationStatus.COMPLETED, detail=detail)

    assert scan_json(done) == {"operation": 5, "status": "completed", **detail, "message": ""}
    failed = replace(done, status=OperationStatus.FAILED, detail={}, message="No.")
    assert scan_json(failed) == {
        "operation": 5,
        "status": "failed",
        **dict.fromkeys(detail),
        "message": "No.",
    }


def test_an_audit_entry_has_the_shape_of_the_contract() -> None:
    entry = AuditEntry(
        1,
        NOON,
        "anna",
        "Root",
        "psa:agreements.manage",
        "scan",
        "ConnectWise",
        {},
        {"n": 1},
        "ok",
        None,
        "ff",
    )

    assert audit_json(entry) == {
        "seq": 1,
        "at": "2026-11-22T09:00:00Z",
        "who": "anna",
        "team": "Root",
        "permission": "psa:agreements.manage",
        "action": "scan",
        "resource": "ConnectWise",
        "before": {},
        "after": {"n": 1},
        "result": "ok",
        "operation": None,
        "hash": "ff",
    }


def test_a_brake_is_null_or_has_its_number_and_reasons() -> None:
    assert brake_json(None) is None
    assert brake_json(Brake(4, ("Too many.",))) == {"cancels": 4, "reasons": ["Too many."]}


def test_a_time_is_told_in_utc_to_the_second() -> None:
    berlin = datetime(2026, 11, 22, 1, 30, 59, 999999, tzinfo=timezone(timedelta(hours=1)))

    assert instant(berlin) == "2026-11-22T00:30:59Z"


@pytest.mark.parametrize(
    ("amount", "price", "sum_"),
    [
        ("4", "4.00", "4.00"),
        ("4.5000", "4.50", "4.50"),
        ("0.0375", "0.0375", "0.04"),
        ("1E+3", "1000.00", "1000.00"),
        ("-48", "-48.00", "-48.00"),
        ("-0.000", "0.00", "0.00"),
        ("-0.001", "-0.001", "0.00"),
        ("0.1234567", "0.123457", "0.12"),
    ],
)
def test_money_has_two_places_and_a_price_as_many_as_it_needs(amount: str, price: str, sum_: str) -> None:
    assert (money(Decimal(amount)), cents(Decimal(amount))) == (price, sum_)
