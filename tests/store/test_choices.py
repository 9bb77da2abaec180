"""Mappings, links, checkboxes and chosen agreements."""

from dataclasses import replace

import pytest

from seatsync.errors import NotFound
from seatsync.model import AgreementId, CompanyId, ExportId, ProductId, TierMapping
from seatsync.status import LinkSource
from seatsync.store import open_store

from .making import NOON, draft, link, parsed, rejection, seat_row, team_of

PROTECT = TierMapping("Email Advanced Protect", ProductId(3409))
FREE = TierMapping("Archive", None)


def actions(store) -> list[str]:
    return [entry.action for entry in store.audit.entries(team_of(store))]


def upload(store, sha256: str = "aa") -> ExportId:
    return store.exports.add(team_of(store), parsed(seat_row(), sha256=sha256), "anna", draft(store))[0].id


def test_mappings_are_listed_by_tier_and_can_be_replaced_and_cleared(store):
    team = team_of(store)
    for mapping in (PROTECT, FREE):
        store.choices.save_mapping(team, mapping, draft(store, "map"))
    assert store.choices.mappings(team) == (FREE, PROTECT)
    store.choices.save_mapping(team, TierMapping("Archive", ProductId(7)), draft(store, "map"))
    assert store.choices.mappings(team)[0].product_id == 7
    store.choices.clear_mapping(team, "Archive", draft(store, "unmap"))
    assert store.choices.mappings(team) == (PROTECT,)
    assert actions(store) == ["map", "map", "map", "unmap"]


def test_tiers_that_differ_in_case_or_spaces_are_two_tiers(store):
    team = team_of(store)
    for tier in ("Protect", "protect", "Protect "):
        store.choices.save_mapping(team, TierMapping(tier, None), draft(store))
    assert [mapping.tier for mapping in store.choices.mappings(team)] == ["Protect", "Protect ", "protect"]


def test_what_is_not_there_cannot_be_cleared_and_leaves_no_audit_entry(store):
    with pytest.raises(NotFound, match='There is no mapping of the license "Archive"'):
        store.choices.clear_mapping(team_of(store), "Archive", draft(store))
    with pytest.raises(NotFound, match='There is no link of the portal "contoso"'):
        store.choices.clear_link(team_of(store), "contoso", draft(store))
    assert actions(store) == []


def test_several_mappings_or_links_are_cleared_at_once_and_only_what_was_there_is_audited(store):
    team = team_of(store)
    for mapping in (PROTECT, FREE):
        store.choices.save_mapping(team, mapping, draft(store, "map"))
    for key in ("contoso", "fabrikam", "x\x00y"):
        store.choices.save_link(team, link(key), draft(store, "link"))
    gone = store.choices.clear_mappings(
        team, {name: draft(store, "unmap", resource=name) for name in ("Archive", "Other")}
    )
    assert (gone, store.choices.mappings(team)) == ({"Archive"}, (PROTECT,))
    gone = store.choices.clear_links(
        team, {key: draft(store, "unlink", resource=key) for key in ("contoso", "nobody", "x\x00y")}
    )
    assert gone == {"contoso", "x\x00y"}
    assert [each.key for each in store.choices.links(team)] == ["fabrikam"]
    assert [(e.action, e.resource) for e in store.audit.entries(team)[5:]] == [
        ("unmap", "Archive"),
        ("unlink", "contoso"),
        ("unlink", "x\ufffdy"),
    ]
    assert store.choices.clear_links(team, {}) == frozenset()


def test_clearing_several_leaves_what_another_team_keeps(store):
    team = team_of(store)
    other = store.teams.add("Other", team, draft(store)).id
    for one in (team, other):
        store.choices.save_link(one, link("contoso"), draft(store))
        store.choices.save_mapping(one, FREE, draft(store))
    assert store.choices.clear_links(other, {"contoso": draft(store)}) == {"contoso"}
    assert store.choices.clear_mappings(other, {"Archive": draft(store)}) == {"Archive"}
    assert [each.key for each in store.choices.links(team)] == ["contoso"]
    assert store.choices.mappings(team) == (FREE,)


