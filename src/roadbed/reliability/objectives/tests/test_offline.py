"""`roadbed slo evaluate` against a recount of every minute on its own: windows, slices, zones, exclusions, alerts."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.ground.errors import Invalid
from roadbed.reliability.objectives.rules.budgeting import Budgeting
from roadbed.reliability.objectives.rules.clock import instant, minute_of
from roadbed.reliability.objectives.rules.counts_file import Exclusion, Recorded, counts_of_text, exclusions_of_text
from roadbed.reliability.objectives.rules.definitions import Calendar, Definition
from roadbed.reliability.objectives.rules.indicators import Indicator
from roadbed.reliability.objectives.rules.offline import Asked, asked_of, assess
from roadbed.reliability.objectives.rules.periods import Window, WindowError, window_of
from roadbed.reliability.objectives.rules.spans import Cut, merged, touched
from roadbed.reliability.objectives.rules.tables import TABLES, TableError, table_of
from roadbed.reliability.objectives.rules.targets import Target

NEW_YORK = ZoneInfo("America/New_York")
START = minute_of(datetime(2026, 3, 8, 4, 0, tzinfo=UTC))
STATES = ("good", "bad", "idle", "unmeasured", "excluded")


def definition(window: Window, target: str = "0.9", budgeting: Budgeting | None = None) -> Definition:
    calendar = Calendar(window.number, window.unit, window.zone, window.anchor.isoformat(sep=" "))
    counted = budgeting or Budgeting()
    return Definition(
        name="answered",
        title="Answered",
        description="",
        service="checkout",
        target=Decimal(target),
        window_minutes=window.nominal,
        indicator=Indicator("elsewhere"),
        line=1,
        method=counted.method,
        slice_target=counted.slice_target,
        slice_minutes=counted.slice_minutes,
        calendar=calendar if window.by_calendar else None,
    )


def evaluated(one: Definition, own: dict[int, tuple[int, int]], end: int, **more: Any) -> dict[str, Any]:
    begins = more.pop("begins", min(own, default=end))
    (outcome,) = assess([one], Asked(Recorded(own, len(own)), end, begins, **more))
    data = json.loads(json.dumps(outcome.data, allow_nan=False))
    assert isinstance(data, dict)
    return data


def share(bad: Fraction | int, total: int, target: str) -> float | None:
    return None if total == 0 else float(bad / (1 - Fraction(target)) / total)


class Recount:
    """Every minute of a history on its own, with its state."""

    def __init__(self, own: dict[int, tuple[int, int]], begins: int, excluded: set[int], least: Fraction) -> None:
        self.own, self.begins, self.excluded, self.least = own, begins, excluded, least

    def state(self, minutes: range) -> str:
        """Of a minute, or of a slice."""
        inside = [minute for minute in minutes if minute >= self.begins]
        if not inside:
            return "before"
        counting = [minute for minute in inside if minute not in self.excluded]
        if not counting:
            return "excluded"
        measured = [self.own[minute] for minute in counting if minute in self.own]
        if not measured:
            return "unmeasured"
        good, total = sum(held[0] for held in measured), sum(held[1] for held in measured)
        if total == 0:
            return "idle"
        return "bad" if Fraction(good, total) < self.least else "good"

    def shares(self, minutes: range) -> Fraction:
        held = [self.own[m] for m in minutes if m >= self.begins and m not in self.excluded and m in self.own]
        total = sum(one[1] for one in held)
        return Fraction(total - sum(one[0] for one in held), total) if total else Fraction(0)

    def window(self, end: int, length: int) -> tuple[int, int, dict[str, int]]:
        minutes = range(end - length + 1, end + 1)
        states = [self.state(range(minute, minute + 1)) for minute in minutes]
        counting = [m for m in minutes if m >= self.begins and m not in self.excluded and m in self.own]
        good, total = sum(self.own[m][0] for m in counting), sum(self.own[m][1] for m in counting)
        return good, total, {state: states.count(state) for state in STATES}


counted = st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda pair: (min(pair), max(pair)))
histories = st.dictionaries(st.integers(0, 240).map(lambda minute: START + minute), counted, min_size=1, max_size=200)
spans = st.lists(
    st.tuples(st.integers(-40, 260), st.integers(1, 90)).map(lambda s: (START + s[0], START + s[0] + s[1])), max_size=4
)
windows = st.sampled_from(
    [
        window_of("2h"),
        window_of("97m"),
        window_of("1d", zone="America/New_York", start="2026-01-01 00:00:00"),
        window_of("1d", zone="America/New_York", start="2026-01-01 02:30:00"),
        window_of("1h", zone="Australia/Lord_Howe", start="2026-01-01 00:00:00"),
    ]
)
budgetings = st.sampled_from(
    [
        Budgeting(),
        Budgeting("Timeslices", 1, Decimal("0.5")),
        Budgeting("Timeslices", 7, Decimal("0.8")),
        Budgeting("Timeslices", 5, Decimal(1)),
        Budgeting("RatioTimeslices", 3),
    ]
)


@given(
    own=histories,
    spans=spans,
    window=windows,
    budgeting=budgetings,
    when=st.tuples(st.integers(-3, 250), st.integers(-20, 60)),
)
@settings(max_examples=120, deadline=None)
def test_every_figure_is_what_a_recount_finds(
    own: Any, spans: Any, window: Any, budgeting: Any, when: tuple[int, int]
) -> None:
    end, begins = START + when[0], min(own) + when[1]
    exclusions = tuple(Exclusion(span, "work") for span in spans)
    data = evaluated(
        definition(window, "0.9", budgeting),
        own,
        end,
        begins=begins,
        exclusions=exclusions,
        windows=(("5m", 5), ("3h", 180)),
    )
    period = window.at(end)
    excluded = {minute for first, until in spans for minute in range(first, until)}
    least = Fraction(budgeting.slice_target or "0.9")
    recount = Recount(own, begins, excluded, least)
    for length, held in ((period.elapsed, data), (5, data["windows"]["5m"]), (180, data["windows"]["3h"])):
        good, total, states = recount.window(end, length)
        assert (held["good"], held["total"], held["minutes"]) == (good, total, states)
        measured = states["good"] + states["bad"] + states["idle"]
        counting = measured + states["unmeasured"]
        assert held["coverage"] == (measured / counting if counting else None)
        if not budgeting.sliced:
            assert held["burn"] == share(total - good, total, "0.9")
    if not budgeting.sliced:
        burn = data["burn"]
        assert data["remaining"] == (
            None if burn is None else float(1 - 10 * Fraction(data["total"] - data["good"], data["total"]))
        )
        return
    _check_slices(data, recount, window, budgeting, end)


def _check_slices(data: Any, recount: Recount, window: Window, budgeting: Budgeting, end: int) -> None:
    period, length = window.at(end), budgeting.slice_minutes
    if window.by_calendar:
        starts = range(period.first, period.end, length)
        cut = [range(start, min(start + length, period.end)) for start in starts]
        over = [minutes for minutes in cut if minutes.stop <= end + 1]
    else:
        until = (end + 1) // length * length
        over = cut = [range(until - (n + 1) * length, until - n * length) for n in range(period.length // length)]
    states = [recount.state(minutes) for minutes in over]
    slices = data["slices"]
    assert slices["whole"] == len(cut)
    assert slices["total"] == len(cut) - states.count("excluded")
    assert {state: slices[state] for state in STATES} == {state: states.count(state) for state in STATES}
    assert (slices["before"], slices["to_come"]) == (states.count("before"), len(cut) - len(over))
    spent: Fraction | int = states.count("bad")
    if budgeting.method == "RatioTimeslices":
        spent = sum((recount.shares(minutes) for minutes in over), Fraction(0))
    judged = states.count("good") + states.count("bad")
    if judged:
        assert data["remaining"] == pytest.approx(float(1 - 10 * spent / slices["total"]), rel=1e-12, abs=1e-12)
        assert data["burn"] == pytest.approx(float(10 * spent / (judged + states.count("idle"))), rel=1e-12)
    else:
        assert (data["remaining"], data["burn"]) == (None, None)


def test_a_month_with_a_change_of_the_clock_has_its_own_length():
    month = window_of("1M", zone="America/New_York", start="2026-01-01 00:00:00")
    end = minute_of(datetime(2026, 4, 1, tzinfo=NEW_YORK)) - 1
    begins = minute_of(datetime(2026, 3, 1, tzinfo=NEW_YORK))
    own = {minute: (99 if minute % 1000 == 0 else 100, 100) for minute in range(begins - 600, end + 600)}
    data = evaluated(definition(month, "0.999", Budgeting("Timeslices", 1, Decimal(1))), own, end)
    assert data["period"] == {"start": "2026-03-01T05:00:00Z", "end": "2026-04-01T04:00:00Z"}
    assert data["slices"]["total"] == sum(data["minutes"].values()) == 44_580
    assert data["slices"]["bad"] == sum(minute % 1000 == 0 for minute in range(begins, end + 1))
    assert data["remaining"] == float(1 - Fraction(data["slices"]["bad"] * 1000, 44_580))


@pytest.mark.parametrize(
    ("duration", "zone", "day", "minutes"),
    [
        ("1d", "America/New_York", "2026-03-08T12:00", 23 * 60),
        ("1d", "America/New_York", "2026-11-01T12:00", 25 * 60),
        ("1d", "Australia/Lord_Howe", "2026-04-05T12:00", 1470),
        ("1w", "Europe/Berlin", "2026-03-26T12:00", 7 * 1440 - 60),
        ("1d", "Africa/Cairo", "2026-04-24T12:00", 23 * 60),  # its midnight is skipped
        ("1d", "America/Havana", "2026-11-01T12:00", 25 * 60),  # its midnight comes twice
        ("1d", "Pacific/Apia", "2011-12-31T12:00", 1440),  # the day before never was
        ("1Q", "America/New_York", "2026-02-10T12:00", 90 * 1440 - 60),
        ("1Y", "America/New_York", "2028-02-10T12:00", 366 * 1440),
        ("2w", "UTC", "2026-02-10T12:00", 14 * 1440),
        ("1M", "Asia/Kathmandu", "2026-02-10T12:00", 28 * 1440),
    ],
)
def test_periods_are_counted_through_the_zone(duration: str, zone: str, day: str, minutes: int):
    window = window_of(duration, zone=zone, start="2026-01-01 00:00:00")
    noon = minute_of(datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)))
    period = window.at(noon)
    assert period.length == minutes
    assert period.first <= noon < period.end


@given(
    at=st.integers(0, 3_000_000),
    window=st.tuples(st.sampled_from("hdwMQY"), st.sampled_from(["America/New_York", "Africa/Cairo", "Pacific/Apia"])),
)
def test_periods_follow_one_another_without_gap_or_overlap(at: int, window: Any):
    found = window_of(f"1{window[0]}", zone=window[1], start="2026-01-31 00:30:00")
    minute = 20_000_000 + at * 4
    period = found.at(minute)
    assert period.first <= minute < period.end
    assert found.at(period.first).first == period.first
    assert found.at(period.end).first == period.end
    assert found.at(period.first - 1).end == period.first


def test_a_rolling_month_ends_now_and_began_on_the_same_day():
    period = window_of("1M").at(minute_of(datetime(2026, 3, 31, 12, 0, tzinfo=UTC)) - 1)
    assert instant(period.first) == datetime(2026, 2, 28, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "given_", [("30x", ""), ("0d", ""), ("400d", ""), ("1M", "Mars/Olympus"), ("1M", "/etc/passwd"), ("1M", "America")]
)
def test_a_window_that_cannot_be_counted_is_refused(given_: Any):
    with pytest.raises(WindowError):
        window_of(given_[0], zone=given_[1])


# What the allowance of a period is that has not passed.


def test_by_the_calendar_the_allowance_is_told_of_what_has_passed_and_of_the_whole():
    month = window_of("1M", zone="UTC", start="2026-01-01 00:00:00")
    begins = minute_of(datetime(2026, 3, 1, tzinfo=UTC))
    own = {begins + minute: (95 if minute == 3 else 100, 100) for minute in range(3100)}
    allowance = evaluated(definition(month, "0.9999"), own, begins + 3099)["allowance"]
    assert allowance["basis"] == "elapsed only"
    assert allowance["remaining"] == float(1 - Fraction(50_000, 310_000))
    assert allowance["projected_remaining"] == float(1 - Fraction(50_000, 44_640 * 100))
    rolling = evaluated(definition(window_of("30d"), "0.9999"), own, begins + 3099)
    assert rolling["allowance"]["basis"] == "the whole window"


# Files.


def test_an_unmeasured_hour_an_idle_one_and_one_excluded_are_told_apart():
    head = "timestamp,good,total\n"
    rows = [f"2026-11-23T{hour:02}:{minute:02}:00Z,{0 if hour == 2 else 9},{0 if hour == 2 else 9}"
            for hour in range(6) for minute in range(60) if hour != 4]  # fmt: skip
    recorded = counts_of_text(head + "\r\n".join(rows), file="counts.csv")
    exclusions = exclusions_of_text("start,end,reason\n2026-11-23T03:00:30Z,2026-11-23T03:59:10Z,moved\n", file="e.csv")
    asked = asked_of(recorded, file="counts.csv", at="2026-11-23T06:00:59Z", exclusions=exclusions, windows=["6h"])
    (outcome,) = assess([definition(window_of("30d"))], asked)
    assert outcome.data["minutes"] == {"good": 180, "bad": 0, "idle": 60, "unmeasured": 60, "excluded": 60}
    assert outcome.data["coverage"] == 240 / 300
    assert outcome.data["raw"]["minutes"]["excluded"] == 0
    assert outcome.data["raw"]["total"] - outcome.data["total"] == 540
    assert outcome.data["history"]["minutes_before"] == 30 * 1440 - 360


def test_offsets_bom_quotes_order_and_columns_are_read_as_they_are_meant():
    text = 'total,"timestamp",good,who\r\n10,2026-11-23T10:00:00+01:00,9,a\r\n\r\n20,2026-11-23 08:59:00,19,"b, c"\r\n'
    recorded = counts_of_text(text, file="counts.csv")
    nine = minute_of(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    assert recorded.own == {nine: (9, 10), nine - 1: (19, 20)}


@given(
    rows=st.lists(st.tuples(st.integers(0, 90), counted), min_size=1, max_size=30),
    end=st.sampled_from(["", "\n", "\r\n"]),
)
def test_columns_and_rows_are_read_alike(rows: Any, end: str):
    nine = minute_of(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    lines = [f"{instant(nine + m).isoformat().removesuffix('+00:00')}Z,{c[0]},{c[1]}" for m, c in rows]
    text = "timestamp,good,total\n" + "\n".join(lines) + end
    quoted = text.replace("timestamp", '"timestamp"', 1)
    one, other = counts_of_text(text, file="a"), counts_of_text(quoted, file="b")
    assert (one.own, one.rows, one.broken) == (other.own, other.rows, other.broken)


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("2026-11-23T09:00:30Z,1,1", "timestamp"),
        ("2026-11-23,1,1", "timestamp"),
        ("soon,1,1", "timestamp"),
        ("0001-01-01T00:00:00+14:00,1,1", "timestamp"),
        ("2026-11-23T09:60:00Z,1,1", "timestamp"),
        ("2026-11-23T09:00:00Z,-1,1", "good"),
        ("2026-11-23T09:00:00Z,,1", "good"),
        ("2026-11-23T09:00:00Z,1.5,2", "good"),
        ("2026-11-23T09:00:00Z,1,NaN", "total"),
        ("2026-11-23T09:00:00Z,1,1e3", "total"),
        ("2026-11-23T09:00:00Z,1,٣", "total"),
        ("2026-11-23T09:00:00Z,1," + "9" * 30, "total"),
        ("2026-11-23T09:00:00Z,1", ""),
        ("2026-11-23T09:00:00Z,1,1,1", ""),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_field(row: str, field: str):
    with pytest.raises(Invalid) as refused:
        counts_of_text(f"timestamp,good,total\n2026-11-23T09:00:00Z,1,1\n{row}\n", file="counts.csv")
    assert (refused.value.place.line, refused.value.place.field) == (3, field)
    assert refused.value.remedy


@pytest.mark.parametrize(
    "text", ["", "\n", "2026-11-23T09:00:00Z,1,1\n", "timestamp,good\n", "good,good,total,timestamp\n"]
)
def test_a_file_without_its_first_line_is_refused(text: str):
    with pytest.raises(Invalid, match="first line"):
        counts_of_text(text, file="counts.csv")


def test_an_unclosed_quote_is_refused_and_every_bad_row_is_counted():
    with pytest.raises(Invalid, match="no CSV"):
        counts_of_text('timestamp,good,total\n"2026-11-23T09:00:00Z,1,1\n', file="counts.csv")
    with pytest.raises(Invalid) as refused:
        counts_of_text("timestamp,good,total\n" + "x,1,1\n" * 60, file="counts.csv")
    assert len(refused.value.others) == 50
    assert "10 further rows" in refused.value.others[-1].detail


@pytest.mark.parametrize(
    ("row", "field"),
    [("2026-11-23T09:00:00Z,2026-11-23T09:00:00Z,x", "end"), ("x,2026-11-23T09:00:00Z,x", "start"),
     ("2026-11-23T09:00:00Z,2026-11-23T10:00:00Z, ", "reason")],
)  # fmt: skip
def test_an_exclusion_without_length_instant_or_reason_is_refused(row: str, field: str):
    with pytest.raises(Invalid) as refused:
        exclusions_of_text(f"start,end,reason\n{row}\n", file="e.csv")
    assert (refused.value.place.line, refused.value.place.field) == (2, field)


def test_without_rows_somebody_has_to_say_when_the_history_began():
    nothing = counts_of_text("timestamp,good,total\n", file="counts.csv")
    with pytest.raises(Invalid, match="when the history began"):
        asked_of(nothing, file="counts.csv", at="2026-11-23T09:00:00Z")
    asked = asked_of(nothing, file="counts.csv", begins="2026-11-23T08:00:00Z", at="2026-11-23T09:00:00Z")
    (outcome,) = assess([definition(window_of("30d"))], asked)
    assert outcome.data["minutes"]["unmeasured"] == 60
    assert (outcome.data["remaining"], outcome.data["coverage"]) == (None, 0.0)
    assert outcome.top_line.startswith("No data")


def test_a_minute_with_more_good_than_total_is_told_and_no_figure_given_unless_it_is_excluded():
    own = {START + minute: (11 if minute == 7 else 10, 10) for minute in range(100)}
    data = evaluated(definition(window_of("2h")), own, START + 99)
    assert (data["standing"], data["remaining"], data["burn"]) == ("broken", None, None)
    assert data["history"]["broken_minutes"] == 1
    out = evaluated(definition(window_of("2h")), own, START + 99, exclusions=(Exclusion((START + 7, START + 8), "x"),))
    assert (out["remaining"], out["raw"]["remaining"]) == (1.0, None)


@given(
    spans=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8),
    a=st.integers(0, 70),
    b=st.integers(0, 70),
)
def test_spans_that_overlap_count_once(spans: Any, a: int, b: int):
    cut = Cut.of(spans)
    minutes = {minute for first, until in spans for minute in range(first, until)}
    assert cut.between(min(a, b), max(a, b)) == len([m for m in minutes if min(a, b) <= m < max(a, b)])
    assert all(one[1] < other[0] for one, other in zip(merged(spans), merged(spans)[1:], strict=False))
    assert cut.holds(a) == (a in minutes)


def test_a_minute_that_an_exclusion_touches_is_excluded():
    at = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    nine = minute_of(at)
    assert touched(at, at + timedelta(minutes=2)) == (nine, nine + 2)
    assert touched(at + timedelta(seconds=59), at + timedelta(seconds=60, microseconds=1)) == (nine, nine + 2)


# Alerts.


def test_tables_give_the_factors_of_their_sources():
    month, four_weeks = 30 * 1440, 28 * 1440
    assert [float(pair.factor(month)) for pair in TABLES["workbook"].of(month)] == [14.4, 6.0, 1.0]
    assert [float(pair.factor(month)) for pair in TABLES["sloth"].of(month)] == [14.4, 6.0, 3.0, 1.0]
    assert [round(float(pair.factor(four_weeks)), 3) for pair in TABLES["sloth"].of(four_weeks)] == [
        13.44,
        5.6,
        2.8,
        0.933,
    ]
    pyrra = TABLES["pyrra"]
    assert [(pair.short, pair.long, float(pair.factor(four_weeks))) for pair in pyrra.of(four_weeks)] == [
        (5, 60, 14.0), (30, 360, 7.0), (120, 1440, 2.0), (360, 5760, 1.0)
    ]  # fmt: skip
    assert [(pair.short, pair.long) for pair in pyrra.of(four_weeks // 2)] == [
        (2, 30),
        (15, 180),
        (60, 720),
        (180, 2880),
    ]
    assert [float(pair.factor(four_weeks // 2)) for pair in pyrra.of(four_weeks // 2)] == [14.0, 7.0, 2.0, 1.0]
    own = table_of("page 10 5m/1h, ticket 1.5 6h/3d")
    assert [(pair.severity, float(pair.factor(month))) for pair in own.of(month)] == [("page", 10.0), ("ticket", 1.5)]


@pytest.mark.parametrize("text", ["", "nobl9", "page 0 5m/1h", "page 2 1h/5m", "page x 5m/1h", "call 2 5m/1h"])
def test_a_table_that_cannot_be_read_is_refused(text: str):
    with pytest.raises(TableError):
        table_of(text)


def test_one_error_in_twenty_requests_an_hour_alerts_nobody_in_a_whole_day():
    # A month of 20 requests an hour without a fault, then a day in which one request of each sixth hour fails.
    asked = 30 * 1440
    own = {START + minute: (int(minute % 3 == 0),) * 2 for minute in range(asked + 1440)}
    for hour in range(0, 24, 6):
        own[START + asked + hour * 60 + 30] = (0, 1)
    one = definition(window_of("30d"), "0.999")
    burning = set()
    for minute in range(START + asked, START + asked + 1440, 15):
        data = evaluated(one, {m: h for m, h in own.items() if minute - 4400 < m <= minute}, minute, windows=())
        assert not any(alert["firing"] for alert in data["alerts"])
        burning |= {alert["name"] for alert in data["alerts"] if alert["held_back"]}
    # Both windows of every pair did burn faster than the factor at some time; the guard alone kept them quiet.
    assert "Page, fast" in burning


def test_a_lasting_outage_of_a_busy_service_pages_within_minutes_and_says_what_would_clear_it():
    own = {START + minute: (600, 600) for minute in range(4400)}
    own |= {START + minute: (300, 600) for minute in range(4390, 4400)}
    data = evaluated(definition(window_of("30d"), "0.999"), own, START + 4399)
    alert = data["alerts"][0]
    assert (alert["severity"], alert["firing"]) == ("page", True)
    assert "1,500 bad of 3,000" in alert["reason"]
    assert "Stops when the burn over 5 minutes falls to 14.4" in alert["reason"]


def test_an_alert_that_can_never_fire_says_so():
    own = {START + minute: (0, 10) for minute in range(4400)}
    data = evaluated(definition(window_of("30d"), "0.9"), own, START + 4399)
    assert not data["alerts"][0]["firing"]
    assert "target is too low" in data["alerts"][0]["reason"]
    assert Target.exactly(Decimal("0.9")).spare == 1
