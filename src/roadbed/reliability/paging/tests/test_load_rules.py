"""Time on call adds up to the second whatever clocks do; pay, limits and fairness follow their definitions."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.ground.errors import Invalid
from roadbed.reliability.paging.rules.load.burden import Page, burdens, crowded, of_shifts
from roadbed.reliability.paging.rules.load.classes import HOLIDAY, NIGHT, ORDINARY, WEEKEND, Almanac, Clock
from roadbed.reliability.paging.rules.load.fairness import lucks, portions
from roadbed.reliability.paging.rules.load.pay import Change, Rules, Stint, amount, differences, overlaid, sheet
from roadbed.reliability.paging.rules.load.printing import HEAD, rows_of
from roadbed.reliability.paging.rules.load.reading import DEFAULT, read_rules
from roadbed.reliability.paging.tests.test_schedules import ZONES

STOCKHOLM = "Europe/Stockholm"
HOUR = timedelta(hours=1)
RATES = {"day": Decimal(4), "night": Decimal(8), "weekend": Decimal(10), "holiday": Decimal(12)}
CLOCKS = st.builds(
    Clock,
    night=st.tuples(st.times(), st.times()).map(
        lambda pair: tuple(at.replace(second=0, microsecond=0, fold=0) for at in pair)
    ),
    weekend=st.sets(st.integers(0, 6)).map(lambda days: tuple(sorted(days))),
    holidays=st.sets(st.dates(date(2026, 1, 1), date(2027, 1, 1)), max_size=9).map(frozenset),
)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type]


def stint(start: datetime, hours: float, person: str = "mara", zone: str = STOCKHOLM) -> Stint:
    return Stint(start, start + hours * HOUR, person, "week", zone)


def seconds(*, start: datetime, hours: float, clock: Clock | None = None, zone: str = STOCKHOLM) -> dict[str, int]:
    found = sheet([stint(start, hours, zone=zone)], Rules(clock or Clock()), start, start + hours * HOUR)
    return {kind: spent for kind, spent in found.lines[0].seconds.items() if spent}


@settings(max_examples=60)
@given(
    clock=CLOCKS,
    zone=st.sampled_from(ZONES),
    start=st.integers(0, 330 * 86_400).map(
        lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    ),
    lengths=st.lists(st.integers(1, 900_000), min_size=1, max_size=6),
    cut=st.integers(0, 1_000_000),
)
def test_pieces_partition_any_span_and_cutting_it_changes_nothing(
    clock: Clock, zone: str, start: datetime, lengths: list[int], cut: int
):
    end = start + timedelta(seconds=sum(lengths))
    almanac = Almanac(clock, ZoneInfo(zone), start, end)
    at, parts = start, dict.fromkeys((ORDINARY, NIGHT, WEEKEND, HOLIDAY), 0)
    for length in lengths:
        for piece in almanac.pieces(at, at + timedelta(seconds=length)):
            assert piece.start == at
            assert piece.end > piece.start
            at = piece.end
            parts[piece.kind] += piece.seconds
    assert at == end
    middle = start + timedelta(seconds=cut % sum(lengths))
    halves = dict.fromkeys(parts, 0)
    for first, last in ((start, middle), (middle, end)):
        for piece in almanac.pieces(first, last):
            halves[piece.kind] += piece.seconds
    assert halves == parts
    assert sum(parts.values()) == (end - start).total_seconds()


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        pytest.param(utc(2026, 6, 3, 7), 24, {ORDINARY: 16 * 3600, NIGHT: 8 * 3600}, id="a working day"),
        pytest.param(utc(2026, 6, 5, 22), 48, {WEEKEND: 48 * 3600}, id="a weekend from midnight to midnight"),
        pytest.param(utc(2026, 6, 5, 19), 4, {ORDINARY: 3600, NIGHT: 2 * 3600, WEEKEND: 3600}, id="into a weekend"),
        pytest.param(utc(2026, 6, 7, 21), 2, {WEEKEND: 3600, NIGHT: 3600}, id="out of a weekend, into its night"),
        pytest.param(utc(2026, 3, 28, 23), 23, {WEEKEND: 23 * 3600}, id="the day that lacks an hour"),
        pytest.param(utc(2026, 10, 24, 22), 25, {WEEKEND: 25 * 3600}, id="the day that has one more"),
    ],
)
def test_each_hour_counts_as_what_the_wall_says(start: datetime, hours: float, expected: dict[str, int]):
    assert seconds(start=start, hours=hours) == expected


def test_a_night_with_a_changed_clock_lasts_as_long_as_it_lasted():
    clock = Clock(weekend=())
    assert seconds(start=utc(2026, 3, 28, 21), hours=7, clock=clock) == {NIGHT: 7 * 3600}
    assert seconds(start=utc(2026, 10, 24, 20), hours=9, clock=clock) == {NIGHT: 9 * 3600}


def test_a_night_after_midnight_and_a_holiday_over_a_weekend():
    clock = Clock(night=(time(0), time(6)), holidays=frozenset({date(2026, 6, 6)}))
    assert seconds(start=utc(2026, 6, 5, 20), hours=28, clock=clock) == {
        ORDINARY: 2 * 3600, HOLIDAY: 24 * 3600, WEEKEND: 2 * 3600,
    }  # fmt: skip
    assert seconds(start=utc(2026, 6, 9, 22), hours=8, clock=clock) == {NIGHT: 6 * 3600, ORDINARY: 2 * 3600}


def test_a_sheet_adds_up_with_nobody_and_with_what_is_not_known():
    start = utc(2026, 6, 1)
    stints = [stint(start + HOUR, 2), stint(start + 3 * HOUR, 1, person=""), stint(start + 4 * HOUR, 2, "dele")]
    found = sheet(stints, Rules(rates=RATES, currency="EUR"), start, start + 8 * HOUR)
    assert [(line.person, line.total) for line in found.lines] == [("dele", 7200), ("mara", 7200)]
    assert (found.nobody, found.unknown) == (3600, 3 * 3600)
    assert sum(line.total for line in found.lines) + found.nobody + found.unknown == 8 * 3600
    assert sheet(stints, Rules(), start, start + 8 * HOUR).lines[0].amount is None


def test_amounts_are_rounded_once_a_class_half_up():
    assert amount({"day": 9, "night": 0, "weekend": 0, "holiday": 0}, RATES) == Decimal("0.01")
    assert amount({"day": 4, "night": 4, "weekend": 0, "holiday": 0}, RATES) == Decimal("0.01")
    assert amount({"day": 3600, "night": 1800, "weekend": 0, "holiday": 60}, RATES) == Decimal("8.20")


def test_a_correction_lies_over_the_record_and_the_later_one_wins():
    start = utc(2026, 6, 1)
    said = [
        Stint(start + 2 * HOUR, start + 6 * HOUR, "dele", "correction", STOCKHOLM),
        Stint(start + 5 * HOUR, start + 7 * HOUR, "ines", "correction", STOCKHOLM),
    ]
    found = overlaid([stint(start, 4), stint(start + 4 * HOUR, 8)], said)
    assert [(one.person, (one.end - one.start) / HOUR) for one in found] == [
        ("mara", 2), ("dele", 2), ("dele", 1), ("ines", 1), ("ines", 1), ("mara", 5),
    ]  # fmt: skip
    assert all(one.end == two.start for one, two in pairwise(found))


def test_what_changed_since_a_signature_is_told_by_person():
    start = utc(2026, 6, 1)
    rules = Rules(rates=RATES, currency="EUR")
    before = sheet([stint(start + 8 * HOUR, 4)], rules, start, start + 24 * HOUR).lines
    after = sheet(
        [stint(start + 8 * HOUR, 3), stint(start + 11 * HOUR, 1, "dele")], rules, start, start + 24 * HOUR
    ).lines
    assert differences(before, after) == (
        Change("dele", 3600, Decimal("4.00"), 0, None), Change("mara", -3600, Decimal("-4.00"), 0, None),
    )  # fmt: skip
    assert differences(before, before) == ()


def test_three_incidents_in_twelve_hours_break_the_limit_and_overlaps_are_told_once():
    begin = utc(2026, 6, 1)
    times = [begin + hours * HOUR for hours in (0, 5, 12, 13, 14, 40, 46, 51.9)]
    assert [(one.start, one.incidents) for one in crowded("mara", times)] == [
        (begin + 5 * HOUR, 4), (begin + 40 * HOUR, 3),
    ]  # fmt: skip
    assert crowded("mara", [begin, begin + 6 * HOUR, begin + 12 * HOUR]) == ()


def test_a_trouble_counts_once_however_often_it_paged_and_hours_are_distinct():
    start, end = utc(2026, 6, 1), utc(2026, 6, 8)
    pages = [
        Page(utc(2026, 6, 3, 0, 5), "mara", "a"), Page(utc(2026, 6, 3, 0, 15), "mara", "a"),
        Page(utc(2026, 6, 3, 0, 50), "mara", "b"), Page(utc(2026, 6, 3, 10), "mara", "c"),
        Page(utc(2026, 6, 3, 10), "dele", "c"), Page(utc(2026, 6, 9), "mara", "late"),
    ]  # fmt: skip
    found = burdens([stint(start, 7 * 24)], pages, Clock(), start, end, zone=STOCKHOLM)
    mara, dele = found
    assert (mara.person, mara.pages, mara.hours, mara.night_hours, mara.of_time) == ("mara", 3, 2, 1, 1.0)
    assert (mara.by_class[NIGHT], mara.by_class[ORDINARY], mara.too_much) == (2, 1, True)
    assert (dele.seconds, dele.pages, dele.shifts, dele.too_much) == (0, 1, 0, False)
    counts = of_shifts([stint(start, 84), stint(start + 84 * HOUR, 84, "dele")], pages, start, end)
    assert (counts.counts, counts.shifts, counts.median, counts.most) == ({0: 1, 3: 1}, 2, 1.5, 3)
    assert of_shifts([], [], start, end).median is None


def test_one_shift_more_is_not_uneven_and_luck_is_told_from_more():
    week = 7 * 24 * 3600
    assert [one.uneven for one in portions({"a": 3 * week, "b": 2 * week}, longest=week)] == [False, False]
    assert [one.uneven for one in portions({"a": 5 * week, "b": week}, longest=week)] == [True, True]
    assert portions({}, longest=0) == ()
    even = lucks({"a": 9, "b": 5}, {"a": week, "b": week})
    assert not any(one.more for one in even)
    assert {one.person for one in lucks({"a": 40, "b": 10}, {"a": week, "b": week}) if one.more} == {"a"}
    assert lucks({"a": 3}, {"a": 0}) == ()
    assert lucks({"a": 3}, {"a": week})[0].chance == 1.0


def test_chances_of_all_outcomes_are_chances():
    for whole in (1, 7, 3000):
        for had in (0, whole // 2, whole):
            assert 0 <= lucks({"a": had, "b": whole - had}, {"a": 1, "b": 3})[0].chance <= 1


def test_the_default_rules_have_no_rates():
    assert read_rules(DEFAULT) == Rules()


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("night: {from: 22, to: '06:00'}", 1, "no time of day"),
        ("weekend: [saturday, funday]", 1, "no weekday"),
        ("holidays: [2026-12-25,\n  2026-13-01]", 2, "no date"),
        ("currency: EUR\nrates: {day: 1, night: -1, weekend: 1, holiday: 1}", 2, "no amount"),
        ("currency: EUR\nrates: {day: 1}", 2, "no rate for night"),
        ("rates: {day: 1, night: 1, weekend: 1, holiday: 1}", 1, "no currency"),
        ("currency: EUR\nrates: {day: .nan, night: 1, weekend: 1, holiday: 1}", 2, "no amount"),
        ("nights: 3", 1, "no field"),
        ("", None, "no rules"),
        ("- 1", 1, "no mapping"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int | None, said: str):
    with pytest.raises(Invalid) as refusal:
        read_rules(text, "pay.yaml")
    assert said in refusal.value.detail
    assert (refusal.value.place.file, refusal.value.place.line) == ("pay.yaml", line)
    assert refusal.value.remedy


def test_a_printed_sheet_has_no_formula_and_a_cell_for_each_head():
    lines = [
        ("=1+1", {"day": 5, "night": 2}, 7, Decimal("1.20"), {"day": 3}, 3, None),
        ("Mara", {}, 0, None, {}, 0, None),
    ]
    head, first, second = rows_of(("t", "a", "b"), lines, currency="EUR", version=3, signed_by="@boss")
    assert head == HEAD
    assert len(first) == len(second) == len(HEAD)
    assert dict(zip(HEAD, first, strict=True)) == {
        "team": "t", "from": "a", "to": "b", "person": "'=1+1", "day_seconds": 5, "night_seconds": 2,
        "weekend_seconds": 0, "holiday_seconds": 0, "seconds": 7, "amount": Decimal("1.20"), "currency": "EUR",
        "rules_version": 3, "signed_by": "'@boss", "standby_day_seconds": 3, "standby_night_seconds": 0,
        "standby_weekend_seconds": 0, "standby_holiday_seconds": 0, "standby_seconds": 3, "standby_amount": "",
    }  # fmt: skip
    assert (second[3], second[9]) == ("Mara", "")


def test_standing_by_adds_up_to_the_second_when_clocks_change_and_nobody_is_paid_twice():
    start, hours = utc(2026, 10, 24, 22), 25
    on_call = [stint(start, 20), stint(start + 20 * HOUR, 5, "dele")]
    standby = [stint(start, 23, "dele"), stint(start + 23 * HOUR, 1, person="")]
    rules = Rules(rates=RATES, standby_rates={kind: Decimal(1) for kind in RATES}, currency="EUR")
    found = sheet(on_call, rules, start, start + hours * HOUR, standby=standby)
    lines = {line.person: line for line in found.lines}
    assert (lines["dele"].total, lines["dele"].standby_total) == (5 * 3600, 20 * 3600)
    assert lines["mara"].standby_total == 0
    assert (found.standby_nobody, found.standby_unknown) == (4 * 3600, 3600)
    stood = sum(line.standby_total for line in found.lines)
    assert stood + found.standby_nobody + found.standby_unknown == hours * 3600
    assert lines["dele"].standby == {"day": 0, "night": 0, "weekend": 20 * 3600, "holiday": 0}
    assert (lines["dele"].standby_amount, lines["mara"].standby_amount) == (Decimal("20.00"), Decimal("0.00"))
    without = sheet(on_call, rules, start, start + hours * HOUR)
    assert (without.standby_nobody, without.lines[0].standby, without.lines[0].standby_amount) == (None, {}, None)
    assert sheet(on_call, Rules(rates=RATES), start, start + HOUR, standby=standby).lines[0].standby_amount is None


@given(
    st.lists(st.tuples(st.sampled_from(["mara", "dele", ""]), st.integers(1, 9)), min_size=1, max_size=12), st.data()
)
def test_on_call_and_standing_by_partition_any_span(turns: list[tuple[str, int]], data: st.DataObject):
    start, whole = utc(2026, 3, 28), sum(hours for _, hours in turns)

    def laid(order: list[tuple[str, int]]) -> list[Stint]:
        at, found = start, []
        for person, hours in order:
            found.append(stint(at, hours, person))
            at += hours * HOUR
        return found

    second = laid(data.draw(st.permutations(turns)))
    found = sheet(laid(turns), Rules(), start, start + whole * HOUR, standby=second)
    assert sum(line.total for line in found.lines) + found.nobody == whole * 3600
    assert sum(line.standby_total for line in found.lines) + (found.standby_nobody or 0) == whole * 3600
    assert found.standby_unknown == 0
