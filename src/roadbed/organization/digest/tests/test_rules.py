"""When a digest is due by somebody's clock, and what is worth telling."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.ground.asks.measures import DOWN, SHARE, Metric, Reading
from roadbed.ground.asks.news import BAD, PLAIN, Line, Section
from roadbed.ground.errors import Invalid
from roadbed.organization.digest.rules.composing import Digest, TeamPart, moved, text_of
from roadbed.organization.digest.rules.scheduling import WEEK, Clock, checked, due, is_wanted, week_of

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
SUNDAY_AT_TWO = Clock(6, 2, "Europe/Stockholm")


def test_an_hour_that_the_clock_skips_is_the_one_after_it_and_a_repeated_one_its_first():
    spring = due(SUNDAY_AT_TWO, now=datetime(2027, 3, 29, tzinfo=UTC))
    assert spring == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    autumn = due(SUNDAY_AT_TWO, now=datetime(2026, 10, 26, tzinfo=UTC))
    assert autumn == datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    # While the hour repeats it is due already, in the same week: not a second time.
    again = due(SUNDAY_AT_TWO, now=datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    assert (again, week_of(SUNDAY_AT_TWO, again)) == (autumn, "2026-W43")


@settings(max_examples=60)
@given(
    weekday=st.integers(0, 6),
    hour=st.integers(0, 23),
    zone=st.sampled_from(["UTC", "Europe/Stockholm", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]),
    minutes=st.integers(0, 60 * 24 * 400),
)
def test_there_is_one_due_time_in_each_week_and_none_lies_ahead(weekday: int, hour: int, zone: str, minutes: int):
    clock, now = Clock(weekday, hour, zone), NOW + timedelta(minutes=minutes)
    at = due(clock, now=now)
    assert at <= now < at + WEEK + timedelta(hours=2)
    following = due(clock, now=now + WEEK)
    assert week_of(clock, following) != week_of(clock, at)


def test_it_is_wanted_from_when_somebody_said_so_and_not_a_day_late():
    at = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert is_wanted(at, since=at, now=at + timedelta(minutes=5))
    assert not is_wanted(at, since=at + timedelta(minutes=1), now=at + timedelta(minutes=5))
    assert not is_wanted(at, since=at - WEEK, now=at + timedelta(hours=25))


@pytest.mark.parametrize(
    ("day", "hour", "zone", "wrong"),
    [("someday", 8, "UTC", "day"), ("monday", 24, "UTC", "hour"), ("monday", 8, "Mars/Olympus", "zone"),
     ("monday", 8, "../etc/passwd", "zone"), ("monday", 8, "", "zone")],
)  # fmt: skip
def test_what_is_no_clock_is_refused_by_field(day: str, hour: int, zone: str, wrong: str):
    with pytest.raises(Invalid) as caught:
        checked(day, hour, zone)
    assert caught.value.place.field == wrong


def test_a_figure_moved_only_where_the_intervals_part():
    metric = Metric("fail_rate", "Change fail rate", SHARE, DOWN)
    before = Reading(0.30, 80, 0.21, 0.41)
    assert moved(metric, before, Reading(0.25, 80, 0.17, 0.35), "/x") is None
    assert moved(metric, before, Reading(None), "/x") is None
    found = moved(metric, before, Reading(0.10, 80, 0.05, 0.19), "/x")
    assert found is not None
    assert (found.better, found.before, found.now) == (True, "30.0%", "10.0%")


def test_a_week_in_which_nothing_is_news_is_empty_and_the_text_leads_to_each_page():
    quiet = TeamPart("routing", "/teams/routing", 4, (), (Section("toil", "Toil", (Line("2%", news=False),)),))
    assert Digest("Ines", NOW - WEEK, NOW, (quiet,)).is_empty
    loud = TeamPart("routing", "/teams/routing", 0, (), (
        Section("incidents", "Incidents", (Line("INC-7 goes on", "/incidents/INC-7", BAD), Line("INC-6", "", PLAIN))),
        Section("flags", "Flags", (), failed=True), Section("goals", "Goals", ()),
    ))  # fmt: skip
    found = Digest("Ines", NOW - WEEK, NOW, (loud,))
    assert not found.is_empty
    assert found.subject == "routing: 1 urgent"
    text = text_of(found, base="https://r.example", stop="https://r.example/stop")
    assert "!! INC-7 goes on\n  https://r.example/incidents/INC-7" in text
    assert "It could not be told this time." in text
    assert "Goals" not in text
