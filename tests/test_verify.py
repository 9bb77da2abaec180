"""A change beside the line as it is now: as approved, already so, or drifted, in words."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from seatsync.model import (
    Addition,
    AdditionId,
    Agreement,
    AgreementId,
    Company,
    CompanyId,
    Product,
    ProductId,
)
from seatsync.plan import BillAgain, Cancel, Change, Create, Update
from seatsync.verify import (
    AlreadySo,
    AsApproved,
    Drift,
    Verdict,
    beside_intent,
    made_line,
    unlike_intent,
    verify,
    verify_create,
)

TODAY = date(2026, 11, 22)
CONTOSO = Company(CompanyId(250), "Contoso Ltd")
PRODUCT = Product(ProductId(3409), "AV-EAP")
AGREEMENT = Agreement(
    AgreementId(81),
    "Managed",
    CONTOSO.id,
    type_name="Services",
    start=date(2024, 1, 1),
    next_invoice=date(2026, 12, 15),
)
LINE = Addition(
    AdditionId(9001),
    AGREEMENT.id,
    PRODUCT.id,
    Decimal(12),
    unit_price=Decimal(4),
    effective=date(2024, 2, 1),
)
UPDATE = Update("u", CONTOSO, PRODUCT, AGREEMENT, LINE, Decimal(17), None)
CANCEL = Cancel("c", CONTOSO, PRODUCT, AGREEMENT, LINE, date(2026, 12, 14), None)
CREATE = Create("n", CONTOSO, PRODUCT, AGREEMENT, Decimal(5), TODAY, (AGREEMENT.id,), (AdditionId(7),), None)


def update(agreement: Agreement = AGREEMENT, **now: Any) -> Verdict:
    return verify(UPDATE, replace(LINE, **now), agreement, TODAY)


def cancel(agreement: Agreement = AGREEMENT, **now: Any) -> Verdict:
    return verify(CANCEL, replace(LINE, **now), agreement, TODAY)


def create(*lines: Addition, agreement: Agreement = AGREEMENT) -> Verdict:
    return verify_create(CREATE, lines, agreement, TODAY)


def test_what_has_not_changed_may_be_written() -> None:
    assert (update(), cancel(), create()) == (AsApproved(), AsApproved(), AsApproved())


def test_what_does_not_matter_may_change() -> None:
    renamed = replace(AGREEMENT, name="Renamed", prorate=True)

    assert update(renamed, description="Other words") == AsApproved()
    assert update(replace(AGREEMENT, next_invoice=date(2027, 1, 15))) == AsApproved()
    assert update(quantity=Decimal("12.000"), unit_price=Decimal("4.00")) == AsApproved()


DRIFTS = [
    ({"product_id": ProductId(3410)}, "the product was 3409 in the preview, is 3410 now"),
    ({"agreement_id": AgreementId(82)}, "the agreement was 81 in the preview, is 82 now"),
    ({"effective": None}, "the effective date was 2024-02-01 in the preview, is none now"),
    ({"bill_customer": "NoCharge"}, "the billing was Billable in the preview, is NoCharge now"),
    ({"unit_price": Decimal("4.50")}, "the unit price was 4 in the preview, is 4.5 now"),
    ({"less_included": Decimal(2)}, "the included seats was 0 in the preview, is 2 now"),
    ({"quantity": Decimal("12.5")}, "was 12 in the preview, is 12.5 now"),
]


@pytest.mark.parametrize(("now", "words"), DRIFTS)
def test_a_line_that_differs_has_drifted(now: dict[str, Any], words: str) -> None:
    assert update(**now) == Drift(words)
    assert cancel(**now) == Drift(words)


def test_every_difference_is_told() -> None:
    assert update(quantity=Decimal(14), unit_price=None) == Drift(
        "was 12 in the preview, is 14 now; the unit price was 4 in the preview, is none now"
    )


AGREEMENTS = [
    ({"company_id": CompanyId(251)}, "the agreement's company was 250 in the preview, is 251 now"),
    ({"type_name": "Project"}, "the agreement's type was Services in the preview, is Project now"),
    ({"cancelled": True}, "the agreement Managed no longer counts: cancelled"),
    ({"end": date(2026, 11, 21)}, "the agreement Managed no longer counts: ended on 2026-11-21"),
    ({"start": date(2027, 1, 1)}, "the agreement Managed no longer counts: starts on 2027-01-01"),
    ({"status": "Expired"}, "the agreement Managed no longer counts: expired"),
]


@pytest.mark.parametrize(("now", "words"), AGREEMENTS)
def test_an_agreement_that_differs_has_drifted(now: dict[str, Any], words: str) -> None:
    agreement = replace(AGREEMENT, **now)

    assert update(agreement) == Drift(words)
    assert cancel(agreement) == Drift(words)
    assert create(agreement=agreement) == Drift(words)


def test_what_is_as_wanted_already_is_left() -> None:
    assert update(quantity=Decimal(17)) == AlreadySo("already 17")
    assert cancel(cancelled=date(2026, 11, 30)) == AlreadySo("already cancelled on 2026-11-30")


def test_a_line_with_the_wanted_seats_that_somebody_cancelled_is_not_already_so() -> None:
    assert update(quantity=Decimal(17), cancelled=date(2026, 11, 1)) == Drift(
        "was 12 in the preview, is 17 now; the cancel date was none in the preview, is 2026-11-01 now"
    )


def test_a_line_whose_cancel_date_came_while_the_run_rested_has_ended() -> None:
    ending = replace(LINE, cancelled=TODAY)
    change = replace(UPDATE, addition=ending)

    assert verify(change, ending, AGREEMENT, TODAY) == Drift("the line ended on 2026-11-22")
    assert verify(change, ending, AGREEMENT, date(2026, 11, 21)) == AsApproved()


def test_a_cancel_depends_on_the_next_invoice() -> None:
    assert cancel(replace(AGREEMENT, next_invoice=None)) == Drift(
        "the next invoice date was 2026-12-15 in the preview, is none now"
    )


def test_a_cancel_that_is_carried_out_late_does_not_end_a_line_in_the_past() -> None:
    late = date(2026, 12, 20)

    assert verify(CANCEL, LINE, AGREEMENT, late) == Drift("the last day 2026-12-14 is over")
    assert verify(CANCEL, LINE, AGREEMENT, date(2026, 12, 14)) == AsApproved()
    never_billed = replace(LINE, effective=CANCEL.last_day)
    undone = replace(CANCEL, addition=never_billed)
    assert verify(undone, never_billed, AGREEMENT, late) == AsApproved()


def new_line(number: int = 9100, seats: int = 5, **fields: Any) -> Addition:
    return Addition(AdditionId(number), AGREEMENT.id, PRODUCT.id, Decimal(seats), effective=TODAY, **fields)


def test_a_line_that_appeared_keeps_another_from_being_added() -> None:
    assert create(new_line()) == AlreadySo("already 5 (line 9100)")
    assert create(new_line(seats=4)) == Drift(
        "there was no line in the preview, there is one with 4 seats now (line 9100)"
    )
    assert create(new_line(), new_line(9101, 2)) == Drift(
        "there was no line in the preview, there is one with 5 + 2 seats now (line 9100)"
    )
    assert isinstance(create(new_line(cancelled=date(2026, 12, 31))), AlreadySo | Drift)


def test_other_products_and_ended_lines_are_no_hindrance() -> None:
    other = replace(new_line(), product_id=ProductId(3410))

    assert create(other, new_line(cancelled=TODAY), new_line(7, cancelled=date(2025, 1, 1))) == AsApproved()


def test_the_line_that_a_lost_create_made_is_known_by_what_was_sent() -> None:
    dates = (TODAY, date(2026, 12, 1))

    assert made_line(CREATE, [new_line()], dates) == new_line()
    later = replace(new_line(), effective=date(2026, 12, 1))
    assert made_line(CREATE, [later], dates) == later


@pytest.mark.parametrize(
    "line",
    [
        new_line(7),
        new_line(seats=4),
        replace(new_line(), product_id=ProductId(3410)),
        replace(new_line(), agreement_id=AgreementId(82)),
        replace(new_line(), effective=date(2026, 11, 1)),
        replace(new_line(), effective=None),
        new_line(cancelled=TODAY),
    ],
    ids=["known before", "seats", "product", "agreement", "date", "no date", "cancelled"],
)
def test_another_line_is_not_taken_for_it(line: Addition) -> None:
    assert made_line(CREATE, [line], (TODAY,)) is None


def test_of_two_that_fit_none_is_taken() -> None:
    assert made_line(CREATE, [new_line(1), new_line(2)], (TODAY,)) is None


CANCELLED, UPDATED = replace(LINE, cancelled=date(2026, 12, 14)), replace(LINE, quantity=Decimal(17))
BILL_AGAIN = BillAgain("c", CONTOSO, PRODUCT, AGREEMENT, CANCELLED, None, None)
LATER = replace(BILL_AGAIN, until=date(2027, 3, 31))
SINCE = "after operation 5"


def bill_again(change: BillAgain = BILL_AGAIN, agreement: Agreement = AGREEMENT, **now: Any) -> Verdict:
    return verify(change, replace(CANCELLED, **now), agreement, TODAY, SINCE)


def test_a_cancelled_line_that_is_as_the_push_left_it_may_bill_again() -> None:
    assert (bill_again(), bill_again(LATER)) == (AsApproved(), AsApproved())
    moved = replace(AGREEMENT, next_invoice=date(2027, 1, 15))
    assert bill_again(agreement=moved) == AsApproved()


@pytest.mark.parametrize(("now", "words"), DRIFTS)
def test_a_cancelled_line_that_changed_since_does_not_bill_again(now: dict[str, Any], words: str) -> None:
    assert bill_again(**now) == Drift(words.replace("in the preview", SINCE))


def test_another_cancel_date_than_that_of_the_push_is_left_alone() -> None:
    assert bill_again(cancelled=date(2026, 12, 31)) == Drift(
        "the cancel date was 2026-12-14 after operation 5, is 2026-12-31 now"
    )


def test_a_line_that_somebody_let_bill_again_is_already_so() -> None:
    assert bill_again(cancelled=None) == AlreadySo("already billed again")
    assert bill_again(LATER, cancelled=date(2027, 3, 31)) == AlreadySo("already billed until 2027-03-31")
    assert isinstance(bill_again(cancelled=None, quantity=Decimal(13)), Drift)


def test_a_cancel_date_that_is_over_is_not_put_back() -> None:
    over = replace(BILL_AGAIN, until=date(2026, 11, 21))
    assert bill_again(over) == Drift("the cancel date before, 2026-11-21, is over")


def test_a_line_that_is_never_to_bill_is_cancelled_whatever_was_invoiced_meanwhile() -> None:
    """The undo of a create, a month later: its own first day does not follow from the next invoice."""
    invoiced = replace(AGREEMENT, next_invoice=date(2027, 1, 15))
    undo = replace(CANCEL, last_day=date(2024, 2, 1))
    assert verify(undo, LINE, invoiced, date(2026, 12, 20), SINCE) == AsApproved()
    assert isinstance(verify(CANCEL, LINE, invoiced, TODAY, SINCE), Drift)


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (UPDATE, UPDATED, ""),
        (UPDATE, LINE, "the quantity is 12, not 17"),
        (UPDATE, replace(UPDATED, cancelled=TODAY), ""),
        (UPDATE, replace(UPDATED, unit_price=Decimal(5)), ""),
        (CANCEL, CANCELLED, ""),
        (CANCEL, LINE, "the cancel date is None, not 2026-12-14"),
        (CANCEL, replace(CANCELLED, quantity=Decimal(0)), ""),
        (BILL_AGAIN, LINE, ""),
        (BILL_AGAIN, CANCELLED, "it is still cancelled on 2026-12-14"),
        (LATER, replace(LINE, cancelled=date(2027, 3, 31)), ""),
        (LATER, LINE, "the cancel date is None, not 2027-03-31"),
        (CREATE, new_line(), ""),
        (CREATE, new_line(seats=1), "the quantity is 1, not 5"),
        (CREATE, replace(new_line(), product_id=ProductId(1)), "the product is 1, not 3409"),
        (CREATE, replace(new_line(), effective=None), "the effective date is None, not 2026-11-22"),
        (CREATE, new_line(cancelled=TODAY), "it is cancelled on 2026-11-22"),
        (CREATE, new_line(bill_customer="NoCharge"), "the billing is NoCharge, not Billable"),
    ],
)
def test_the_answer_to_a_write_is_compared_with_what_was_meant(
    change: Change, line: Addition, words: str
) -> None:
    assert unlike_intent(change, line, TODAY) == words


LIVE = replace(LINE, description="Seats", unit_cost=Decimal("1.50"))


@pytest.mark.parametrize(
    ("change", "now", "words"),
    [
        (UPDATE, {"quantity": Decimal(17)}, ""),
        (UPDATE, {"unit_price": Decimal(5)}, "the unit price was 4 before the write, is 5 now"),
        (UPDATE, {"unit_cost": Decimal(2)}, "the unit cost was 1.5 before the write, is 2 now"),
        (UPDATE, {"unit_cost": None}, "the unit cost was 1.5 before the write, is none now"),
        (UPDATE, {"product_id": ProductId(1)}, "the product was 3409 before the write, is 1 now"),
        (UPDATE, {"effective": None}, "the effective date was 2024-02-01 before the write, is none now"),
        (UPDATE, {"description": "New"}, "the description was Seats before the write, is New now"),
        (UPDATE, {"bill_customer": "NoCharge"}, "the billing was Billable before the write, is NoCharge now"),
        (UPDATE, {"cancelled": TODAY}, "the cancel date was none before the write, is 2026-11-22 now"),
        (CANCEL, {"cancelled": CANCEL.last_day}, ""),
        (CANCEL, {"quantity": Decimal(0)}, "the quantity was 12 before the write, is 0 now"),
    ],
)
def test_what_a_write_changed_beside_what_was_meant_is_told(
    change: Change, now: dict[str, Any], words: str
) -> None:
    assert beside_intent(change, replace(LIVE, **now), LIVE) == words


def test_without_the_line_before_the_write_the_plan_is_what_it_is_compared_with() -> None:
    """Neither cost nor description were decided on, so that neither is called changed."""
    dearer = replace(LIVE, unit_price=Decimal(5))
    assert beside_intent(UPDATE, dearer, None) == "the unit price was 4 in the preview, is 5 now"


TAGGED = replace(CREATE, serial="MSP-1")


def test_a_line_with_the_serial_number_that_was_sent_is_the_one_whatever_became_of_it() -> None:
    ours, twin = new_line(9101, 8, serial="MSP-1"), new_line(9102)
    assert made_line(TAGGED, [twin, ours], (TODAY,)) == ours
    assert made_line(TAGGED, [twin], (TODAY,)) is None
    assert made_line(TAGGED, [ours, replace(ours, id=AdditionId(9103))], (TODAY,)) is None
    assert made_line(TAGGED, [replace(ours, id=AdditionId(7))], (TODAY,)) is None


def test_a_serial_number_that_connectwise_did_not_keep_is_told() -> None:
    assert beside_intent(TAGGED, new_line(), None) == 'the serial number is "", not "MSP-1"'
    assert beside_intent(TAGGED, new_line(serial="MSP-1"), None) == ""
    assert beside_intent(CREATE, new_line(serial="of somebody"), None) == ""
