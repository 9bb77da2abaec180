"""What moved between two exports."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatsync.comparison import Comparison, Move, compare, moved, remarks
from seatsync.model import ExportId, ExportRecord, SeatRow
from seatsync.status import TenantState
from tests.factories import EAP_TIER, ECP_TIER, seat, unreadable

OCTOBER = ExportRecord(
    ExportId(1), "oct.csv", "ab", datetime(2026, 10, 31, tzinfo=UTC), "anna", {}, 1, 0, False, "utf-8", ","
)


def moves(before: Sequence[SeatRow], after: Sequence[SeatRow]) -> list[tuple[str, str, str | None]]:
    """What moved, as kind, tenant and the two seat counts."""
    return [
        (m.move.value, m.tenant, f"{m.seats_before} {m.seats_after}")
        for m in compare(OCTOBER, before, after).movements
    ]


def compared(before: Sequence[SeatRow], after: Sequence[SeatRow]) -> Comparison:
    return compare(OCTOBER, before, after)


def test_a_tenant_that_is_absent_now_is_gone_and_one_that_was_absent_is_new() -> None:
    assert moves([seat("Contoso Ltd", "12")], [seat("Fabrikam Inc", "5")]) == [
        ("gone", "Contoso Ltd", "12 None"),
        ("new", "Fabrikam Inc", "None 5"),
    ]


@pytest.mark.parametrize(
    ("state", "remark"),
    [
        (TenantState.EXPIRED, "now expired"),
        (TenantState.DELETED, "now deleted"),
        (TenantState.TRIAL, "now trial"),
        (TenantState.NOT_FOR_RESALE, "now not for resale"),
    ],
)
def test_a_paid_tenant_in_another_state_is_no_longer_paid(state: TenantState, remark: str) -> None:
    found = compared([seat(users="12")], [seat(users="12", state=state)])
    (movement,) = found.movements
    assert (movement.move, movement.what, movement.difference) == (Move.ENDED, remark, Decimal(-12))
    assert (found.tenants_before, found.tenants_after, found.seats_after) == (1, 0, Decimal(0))


def test_an_expired_row_without_license_still_says_that_the_tenant_ended() -> None:
    ended = seat(users=None, tier="", state=TenantState.EXPIRED)
    assert moves([seat(users="12")], [ended]) == [("ended", "Contoso Ltd", "12 None")]


def test_a_trial_that_is_paid_now_turned_paid() -> None:
    (movement,) = compared([seat(users="0", tier="", state=TenantState.TRIAL)], [seat(users="9")]).movements
    assert (movement.move, movement.what, movement.seats_after) == (
        Move.TURNED_PAID,
        "was trial",
        Decimal(9),
    )


def test_one_license_for_another_is_one_move_and_no_departure() -> None:
    (movement,) = compared([seat(users="12")], [seat(users="14", tier=ECP_TIER)]).movements
    assert (movement.move, movement.tier, movement.tier_before) == (Move.MOVED_TIER, ECP_TIER, EAP_TIER)
    assert (movement.what, movement.difference) == (f"was on {EAP_TIER}", Decimal(2))


def test_one_of_two_licenses_dropped_is_gone_by_itself() -> None:
    both = [seat(users="12"), seat(users="3", tier=ECP_TIER)]
    assert moves(both, [seat(users="12")]) == [("gone", "Contoso Ltd", "3 None")]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("20", "25", "up"),
        ("20", "15", "down"),
        ("6", "0", "down"),
        ("0", "5", "up"),
        ("21", "26", None),
        ("4", "8", None),
        ("1000", "1249", None),
        ("1000", "1250", "up"),
    ],
)
def test_seats_moved_by_a_lot_from_five_seats_and_a_quarter(
    before: str, after: str, kind: str | None
) -> None:
    found = compared([seat(users=before)], [seat(users=after)])
    assert [movement.move.value for movement in found.movements] == ([kind] if kind else [])
    assert found.smaller == (0 if kind else 1)
    assert found.smaller_seats == (0 if kind else Decimal(after) - Decimal(before))


def test_a_renamed_tenant_keeps_its_portal_and_is_neither_gone_nor_new() -> None:
    before, after = seat("Vellmark Ltd", portal="v"), seat("Saffron Ltd", portal="v")
    (movement,) = compared([before], [after]).movements
    assert (movement.move, movement.tenant, movement.what) == (
        Move.RENAMED,
        "Saffron Ltd",
        "was Vellmark Ltd",
    )


def test_case_and_spaces_alone_are_no_new_name() -> None:
    assert moves([seat("Contoso  Ltd", portal="c")], [seat("CONTOSO Ltd", portal="c")]) == []


def test_departures_stand_first_and_each_kind_begins_with_its_largest() -> None:
    before = [seat("Ash Ltd", "3"), seat("Birch Ltd", "30"), seat("Cedar Ltd", "40")]
    after = [seat("Cedar Ltd", "10"), seat("Dogwood Ltd", "2"), seat("Elm Ltd", "50")]
    assert [tenant for _, tenant, _ in moves(before, after)] == [
        "Birch Ltd",
        "Ash Ltd",
        "Cedar Ltd",
        "Elm Ltd",
        "Dogwood Ltd",
    ]


def test_a_tenant_whose_row_cannot_be_read_is_not_gone() -> None:
    found = compared([seat(users="12")], [unreadable()])
    assert (found.movements, found.unread, found.tenants_after) == ((), 1, 1)
    assert "can't be compared" in remarks(found)[0]


def test_another_license_of_a_tenant_with_an_unreadable_row_is_not_judged_gone() -> None:
    """The row that can't be read may be the license that is missing."""
    both = [seat(users="12"), seat(users="3", tier=ECP_TIER)]
    found = compared(both, [seat(users="12"), unreadable(tier="")])
    assert (found.movements, found.unread) == ((), 2)


