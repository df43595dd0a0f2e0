"""How goals stand: never reached and never missed by chance alone; targets in words; what a metric tempts to."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.ground.asks.measures import DOWN, LINES, SECONDS, SHARE, UP, WEEKLY, Metric, Reading, share_of
from roadbed.ground.errors import Invalid
from roadbed.organization.goals.rules import saying, targets
from roadbed.organization.goals.rules.standing import (
    MISSED,
    NO_DATA,
    OFF_TRACK,
    ON_TRACK,
    REACHED,
    UNCLEAR,
    Way,
    expected_at,
    stand,
)
from roadbed.organization.goals.rules.tempting import counters_of, warning_of

BEGAN = datetime(2026, 9, 1, tzinfo=UTC)
DUE = BEGAN + timedelta(days=100)
HALF = BEGAN + timedelta(days=50)
WAY = Way(DOWN, 0.10, 0.30, BEGAN, DUE)


@pytest.mark.parametrize(
    ("value", "low", "high", "at", "standing"),
    [
        (0.08, 0.05, 0.10, HALF, REACHED),
        (0.08, 0.05, 0.12, HALF, ON_TRACK),
        (0.20, 0.15, 0.25, HALF, ON_TRACK),
        (0.22, 0.15, 0.29, HALF, UNCLEAR),
        (0.28, 0.21, 0.35, HALF, OFF_TRACK),
        (0.12, 0.09, 0.15, DUE, UNCLEAR),
        (0.08, 0.05, 0.12, DUE, UNCLEAR),
        (0.13, 0.11, 0.15, DUE, MISSED),
        (0.08, None, None, HALF, NO_DATA),
        (None, None, None, HALF, NO_DATA),
    ],
)
def test_a_goal_stands_by_the_whole_interval(
    value: float | None, low: float | None, high: float | None, at: datetime, standing: str
):
    found = stand(WAY, Reading(value, 40, low, high, "" if value else "No deployment."), now=at)
    assert found.name == standing
    assert found.says


def test_the_way_is_straight_and_holds_the_target_where_it_was_reached_at_the_start():
    assert expected_at(WAY, now=HALF) == pytest.approx(0.20)
    assert expected_at(WAY, now=DUE) == 0.10
    assert expected_at(Way(DOWN, 0.10, 0.05, BEGAN, DUE), now=HALF) == 0.10
    assert expected_at(Way(UP, 5, None, BEGAN, DUE), now=HALF) is None
    assert stand(Way(UP, 5, None, BEGAN, DUE), Reading(3, 9, 2, 4), now=HALF).name == UNCLEAR
    assert stand(Way(UP, 5, None, BEGAN, DUE), Reading(3, 9, 2, 4), now=DUE).name == MISSED


@settings(max_examples=60)
@given(
    better=st.sampled_from([UP, DOWN]),
    ends=st.tuples(*[st.floats(0, 1)] * 3).map(sorted),
    target=st.floats(0, 1),
    baseline=st.floats(0, 1),
    days=st.integers(-5, 130),
)
def test_noise_alone_neither_reaches_nor_misses(
    better: str, ends: list[float], target: float, baseline: float, days: int
):
    low, value, high = ends
    found = stand(
        Way(better, target, baseline, BEGAN, DUE), Reading(value, 20, low, high), now=BEGAN + timedelta(days=days)
    )
    reached = [(end >= target) if better == UP else (end <= target) for end in (low, high)]
    if found.name == REACHED:
        assert all(reached)
    if found.name in (MISSED, OFF_TRACK):
        assert not all(reached)
    if found.name == MISSED:
        assert days >= 100
        assert not any(reached)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [("10%", SHARE, 0.1), ("0 %", SHARE, 0), ("4h", SECONDS, 14400), ("2 d", SECONDS, 172800), ("5", WEEKLY, 5),
     ("2.5 a week", WEEKLY, 2.5), ("90 min", SECONDS, 5400), ("200", LINES, 200), ("80 lines", LINES, 80)],
)  # fmt: skip
def test_targets_are_read_from_words(text: str, unit: str, value: float):
    assert targets.target_of(text, unit) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "unit"),
    [("10", SHARE), ("101%", SHARE), ("4", SECONDS), ("0h", SECONDS), ("400d", SECONDS), ("5%", WEEKLY), ("-1", WEEKLY),
     ("", SHARE), ("nan%", SHARE), ("9" * 30, WEEKLY), ("1e5", WEEKLY), ("٣", WEEKLY), ("0", LINES),
     ("5%", LINES), ("100001", LINES)],
)  # fmt: skip
def test_what_is_no_target_of_its_unit_is_refused_with_an_example(text: str, unit: str):
    with pytest.raises(Invalid) as caught:
        targets.target_of(text, unit)
    assert caught.value.place.field == "target"
    assert "like" in caught.value.remedy


def test_a_goal_asks_for_better_and_is_due_within_two_years():
    assert targets.checked_direction("", DOWN) == DOWN
    assert targets.checked_direction("At most", DOWN) == DOWN
    with pytest.raises(Invalid, match="get worse"):
        targets.checked_direction("at least", DOWN)
    today = date(2026, 11, 28)
    for day in (today, today + timedelta(days=800)):
        with pytest.raises(Invalid):
            targets.checked_due(day, today=today)


def test_a_goal_alone_warns_of_what_it_tempts_to():
    often = Metric("frequency", "Deployment frequency", WEEKLY, UP, ("fail_rate", "gone"), "Easily had.")
    fails = Metric("fail_rate", "Change fail rate", SHARE, DOWN)
    (alone,) = counters_of(often, [often, fails], {"frequency"})
    assert not alone.goal
    assert "change fail rate" in warning_of(often, [alone])
    both = counters_of(often, [often, fails], {"frequency", "fail_rate"})
    assert warning_of(often, both) == ""
    assert warning_of(fails, ()) == ""


def test_a_share_of_nothing_is_no_data_and_others_have_an_interval():
    assert share_of(0, 0, why="None.") == Reading(None, why="None.")
    found = share_of(3, 10, why="")
    assert found.low is not None
    assert found.high is not None
    assert 0.1 < found.low < 0.3 < found.high < 0.61


def test_lines_are_said_with_their_unit():
    assert saying.said(1234.4, LINES) == "1,234 lines"
    assert saying.between(80, 120, LINES) == "80 to 120 lines"
