"""Numbers and instants are said as the portal's voice has it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadbed.ground.shell import words

NOW = datetime(2026, 6, 11, 13, 52, tzinfo=UTC)


@pytest.mark.parametrize(
    ("share", "places", "said"),
    [
        (None, 1, "No data"),
        (0, 1, "0%"),
        (-0.0, 1, "0%"),
        (1, 1, "100%"),
        (0.6419, 1, "64.2%"),
        (-0.023, 1, "−2.3%"),
        (0.99999, 1, "99.9%"),
        (0.00001, 1, "0.1%"),
        (-0.00001, 1, "−0.1%"),
        (0.999, 3, "99.900%"),
        (-130.157, 1, "−13,016%"),
        (1.0000000000000002, 1, "100.1%"),
    ],
)
def test_a_share_is_said_as_a_percentage(share: float | None, places: int, said: str):
    assert words.percent(share, places) == said


@given(st.floats(min_value=-10, max_value=10, allow_nan=False))
def test_only_the_whole_is_said_as_the_whole_and_only_nothing_as_nothing(share: float | None):
    said = words.percent(share)
    assert (said == "100%") == (share * 100 == 100)
    assert (said == "0%") == (share * 100 == 0)


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=3), "just now"),
        (timedelta(minutes=14), "14 min ago"),
        (timedelta(hours=5), "5 h ago"),
        (timedelta(hours=20), "yesterday"),
        (timedelta(days=9), "9 days ago"),
        (timedelta(days=40), "2 May"),
        (timedelta(days=400), "7 May 2025"),
        (timedelta(minutes=-13), "in 13 min"),
    ],
)
def test_recent_is_relative_and_the_rest_a_day(ago: timedelta, said: str):
    assert words.moment(NOW - ago, now=NOW) == said


def test_never_is_said_as_no_data():
    assert words.moment(None, now=NOW) == "No data"
    assert words.count(None) == words.times(None) == words.duration(None) == "No data"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (0.0004, "1 ms"),
        (0.012, "12 ms"),
        (0.34, "0.3 s"),
        (18, "18 s"),
        (600, "10 min"),
        (5880, "98 min"),
        (34200, "9 h 30 min"),
        (180000, "2.1 days"),
    ],
)
def test_a_span_is_said_in_the_unit_that_matters(seconds: float, said: str):
    assert words.duration(seconds) == said


def test_a_burn_rate_of_three_digits_needs_no_tenth():
    assert (words.times(111.4), words.times(20.44), words.times(0)) == ("111", "20.4", "0.0")


def test_a_count_takes_its_noun():
    assert (words.plural(1, "service"), words.plural(1200, "service")) == ("1 service", "1,200 services")
