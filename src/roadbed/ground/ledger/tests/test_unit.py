"""Units of writing: facts last, in one transaction, once per source id, refused when nobody knows their kind."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from roadbed.ground.ledger.models import Fact
from roadbed.ground.ledger.queries import facts_after, facts_of, last_position
from roadbed.ground.ledger.rules import effective
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_a_fact_says_what_happened_to_what_by_whom_and_when():
    with unit(ROADBED, now=NOW) as writing:
        uid = writing.record("service.deployed", "svc", environment="production", data={"version": "v1"})
        assert not Fact.objects.exists()
    (fact,) = facts_of("svc")
    assert (fact.uid, fact.kind, fact.actor, fact.environment) == (uid, "service.deployed", "system", "production")
    assert (fact.occurred_at, fact.data) == (NOW, {"version": "v1"})


def test_a_refused_unit_leaves_no_fact():
    def refused() -> None:
        with unit(ROADBED, now=NOW) as writing:
            writing.record("service.deployed", "svc")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        refused()
    assert last_position() == 0
    with unit(ROADBED, now=NOW) as writing:
        writing.record("service.deployed", "svc")
    assert len(facts_after(0)) == 1


def test_units_inside_a_unit_are_one():
    with unit(ROADBED, now=NOW) as outer:
        outer.record("team.created", "a")
        with unit(ROADBED, now=NOW) as inner:
            inner.record("team.created", "b")
            assert inner is outer
        assert not Fact.objects.exists()
    assert [fact.subject for fact in facts_after(0)] == ["a", "b"]


def test_the_same_delivery_again_changes_nothing():
    for _ in range(3):
        with unit(ROADBED, now=NOW) as writing:
            writing.record("change.merged", "svc", source="github", source_id="d-1")
            writing.record("change.merged", "svc", source="github", source_id="d-2")
    assert Fact.objects.count() == 2


def test_an_unknown_kind_is_a_fault_of_the_program():
    with pytest.raises(ValueError, match="unknown kind"), unit(ROADBED, now=NOW) as writing:
        writing.record("service.exploded", "svc")


def test_a_correction_supersedes_and_chains_end_at_the_last():
    with unit(ROADBED, now=NOW) as writing:
        first = writing.record("service.deployed", "svc")
        second = writing.record("service.deployed", "svc", supersedes=first)
        third = writing.record("service.deployed", "svc", supersedes=second)
    assert [fact.uid for fact in effective(facts_after(0))] == [third]


def test_facts_of_a_subject_come_newest_first_and_by_kind():
    for day, kind in ((1, "service.deployed"), (2, "service.upgraded"), (3, "service.rolledback")):
        with unit(ROADBED, now=NOW.replace(day=day)) as writing:
            writing.record(kind, "svc")
            writing.record(kind, "other")
    assert [fact.kind for fact in facts_of("svc", limit=2)] == ["service.rolledback", "service.upgraded"]
    assert [fact.kind for fact in facts_of("svc", before=NOW.replace(day=2))] == ["service.deployed"]
    assert [fact.subject for fact in facts_after(0, kinds=["service.upgraded"])] == ["svc", "other"]
