"""Schedules partition time in every zone; rotations, restrictions and exceptions decide as they are documented."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roadbed.ground.errors import Invalid
from roadbed.reliability.paging.rules.schedules.covering import CLASH, EMPTY, UNREACHABLE, gaps
from roadbed.reliability.paging.rules.schedules.following import order_of
from roadbed.reliability.paging.rules.schedules.reading import read
from roadbed.reliability.paging.rules.schedules.rendering import render
from roadbed.reliability.paging.rules.schedules.values import (
    DAY,
    OVERRIDE,
    WEEK,
    Away,
    Cover,
    Layer,
    Schedule,
    Swap,
    Window,
)
from roadbed.reliability.paging.rules.schedules.walls import instant, wall_of

ZONES = sorted(available_timezones() - {"Factory", "localtime"})
STOCKHOLM = ZoneInfo("Europe/Stockholm")
MONDAY = datetime(2026, 6, 1, 9)  # noqa: DTZ001 - a wall time, as below
PEOPLE = ("mara", "dele", "ines")
TEN_YEARS = (datetime(2024, 1, 1, tzinfo=UTC), datetime(2034, 1, 1, tzinfo=UTC))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type]


def weekly(**more: object) -> Layer:
    values: dict[str, object] = {"name": "weekly", "people": PEOPLE, "zone": STOCKHOLM, "starts": MONDAY}
    return Layer(**(values | more))  # type: ignore[arg-type]


def rendered(*layers: Layer, start: datetime, days: int = 7, **more: object) -> list[tuple[str, str | None]]:
    schedule = Schedule("test", STOCKHOLM, layers, **more)  # type: ignore[arg-type]
    slots = render(schedule, start, start + days * DAY).slots
    return [(f"{slot.start.astimezone(STOCKHOLM):%a %d %H:%M}", slot.person) for slot in slots]


SPANS = st.tuples(st.integers(-400, 800), st.integers(1, 900)).map(
    lambda hours: (utc(2026, 6, 1) + timedelta(hours=hours[0]), utc(2026, 6, 1) + timedelta(hours=sum(hours)))
)
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0, fold=0))
WINDOWS = st.builds(
    lambda days, start, end, over: Window(tuple(days), start, end, max(over, 0 if end > start else 1)),
    st.sets(st.integers(0, 6), min_size=1).map(sorted), TIMES, TIMES, st.integers(0, 7),
)  # fmt: skip
LAYERS = st.builds(
    Layer,
    name=st.just(""),
    people=st.integers(1, 3).map(lambda many: PEOPLE[:many]),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    starts=st.datetimes(datetime(2025, 1, 1), datetime(2026, 9, 1)).map(lambda at: at.replace(second=0, microsecond=0)),  # noqa: DTZ001
    length=st.sampled_from([None, timedelta(hours=5), timedelta(hours=12), DAY, 3 * DAY, WEEK]),
    days=st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    windows=st.lists(WINDOWS, max_size=2).map(tuple),
    on_holidays=st.booleans(),
    next_when_away=st.booleans(),
)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    layers = draw(st.lists(LAYERS, min_size=1, max_size=3))
    person = st.sampled_from(PEOPLE)
    return Schedule(
        "any",
        STOCKHOLM,
        tuple(Layer(**{name: getattr(one, name) for name in one.__slots__} | {"name": f"{number}"})
              for number, one in enumerate(layers)),
        covers=tuple(Cover(draw(person), *span) for span in draw(st.lists(SPANS, max_size=3))),
        swaps=tuple(Swap("mara", "dele", *span) for span in draw(st.lists(SPANS, max_size=1))),
        away=tuple(Away(draw(person), *span) for span in draw(st.lists(SPANS, max_size=2))),
        holidays=tuple(draw(st.lists(st.dates(date(2026, 5, 1), date(2026, 8, 1)), max_size=2))),
    )  # fmt: skip


def who(schedule: Schedule, at: datetime) -> str | None:
    """The same question answered for one instant alone, without spans or painting: slowly, from the definition."""
    for cover in reversed(schedule.covers):
        if cover.start <= at < cover.end:
            return cover.person
    return next((person for layer in reversed(schedule.layers) if (person := of_layer(schedule, layer, at))), None)


def of_layer(schedule: Schedule, layer: Layer, at: datetime) -> str | None:
    day = wall_of(at, layer.zone).date()
    if not layer.on_holidays and any(
        within(layer, (one, time(0)), (one + DAY, time(0)), at) for one in schedule.holidays
    ):
        return None
    on_duty = any(
        one.weekday() in window.days and within(layer, (one, window.start), (one + window.over * DAY, window.end), at)
        for window in layer.windows
        for one in (day + step * DAY for step in range(-10, 3))
    )
    place = turn_of(layer, at)
    if place is None or (layer.windows and not on_duty):
        return None
    people = layer.people
    person = people[place]
    for swap in schedule.swaps:
        if swap.start <= at < swap.end:
            person = {swap.first: swap.second, swap.second: swap.first}.get(person, person)
    order = [person, *(people[(place + step) % len(people)] for step in range(1, len(people)) if layer.next_when_away)]
    gone = {one.person for one in schedule.away if one.start <= at < one.end}
    return next((one for one in order if one not in gone), None)


def within(layer: Layer, first: tuple[date, time], last: tuple[date, time], at: datetime) -> bool:
    begins, ends = (instant(datetime.combine(*edge), layer.zone) for edge in (first, last))
    return begins <= at < ends


def turn_of(layer: Layer, at: datetime) -> int | None:
    number, begins = 0, layer.starts
    while instant(begins, layer.zone) <= at:
        ends = begins + (layer.length or DAY)
        counts = layer.length is not None or begins.weekday() in layer.days
        if counts and at < instant(ends, layer.zone):
            return number % len(layer.people)
        number, begins = number + counts, ends
    return None


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(schedules(), SPANS, st.integers(0, 10**6))
def test_slots_partition_any_span_and_name_whom_the_definition_names(
    schedule: Schedule, span: tuple[datetime, datetime], part: int
):
    start, end = span
    found = render(schedule, start, end)
    assert (found.slots[0].start, found.slots[-1].end) == (start, end)
    assert all(slot.start < slot.end for slot in found.slots)
    for former, later in pairwise(found.slots):
        assert former.end == later.start
        assert (former.person, former.layer) != (later.person, later.layer)
    at = start + (end - start) * (part / 10**6) if part < 10**6 else found.slots[-1].start
    for one in (at, found.slots[len(found.slots) // 2].start):
        slot = next(slot for slot in found.slots if slot.start <= one < slot.end)
        assert slot.person == who(schedule, one)


def in_zone(zone: str) -> Iterator[Schedule]:
    """Hand-overs at the times at which clocks change, daily and by hours, with duty hours that end in a change."""
    at = ZoneInfo(zone)
    for clock in (time(0, 0), time(2, 30)):
        starts = datetime.combine(date(2023, 12, 1), clock)
        window = Window((5, 6), time(2, 30), time(3, 0), 1)
        yield Schedule(
            zone, at,
            (Layer("daily", PEOPLE, at, starts, DAY), Layer("night", PEOPLE, at, starts, WEEK, windows=(window,))),
        )  # fmt: skip
    yield Schedule(zone, at, (Layer("hours", PEOPLE, at, datetime(2023, 12, 1, 1, 30), timedelta(hours=12)),))  # noqa: DTZ001


def exact(zone: str, start: datetime, end: datetime) -> None:
    for schedule in in_zone(zone):
        slots = render(schedule, start, end).slots
        assert (slots[0].start, slots[-1].end) == (start, end)
        assert all(former.end == later.start for former, later in pairwise(slots))
        assert all(slot.person for slot in slots)
        assert timedelta(0) < min(slot.end - slot.start for slot in slots)
        if len(schedule.layers) == 1:
            # Nobody has longer than a turn and a change of the clocks; Samoa left out a whole day.
            assert max(slot.end - slot.start for slot in slots) <= timedelta(hours=15)


@pytest.mark.parametrize(
    "zone", ["Europe/Stockholm", "Australia/Lord_Howe", "Africa/Casablanca", "America/Santiago", "Asia/Kathmandu"]
)
def test_a_year_is_partitioned_where_clocks_change_oddly(zone: str):
    exact(zone, utc(2026, 1, 1), utc(2027, 1, 1))


@pytest.mark.soak
@pytest.mark.parametrize("zone", ZONES)
def test_ten_years_are_partitioned_in_every_zone(zone: str):
    exact(zone, *TEN_YEARS)


@settings(max_examples=100)
@given(st.sampled_from(ZONES), st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)), st.integers(0, 10**6))  # noqa: DTZ001
def test_wall_times_keep_their_order_and_are_the_first_instant_that_shows_them(zone: str, wall: datetime, more: int):
    at = ZoneInfo(zone)
    found, later = instant(wall, at), instant(wall + timedelta(seconds=more), at)
    assert found <= later
    if wall_of(found, at) == wall:
        assert wall_of(found - timedelta(hours=1), at) != wall
    else:
        assert wall_of(found - timedelta(microseconds=1), at) < wall < wall_of(found, at)


def test_a_skipped_hour_is_its_first_valid_instant_and_a_repeated_one_its_first_occurrence():
    assert instant(datetime(2026, 3, 29, 2, 30), STOCKHOLM) == utc(2026, 3, 29, 1)  # noqa: DTZ001
    assert instant(datetime(2026, 10, 25, 2, 30), STOCKHOLM) == utc(2026, 10, 25, 0, 30)  # noqa: DTZ001
    # Samoa left out 30 December 2011, Lord Howe moves by half an hour.
    assert instant(datetime(2011, 12, 30, 9), ZoneInfo("Pacific/Apia")) == utc(2011, 12, 30, 10)  # noqa: DTZ001
    assert instant(datetime(2026, 10, 4, 2, 10), ZoneInfo("Australia/Lord_Howe")) == utc(2026, 10, 3, 15, 30)  # noqa: DTZ001


def test_a_shift_over_the_end_of_summer_time_is_an_hour_longer_and_hands_over_on_the_wall_clock():
    layer = weekly(starts=datetime(2026, 10, 24, 9), length=DAY)  # noqa: DTZ001
    slots = render(Schedule("", STOCKHOLM, (layer,)), utc(2026, 10, 24, 7), utc(2026, 10, 27, 8)).slots
    assert [slot.end - slot.start for slot in slots] == [timedelta(hours=25), DAY, DAY]


def test_weekdays_pass_the_turn_from_working_day_to_working_day():
    layer = weekly(length=None, starts=datetime(2026, 6, 5, 9))  # noqa: DTZ001 - a Friday
    assert rendered(layer, start=utc(2026, 6, 5), days=6) == [
        ("Fri 05 02:00", None), ("Fri 05 09:00", "mara"), ("Sat 06 09:00", None), ("Mon 08 09:00", "dele"),
        ("Tue 09 09:00", "ines"), ("Wed 10 09:00", "mara"),
    ]  # fmt: skip


def test_people_by_weekday_have_the_same_day_each_week():
    layer = weekly(length=None, people=(), by_day={0: "mara", 2: "dele"}, days=(0, 2))
    expected = [("Mon 01 09:00", "mara"), ("Tue 02 09:00", None), ("Wed 03 09:00", "dele"), ("Thu 04 09:00", None)]
    assert rendered(layer, start=utc(2026, 6, 1, 7), days=6) == expected
    assert rendered(layer, start=utc(2027, 6, 7, 7), days=6) == [
        ("Mon 07 09:00", "mara"), ("Tue 08 09:00", None), ("Wed 09 09:00", "dele"), ("Thu 10 09:00", None),
    ]  # fmt: skip


def test_later_layers_cover_earlier_ones_within_their_duty_hours():
    day = weekly(name="day", people=("omar",), windows=(Window((0, 1, 2, 3, 4), time(9), time(17), 0),))
    assert rendered(weekly(), day, start=utc(2026, 6, 4, 10), days=4) == [
        ("Thu 04 12:00", "omar"), ("Thu 04 17:00", "mara"), ("Fri 05 09:00", "omar"), ("Fri 05 17:00", "mara"),
        ("Mon 08 09:00", "omar"),
    ]  # fmt: skip


def test_the_sun_is_followed_over_zones_and_their_changes_of_clock():
    office = (Window(tuple(range(7)), time(9), time(17), 0),)
    zones = {"Asia/Singapore": "wen", "Europe/London": "grace", "America/Los_Angeles": "olu"}
    layers = tuple(
        weekly(name=zone, people=(person,), zone=ZoneInfo(zone), windows=office, starts=datetime(2026, 1, 1))  # noqa: DTZ001
        for zone, person in zones.items()
    )
    schedule = Schedule("sun", STOCKHOLM, layers)
    winter = [slot.person for slot in render(schedule, utc(2026, 1, 15), utc(2026, 1, 17)).slots]
    assert winter == ["olu", "wen", "grace", "olu", "wen", "grace", "olu"]
    summer = render(schedule, utc(2026, 7, 15, 2), utc(2026, 7, 16, 2)).slots
    assert [(slot.start.hour, slot.person) for slot in summer] == [
        (2, "wen"), (8, "grace"), (16, "olu"), (0, None), (1, "wen"),
    ]  # fmt: skip


def test_overrides_win_over_everything_and_the_last_one_over_the_others():
    covers = (Cover("yuki", utc(2026, 6, 2), utc(2026, 6, 4)), Cover("omar", utc(2026, 6, 3), utc(2026, 6, 5)))
    assert rendered(weekly(), start=utc(2026, 6, 1, 7), covers=covers, days=6) == [
        ("Mon 01 09:00", "mara"), ("Tue 02 02:00", "yuki"), ("Wed 03 02:00", "omar"), ("Fri 05 02:00", "mara"),
    ]  # fmt: skip


def test_a_swap_gives_both_the_turns_of_the_other():
    swap = Swap("mara", "dele", utc(2026, 6, 1), utc(2026, 6, 16))
    found = rendered(weekly(), start=utc(2026, 6, 1, 7), days=28, swaps=(swap,))
    assert [person for _, person in found] == ["dele", "mara", "ines", "mara"]


def test_leave_leaves_a_hole_or_lets_the_next_one_stand_in():
    away = (Away("mara", utc(2026, 6, 3), utc(2026, 6, 4)), Away("dele", utc(2026, 6, 3, 12), utc(2026, 6, 4)))
    assert rendered(weekly(), start=utc(2026, 6, 1, 7), away=away) == [
        ("Mon 01 09:00", "mara"), ("Wed 03 02:00", None), ("Thu 04 02:00", "mara"),
    ]  # fmt: skip
    assert rendered(weekly(next_when_away=True), start=utc(2026, 6, 1, 7), away=away) == [
        ("Mon 01 09:00", "mara"), ("Wed 03 02:00", "dele"), ("Wed 03 14:00", "ines"), ("Thu 04 02:00", "mara"),
    ]  # fmt: skip


def test_a_swap_made_for_a_leave_fills_it():
    away, swap = Away("mara", utc(2026, 6, 3), utc(2026, 6, 4)), Swap("mara", "dele", utc(2026, 6, 3), utc(2026, 6, 4))
    found = rendered(weekly(), start=utc(2026, 6, 1, 7), away=(away,), swaps=(swap,))
    assert [person for _, person in found] == ["mara", "dele", "mara"]


def test_a_layer_that_rests_on_holidays_leaves_them_to_the_one_below():
    day = weekly(name="day", people=("omar",), on_holidays=False)
    found = rendered(weekly(), day, start=utc(2026, 6, 5, 7), days=3, holidays=(date(2026, 6, 6),))
    assert found == [("Fri 05 09:00", "omar"), ("Sat 06 00:00", "mara"), ("Sun 07 00:00", "omar")]


def test_a_layer_has_nobody_before_it_starts_and_from_its_end_on():
    found = rendered(weekly(until=datetime(2026, 6, 3, 9)), start=utc(2026, 5, 31))  # noqa: DTZ001
    assert found == [("Sun 31 02:00", None), ("Mon 01 09:00", "mara"), ("Wed 03 09:00", None)]


def test_the_order_begins_with_who_is_on_call_and_leaves_out_who_is_away():
    schedule = Schedule("", STOCKHOLM, (weekly(),), away=(Away("dele", utc(2026, 6, 1), utc(2026, 6, 20)),))
    found = order_of(schedule, utc(2026, 6, 2))
    assert (found.person, found.people, found.away) == ("mara", ("mara", "ines"), {"dele"})
    assert (found.layer, found.since, found.until) == ("weekly", utc(2026, 6, 1, 7), utc(2026, 6, 8, 7))
    assert order_of(schedule, utc(2026, 6, 10)).person is None
    slow = Schedule("", STOCKHOLM, (weekly(length=8 * WEEK),))
    found = order_of(slow, utc(2026, 6, 2), fewest=3)
    assert (found.people, found.until) == (("mara", "dele", "ines"), utc(2026, 7, 27, 7))
    alone = order_of(Schedule("", STOCKHOLM, (weekly(people=("mara",)),)), utc(2026, 6, 2))
    assert (alone.people, alone.until) == (("mara",), None)


def test_gaps_name_the_empty_shift_the_leave_and_who_cannot_be_reached():
    until = datetime(2026, 6, 4, 9)  # noqa: DTZ001
    away = Away("mara", utc(2026, 6, 2), utc(2026, 6, 3), "parental leave")
    schedule = Schedule("", STOCKHOLM, (weekly(until=until),), away=(away,))
    found = gaps(schedule, utc(2026, 6, 1, 7), ahead=timedelta(days=4), reachable=("dele",))
    assert [(gap.rule, gap.start, gap.end, gap.person) for gap in found] == [
        (UNREACHABLE, utc(2026, 6, 1, 7), utc(2026, 6, 2), "mara"),
        (CLASH, utc(2026, 6, 2), utc(2026, 6, 3), "mara"),
        (UNREACHABLE, utc(2026, 6, 3), utc(2026, 6, 4, 7), "mara"),
        (EMPTY, utc(2026, 6, 4, 7), utc(2026, 6, 5, 7), ""),
    ]
    assert found[1].why == "is away: parental leave"
    covered = Schedule("", STOCKHOLM, (weekly(),), (Cover("ines", utc(2026, 6, 2), utc(2026, 6, 3)),), (), (away,))
    assert gaps(covered, utc(2026, 6, 1, 7)) == ()
    clash = Schedule("", STOCKHOLM, (weekly(),), (Cover("mara", utc(2026, 6, 2), utc(2026, 6, 3)),), (), (away,))
    assert [(gap.rule, gap.layer) for gap in gaps(clash, utc(2026, 6, 1, 7))] == [(CLASH, OVERRIDE)]


FILE = """\
name: tracking
zone: Europe/Stockholm
layers:
  - name: week
    starts: 2026-06-01
    handover: mon 09:00
    people: [mara, dele, ines]
  - name: weekend
    rotation: weekly
    every: 2
    starts: 2026-06-05T17:00
    people: [omar]
    when_away: next
    restrictions:
      - {from: fri 17:00, to: mon 09:00}
