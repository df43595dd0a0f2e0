"""What is asked for, what it is called outside, and when one tries again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadbed.ground.errors import Invalid
from roadbed.ground.ledger.rules import KINDS, FactView
from roadbed.ground.subscriptions.rules import cdevents, retrying
from roadbed.ground.subscriptions.rules.envelopes import CDEVENTS, FORMATS, LARGEST, ROADBED, envelope
from roadbed.ground.subscriptions.rules.patterns import About, Wanted, checked, covered, matches, wants
from roadbed.ground.subscriptions.rules.retrying import Trouble

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
HERE = "https://roadbed.kestrel.example"
kinds = st.sampled_from(sorted(KINDS))
beginnings = kinds.map(lambda kind: kind.rpartition(".")[0] + ".*")
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
known_parts = st.fixed_dictionaries(
    {},
    optional={
        name: st.text() | st.none() | st.integers()
        for name in ("service", "service_uid", "version", "commit", "environment", "title", "url", "repository", "name")
    },
)


def told(kind: str = "service.deployed", environment: str = "production", **data: Any) -> FactView:
    return FactView(
        position=7, uid="f" * 32, kind=kind, subject="s" * 32, environment=environment, occurred_at=NOW,
        recorded_at=NOW, actor="p-1", actor_name="Mara", source="roadbed", source_id="x", supersedes="", data=data,
    )  # fmt: skip


@given(kinds)
def test_a_kind_is_covered_by_itself_by_each_of_its_beginnings_and_by_everything(kind: str):
    parts = kind.split(".")
    for pattern in (kind, "*", *(".".join([*parts[:length], "*"]) for length in range(1, len(parts)))):
        assert matches(pattern, kind)


@given(kinds, kinds)
def test_no_exact_kind_covers_another(one: str, other: str):
    assert matches(one, other) == (one == other)


@given(beginnings, kinds)
def test_a_beginning_ends_at_a_dot(pattern: str, kind: str):
    assert matches(pattern, kind) == kind.startswith(pattern[:-1])
    assert not matches("incident.*", "incidental.thing")
    assert not matches("incident.*", "incident")


@given(st.lists(kinds | beginnings | st.just("*"), min_size=1, max_size=20))
def test_checking_keeps_what_is_covered_and_is_done_once(asked: list[str]):
    kept = checked(asked, KINDS)
    assert covered(kept, KINDS) == covered(asked, KINDS)
    assert checked(kept, KINDS) == kept


@pytest.mark.parametrize(
    "asked", [[], [" "], ["incident"], ["incident.*", "gates.*"], ["*.*"], [f"k{n}" for n in range(60)]]
)
def test_what_covers_nothing_is_refused_by_name(asked: list[str]):
    with pytest.raises(Invalid) as caught:
        checked(asked, KINDS)
    assert caught.value.place.field == "kinds"
    assert caught.value.remedy


def test_every_part_of_what_is_asked_for_has_to_fit():
    fact, about = told(service_uid="u-1"), About("u-1", "checkout", "team-payments")
    assert wants(Wanted(("service.*",), "production", "u-1", "team-payments"), fact, about)
    for unfit in (
        Wanted(("incident.*",)),
        Wanted(("*",), environment="staging"),
        Wanted(("*",), service_uid="u-2"),
        Wanted(("*",), team="team-tracking"),
    ):
        assert not wants(unfit, fact, about)


@given(st.integers(1, 100), st.floats(0, 1))
def test_a_wait_grows_stays_within_a_fifth_and_is_bounded(tries: int, chance: float):
    for wait, table in ((retrying.wait_after, retrying.WAITS), (retrying.breather_after, retrying.BREATHERS)):
        middle = wait(tries, chance=0.5)
        assert middle <= wait(tries + 1, chance=0.5)
        assert abs(wait(tries, chance=chance) - middle) <= middle * 0.2 + timedelta(microseconds=1)
        assert middle.total_seconds() <= table[-1]


def test_the_waits_fill_three_days_before_the_tries_run_out():
    spent = sum((retrying.wait_after(tries, chance=1.0) for tries in range(1, retrying.MOST_TRIES)), timedelta())
    assert spent > retrying.GIVEN_UP_AFTER


@given(st.integers(0, 10**6))
def test_a_subscription_is_paused_when_it_is_gone_or_dead_for_three_days(seconds: int):
    since = NOW - timedelta(seconds=seconds)
    assert retrying.pause_for(Trouble("gone", 410), failing_since=since, now=NOW)
    said = retrying.pause_for(Trouble("it hangs", None), failing_since=since, now=NOW)
    assert bool(said) == (seconds >= 3 * 86400)


@given(kinds, known_parts, st.dictionaries(st.text(), anything, max_size=4), st.sampled_from(FORMATS))
def test_every_fact_leaves_as_json_under_its_own_identity(kind: str, known: Any, more: Any, form: str):
    fact = (
        told(kind, **{**more, **known}) if "kind" not in more and "environment" not in {**more, **known} else told(kind)
    )
    made = envelope(fact, About(), form=form, source=HERE)
    said = json.loads(made.body)
    assert said["id"] == fact.uid
    if form == ROADBED:
        assert (made.content_type, said["kind"]) == ("application/json", kind)
    else:
        assert made.content_type == "application/cloudevents+json"
        assert said["specversion"] == "1.0"
        assert said["type"] in (cdevents.type_of(kind), f"dev.roadbed.{kind}")
        assert said["type"].startswith(("dev.cdevents.", "dev.roadbed."))


def test_a_fact_that_lacks_what_the_schema_needs_leaves_as_our_own_kind():
    said = json.loads(envelope(told("incident.detected", environment=""), About(), form=CDEVENTS, source=HERE).body)
    assert (said["type"], said["data"]["kind"]) == ("dev.roadbed.incident.detected", "incident.detected")


def test_an_artifact_is_named_as_a_package_url():
    about = About("u-1", "check out", "team-payments")
    _, said = cdevents.content_of(told(version="v12"), about) or ("", {})
    assert said["artifactId"] == "pkg:generic/check%20out@v12"
    _, said = cdevents.content_of(told(commit="4be19c7"), About()) or ("", {})
    assert said["artifactId"] == f"pkg:generic/{'s' * 32}@4be19c7"


@given(st.integers(0, 2 * LARGEST))
def test_what_leaves_is_bounded(size: int):
    made = envelope(told(blob="x" * size), About(), form=CDEVENTS, source=HERE)
    assert len(made.body) < LARGEST + 4096
