"""Registering, reading again, renaming, moving, orphaning and removing, with the fixed cast of the house."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from roadbed.ground.catalog import queries, usecases
from roadbed.ground.catalog.tests.cast import CHECKOUT, FILE, HANNE, HOME, NOW
from roadbed.ground.errors import Conflict, Forbidden, Invalid
from roadbed.ground.ledger.models import Fact
from roadbed.ground.people.queries import teams
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.ground.people.usecases import create_team

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
GROUP = """\
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: Team_New}
spec: {type: team, children: [], profile: {displayName: The new}}
"""
LEDGER_DB = """\
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: {name: ledger-db}
spec: {type: database, owner: team-payments}
"""
BASKET = CHECKOUT.replace("name: checkout", "name: basket")


@pytest.fixture(autouse=True)
def _teams() -> None:
    for name in ("team-payments", "team-routing", "team-sre"):
        create_team(ROADBED, name=name, now=NOW)


def register(text: str, *, caller: Caller = HANNE, location: str = HOME, now: datetime = NOW, path: str = FILE):
    return usecases.register(caller, text=text, location=location, path=path, now=now)


def test_a_registered_service_is_there_with_its_owner_and_runtime_facts():
    uid = register(CHECKOUT).uid_of_component
    service = queries.require_service("Checkout")
    assert (service.uid, service.owner, service.tier, service.system) == (uid, "team-payments", "1", "shop")
    assert service.annotations["roadbed.dev/run"] == "./serve"
    assert Fact.objects.get(kind="catalog.entity.registered").subject == uid
    shown = queries.require_entity(uid)
    assert {(r.type, r.ref, r.uid) for r in shown.relations} == {
        ("ownedBy", "group:default/team-payments", None),
        ("partOf", "system:default/shop", None),
        ("dependsOn", "resource:default/ledger-db", None),
    }


def test_the_same_file_again_changes_nothing_and_records_nothing():
    first = register(CHECKOUT)
    again = register(CHECKOUT, now=NOW + timedelta(hours=1))
    assert again.uid_of_component == first.uid_of_component
    assert [entity.change for entity in again.entities] == ["unchanged"]
    assert Fact.objects.filter(kind="catalog.entity.registered").count() == 1


def test_a_changed_entity_keeps_its_uid_and_replaces_its_relations():
    uid = register(CHECKOUT).uid_of_component
    done = register(CHECKOUT.replace("resource:ledger-db", "resource:other-db"))
    assert [(e.uid, e.change) for e in done.entities] == [(uid, "changed")]
    ends = {relation.ref for relation in queries.require_entity(uid).relations}
    assert "resource:default/other-db" in ends
    assert "resource:default/ledger-db" not in ends


def test_lines_move_without_the_entity_changing():
    register(CHECKOUT)
    done = register("# a word first\n\n" + CHECKOUT)
    assert [entity.change for entity in done.entities] == ["unchanged"]
    assert queries.require_entity("checkout").line == 3


def test_a_renamed_entity_keeps_its_uid():
    uid = register(CHECKOUT).uid_of_component
    done = register(CHECKOUT.replace("name: checkout", "name: till"))
    assert [(e.uid, e.name, e.change) for e in done.entities] == [(uid, "till", "renamed")]
    assert queries.service("checkout") is None


def test_a_vanished_entity_is_orphaned_and_shown_and_comes_back_with_its_uid():
    two = CHECKOUT + "---\n" + BASKET
    basket = register(two).uid_of("basket")
    register(CHECKOUT, now=NOW + timedelta(hours=1))
    assert queries.require_service("basket").orphaned_at == NOW + timedelta(hours=1)
    assert [row.name for row in queries.entities(kind="Component").items if row.orphaned] == ["basket"]
    assert Fact.objects.get(kind="catalog.entity.orphaned").subject == basket
    assert register(two).uid_of("basket") == basket
    assert queries.require_service("basket").orphaned_at is None


def test_the_same_name_from_another_place_is_a_conflict_naming_both():
    register(CHECKOUT)
    with pytest.raises(Conflict) as refusal:
        register(CHECKOUT.replace("name: checkout", "name: Checkout"), location="https://git.example/shop/copy")
    assert "https://git.example/shop/checkout catalog-info.yaml line 1" in refusal.value.detail
    assert "https://git.example/shop/copy catalog-info.yaml line 1" in refusal.value.detail


def test_an_orphan_may_move_to_another_place_and_keeps_its_uid():
    uid = register(CHECKOUT).uid_of_component
    other = BASKET.replace("kind: Component", "kind: Resource")
    register(other.replace("  lifecycle: production\n", ""))
    moved = register(CHECKOUT, location="https://git.example/shop/mono")
    assert [(entity.uid, entity.change) for entity in moved.entities] == [(uid, "moved")]
    assert queries.require_service(uid).location == "https://git.example/shop/mono"


def test_an_unknown_owner_is_refused_with_the_command_that_makes_it_and_nothing_changes():
    ghost = CHECKOUT.replace("team-payments", "team-ghost")
    two = ghost + "---\n" + BASKET.replace("team-payments", "user:hanne")
    with pytest.raises(Invalid) as refusal:
        register(two)
    assert refusal.value.remedy.startswith("Make it with `roadbed team create team-ghost`")
    assert (refusal.value.place.line, refusal.value.place.field) == (13, "spec.owner")
    (person,) = refusal.value.others
    assert "exactly one team" in person.detail
    assert queries.entities().items == ()
    assert not Fact.objects.filter(kind__startswith="catalog.").exists()


def test_a_group_makes_a_team_or_matches_the_one_there_is():
    group = GROUP
    register(group + "---\n" + CHECKOUT.replace("team-payments", "team_new"), caller=ROADBED)
    assert queries.require_service("checkout").owner == "team_new"
    matched = group.replace("Team_New", "team-payments")
    register(matched, location="https://git.example/org", caller=HANNE)
    assert {team.name for team in teams()} >= {"team_new", "team-payments"}
    with pytest.raises(Forbidden):
        register(group.replace("Team_New", "team-own"), location="https://git.example/org2", caller=HANNE)


def test_members_register_for_their_own_team_only_and_cannot_take_or_give_away():
    with pytest.raises(Forbidden):
        register(CHECKOUT.replace("team-payments", "team-routing"))
    register(CHECKOUT)
    with pytest.raises(Forbidden):
        register(CHECKOUT.replace("team-payments", "team-routing"))
    routing = Caller(uid="p-tomasz", name="Tomasz", role="member", teams=frozenset({"team-routing"}))
    with pytest.raises(Forbidden):
        register(CHECKOUT.replace("team-payments", "team-routing"), caller=routing)
    assert queries.require_service("checkout").owner == "team-payments"


def test_viewers_and_narrow_tokens_register_nothing():
    for caller in (
        Caller(uid="v", name="V", role="viewer", teams=frozenset({"team-payments"})),
        Caller(uid="t", name="T", role="admin", scopes=frozenset({"read"})),
    ):
        with pytest.raises(Forbidden):
            register(CHECKOUT, caller=caller)


def test_relations_are_seen_from_both_ends():
    register(CHECKOUT + "---\n" + LEDGER_DB)
    ends = {(r.type, r.ref, r.uid is not None) for r in queries.require_entity("resource:ledger-db").relations}
    assert ("dependencyOf", "component:default/checkout", True) in ends


def test_an_entity_is_removed_with_its_file_unless_others_stand_in_it():
    two = CHECKOUT + "---\n" + BASKET
    register(two)
    with pytest.raises(Conflict, match="beside 1 more"):
        usecases.unregister(HANNE, "checkout", now=NOW)
    gone = usecases.unregister(HANNE, "component:default/checkout", whole_location=True, now=NOW)
    assert sorted(gone) == ["component:default/basket", "component:default/checkout"]
    assert Fact.objects.filter(kind="catalog.entity.removed").count() == 2
    assert queries.locations() == ()


def test_an_orphan_is_removed_alone():
    register(CHECKOUT + "---\n" + BASKET)
    register(CHECKOUT)
    assert usecases.unregister(HANNE, "basket", now=NOW) == ("component:default/basket",)
    assert len(queries.locations()) == 1


def test_a_service_is_found_by_name_namespace_and_uid():
    uid = register(CHECKOUT.replace("  name: checkout", "  name: checkout\n  namespace: shop")).uid_of_component
    for name in ("checkout", "shop/checkout", "component:shop/CHECKOUT", uid):
        assert queries.require_service(name).uid == uid
    for name in ("default/checkout", "ghost", "", "a b", "x" * 300):
        assert queries.service(name) is None


def test_lists_are_paged_by_name_and_filtered():
    names = [f"svc-{index:02}" for index in range(25)]
    text = "---\n".join(CHECKOUT.replace("name: checkout", f"name: {name}") for name in names)
    register(text)
    seen, cursor = [], ""
    while cursor is not None:
        page = queries.entities(
            kind="component", owner="team-payments", tag="python", q="money svc", cursor=cursor, limit=10
        )
        seen += [row.name for row in page.items]
        cursor = page.next_cursor
    assert seen == names
    assert queries.entities(tag="pyth").items == ()
    assert queries.entities(owner="team-routing").items == ()
    assert len(queries.services(system="shop", limit=200).items) == 25


@pytest.mark.parametrize("cursor", ["x", "bm8", "W10", "WzEsMl0", "WyJhIiwgLTFd"])
def test_a_foreign_cursor_is_refused(cursor: str):
    with pytest.raises(Invalid, match="cursor"):
        queries.entities(cursor=cursor)


def test_a_list_costs_one_query(django_assert_num_queries: DjangoAssertNumQueries):
    register(CHECKOUT)
    with django_assert_num_queries(1):
        queries.entities(kind="Component")
    with django_assert_num_queries(2):
        queries.services()
