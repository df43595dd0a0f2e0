"""Which way a page takes and when, what is quiet, what is late: rules alone."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from roadbed.reliability.paging.rules.beats import beat_of, forgiven, in_words, late_at
from roadbed.reliability.paging.rules.methods import (
    HIGH,
    LOW,
    Quiet,
    Way,
    Wishes,
    lateness,
    planned,
    quiet_until,
    urgency_of,
)

NOW = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
STOCKHOLM = ZoneInfo("Europe/Stockholm")
EVERY_DAY = frozenset(range(7))
NIGHT = Quiet(EVERY_DAY, time(22), time(7))


def test_severity_two_wakes_people_and_three_waits():
    assert [urgency_of(severity) for severity in (1, 2, 3, 4)] == [HIGH, HIGH, LOW, LOW]


def test_methods_come_in_order_and_the_first_at_once():
    wishes = Wishes(high=(Way("sms", 0), Way("voice", 180)))
    plan = planned(wishes, ["mail", "sms", "voice"], urgency=HIGH, now=NOW)
    assert [(one.channel, (one.at - NOW).seconds) for one in plan] == [("sms", 0), ("voice", 180)]
    left = planned(wishes, ["mail", "voice"], urgency=HIGH, now=NOW)
    assert [(one.channel, one.at) for one in left] == [("voice", NOW)]


def test_without_methods_or_with_none_left_every_verified_channel_is_used():
    assert [one.channel for one in planned(Wishes(), ["mail", "sms"], urgency=HIGH, now=NOW)] == ["mail", "sms"]
    gone = Wishes(high=(Way("removed", 0),))
    assert [one.channel for one in planned(gone, ["mail"], urgency=HIGH, now=NOW)] == ["mail"]
    assert planned(gone, [], urgency=HIGH, now=NOW) == ()


def test_quiet_hours_hold_back_what_is_not_urgent_alone():
    wishes = Wishes(zone=STOCKHOLM, quiet=(NIGHT,))
    (low,) = planned(wishes, ["mail"], urgency=LOW, now=NOW)
    (high,) = planned(wishes, ["mail"], urgency=HIGH, now=NOW)
    assert high.at == NOW
    assert low.at == datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def test_a_quiet_night_over_a_change_of_clocks_ends_on_the_wall_clock():
    wishes = Wishes(zone=STOCKHOLM, quiet=(NIGHT,))
    spring = quiet_until(wishes, datetime(2026, 3, 28, 22, 0, tzinfo=UTC))
    autumn = quiet_until(wishes, datetime(2026, 10, 24, 21, 0, tzinfo=UTC))
    assert (spring, autumn) == (datetime(2026, 3, 29, 5, 0, tzinfo=UTC), datetime(2026, 10, 25, 6, 0, tzinfo=UTC))
    gap = Wishes(zone=STOCKHOLM, quiet=(Quiet(EVERY_DAY, time(1), time(2, 30)),))
    assert quiet_until(gap, datetime(2026, 3, 29, 0, 30, tzinfo=UTC)) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_quiet_hours_that_follow_one_another_end_together_and_endless_ones_hold_nothing():
    saturday = Wishes(quiet=(Quiet(frozenset({5}), time(0), time(0)), Quiet(frozenset({6}), time(0), time(12))))
    assert quiet_until(saturday, datetime(2026, 11, 28, 3, tzinfo=UTC)) == datetime(2026, 11, 29, 12, tzinfo=UTC)
    assert quiet_until(Wishes(quiet=(Quiet(EVERY_DAY, time(0), time(0)),)), NOW) is None


@given(st.integers(0, 366 * 24 * 60), st.sampled_from(["Europe/Stockholm", "America/New_York", "Australia/Lord_Howe"]),
       st.times(), st.times())  # fmt: skip
def test_quiet_hours_are_over_when_they_are_over(minute: int, zone: str, start: time, end: time):
    wishes = Wishes(zone=ZoneInfo(zone), quiet=(Quiet(EVERY_DAY, start, end),))
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    until = quiet_until(wishes, at)
    if until is not None:
        assert at < until <= at + timedelta(days=1, hours=1)
        assert quiet_until(wishes, until) is None


def test_a_late_message_says_so():
    assert lateness(NOW, NOW + timedelta(seconds=59)) == ""
    assert lateness(NOW, NOW + timedelta(minutes=16)).startswith("This message is 16 min late")


def test_a_watchdog_is_a_beat_until_it_is_resolved():
    assert beat_of(b"").alive
    assert beat_of(b"{not json").alive
    assert beat_of(b'{"alerts": [{"status": "firing"}, {"status": "resolved"}]}').alive
    assert not beat_of(b'{"status": "resolved", "alerts": [{"status": "resolved"}]}').alive
    assert beat_of(b"[" * 100_000).alive
    assert beat_of(b'{"alerts":' + b"[" * 100_000).alive


def test_lateness_is_forgiven_when_nobody_was_there_to_hear():
    allowed, last = timedelta(seconds=90), NOW - timedelta(hours=1)
    late = late_at(last, interval=60, grace=30)
    away = timedelta(minutes=50)
    assert forgiven(late, last=last, began=NOW, away=away, allowed=allowed) == NOW + allowed
    assert forgiven(late, last=last, began=NOW, away=timedelta(seconds=10), allowed=allowed) == late
    assert forgiven(late, last=last, began=NOW - timedelta(hours=2), away=away, allowed=allowed) == late


def test_lengths_are_said_as_people_say_them():
    assert [in_words(n) for n in (30, 60, 90, 300, 3600, 86_400, 129_600)] == [
        "30 s", "1 min", "90 s", "5 min", "1 h", "1 d", "36 h",
    ]  # fmt: skip
