"""Histories judged in columns are those that the rules judge, whatever a source tells and in whatever order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.delivery.metrics.columnar import sifting
from roadbed.delivery.metrics.columnar.instants import instants_of, stored_instants
from roadbed.delivery.metrics.rollups.columns import NEVER, instant
from roadbed.delivery.metrics.rules import phrases, texts
from roadbed.delivery.metrics.rules.reading import instant_of
from roadbed.delivery.metrics.rules.values import Commit, Incident
from roadbed.delivery.metrics.tests.both_ways import One, assert_alike, in_columns
from roadbed.delivery.metrics.tests.history import NOW, at

SUBJECTS = (
    "Add stops to the map (#3)", "Add stops to the map", 'Revert "Add stops to the map" (#9)', "Roll back to 1.2",
    "Hotfix: stop the loop", "Fix the fare that broke after #3", "Fix the fare of 1.0.2", "wip", "fixup! more of it",
    "",
    "Merge pull request #3 from ana/stops", "Mend what customers see since yesterday's release", "Fix a typo (#4)",
    'Reapply "Add stops to the map"', "Bump eslint from 9.1 to 9.2 (#5)", "FIX IT: cust\u00f6mers", "Fi\u017f users",
)  # fmt: skip
SHAS = ("a1" * 20, "a1" * 6, "b2" * 20, "c3" * 20, "d4" * 20, "e5" * 20)
told_at = st.sampled_from((
    "2026-11-20T08:00:00+00:00", "2026-11-20T08:00:00.250000+00:00", "2026-11-21T09:30:00Z",
    "2026-11-19T10:00:00+02:00",
    "2026-11-19T10:00:00", "2026-02-30T10:00:00+00:00", "2027-01-01T00:00:00+00:00", "soon", None, 7,
))  # fmt: skip
some_text = st.sampled_from(("", "This reverts commit a1a1a1a.", "Seen by users since #3", "It is planned.", None))
commits = st.fixed_dictionaries(
    {"sha": st.sampled_from(SHAS) | st.sampled_from(SHAS) | st.sampled_from(("", 12, None))},
    optional={
        "subject": st.sampled_from(SUBJECTS),
        "body": some_text,
        "author": st.sampled_from(("ana", "renovate[bot]", "", None)),
        "change": st.sampled_from(("1", "2", "", None, 3)),
        "labels": st.sampled_from(([], ["hotfix"], ["bug"], None)),
        "authored_at": told_at,
        "committed_at": told_at,
        "first_commit_at": told_at,
        "reviewed_at": told_at,
        "merged_at": told_at,
    },
)
documents = st.fixed_dictionaries(
    {"deployment": st.sampled_from(("d0", "d1", "d2", "d3", "d4", "d5", "", None))},
    optional={
        "commits": st.lists(commits, max_size=4) | st.sampled_from((None, "none", [1])),
        "commit_count": st.sampled_from((0, 1, 5, None, True, "2")),
        "commit": st.sampled_from((*SHAS, "", None)),
        "version": st.sampled_from(("v1.0.2", "1.2", "", None, 3)),
        "kind": st.sampled_from(("fix", "rollback", "hotfix", "revert", "feature", "", None)),
        "started_at": told_at,
        "seconds": st.sampled_from((90, 0, 1.5, -1, True, "90", 10**9)),
        "by": st.sampled_from(("external", None)),
        "by_hand": st.booleans(),
        "production_of": st.sampled_from(("", "eu", "us")),
        "environment": st.just("production"),
    },
)
KINDS = ("service.upgraded", "service.upgraded", "service.deployed", "service.rolledback", "deployment.linked",
         "deployment.started")  # fmt: skip
hours = st.integers(0, 60).map(lambda days: days * 17.0) | st.sampled_from((0.0, 80.0, 80.0 + 1 / 3.6e9))
facts = st.lists(
    st.tuples(st.sampled_from(KINDS), st.sampled_from(("production", "production", "staging", "")), hours, documents),
    max_size=12,
).map(lambda rows: [(f"f{place}", kind, where, at(ago), data) for place, (kind, where, ago, data) in enumerate(rows)])
incidents = st.lists(
    st.builds(
        lambda number, service, began, over, named, mended, elsewhere: Incident(
            f"i{number}", number, service, "checkout", at(began), None if over is None else at(began - over), named,
            "its text names it" if named else "", elsewhere, mended,
        ),
        st.integers(0, 9), st.sampled_from(("s-1", "s-1", "s-2")), hours, st.none() | st.floats(0, 40).map(round),
        st.sampled_from(("", "d1", "d2", "d9")), st.sampled_from(("", "d3")), st.sampled_from(("", "the provider")),
    ),
    max_size=4, unique_by=lambda one: one.uid,
)  # fmt: skip


@settings(max_examples=120)
@given(facts=facts, incidents=incidents, seed=st.integers(0, 9))
def test_columns_judge_as_the_rules_do(facts: list[One], incidents: list[Incident], seed: int):
    assert_alike(facts, incidents)
    shuffled = [*facts, *facts[:2]]
    Random(seed).shuffle(shuffled)  # noqa: S311 - an order
    assert in_columns(shuffled, incidents).keys() == in_columns(facts, incidents).keys()
    assert_alike(shuffled, incidents)


def test_a_duration_of_no_seconds_is_known():
    told: dict[str, Any] = {
        "deployment": "d1",
        "seconds": 0,
        "commits": [{"sha": SHAS[0], "authored_at": at(9).isoformat()}],
    }
    first = ("f0", "service.upgraded", "production", at(90), {"deployment": "d0"})
    second = ("f1", "service.upgraded", "production", at(8), told | {"started_at": at(9).isoformat()})
    assert_alike([first, second], [])
    (kept,) = in_columns([first, second], []).values()
    assert kept.judged[1][-1] == f'[["{SHAS[0]}","",3600.0,null,null,0.0]]'


@pytest.mark.parametrize("text", [
    "2026-11-28T23:59:59.999999+00:00", "2024-02-29T00:00:00Z", "2025-02-29T00:00:00Z", "1969-12-31T23:59:59+00:00",
    "2026-13-01T00:00:00Z", "2026-11-28T24:00:00Z", "2026-11-28 10:00:00+00:00", "2026-11-28T10:00:00",
    "0001-01-01T00:00:00Z",
    "2026-11-28T10:00:00-00:00", "20261128T100000Z", "2026-11-28T10:00:6\u0663Z", "1900-02-29T00:00:00Z",
])  # fmt: skip
def test_an_instant_is_read_among_many_as_by_itself(text: str):
    known = instant_of(text)
    expected = NEVER if known is None else instant(known)
    assert instants_of([text]).tolist() == [expected]
    assert instants_of([text, text, None, 3, text[:10]]).tolist()[:2] == [expected] * 2


@given(when=st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)))  # noqa: DTZ001 - made aware
def test_every_instant_of_the_calendar_is_read(when: datetime):
    aware = when.replace(tzinfo=UTC)
    assert instants_of([aware.isoformat()]).tolist() == [instant(aware)]
    assert stored_instants([when.isoformat(" "), "2026-11-28 10:00:00"]).tolist()[0] == instant(aware)


# Whatever the expressions of the texts find must be let through; the texts are made from the expressions.
@settings(max_examples=100)
@given(subject=st.from_regex(phrases.FAULT) | st.from_regex(phrases.HOTFIX) | st.from_regex(texts._FILLER))
def test_nothing_that_may_mend_is_left_out(subject: str):
    commit = Commit("", subject)
    says = texts.fault_in(commit) or texts.is_hotfix(commit) or texts.is_filler(commit) or texts.is_merge(commit)
    assert not says or sifting.may_mend([subject, "x"], ["", ""]) & {0}
    assert not texts.fault_in(Commit("", "x", body=subject)) or sifting.may_mend(["y", "x"], ["", subject]) == {1}


@given(subject=st.from_regex(phrases.FIX), named=st.from_regex(phrases.ANY_NUMBER) | st.from_regex(phrases.VERSION))
def test_no_fix_that_names_where_its_fault_came_from_is_left_out(subject: str, named: str):
    for commit in (Commit("", f"{subject} {named}"), Commit("", subject, body=named)):
        named_here = texts.origins_of(commit)
        if texts.is_fix(commit) and (named_here.shas or named_here.numbers or named_here.versions):
            assert sifting.may_mend([commit.subject], [commit.body]) == {0}


@given(subject=st.from_regex(phrases.REVERT) | st.from_regex(phrases.OUT_AGAIN))
def test_no_revert_is_left_out(subject: str):
    if texts.all_undone(Commit("", subject)):
        assert sifting.may_take_back(["x", subject], None) == [1]


@given(subject=st.text("a (#!1)\n\u0663", max_size=12) | st.from_regex(r"\w+ \([#!]\d+\)\n?", fullmatch=True))
def test_a_title_is_the_subject_without_its_number(subject: str):
    assert texts.title_of(subject) == texts._NUMBER.sub("", subject).strip().casefold()


def test_an_offset_of_hours_is_none_of_the_usual_shapes():
    told = ["2026-11-28T10:00:00+00:00", "2026-11-28T10:00:00+02:00"]
    assert instants_of(told).tolist() == [
        instant(NOW + timedelta(days=5, hours=1)),
        instant(NOW + timedelta(days=5, hours=-1)),
    ]
