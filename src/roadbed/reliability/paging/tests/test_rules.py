"""Rotations partition time in every zone; steps follow one another; troubles have one key at both ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadbed.reliability.paging.rules.escalation import (
    ATTEMPTS,
    FALLBACK,
    Turn,
    following,
    frozen,
    is_fallback,
    policy_of,
    wait_before,
)
from roadbed.reliability.paging.rules.owning import Side, decide
from roadbed.reliability.paging.rules.shifts import (
    WEEK,
    Rotation,
    anchor_at,
    handover,
    instant_of,
    order_at,
    shift_at,
)
from roadbed.reliability.paging.rules.troubles import key_of, trouble_of

ZONES = sorted(available_timezones() - {"Factory", "localtime"})
MONDAY = date(2026, 11, 23)
INSTANTS = st.datetimes(datetime(2016, 1, 2), datetime(2036, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - given one


@st.composite
def rotations(draw: st.DrawFn) -> Rotation:
    weekday = draw(st.integers(0, 6))
    return Rotation(
        people=tuple("abcdefgh"[: draw(st.integers(1, 8))]),
        weekday=weekday,
        at=draw(st.times().map(lambda at: at.replace(second=0, microsecond=0))),
        zone=draw(st.sampled_from(ZONES)),
        anchor=MONDAY + timedelta(days=weekday),
    )


@given(rotations(), INSTANTS)
def test_every_instant_is_in_one_shift_which_ends_where_the_next_begins(rotation: Rotation, at: datetime):
    shift = shift_at(rotation, at)
    assert shift.start <= at < shift.end
    following_one, former = shift_at(rotation, shift.end), shift_at(rotation, shift.start - timedelta(seconds=1))
    assert (following_one.start, following_one.number) == (shift.end, shift.number + 1)
    assert (former.end, former.number) == (shift.start, shift.number - 1)
    assert shift.person == rotation.people[shift.number % len(rotation.people)]


@pytest.mark.parametrize("at", [time(0, 0), time(2, 30), time(3, 0)])
def test_no_zone_has_a_gap_or_an_overlap_in_ten_years(at: time):
    for zone in ZONES:
        partitions(zone, at)


def partitions(zone: str, at: time) -> None:
    # Sunday nights are when most clocks change.
    rotation = Rotation(("a", "b"), 6, at, zone, date(2026, 11, 22))
    starts = [handover(rotation, number) for number in range(-200, 330)]
    lengths = [later - former for former, later in pairwise(starts)]
    assert min(lengths) > timedelta(days=6)
    assert max(lengths) < timedelta(days=8)
    for number in range(0, 530, 53):
        shift = shift_at(rotation, starts[number])
        assert (shift.number, shift.start) == (number - 200, starts[number])
        assert shift_at(rotation, starts[number] - timedelta(microseconds=1)).number == number - 201


@given(rotations(), INSTANTS)
def test_the_hand_over_stays_at_its_hour_on_the_wall_unless_that_hour_is_missing(rotation: Rotation, at: datetime):
    start = shift_at(rotation, at).start.astimezone(ZoneInfo(rotation.zone))
    wall = datetime.combine(start.date(), rotation.at)
    assert start.replace(tzinfo=None) == wall or instant_of(start.date(), rotation.at, rotation.zone) == start


@pytest.mark.parametrize(
    ("zone", "day", "at", "instant"),
    [
        # A gap: the first instant that exists.
        ("Europe/Stockholm", date(2026, 3, 29), time(2, 30), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        ("America/New_York", date(2026, 3, 8), time(2, 30), datetime(2026, 3, 8, 7, 0, tzinfo=UTC)),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
        ("Pacific/Apia", date(2011, 12, 30), time(9, 0), datetime(2011, 12, 30, 10, 0, tzinfo=UTC)),
        # An overlap: the earlier one.
        ("Europe/Stockholm", date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        # Any other day.
        ("Europe/Stockholm", date(2026, 6, 12), time(9, 0), datetime(2026, 6, 12, 7, 0, tzinfo=UTC)),
    ],
)
def test_a_wall_time_is_one_instant(zone: str, day: date, at: time, instant: datetime):
    assert instant_of(day, at, zone) == instant


def test_the_shift_over_the_end_of_summer_time_lasts_an_hour_longer():
    rotation = Rotation(("a", "b"), 5, time(9, 0), "Europe/Stockholm", date(2026, 10, 24))
    shift = shift_at(rotation, datetime(2026, 10, 26, tzinfo=UTC))
    assert shift.end - shift.start == WEEK + timedelta(hours=1)


@given(rotations(), INSTANTS)
def test_a_new_order_begins_with_its_first_person_now(rotation: Rotation, now: datetime):
    anchor = anchor_at(rotation.weekday, rotation.at, rotation.zone, now)
    made = Rotation(rotation.people, rotation.weekday, rotation.at, rotation.zone, anchor)
    assert anchor.weekday() == rotation.weekday
    assert order_at(made, now) == rotation.people
    assert shift_at(made, now).number == 0
    later = shift_at(made, shift_at(made, now).end)
    assert later.person == rotation.people[1 % len(rotation.people)]


def test_steps_follow_one_another_then_begin_again_until_the_rounds_are_over():
    policy = policy_of(("a", "b"), ("a", "b", "c"), ("x",), step_seconds=60)
    assert [step.people for step in policy.steps] == [("a",), ("b",), ("a", "b", "c"), ("x",)]
    turn, turns = Turn(0, -1), []
    while (after := following(policy, turn)) is not None:
        turns.append(turn := after)
    assert len(turns) == len(set(turns)) == policy.cycles * len(policy.steps)
    assert is_fallback(policy, turns[3])
    assert not is_fallback(policy, turns[4])
    assert turns[4] == Turn(1, 0)


def test_nobody_in_the_rotation_leaves_steps_empty_and_the_fallback_last():
    policy = policy_of((), (), ("x",))
    assert [bool(step.people) for step in policy.steps] == [False, False, False, True]
    assert policy.steps[-1].name == FALLBACK


@given(st.lists(st.text(), max_size=3), st.lists(st.text(), max_size=3), st.integers(5, 86400))
def test_a_frozen_policy_is_the_same_policy(order: list[str], team: list[str], seconds: int):
    policy = policy_of(order, team, ("x",), step_seconds=seconds)
    assert frozen(policy.as_data()) == policy


def test_attempts_wait_longer_each_and_end():
    waits = [wait_before(attempt) for attempt in range(1, ATTEMPTS + 1)]
    assert waits[-1] is None
    known = [wait for wait in waits if wait is not None]
    assert known == sorted(known)
    assert len(known) == ATTEMPTS - 1


def test_both_ends_of_a_trouble_have_one_key():
    assert key_of("budget.burn.started", {"objective": "o"}) == key_of("budget.burn.stopped", {"objective": "o"})
    assert key_of("budget.burn.started", {"objective": "o"}) == key_of("objective.removed", {"objective": "o"})
    assert key_of("measurement.lost", {"source": "s"}) == key_of("measurement.regained", {"source": "s"})
    assert key_of("measurement.lost", {"source": "o"}) != key_of("budget.burn.started", {"objective": "o"})


def test_a_trouble_names_service_speed_and_promise():
    pairs = [{"short_burn": 14.6}, {"short_burn": 111.2}, {"short_burn": None}]
    trouble = trouble_of("budget.burn.started", {"pairs": pairs, "title": "Lookups answered"}, service="parcels")
    assert trouble.title == "parcels spends its error budget 111 times too fast: Lookups answered"
    bare = trouble_of("budget.burn.started", {}, service="parcels")
    assert bare.title == "parcels spends its error budget too fast: an objective"
    lost = trouble_of("measurement.lost", {"source": "s", "reason": "connection refused"}, service="parcels")
    assert (lost.title, lost.severity) == ("parcels is not measured: connection refused", 3)


def test_a_platform_team_is_never_paged_for_the_product_of_another():
    owner, platform = Side("payments", "product"), Side("platform", "platform")
    breached = decide("checkout", owner=owner, engaged=platform)
    assert (breached.team, breached.by) == ("payments", "owner")
    assert "platform is a platform team" in breached.breach
    assert decide("cluster", owner=platform, engaged=Side("sre", "reliability")).team == "sre"
    assert decide("cluster", owner=platform, engaged=platform).team == "platform"
    assert decide("cluster", owner=platform).breach == ""
