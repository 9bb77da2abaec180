"""Numbers, times and texts come back from both databases as they were."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.exc import StatementError

from seatsync.store.choice_tables import LINK
from seatsync.store.tables import ADDITION, SNAPSHOT

from .making import book, draft, line, team_of

YEAR_2000 = datetime(2000, 1, 1)  # noqa: DTZ001 -- Hypothesis wants it so
FEW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FEW
@given(
    amount=st.decimals(allow_nan=False, allow_infinity=False).filter(lambda one: abs(one.adjusted()) < 900)
)
def test_a_quantity_keeps_its_exact_value(store, amount):
    snapshot = store.snapshots.swap_in(
        team_of(store), book(line(quantity=str(amount))), datetime.now(UTC), draft(store)
    )
    (restored,) = store.snapshots.book(team_of(store), snapshot.id).additions
    assert restored.quantity == amount
    assert isinstance(restored.quantity, Decimal)


@FEW
@given(at=st.datetimes(YEAR_2000, YEAR_2000 + timedelta(days=36500)), hours=st.integers(-12, 14))
def test_a_time_comes_back_as_the_same_moment_in_utc(store, at, hours):
    moment = at.replace(tzinfo=timezone(timedelta(hours=hours)))
    snapshot = store.snapshots.swap_in(team_of(store), book(), moment, draft(store))
    assert snapshot.taken_at == moment
    assert snapshot.taken_at.tzinfo is UTC
    assert store.snapshots.latest(team_of(store)) == snapshot


def test_a_time_without_a_zone_is_a_defect_and_never_stored(store):
    with pytest.raises(StatementError, match="a time without a zone"):
        store.snapshots.swap_in(team_of(store), book(), datetime(2026, 11, 22), draft(store))  # noqa: DTZ001


def test_absent_values_come_back_absent(store):
    values = dict.fromkeys([column.name for column in LINK.columns], "x")
    values |= {"team_id": team_of(store), "company_id": 2**40, "made_at": None}
    with store._database.writing() as connection:
        connection.execute(insert(LINK).values(**values))
        found = connection.execute(select(LINK.c.made_at, LINK.c.company_id)).one()
    assert tuple(found) == (None, 2**40)


def test_every_table_of_a_snapshot_goes_with_it(store):
    store.snapshots.swap_in(team_of(store), book(line()), datetime.now(UTC), draft(store))
    with store._database.writing() as connection:
        connection.execute(SNAPSHOT.delete())
        assert connection.execute(select(ADDITION.c.id)).all() == []
