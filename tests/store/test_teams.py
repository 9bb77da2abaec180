"""Teams, their settings and their connections."""

import threading
from decimal import Decimal

import pytest

from seatsync.errors import InvalidChoice, NotFound, SettingsError
from seatsync.model import TeamId
from seatsync.ports import Connection
from seatsync.rules import BrakeLimits, Rules
from seatsync.store import open_store

from .making import draft, look, names, team_of

OURS = Connection("https://psa.example", "acme", "public-key", "private-key", "client-id")
THEIRS = Connection("https://other.example", "other", "public-key", "private-key", "client-id")


def test_the_root_team_is_made_on_first_use_and_then_stays(store):
    root = store.teams.root()
    assert (root.name, root.parent_id, root.timezone) == ("Root", None, "UTC")
    assert store.teams.root() == root
    assert store.teams.all() == (root,)


def test_one_root_team_comes_of_many_first_uses_at_once(store):
    found = []
    threads = [threading.Thread(target=lambda: found.append(store.teams.root())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(found)) == 1


def test_a_team_is_found_by_its_name_and_a_wrong_name_is_said(store):
    east = store.teams.add("East", team_of(store), draft(store))
    assert store.teams.by_name("East") == east
    with pytest.raises(NotFound, match='There is no team "West"'):
        store.teams.by_name("West")


def test_the_root_team_is_listed_first_and_the_others_by_name(store):
    root = team_of(store)
    for name in ("south", "East", "North"):
        store.teams.add(name, root, draft(store))
    assert names(store.teams.all()) == ["Root", "East", "North", "south"]


def test_a_team_needs_a_name_of_its_own_and_a_parent_that_exists(store):
    store.teams.add("East", team_of(store), draft(store))
    with pytest.raises(InvalidChoice, match='There is a team "East" already'):
        store.teams.add("East", team_of(store), draft(store))
    with pytest.raises(InvalidChoice, match="needs a name"):
        store.teams.add("  ", team_of(store), draft(store))
    with pytest.raises(NotFound, match="There is no team 99"):
        store.teams.add("West", TeamId(99), draft(store))


def test_rules_are_the_defaults_until_saved_and_belong_to_one_team(store):
    root = team_of(store)
    east = store.teams.add("East", root, draft(store)).id
    own = Rules(frozenset({"Managed", "Security"}), Decimal("0.9"), currency="EUR", brakes=BrakeLimits(7))
    store.teams.save_rules(root, own, draft(store))
    assert store.teams.rules(root) == own
    assert store.teams.rules(east) == Rules()
    store.teams.save_rules(root, Rules(), draft(store))
    assert store.teams.rules(root) == Rules()


def test_saving_rules_and_a_zone_keeps_the_other(store):
    root = team_of(store)
    assert store.teams.timezone(root) == ""
    store.teams.save_timezone(root, "Europe/Berlin", draft(store))
    store.teams.save_rules(root, Rules(currency="EUR"), draft(store))
    assert store.teams.timezone(root) == "Europe/Berlin"
    assert store.teams.root().timezone == "Europe/Berlin"
    assert store.teams.rules(root).currency == "EUR"


def test_settings_of_a_team_that_does_not_exist_are_refused_and_leave_no_audit_entry(store):
    audit = draft(store)
    with pytest.raises(NotFound, match="There is no team 99"):
        store.teams.save_timezone(TeamId(99), "UTC", audit)
    assert store.audit.entries(team_of(store)) == ()


def test_a_connection_is_inherited_from_the_nearest_ancestor_until_own_ones_are_saved(store):
    root = store.teams.root()
    east = store.teams.add("East", root.id, draft(store))
    shop = store.teams.add("Shop", east.id, draft(store))
    assert store.teams.connection(shop.id) is None
    store.teams.save_connection(root.id, OURS, draft(store))
    assert store.teams.connection(shop.id) == (OURS, root)
    store.teams.save_connection(east.id, THEIRS, draft(store))
    assert store.teams.connection(shop.id) == (THEIRS, east)
    assert store.teams.connection(root.id) == (OURS, root)
    store.teams.save_connection(east.id, None, draft(store))
    assert store.teams.connection(shop.id) == (OURS, root)


def test_a_connection_can_be_replaced(store):
    root = store.teams.root()
    store.teams.save_connection(root.id, OURS, draft(store))
    store.teams.save_connection(root.id, THEIRS, draft(store))
    assert store.teams.connection(root.id) == (THEIRS, root)


def test_nothing_of_a_connection_is_readable_in_the_database(store):
    store.teams.save_connection(team_of(store), OURS, draft(store))
    ((sealed,),) = look(store, "SELECT sealed FROM connection")
    for word in ("psa.example", "acme", "public-key", "private-key", "client-id"):
        assert word not in sealed


def test_another_secret_key_is_told_and_not_taken_for_no_connection(database_url):
    with open_store(database_url, secret_key="private-key") as store:
        store.teams.save_connection(team_of(store), OURS, draft(store))
    with (
        open_store(database_url, secret_key="another") as store,
        pytest.raises(
            SettingsError, match='not the one with which the ConnectWise connection of team "Root"'
        ),
    ):
        store.teams.connection(team_of(store))


def test_teams_made_at_once_under_one_name_are_one_team(store):
    root, audit, refused = team_of(store), draft(store), []

    def make() -> None:
        try:
            store.teams.add("East", root, audit)
        except InvalidChoice as error:
            refused.append(error)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names(store.teams.all()) == ["Root", "East"]
    assert len(refused) == 3


def test_no_scan_is_scheduled_until_a_schedule_is_saved_and_each_team_has_its_own(store):
    root = team_of(store)
    east = store.teams.add("East", root, draft(store)).id
    assert store.teams.scan_schedule(root) == ""
    store.teams.save_scan_schedule(root, "0 6 * * 1", draft(store))
    assert (store.teams.scan_schedule(root), store.teams.scan_schedule(east)) == ("0 6 * * 1", "")
    store.teams.save_scan_schedule(root, "", draft(store))
    assert store.teams.scan_schedule(root) == ""


def test_saving_a_schedule_keeps_the_zone_and_the_rules_and_is_audited(store):
    root = team_of(store)
    store.teams.save_timezone(root, "Europe/Berlin", draft(store))
    store.teams.save_rules(root, Rules(currency="EUR"), draft(store))
    store.teams.save_scan_schedule(root, "0 6 * * 1", draft(store, "schedule.save"))
    assert store.teams.timezone(root) == "Europe/Berlin"
    assert store.teams.rules(root).currency == "EUR"
    store.teams.save_timezone(root, "UTC", draft(store))
    assert store.teams.scan_schedule(root) == "0 6 * * 1"
    assert len(store.audit.entries(root, action="schedule.save")) == 1


def test_a_schedule_of_a_team_that_does_not_exist_is_refused_and_leaves_no_audit_entry(store):
    audit = draft(store)
    with pytest.raises(NotFound, match="There is no team 99"):
        store.teams.save_scan_schedule(TeamId(99), "0 6 * * 1", audit)
    assert store.audit.entries(team_of(store)) == ()