def test_a_link_comes_back_as_it_was_saved(store):
    made = link(portal="Contoso", source=LinkSource.BY_HAND, made_by="ben", made_at=NOON, reason="Same name.")
    store.choices.save_link(team_of(store), made, draft(store))
    assert store.choices.links(team_of(store)) == (made,)


def test_a_link_takes_who_and_when_from_the_act_of_saving(database_url):
    with open_store(database_url, clock=lambda: NOON) as store:
        store.choices.save_link(team_of(store), link(), draft(store, who="anna"))
        (saved,) = store.choices.links(team_of(store))
    assert (saved.made_by, saved.made_at) == ("anna", NOON)


def test_links_are_listed_by_tenant_name_and_can_be_cleared(store):
    team = team_of(store)
    for key, tenant in (("k1", "fabrikam"), ("k2", "Contoso"), ("k3", "Fabrikam")):
        store.choices.save_link(team, replace(link(key), tenant_name=tenant), draft(store))
    assert [one.key for one in store.choices.links(team)] == ["k2", "k1", "k3"]
    store.choices.clear_link(team, "k1", draft(store))
    assert [one.key for one in store.choices.links(team)] == ["k2", "k3"]


def test_an_automatic_link_never_replaces_one_that_is_there(store):
    team = team_of(store)
    by_hand = link("contoso", source=LinkSource.BY_HAND, made_by="ben", made_at=NOON)
    store.choices.save_link(team, by_hand, draft(store, "link"))
    automatic = [link("contoso"), link("fabrikam"), link("fabrikam")]
    drafts = [draft(store, "auto", resource=name) for name in ("first", "second", "third")]
    store.choices.save_automatic_links(team, automatic, drafts)
    kept = {one.key: one.source for one in store.choices.links(team)}
    assert kept == {"contoso": LinkSource.BY_HAND, "fabrikam": LinkSource.AUTOMATIC}
    assert [entry.resource for entry in store.audit.entries(team, action="auto")] == ["second"]


def test_automatic_links_that_are_all_there_or_none_leave_no_audit_entry(store):
    store.choices.save_link(team_of(store), link(), draft(store, "link"))
    store.choices.save_automatic_links(team_of(store), [], [])
    store.choices.save_automatic_links(team_of(store), [link()], [draft(store, "auto")])
    assert actions(store) == ["link"]


def test_a_rejection_comes_back_as_it_was_saved_and_can_be_taken_back(store):
    team = team_of(store)
    made = rejection(portal="Contoso", rejected_by="ben", rejected_at=NOON)
    store.choices.save_rejection(team, made, draft(store, "reject"))
    store.choices.save_rejection(team, made, draft(store, "reject"))
    assert store.choices.rejections(team) == (made,)
    store.choices.clear_rejection(team, "contoso", CompanyId(250), draft(store, "unreject"))
    assert store.choices.rejections(team) == ()
    with pytest.raises(NotFound, match='Company 250 is not ruled out for the portal "contoso"'):
        store.choices.clear_rejection(team, "contoso", CompanyId(250), draft(store, "unreject"))
    assert actions(store) == ["reject", "reject", "unreject"]


def test_a_rejection_takes_who_and_when_from_the_act_of_saving(database_url):
    with open_store(database_url, clock=lambda: NOON) as store:
        store.choices.save_rejection(team_of(store), rejection(), draft(store, who="anna"))
        (saved,) = store.choices.rejections(team_of(store))
    assert (saved.rejected_by, saved.rejected_at) == ("anna", NOON)


def test_a_rejection_removes_the_automatic_link_to_that_company_and_no_other(store):
    team = team_of(store)
    store.choices.save_link(team, link("contoso"), draft(store))
    store.choices.save_link(team, link("chosen", source=LinkSource.BY_HAND), draft(store))
    store.choices.save_link(team, replace(link("other"), company_id=CompanyId(7)), draft(store))
    for key in ("contoso", "chosen", "other"):
        store.choices.save_rejection(team, rejection(key), draft(store))
    assert [one.key for one in store.choices.links(team)] == ["chosen", "other"]


def test_a_link_takes_back_the_rejection_of_its_company_alone(store):
    team = team_of(store)
    for company in (250, 7):
        store.choices.save_rejection(team, rejection(company=company), draft(store))
    store.choices.save_link(team, link(source=LinkSource.BY_HAND), draft(store))
    assert [one.company_id for one in store.choices.rejections(team)] == [7]


