"""Adding facts up and counting them, on any input."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from roadbed.delivery.changes import rules

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
KIND = st.sampled_from(sorted(rules.KINDS - {rules.LINKED}))
FACTS = st.lists(
    st.builds(
        rules.Told,
        uid=st.uuids().map(lambda uid: uid.hex),
        kind=KIND,
        service_uid=st.just("s-1"),
        environment=st.just("production"),
        occurred_at=st.integers(0, 5).map(lambda minute: NOW + timedelta(minutes=minute)),
        actor_name=st.just("Hanne Brandt"),
        supersedes=st.just(""),
        data=st.fixed_dictionaries(
            {},
            optional={
                "version": st.sampled_from(["v1", "v2", ""]),
                "commit": st.sampled_from(["a" * 40, "b" * 40]),
                "seconds": st.none() | st.floats(0, 9, allow_nan=False),
                "commit_count": st.none() | st.integers(0, 9),
            },
        ),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda fact: fact.uid,
)


@given(FACTS, st.randoms(use_true_random=False))
def test_the_order_of_arrival_means_nothing(facts: list[rules.Told], chance: object):
    shuffled = list(facts)
    chance.shuffle(shuffled)
    assert rules.add_up(facts) == rules.add_up(shuffled)


@given(FACTS)
def test_what_went_live_outweighs_a_failure_and_both_outweigh_the_start(facts: list[rules.Told]):
    kinds = {fact.kind for fact in facts}
    total = rules.add_up(facts)
    assert total is not None
    if kinds == {rules.STARTED}:
        assert total.outcome == rules.RUNNING
    elif kinds <= {rules.STARTED, rules.FAILED}:
        assert total.outcome == rules.BROKE
    else:
        assert total.outcome in (rules.SUCCEEDED, rules.BACK)


def test_a_start_that_another_cd_never_ended_is_no_deployment():
    begun = rules.Told("f1", rules.STARTED, "s1", "production", NOW, "", "", {"by": "external"})
    assert rules.add_up([begun]) is None


def test_nothing_adds_up_to_nothing():
    assert rules.add_up(()) is None


@given(
    st.lists(
        st.tuples(st.sampled_from(["succeeded", "failed", "rolledback", "running"]), st.integers(0, 60)), max_size=30
    )
)
def test_counts_cover_exactly_the_window(found: list[tuple[str, int]]):
    outcomes = [(outcome, NOW - timedelta(days=days)) for outcome, days in found]
    first = min((at for _, at in outcomes), default=None)
    counts = rules.count(outcomes, first_ever=first, now=NOW)
    if first is None:
        assert (counts.succeeded, counts.failed, counts.rolled_back, counts.per_week) == (None, None, None, None)
        return
    assert counts.succeeded == sum(1 for outcome, days in found if outcome == "succeeded" and days < 28)
    assert counts.failed == sum(1 for outcome, days in found if outcome == "failed" and days < 28)
    assert 0 <= counts.known_days <= 28
    assert (counts.per_week is None) == (counts.known_days < 7)


def test_a_service_known_for_half_the_window_is_counted_by_that_half():
    outcomes = [("succeeded", NOW - timedelta(days=days)) for days in (14, 3, 1)]
    counts = rules.count(outcomes, first_ever=NOW - timedelta(days=14), now=NOW)
    assert (counts.succeeded, counts.known_days, counts.per_week) == (3, 14.0, 1.5)