def test_without_portals_on_one_side_tenants_are_told_apart_by_name() -> None:
    found = compared([seat("Contoso Ltd", portal="")], [seat("Contoso Ltd", portal="contoso")])
    assert found.by_name
    assert found.movements == ()
    assert remarks(found) == ("One of the files has no portals, so a renamed tenant counts as gone and new.",)


def test_the_same_rows_in_another_order_are_recognised() -> None:
    rows = [seat("Ash Ltd", "3", line=2), seat("Birch Ltd", "30", line=3)]
    turned = [seat("Birch Ltd", "30", line=2), seat("Ash Ltd", "3", line=3)]
    assert compared(rows, turned).same_rows
    assert not compared(rows, [*turned, seat("Cedar Ltd")]).same_rows
    assert not compared(rows, [turned[0], seat("Ash Ltd", "3", expires=date(2026, 12, 1))]).same_rows


def test_the_line_says_counts_and_totals_and_a_missing_tenant_of_a_part_is_not_called_gone() -> None:
    found = compared([seat("Ash Ltd", "1200"), seat("Elm Ltd", "3")], [seat("Elm Ltd", "4")])
    assert moved(found) == "1 gone · 2 → 1 tenants · 1,203 → 4 seats"
    assert moved(found, whole=False).startswith("1 missing")
    assert remarks(found) == ("1 more moved by less than 5 seats or 25 %, +1 seats in all.",)


TENANTS = st.dictionaries(
    st.tuples(st.sampled_from("abcdef"), st.sampled_from((EAP_TIER, ECP_TIER))),
    st.tuples(st.integers(0, 60), st.sampled_from((TenantState.PAID, TenantState.TRIAL))),
)


@given(before=TENANTS, after=TENANTS)
def test_the_movements_add_up_to_the_difference_of_the_totals(
    before: dict[tuple[str, str], tuple[int, TenantState]],
    after: dict[tuple[str, str], tuple[int, TenantState]],
) -> None:
    old, new = (
        [seat(name, str(count), tier=tier, state=state) for (name, tier), (count, state) in rows.items()]
        for rows in (before, after)
    )
    found = compare(OCTOBER, old, new)
    listed = sum((m.difference for m in found.movements if m.move is not Move.RENAMED), Decimal(0))
    assert listed + found.smaller_seats == found.seats_after - found.seats_before