def test_an_automatic_link_is_not_saved_for_a_tenant_that_a_person_ruled_a_company_out_for(store):
    """The rejection may come between the preview and the saving of what it found."""
    team = team_of(store)
    store.choices.save_rejection(team, rejection(company=7), draft(store, "reject"))
    drafts = [draft(store, "auto"), draft(store, "auto")]
    store.choices.save_automatic_links(team, [link("contoso"), link("fabrikam")], drafts)
    assert [one.key for one in store.choices.links(team)] == ["fabrikam"]
    assert actions(store) == ["reject", "auto"]


def test_chosen_columns_are_kept_for_one_header_and_replaced_as_a_whole(store):
    team = team_of(store)
    assert store.choices.column_choice(team, "aa").columns == {}
    store.choices.save_column_choice(team, "aa", {"users": "Seats", "tier": "Plan"}, draft(store, "columns"))
    store.choices.save_column_choice(team, "bb", {"users": "Mailboxes"}, draft(store, "columns"))
    store.choices.save_column_choice(team, "aa", {"users": "Users in use"}, draft(store, "columns"))
    assert store.choices.column_choice(team, "aa").columns == {"users": "Users in use"}
    assert store.choices.column_choice(team, "bb").columns == {"users": "Mailboxes"}
    store.choices.save_column_choice(team, "bb", {}, draft(store, "columns"))
    assert store.choices.column_choice(team, "bb").columns == {}
    assert actions(store) == ["columns"] * 4


def test_a_checkbox_is_kept_until_it_returns_to_its_default(store):
    team, export = team_of(store), upload(store)
    assert store.choices.ticks(team, export) == {}
    store.choices.save_ticks(team, export, {"a": True, "b": False, "c": None})
    assert store.choices.ticks(team, export) == {"a": True, "b": False}
    store.choices.save_ticks(team, export, {"a": None, "b": True, "d": False})
    assert store.choices.ticks(team, export) == {"b": True, "d": False}
    store.choices.save_ticks(team, export, {})
    assert store.choices.ticks(team, export) == {"b": True, "d": False}


def test_a_chosen_agreement_is_kept_until_it_is_forgotten(store):
    team, export = team_of(store), upload(store)
    store.choices.save_agreement(team, export, "a", AgreementId(81))
    store.choices.save_agreement(team, export, "a", AgreementId(82))
    store.choices.save_agreement(team, export, "b", AgreementId(83))
    assert store.choices.agreements(team, export) == {"a": 82, "b": 83}
    store.choices.save_agreement(team, export, "a", None)
    assert store.choices.agreements(team, export) == {"b": 83}


def test_choices_belong_to_one_export_and_one_team(store):
    team = team_of(store)
    first, second = upload(store, "aa"), upload(store, "bb")
    east = store.teams.add("East", team, draft(store)).id
    store.choices.save_ticks(team, first, {"a": True})
    store.choices.save_agreement(team, first, "a", AgreementId(81))
    store.choices.save_mapping(team, PROTECT, draft(store))
    store.choices.save_link(team, link(), draft(store))
    store.choices.save_rejection(team, rejection(company=7), draft(store))
    store.choices.save_column_choice(team, "aa", {"users": "Seats"}, draft(store))
    assert (store.choices.ticks(team, second), store.choices.agreements(team, second)) == ({}, {})
    assert (store.choices.ticks(east, first), store.choices.agreements(east, first)) == ({}, {})
    assert (store.choices.mappings(east), store.choices.links(east)) == ((), ())
    assert (store.choices.rejections(east), store.choices.column_choice(east, "aa").columns) == ((), {})
    with pytest.raises(NotFound, match="The team has no export"):
        store.choices.save_ticks(east, first, {"a": False})
    with pytest.raises(NotFound):
        store.choices.clear_link(east, "contoso", draft(store))
    with pytest.raises(NotFound):
        store.choices.clear_rejection(east, "contoso", CompanyId(7), draft(store))
    with pytest.raises(NotFound):
        store.choices.clear_mapping(east, PROTECT.tier, draft(store))
    assert store.choices.ticks(team, first) == {"a": True}
