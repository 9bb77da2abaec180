"""Every status, its change, its default and its reason."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from seatsync.model import AgreementId, Book, Company, CompanyId, Product, ProductId, TierMapping
from seatsync.rules import Rules
from seatsync.status import Kind, Status, TenantState
from tests.factories import (
    CONTOSO,
    EAP,
    EAP_TIER,
    ECP,
    ECP_TIER,
    FABRIKAM,
    MAPPINGS,
    agreement,
    book,
    line,
    link,
    only,
    preview,
    seat,
    unreadable,
)


def test_a_different_quantity_is_ready_and_chosen() -> None:
    row = only(preview([seat(users="17")], book(line(quantity="12"))))
    assert (row.status, row.change, row.selectable, row.selected) == (Status.READY, Kind.UPDATE, True, True)
    assert (row.quantity_now, row.quantity_new, row.difference) == (12, 17, 5)
    assert (row.unit_price, row.monthly_delta, row.currency) == (Decimal("4.00"), Decimal("20.00"), "USD")
    assert row.reason == "ConnectWise bills 12, the export says 17."


def test_an_equal_quantity_is_no_change_and_can_not_be_chosen() -> None:
    row = only(preview([seat(users="12")], book(line(quantity="12.0"))))
    assert (row.status, row.change, row.selectable, row.selected) == (Status.NO_CHANGE, None, False, False)


def test_a_fractional_live_quantity_is_compared_exactly() -> None:
    row = only(preview([seat(users="12")], book(line(quantity="12.5"))))
    assert row.status is Status.READY
    assert row.quantity_now == Decimal("12.5")


def test_two_portals_of_one_company_are_added_up() -> None:
    rows = [seat("Contoso US", "12"), seat("Contoso EU", "5", portal="contoso-eu")]
    links = (link("Contoso US"), replace(link("Contoso EU"), key="contoso-eu"))
    row = only(preview(rows, book(line(quantity="12")), links=links))
    assert row.quantity_new == 17
    assert row.reason.startswith("Contoso EU 5 + Contoso US 12 = 17. ConnectWise bills 12")
    assert len(row.parts) == 2


def test_two_tiers_of_one_product_are_added_up() -> None:
    mappings = (*MAPPINGS, TierMapping("Email Advanced Protect Plus", EAP))
    rows = [seat(users="12"), seat(users="3", tier="Email Advanced Protect Plus")]
    assert only(preview(rows, book(line()), mappings=mappings)).quantity_new == 15


def test_seats_without_a_line_are_no_addition_and_opt_in() -> None:
    row = only(preview([seat(users="7")], book()))
    assert (row.status, row.change, row.selectable, row.selected) == (
        Status.NO_ADDITION,
        Kind.CREATE,
        True,
        False,
    )
    assert row.agreement is not None
    assert (row.agreement.id, row.quantity_new, row.unit_price, row.monthly_delta) == (
        81,
        7,
        Decimal(4),
        Decimal(28),
    )


def test_zero_seats_without_a_line_are_no_change() -> None:
    assert only(preview([seat(users="0")], book())).status is Status.NO_CHANGE


def test_zero_seats_with_a_line_are_ready_but_not_chosen() -> None:
    row = only(preview([seat(users="0")], book(line())))
    assert (row.status, row.selectable, row.selected) == (Status.READY, True, False)
    assert "The export says 0" in row.reason


def test_a_create_among_several_agreements_waits_for_a_choice() -> None:
    held = book(agreements=(agreement(81), agreement(83)))
    row = only(preview([seat()], held))
    assert (row.status, row.selectable, row.agreement) == (Status.NO_ADDITION, False, None)
    assert "Choose the agreement to add it to: Agreement 81 (81), Agreement 83 (83)." in row.reason
    chosen = only(preview([seat()], held, agreements={"c250-p3409": AgreementId(83)}))
    assert chosen.selectable
    assert chosen.agreement is not None
    assert chosen.agreement.id == 83


def test_the_agreement_that_bills_a_mapped_product_is_offered_first() -> None:
    other = line(9002, agreement_id=AgreementId(83), product_id=ECP)
    row = only(preview([seat()], book(other, agreements=(agreement(81), agreement(83)))))
    assert [each.id for each in row.agreements] == [83, 81]


def test_a_choice_of_an_agreement_that_does_not_count_is_not_taken() -> None:
    held = book(agreements=(agreement(81), agreement(83), agreement(84, end=date(2026, 1, 1), no_end=False)))
    assert only(preview([seat()], held, agreements={"c250-p3409": AgreementId(84)})).agreement is None


def test_a_create_without_any_agreement_can_not_be_chosen() -> None:
    row = only(preview([seat()], book(agreements=(agreement(82, FABRIKAM),))))
    assert (row.status, row.selectable) == (Status.NO_ADDITION, False)
    assert "the company has no agreement that counts" in row.reason


def test_a_create_names_the_line_that_does_not_count() -> None:
    ended = agreement(80, end=date(2026, 6, 30), no_end=False)
    held = book(line(9000, "7", agreement_id=AgreementId(80)), agreements=(ended, agreement(81)))
    reason = only(preview([seat()], held)).reason
    assert "A line of it with 7 seats stands in Agreement 80, which ended on 2026-06-30" in reason


@pytest.mark.parametrize("product", [Product(EAP, "AV-EAP", inactive=True), None])
def test_a_product_that_is_not_active_can_not_be_created(product: Product | None) -> None:
    held = replace(book(), products={} if product is None else {EAP: product})
    row = only(preview([seat()], held))
    assert (row.status, row.selectable) == (Status.NO_ADDITION, False)
    assert "not active in the catalogue" in row.reason


def test_two_lines_are_multiple_additions_with_and_without_the_export() -> None:
    held = book(line(9001, "12"), line(9002, "4"))
    for rows in ([seat(users="12")], [seat("Fabrikam Inc")]):
        row = only(preview(rows, held, declared=True))
        assert (row.status, row.selectable, row.quantity_now) == (Status.MULTIPLE_ADDITIONS, False, 16)
        assert "Agreement 81, line 9001, 12 seats; Agreement 81, line 9002, 4 seats" in row.reason


def test_narrowing_the_agreement_types_resolves_two_lines() -> None:
    held = book(
        line(9001, "12"),
        line(9002, "4", agreement_id=AgreementId(83)),
        agreements=(agreement(81), agreement(83, type_name="Project")),
    )
    rules = Rules(agreement_types=frozenset({"Managed Services"}))
    assert only(preview([seat(users="12")], held)).status is Status.MULTIPLE_ADDITIONS
    assert only(preview([seat(users="12")], held, rules=rules)).status is Status.NO_CHANGE


@pytest.mark.parametrize("state", [TenantState.TRIAL, TenantState.NOT_FOR_RESALE])
def test_trials_and_not_for_resale_are_skipped_and_keep_their_line(state: TenantState) -> None:
    found = preview([seat(state=state), seat("Fabrikam Inc")], book(line()))
    assert [row.status for row in found.rows if row.company and row.company.id == CONTOSO] == [Status.SKIPPED]
    assert found.counts.skipped == 1


def test_a_trial_past_its_end_is_expired() -> None:
    rows = [seat(state=TenantState.TRIAL, expires=date(2026, 11, 21)), seat("Fabrikam Inc")]
    found = preview(rows, book(line()))
    assert found.counts.expired == 1
    assert only(found).status is Status.ORPHANED


def test_an_unmapped_tier_is_license_unmapped_with_its_near_miss() -> None:
    found = preview([seat(tier="email advanced  protect")], book(line()))
    (row,) = [row for row in found.rows if row.status is Status.LICENSE_UNMAPPED]
    assert row.suggestion == EAP_TIER
    assert row.company is not None
    assert not row.selectable


def test_an_unmatched_row_names_the_unmapped_tier_too() -> None:
    (row,) = [r for r in preview([seat("Zyx Qwv", tier="Novel")], book()).rows if r.parts]
    assert row.status is Status.UNMATCHED
    assert 'The license "Novel" has no mapping.' in row.reason


def test_two_companies_with_one_name_are_never_matched() -> None:
    held = book(companies={250: "Contoso Ltd", 251: "Fabrikam Inc", 252: "Contoso Ltd"})
    (row,) = [r for r in preview([seat()], held).rows if r.parts]
    assert row.status is Status.AMBIGUOUS
    assert {candidate.company_id for candidate in row.candidates} == {250, 252}


def test_a_link_wins_over_the_name() -> None:
    assert only(preview([seat()], book(), links=(link(company=FABRIKAM, name="Fabrikam Inc"),)), "c251-p3409")


def test_a_link_to_a_company_that_is_gone_is_unmatched_and_says_so() -> None:
    held = book()
    gone = replace(held, companies={**held.companies, CONTOSO: Company(CONTOSO, "Contoso Ltd", deleted=True)})
    for each in (gone, book(companies={251: "Fabrikam Inc"}, agreements=(agreement(82, FABRIKAM),))):
        (row,) = [r for r in preview([seat()], each, links=(link(),)).rows if r.parts]
        assert row.status is Status.UNMATCHED
        assert "Linked to Contoso Ltd, which is no longer in ConnectWise." in row.reason


@pytest.mark.parametrize(
    "renamed", [link("Contoso Ltd", name="Contoso Limited"), replace(link(), tenant_name="Contoso Trading")]
)
def test_a_renamed_tenant_or_company_keeps_its_link_and_is_flagged(renamed: object) -> None:
    row = only(preview([seat(users="17")], book(line()), links=(renamed,)))
    assert row.status is Status.READY
    assert row.reason.endswith("Renamed since it was linked: check.")


def test_one_unreadable_part_makes_the_whole_row_unreadable() -> None:
    rows = [seat(users="12"), unreadable("Contoso EU", portal="contoso-eu")]
    links = (link(), replace(link("Contoso EU"), key="contoso-eu"))
    row = only(preview(rows, book(line()), links=links))
    assert (row.status, row.selectable, row.quantity_new) == (Status.UNREADABLE, False, None)
    assert row.reason.startswith('Row 7, column "Users": "1,2x" is not a whole number.')
    assert row.reason.endswith("A partial sum is not pushed.")
    assert len(row.parts) == 2


def test_the_same_portal_and_tier_twice_are_two_unreadable_rows() -> None:
    rows = [unreadable(line=2), unreadable(line=3)]
    found = preview(rows, book(line()))
    assert [row.status for row in found.rows] == [Status.UNREADABLE, Status.UNREADABLE]
    assert len({row.key for row in found.rows}) == 2
    assert found.counts.unreadable == 2


def test_a_part_beside_repeated_rows_is_not_pushed() -> None:
    rows = [unreadable(line=2), unreadable(line=3), seat("Contoso EU", "5", portal="contoso-eu")]
    links = (link(), replace(link("Contoso EU"), key="contoso-eu"))
    found = preview(rows, book(line()), links=links)
    assert [row.status for row in found.rows] == [Status.UNREADABLE] * 3
    assert "stand twice in the export" in only(found).reason


def test_a_no_charge_tier_leaves_the_preview_and_is_counted() -> None:
    found = preview([seat(tier="Demo"), seat("Fabrikam Inc")], book())
    assert found.counts.no_charge == 1
    assert "1 export row on a no-charge license" in found.left_out
    assert all(part.tier != "Demo" for row in found.rows for part in row.parts)


@pytest.mark.parametrize("billing", ["DoNotBill", "NoCharge"])
def test_a_line_that_bills_nothing_is_ready_without_money(billing: str) -> None:
    row = only(preview([seat(users="17")], book(line(bill_customer=billing))))
    assert (row.status, row.monthly_delta) == (Status.READY, 0)
    assert f"The line is {billing}, so it bills nothing." in row.reason


def test_a_line_that_does_not_say_whether_it_bills_has_no_known_money_effect() -> None:
    row = only(preview([seat(users="17")], book(line(bill_customer=""))))
    assert row.monthly_delta is None
    assert "Whether it bills is not said." in row.reason


def test_included_seats_lower_the_money_and_not_the_quantity() -> None:
    row = only(preview([seat(users="17")], book(line(quantity="3", less_included=Decimal(5)))))
    assert (row.quantity_new, row.monthly_delta) == (17, Decimal(48))
    assert "5 included seats are not billed." in row.reason


@pytest.mark.parametrize(
    ("cycle", "money"),
    [("Monthly", 12), ("", 12), ("Quarterly", 4), ("Semi-Annual", 2), ("Annual", 1), ("4 Weeks", None)],
)
def test_money_is_converted_to_a_month_or_left_out(cycle: str, money: int | None) -> None:
    row = only(preview([seat(users="15")], book(line(), agreements=(agreement(81, cycle=cycle),))))
    assert row.monthly_delta == money
    assert ("left out of the monthly total" in row.reason) is (money is None)


def test_currencies_are_never_added_together() -> None:
    held = book(
        line(9001),
        line(9002, agreement_id=AgreementId(82)),
        agreements=(agreement(81), agreement(82, FABRIKAM, currency="EUR")),
    )
    totals = preview([seat(users="13"), seat("Fabrikam Inc", "14")], held).totals
    assert totals.monthly_delta == {"USD": 4, "EUR": 8}
    assert (totals.seats_now, totals.seats_new) == (24, 27)


def test_a_line_that_starts_later_counts_so_that_no_twin_is_made() -> None:
    row = only(preview([seat(users="17")], book(line(effective=date(2027, 1, 1)))))
    assert row.status is Status.READY
    assert "The line starts on 2027-01-01." in row.reason


def test_a_line_that_ends_later_is_ready_but_not_chosen() -> None:
    row = only(preview([seat(users="17")], book(line(cancelled=date(2026, 12, 31)))))
    assert (row.status, row.selected, row.selectable) == (Status.READY, False, True)
    assert "The line ends on 2026-12-31." in row.reason


@pytest.mark.parametrize("cancelled", [date(2026, 11, 22), date(2026, 11, 1)])
def test_a_line_cancelled_today_or_before_counts_no_more(cancelled: date) -> None:
    row = only(preview([seat()], book(line(cancelled=cancelled))))
    assert row.status is Status.NO_ADDITION
    assert f"cancelled on {cancelled}" in row.reason


@pytest.mark.parametrize(
    "uncounted",
    [
        agreement(81, status="Expired"),
        agreement(81, cancelled=True),
        agreement(81, start=date(2026, 12, 1)),
        agreement(81, end=date(2026, 11, 21), no_end=False),
    ],
)
def test_lines_of_agreements_that_do_not_count_are_not_compared(uncounted: object) -> None:
    row = only(preview([seat(users="17")], book(line(), agreements=(uncounted,))))
    assert (row.status, row.selectable) == (Status.NO_ADDITION, False)


def test_an_agreement_that_ends_today_still_counts() -> None:
    held = book(line(), agreements=(agreement(81, end=date(2026, 11, 22), no_end=False),))
    assert only(preview([seat(users="17")], held)).status is Status.READY


def test_a_child_agreement_counts_like_any_other() -> None:
    held = book(line(agreement_id=AgreementId(85)), agreements=(agreement(85, parent_id=AgreementId(81)),))
    assert only(preview([seat()], held)).status is Status.NO_CHANGE


def test_automatic_matches_are_offered_as_links_once() -> None:
    (made,) = preview([seat(), seat(tier=ECP_TIER)], book()).new_links
    assert (made.key, made.company_id, made.tenant_name) == ("contoso", CONTOSO, "Contoso Ltd")
    assert preview([seat()], book(), links=(made,)).new_links == ()


def test_an_empty_book_and_an_empty_export_give_an_empty_preview() -> None:
    found = preview([], Book({}, {}, (), {}))
    assert found.rows == ()
    assert found.incomplete == "The file has no usable row."


def test_lines_of_unmapped_products_are_nobody_s_business() -> None:
    found = preview([seat("Fabrikam Inc")], book(line(product_id=ProductId(1))))
    assert all(row.company is None or row.company.id != CONTOSO for row in found.rows)
    assert found.billed.lines == 0


def test_rows_come_by_status_then_name() -> None:
    held = book(line(), companies={250: "Contoso Ltd", 251: "Fabrikam Inc", 252: "Adatum"})
    found = preview([seat("Fabrikam Inc"), seat("Adatum"), seat(users="13")], held)
    assert [row.key for row in found.rows] == ["c250-p3409", "c252-p3409", "c251-p3409"]
    assert CompanyId(252) in held.companies
