"""Orphans: what is one, what is not, what locks it, and what evidence it tells."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from seatsync.model import AgreementId, SeatRow
from seatsync.preview import SeenTenant
from seatsync.status import Kind, Status, TenantState
from tests.factories import (
    CONTOSO,
    EAP_TIER,
    ECP,
    ECP_TIER,
    FABRIKAM,
    agreement,
    book,
    line,
    link,
    only,
    preview,
    seat,
    unreadable,
)

OTHER = seat("Fabrikam Inc", "5")
BOOK = book(line(), line(9100, "5", agreement_id=AgreementId(82)))


def statuses(rows: list[SeatRow], **fields: Any) -> list[Status]:
    found = preview(rows, fields.pop("held", BOOK), **fields)
    return [row.status for row in found.rows if row.company and row.company.id == CONTOSO]


def test_a_billed_line_that_the_export_lacks_is_orphaned_and_opt_in() -> None:
    row = only(preview([OTHER], BOOK))
    assert (row.status, row.change, row.selectable, row.selected) == (
        Status.ORPHANED,
        Kind.CANCEL,
        True,
        False,
    )
    assert (row.quantity_now, row.quantity_new, row.difference, row.monthly_delta) == (12, 0, -12, -48)
    assert "Never seen in an export." in row.reason


def test_a_dropped_tier_is_orphaned_although_the_company_is_in_the_export() -> None:
    held = book(line(), line(9002, "3", product_id=ECP))
    found = preview([seat()], held)
    assert only(found, "c250-p3410").status is Status.ORPHANED
    assert only(found).status is Status.NO_CHANGE


def test_a_skipped_or_unreadable_row_of_the_same_product_keeps_the_line() -> None:
    assert statuses([OTHER, seat(state=TenantState.TRIAL)]) == [Status.SKIPPED]
    assert statuses([OTHER, unreadable()]) == [Status.UNREADABLE]
    assert statuses([OTHER, unreadable(line=3), unreadable(line=4)]) == [Status.UNREADABLE] * 2


@pytest.mark.parametrize(
    "silent", [line(quantity="0"), line(bill_customer="DoNotBill"), line(bill_customer="NoCharge")]
)
def test_a_line_that_bills_nothing_is_never_an_orphan(silent: Any) -> None:
    found = preview([OTHER], book(silent))
    assert all(row.company is None or row.company.id != CONTOSO for row in found.rows)
    assert any("without anything to decide" in said for said in found.left_out)


def test_a_line_that_ends_later_is_never_an_orphan_again() -> None:
    row = only(preview([OTHER], book(line(cancelled=date(2026, 11, 30)))))
    assert row.status is Status.NO_CHANGE
    assert "The line ends on 2026-11-30." in row.reason


def test_an_expired_tenant_s_line_is_an_orphan_and_says_so() -> None:
    rows = [OTHER, seat(state=TenantState.EXPIRED, expires=date(2026, 11, 5))]
    assert "Expired on 2026-11-05 as Contoso Ltd in this export." in only(preview(rows, BOOK)).reason
    deleted = [OTHER, seat(state=TenantState.DELETED)]
    assert "Deleted as Contoso Ltd in this export." in only(preview(deleted, BOOK)).reason


def test_a_no_charge_row_is_the_evidence_and_does_not_lock() -> None:
    row = only(preview([OTHER, seat(tier="Demo")], BOOK))
    assert row.selectable
    assert 'Contoso Ltd is on "Demo" now, which is no-charge.' in row.reason


def test_an_orphan_tells_where_it_was_last_seen() -> None:
    sightings = [
        SeenTenant("contoso", "Contoso US", EAP_TIER, datetime(2026, 9, 20, tzinfo=UTC), "sep.csv"),
        SeenTenant("contoso-eu", "Contoso EU", EAP_TIER, datetime(2026, 10, 20, tzinfo=UTC), "oct.csv"),
    ]
    links = (link(), replace(link("Contoso EU"), key="contoso-eu"))
    row = only(preview([OTHER], BOOK, seen=sightings, links=links))
    assert 'Last seen as "Contoso EU" on "Email Advanced Protect" in oct.csv (2026-10-20).' in row.reason


@pytest.mark.parametrize(
    ("culprit", "words"),
    [
        (seat(tier="Novel"), "is unmapped and may be the same seats"),
        (unreadable(tier=ECP_TIER), "can't be read and may be the same seats"),
        (seat(tier="", state=TenantState.TRIAL), "is skipped and names no license"),
        (seat("Contoso Limited", portal="other"), "has no company yet and could be this one"),
    ],
)
def test_rows_that_may_be_the_same_seats_lock_the_cancel(culprit: SeatRow, words: str) -> None:
    held = book(line(), companies={250: "Contoso Ltd", 251: "Fabrikam Inc", 252: "Contoso Limited"})
    links = (link(),) if culprit.key == "contoso" else ()
    (row,) = [
        r
        for r in preview([OTHER, culprit], held, links=links, declared=True).rows
        if r.status is Status.ORPHANED
    ]
    assert not row.selectable
    assert words in row.locked
    assert row.locked in row.reason


def test_an_unresolved_row_of_another_product_does_not_lock() -> None:
    held = book(line(), companies={250: "Contoso Ltd", 251: "Fabrikam Inc", 252: "Contoso Limited"})
    culprit = seat("Contoso Limited", portal="other", tier=ECP_TIER)
    (row,) = [r for r in preview([OTHER, culprit], held, declared=True).rows if r.status is Status.ORPHANED]
    assert row.selectable


def test_an_unresolved_row_that_could_not_be_the_company_does_not_lock() -> None:
    assert only(preview([OTHER, seat("Zyx Qwv")], BOOK)).selectable


def test_an_expired_unresolved_row_does_not_lock() -> None:
    held = book(line(), companies={250: "Contoso Ltd", 252: "Contoso Limited"}, agreements=(agreement(81),))
    rows = [
        seat("Contoso", portal="x", state=TenantState.EXPIRED),
        seat("Nobody", "3", portal="n", tier="Demo"),
    ]
    assert only(preview(rows, held, declared=True)).selectable


def test_an_incomplete_export_finds_no_orphan_and_says_why() -> None:
    found = preview([OTHER], BOOK, truncated=True)
    assert found.incomplete == "The last row of the file is cut off, so rows may be missing after it."
    assert Status.ORPHANED not in {row.status for row in found.rows}


def test_a_declared_export_is_judged_whole() -> None:
    found = preview([OTHER], BOOK, truncated=True, declared=True)
    assert found.incomplete == ""
    assert only(found).status is Status.ORPHANED


def test_fewer_than_four_fifths_of_the_last_paid_tenants_is_incomplete() -> None:
    rows = [seat(f"T{number} Ltd") for number in range(7)]
    ten = frozenset(f"t{number}" for number in range(10))
    found = preview(rows, BOOK, baseline=ten, baseline_name="oct.csv")
    assert found.incomplete.startswith(
        "The file holds 7 of the 10 paid tenants of the last accepted export (oct.csv)"
    )
    assert preview([*rows, seat("T7 Ltd")], BOOK, baseline=ten).incomplete == ""


def test_a_tenant_that_the_file_shows_as_expired_is_in_the_file() -> None:
    rows = [seat(f"T{number} Ltd", state=TenantState.EXPIRED) for number in range(9)] + [seat("T9 Ltd")]
    assert preview(rows, BOOK, baseline=frozenset(f"t{n}" for n in range(10))).incomplete == ""


def test_without_an_earlier_export_half_of_the_billed_companies_must_occur() -> None:
    companies = {number: f"Firm{number} Ltd" for number in range(300, 304)}
    agreements = [agreement(number, companies_id) for number, companies_id in enumerate(companies, 81)]  # type: ignore[arg-type]
    lines = [line(9000 + number, agreement_id=each.id) for number, each in enumerate(agreements)]
    held = book(*lines, agreements=agreements, companies=companies)
    one = preview([seat("Firm300 Ltd", portal="a")], held)
    assert one.incomplete.startswith("Of the 4 companies billed for a mapped product, 1 occur in the file")
    assert preview([seat("Firm300 Ltd", portal="a"), seat("Firm301 Ltd", portal="b")], held).incomplete == ""


def test_an_export_without_a_usable_row_is_incomplete() -> None:
    for rows in ([], [seat(state=TenantState.EXPIRED)], [unreadable()], [seat(state=TenantState.TRIAL)]):
        assert preview(rows, BOOK).incomplete == "The file has no usable row."


def test_the_company_of_a_link_is_the_one_that_is_judged() -> None:
    found = preview(
        [OTHER, seat("Contoso Ltd", "12")], BOOK, links=(link(company=FABRIKAM, name="Fabrikam Inc"),)
    )
    assert only(found).status is Status.ORPHANED
    assert only(found, "c251-p3409").quantity_new == 17


def test_a_tenant_linked_to_a_company_that_was_deleted_locks_its_lines_and_is_the_evidence() -> None:
    deleted = replace(BOOK.companies[CONTOSO], deleted=True)
    held = replace(BOOK, companies={**BOOK.companies, CONTOSO: deleted})
    sighting = SeenTenant("x1", "Northwind", EAP_TIER, datetime(2026, 10, 20, tzinfo=UTC), "oct.csv")
    linked = replace(link("Northwind"), key="x1")
    rows = [OTHER, seat("Northwind", portal="x1")]
    row = only(preview(rows, held, links=(linked,), seen=[sighting], declared=True))
    assert (row.status, row.selectable) == (Status.ORPHANED, False)
    assert "could be this one" in row.locked
    assert 'Last seen as "Northwind"' in row.reason


def test_a_namesake_of_a_deleted_company_locks_its_lines() -> None:
    deleted = replace(BOOK.companies[CONTOSO], deleted=True)
    held = replace(BOOK, companies={**BOOK.companies, CONTOSO: deleted})
    assert not only(preview([OTHER, seat()], held, declared=True)).selectable


def test_what_is_billed_without_a_currency_counts_in_the_team_s_own() -> None:
    held = book(line(), agreements=(agreement(81, currency=""),))
    assert preview([OTHER], held).billed.revenue == {"USD": 48}
