"""Working hours, windows of time, machines' names: what is written is understood or refused with its remedy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.delivery.metrics.rollups.columns import EPOCH, instant
from roadbed.delivery.metrics.rollups.working import spans
from roadbed.delivery.metrics.rules.bots import is_bot
from roadbed.delivery.metrics.rules.hours import hours_of
from roadbed.delivery.metrics.rules.windows import instant_of, length_of, windows_of
from roadbed.ground.errors import Invalid

BERLIN = "Mon-Fri 09:00-17:00 Europe/Berlin"
HOUR = 3600.0


def test_from_friday_evening_to_monday_morning_is_an_hour():
    hours = hours_of(BERLIN)
    assert hours is not None
    friday, monday = datetime(2026, 3, 27, 15, 30, tzinfo=UTC), datetime(2026, 3, 30, 7, 30, tzinfo=UTC)
    # Between the two the clocks changed: 16:30 to 17:00 and 9:00 to 9:30 in Berlin.
    assert hours.seconds(friday, monday) == HOUR
    assert hours.seconds(monday, friday) == 0


def test_holidays_have_no_hours():
    hours = hours_of("09:00-17:00", ["2026-12-25", ""])
    assert hours is not None
    thursday, monday = datetime(2026, 12, 24, 12, tzinfo=UTC), datetime(2026, 12, 28, 10, tzinfo=UTC)
    assert hours.seconds(thursday, monday) == 6 * HOUR


def test_a_day_may_last_until_midnight():
    hours = hours_of("Sun-Thu 16:00-24:00")
    assert hours is not None
    assert hours.seconds(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 8, tzinfo=UTC)) == 5 * 8 * HOUR


instants = st.datetimes(datetime(2025, 12, 1), datetime(2027, 1, 31)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


@given(instants, instants, instants)
def test_spans_in_working_hours_add_up_and_never_exceed_the_clock(one: datetime, two: datetime, three: datetime):
    hours = hours_of(BERLIN, ["2026-01-01", "2026-05-01", "2026-12-25"])
    assert hours is not None
    first, middle, last = sorted((one, two, three))
    whole = hours.seconds(first, last)
    assert whole == pytest.approx(hours.seconds(first, middle) + hours.seconds(middle, last))
    assert 0 <= whole <= (last - first).total_seconds()


@settings(max_examples=60)
@given(
    start=st.integers(-10 * 365 * 24, 56 * 365 * 24).map(lambda hours: EPOCH + timedelta(hours=hours)),
    leads=st.lists(st.integers(0, 40 * 86400 * 10**6), min_size=1, max_size=5),
    words=st.sampled_from(
        ["Mon-Sun 00:00-24:00 Europe/Berlin", "Mon-Fri 09:07-17:00 America/New_York", "Sun 00:00-06:30 Asia/Beirut"]
    ),
)  # fmt: skip
def test_many_changes_at_once_are_counted_as_each_by_itself_whichever_days_have_25_hours(
    start: datetime, leads: list[int], words: str
):
    hours = hours_of(words, ["2026-10-03", "2026-03-29"])
    at = np.array([instant(start) + lead for lead in leads])
    seconds = np.array(leads) / 10**6
    # Sources tell instants, so that every span is of whole microseconds.
    merged = np.array([lead // 2 for lead in leads]) / 10**6
    found, (review, rest) = spans(at, [merged, seconds], hours)
    ends = [start + timedelta(microseconds=lead) for lead in leads]
    middles = [start + timedelta(seconds=one) for one in merged.tolist()]
    assert found.tolist() == [hours.seconds(start, end) for end in ends]
    assert review.tolist() == [hours.seconds(start, middle) for middle in middles]
    assert rest.tolist() == [hours.seconds(middle, end) for middle, end in zip(middles, ends, strict=True)]


def test_a_day_on_which_the_clocks_change_has_its_true_length_within_a_span_too():
    always = hours_of("Mon-Sun 00:00-24:00 Europe/Berlin")
    begin, end = datetime(2026, 10, 23, 12, tzinfo=UTC), datetime(2026, 10, 27, 12, tzinfo=UTC)
    assert always.seconds(begin, end) == (end - begin).total_seconds()


@pytest.mark.parametrize(
    "text", ["9-5", "Mon-Fri 17:00-09:00", "Mon-Xyz 09:00-17:00", "09:00-17:00 Mars/Base", "25:00-26:00"]
)
def test_hours_that_are_none_are_refused(text: str):
    with pytest.raises(Invalid) as refused:
        hours_of(text)
    assert refused.value.remedy


def test_a_holiday_that_is_no_day_is_refused():
    with pytest.raises(Invalid, match="is no day"):
        hours_of("09:00-17:00", ["christmas"])


BEGIN, END = datetime(2026, 3, 2, 10, tzinfo=UTC), datetime(2026, 3, 29, 15, tzinfo=UTC)
DAY = timedelta(days=1)


def test_without_anything_the_window_is_whole_days_over_all_that_is_known():
    (window,) = windows_of(begin=BEGIN, end=END)
    assert (window.start.isoformat(), window.end.isoformat()) == (
        "2026-03-02T00:00:00+00:00",
        "2026-03-30T00:00:00+00:00",
    )
    assert windows_of(begin=None, end=None) == []


def test_a_length_alone_ends_with_what_is_known_or_as_of_an_instant():
    (last,) = windows_of(begin=BEGIN, end=END, length=length_of("1w"))
    assert last.start == datetime(2026, 3, 23, tzinfo=UTC)
    (asked,) = windows_of(begin=BEGIN, end=END, length=length_of("P28D"), at=END)
    assert (asked.end, asked.end - asked.start) == (END, 28 * DAY)


def test_a_range_with_a_length_is_a_row_without_gaps():
    row = windows_of(begin=BEGIN, end=END, since=instant_of("2026-03-01", "from"), length=length_of("10d"))
    assert [(one.end - one.start) / DAY for one in row] == [10, 10, 9]
    assert all(one.end == later.start for one, later in pairwise(row))


@pytest.mark.parametrize("text", ["0d", "soon", "-1w", "28 days"])
def test_lengths_that_are_none_are_refused(text: str):
    with pytest.raises(Invalid) as refused:
        length_of(text)
    assert refused.value.remedy


@pytest.mark.parametrize("text", ["yesterday", "2026-03-01T10:00", "2026-13-01"])
def test_instants_that_are_none_are_refused(text: str):
    with pytest.raises(Invalid) as refused:
        instant_of(text, "from")
    assert refused.value.remedy


def test_a_range_that_ends_before_it_begins_is_refused():
    with pytest.raises(Invalid, match="before it begins"):
        windows_of(begin=BEGIN, end=END, since=END, until=BEGIN)


@pytest.mark.parametrize(
    ("name", "machine"),
    [
        ("dependabot[bot] <1+dependabot[bot]@users.noreply.example>", True), ("Renovate Bot <bot@x.org>", True),
        ("acme-ci-bot", True), ("github-actions", True), ("Abbott Robinson <a@x.org>", False), ("Bobot Lee", False),
        ("Talbot", False), ("", False),
    ],
)  # fmt: skip
def test_machines_are_known_by_their_names(name: str, machine: bool):  # noqa: FBT001 - drawn
    assert is_bot(name) is machine