swaps:
  - {people: [mara, dele], from: 2026-06-01, to: 2026-06-02, layer: week}
leave:
  - {person: ines, from: 2026-06-15, to: 2026-06-16, why: wedding}
overrides:
  - {person: yuki, from: 2026-06-02T10:00+02:00, to: 2026-06-02T11:00}
holidays:
  - 2026-06-06
  - {date: 2026-06-19, name: Midsummer, people: [mara]}
"""


def test_a_file_says_all_of_it():
    found = read(FILE, "s.yaml")
    week, weekend = found.layers
    assert (found.name, found.zone.key, week.starts, week.length) == ("tracking", "Europe/Stockholm", MONDAY, WEEK)
    assert (weekend.length, weekend.windows, weekend.next_when_away) == (
        2 * WEEK, (Window((4,), time(17), time(9), 3),), True,
    )  # fmt: skip
    assert found.swaps == (Swap("mara", "dele", utc(2026, 5, 31, 22), utc(2026, 6, 2, 22), "week"),)
    assert found.covers == (Cover("yuki", utc(2026, 6, 2, 8), utc(2026, 6, 2, 9)),)
    assert found.away == (
        Away("ines", utc(2026, 6, 14, 22), utc(2026, 6, 16, 22), "wedding"),
        Away("mara", utc(2026, 6, 18, 22), utc(2026, 6, 19, 22), "Midsummer"),
    )
    assert found.holidays == (date(2026, 6, 6),)
    assert found.people == ("mara", "dele", "ines", "omar", "yuki")


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "said"),
    [
        ("Europe/Stockholm", "Europe/Stokholm", 2, "zone", "is no time zone"),
        (
            "handover: mon",
            "handover: fri",
            5,
            "layers[0].starts",
            "2026-06-01 is a Monday, and the hand-over a Friday.",
        ),
        ("[mara, dele, ines]", "[]", 7, "layers[0].people", "The layer has nobody."),
        ("name: weekend", "name: week", 8, "layers[1].name", "Two layers are called week."),
        ("rotation: weekly", "rotation: lunar", 9, "layers[1].rotation", "'lunar' is not possible here."),
        ("every: 2", "every: 0", 10, "layers[1].every", "0 is not possible here."),
        ("every: 2", "length: 2 days", 10, "layers[1].length", "`length` belongs to a custom rotation."),
        ("T17:00", "T25:00", 11, "layers[1].starts", "is no date or time."),
        ("when_away", "if_away", 13, "layers[1].if_away", "There is no field 'if_away' here."),
        ("to: mon 09:00", "to: 09:00", 15, "layers[1].restrictions[0]", "Only one of `from` and `to` names a weekday."),
        ("[mara, dele], ", "[mara], ", 17, "swaps[0].people", "A swap is between two people."),
        ("layer: week}", "layer: day}", 17, "swaps[0].layer", "There is no layer 'day'."),
        ("to: 2026-06-16", "to: 2026-06-14", 19, "leave[0].to", "It ends before it begins."),
        ("to: 2026-06-16, ", "", 19, "leave[0].to", "leave[0].to is missing."),
        ("2026-06-06", "soon", 23, "holidays[0]", "'soon' is no date or time."),
        ("layers:", "layers: 3\nother:", 3, "layers", "layers is no list."),
    ],
)
def test_a_fault_names_its_line_its_field_and_what_is_wrong(old: str, new: str, line: int, field: str, said: str):
    with pytest.raises(Invalid) as caught:
        read(FILE.replace(old, new, 1), "s.yaml")
    faults = (caught.value, *caught.value.others)
    found = [(one.place.line, one.place.field) for one in faults if said in one.detail]
    assert (line, field) in found
    assert all(one.remedy for one in faults)


@given(st.text(max_size=60))
@settings(max_examples=50)
def test_whatever_a_file_holds_it_is_read_or_refused(text: str):
    # Anything but a refusal would be an error of the reader.
    with suppress(Invalid):
        assert read(f"layers:\n  - people: [a]\n    starts: {text}\n", "s.yaml").layers
