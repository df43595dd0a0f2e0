"""A schedule out of its YAML file, with every fault of it on its line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from roadbed.ground.catalog.documents import Document, Path, read_documents
from roadbed.ground.errors import Invalid, Place
from roadbed.reliability.paging.rules.schedules.countries import EXAMPLES, days_of
from roadbed.reliability.paging.rules.schedules.fields import Reader
from roadbed.reliability.paging.rules.schedules.values import DAY, WEEK, WORKDAYS, Away, Cover, Layer, Schedule, Swap
from roadbed.reliability.paging.rules.shifts import WEEKDAYS

DAILY, WEEKLY, WORKDAY, CUSTOM = "daily", "weekly", "weekdays", "custom"
ROTATIONS: Final = {DAILY: DAY, WEEKLY: WEEK, WORKDAY: None, CUSTOM: None}
TOP: Final = ("name", "zone", "layers", "second", "overrides", "swaps", "leave", "holidays", "country")
OF_LAYER: Final = (
    "name", "rotation", "every", "length", "starts", "handover", "until", "zone", "people", "days", "restrictions",
    "on_holidays", "when_away",
)  # fmt: skip
MOST: Final = 2_000
"""Layers, people of a layer, overrides and the like in one file."""


def read(text: str, file: str = "", *, people: Mapping[str, str] | None = None) -> Schedule:
    """The schedule of a file's text. People are as the file names them, or by `people`, with names in small letters.

    Raises:
        Invalid: naming file, line, field and remedy of the first fault; the others are with it.
    """
    found = read_documents(text, file)
    if found.errors:
        raise _all(list(found.errors))
    if len(found.documents) != 1:
        raise Invalid(
            f"The file holds {len(found.documents)} schedules.", remedy="Write one schedule in one file.",
            place=Place(file, found.documents[1].line if found.documents else 1),
        )  # fmt: skip
    reader = Reader(found.documents[0], file, people)
    schedule = _schedule(reader, found.documents[0])
    if reader.faults:
        raise _all(reader.faults)
    return schedule


def _all(faults: list[Invalid]) -> Invalid:
    first, *others = sorted(faults, key=lambda one: one.place.line or 0)
    return Invalid(first.detail, remedy=first.remedy, place=first.place, others=tuple(others))


def _schedule(reader: Reader, document: Document) -> Schedule:
    said = reader.fields(document.value, (), TOP)
    zone = reader.zone(said.get("zone"), ("zone",), ZoneInfo("UTC"))
    for name in TOP[2:]:
        if isinstance(said.get(name), list) and len(said[name]) > MOST:
            reader.fault((name,), f"{name} has {len(said[name])} entries.", f"{MOST} are the most.")
            said = {**said, name: []}
    layers, second = (
        tuple(
            _layer(reader, item, path, zone, f"{usual} {number}")
            for number, (item, path) in enumerate(reader.items(said.get(field), (field,)), 1)
        )
        for field, usual in (("layers", "layer"), ("second", "second"))
    )
    if not layers:
        reader.fault(("layers",), "The schedule has no layer.", "Write at least one under `layers`.")
    _once(
        reader,
        [(("layers", number), layer.name) for number, layer in enumerate(layers)]
        + [(("second", number), layer.name) for number, layer in enumerate(second)],
    )
    holidays, away = _holidays(reader, said.get("holidays"), zone)
    return Schedule(
        name=reader.text(said["name"], ("name",)) if "name" in said else "",
        zone=zone,
        layers=layers,
        covers=tuple(
            _cover(reader, item, path, zone) for item, path in reader.items(said.get("overrides"), ("overrides",))
        ),
        swaps=tuple(
            _swap(reader, item, path, zone, (*layers, *second))
            for item, path in reader.items(said.get("swaps"), ("swaps",))
        ),
        away=(*(_leave(reader, item, path, zone) for item, path in reader.items(said.get("leave"), ("leave",))), *away),
        holidays=tuple(sorted({*holidays, *_of_country(reader, said.get("country"), (*layers, *second))})),
        second=second,
    )


def _once(reader: Reader, names: Sequence[tuple[Path, str]]) -> None:
    for number, (path, name) in enumerate(names):
        if any(name == other for _, other in names[:number]):
            reader.fault((*path, "name"), f"Two layers are called {name}.", "Give each a name of its own.")


def _layer(reader: Reader, value: Any, path: Path, usual: ZoneInfo, unnamed: str) -> Layer:
    said = reader.fields(value, path, OF_LAYER)
    zone = reader.zone(said.get("zone"), (*path, "zone"), usual)
    rotation = reader.choice(said.get("rotation"), (*path, "rotation"), ROTATIONS, WEEKLY)
    people, by_day = _people(reader, said, path, rotation)
    days = reader.days(said.get("days"), (*path, "days"), WORKDAYS)
    if said.get("days") is not None and (rotation != WORKDAY or by_day):
        reader.fault((*path, "days"), "`days` belongs to the rotation weekdays.", "Use `restrictions` for duty hours.")
    starts = _starts(reader, said, path)
    return Layer(
        name=reader.text(said["name"], (*path, "name")) if "name" in said else unnamed,
        people=people,
        zone=zone,
        starts=starts,
        length=_length(reader, said, path, rotation),
        days=tuple(sorted(by_day)) or days,
        by_day=by_day,
        windows=tuple(
            reader.window(item, at) for item, at in reader.items(said.get("restrictions"), (*path, "restrictions"))
        ),
        until=_until(reader, said, path, starts),
        on_holidays=reader.flag(said.get("on_holidays"), (*path, "on_holidays"), usual=True),
        next_when_away=reader.choice(said.get("when_away"), (*path, "when_away"), ("nobody", "next"), "nobody")
        == "next",
    )


def _people(
    reader: Reader, said: Mapping[str, Any], path: Path, rotation: str
) -> tuple[tuple[str, ...], dict[int, str]]:
    at, given = (*path, "people"), said.get("people")
    if isinstance(given, dict):
        if rotation != WORKDAY:
            reader.fault(at, "People by weekday go with the rotation weekdays.", "Write `rotation: weekdays`.")
        by_day = {reader.day(day, (*at, day)): reader.person(person, (*at, day)) for day, person in given.items()}
        if not by_day:
            reader.fault(at, "The layer has nobody.", "Name a person for at least one day.")
        return (), by_day
    people = tuple(reader.person(item, place) for item, place in reader.items(given, at))
    if not people:
        reader.fault(at, "The layer has nobody.", "Name people in their order under `people`.")
    return people or ("nobody",), {}


def _length(reader: Reader, said: Mapping[str, Any], path: Path, rotation: str) -> timedelta | None:
    if rotation == CUSTOM:
        if said.get("every") is not None:
            reader.fault((*path, "every"), "`every` does not go with a custom length.", "Write it into `length`.")
        return reader.length(said.get("length"), (*path, "length"))
    if said.get("length") is not None:
        reader.fault((*path, "length"), "`length` belongs to a custom rotation.", "Write `rotation: custom`.")
    every = reader.number(said.get("every"), (*path, "every"), most=366)
    if rotation == WORKDAY and every > 1:
        reader.fault((*path, "every"), "`every` does not go with the rotation weekdays.", "Leave it out.")
    usual = ROTATIONS[rotation]
    return every * usual if usual else None


def _starts(reader: Reader, said: Mapping[str, Any], path: Path) -> datetime:
    at = (*path, "starts")
    found = reader.when(said.get("starts"), at)
    place = (*path, "handover")
    weekday, minutes = reader.clock(said.get("handover"), place, "09:00")
    if found is None:
        return datetime(1970, 1, 1)  # noqa: DTZ001 - a wall time
    day, clock, offset = found
    if offset:
        reader.fault(at, "`starts` is a time on the layer's wall clock.", "Write it without an offset.")
    if clock is not None and said.get("handover") is not None:
        reader.fault(place, "The time is in `starts` already.", "Give it once.")
    if weekday is not None and weekday != day.weekday():
        first = day + DAY * ((weekday - day.weekday()) % 7)
        reader.fault(
            at, f"{day} is a {WEEKDAYS[day.weekday()].title()}, and the hand-over a {WEEKDAYS[weekday].title()}.",
            f"Write {first}, the next {WEEKDAYS[weekday].title()}.",
        )  # fmt: skip
    return datetime.combine(day, clock or time(minutes // 60 % 24, minutes % 60))


def _until(reader: Reader, said: Mapping[str, Any], path: Path, starts: datetime) -> datetime | None:
    at = (*path, "until")
    if said.get("until") is None or (found := reader.when(said["until"], at)) is None:
        return None
    day, clock, offset = found
    if offset:
        reader.fault(at, "`until` is a time on the layer's wall clock.", "Write it without an offset.")
    until = datetime.combine(day, clock or starts.time())
    if until <= starts:
        reader.fault(at, "The layer ends before it starts.", "Give a later `until`.")
    return until


def _cover(reader: Reader, value: Any, path: Path, zone: ZoneInfo) -> Cover:
    said = reader.fields(value, path, ("person", "from", "to"))
    return Cover(reader.person(said.get("person"), (*path, "person")), *reader.span(said, path, zone))


def _swap(reader: Reader, value: Any, path: Path, zone: ZoneInfo, layers: tuple[Layer, ...]) -> Swap:
    said = reader.fields(value, path, ("people", "from", "to", "layer"))
    people = [reader.person(item, at) for item, at in reader.items(said.get("people"), (*path, "people"))]
    if len(set(people)) != 2:  # noqa: PLR2004 - a swap has two sides
        reader.fault((*path, "people"), "A swap is between two people.", "Name both under `people`.")
        people = ["nobody", "nobody"]
    layer = said.get("layer")
    if layer is not None and layer not in {one.name for one in layers}:
        reader.fault((*path, "layer"), f"There is no layer {layer!r}.", "Name one of the layers, or leave it out.")
    return Swap(people[0], people[1], *reader.span(said, path, zone), layer=str(layer or ""))


def _leave(reader: Reader, value: Any, path: Path, zone: ZoneInfo) -> Away:
    said = reader.fields(value, path, ("person", "from", "to", "why"))
    why = reader.text(said["why"], (*path, "why")) if "why" in said else "leave"
    return Away(reader.person(said.get("person"), (*path, "person")), *reader.span(said, path, zone), why)


def _of_country(reader: Reader, value: Any, layers: tuple[Layer, ...]) -> tuple[date, ...]:
    """Public holidays of one country or part of it, of the years in which the layers may be on duty."""
    found: list[date] = []
    for item, path in reader.items(value if isinstance(value, list) else value and [value], ("country",)):
        days = days_of(str(item), min((layer.starts.year for layer in layers), default=1970))
        if days is None:
            reader.fault(path, f"{str(item)[:40]!r} is no country whose holidays are known.", EXAMPLES)
        found += days or ()
    return tuple(found)


def _holidays(reader: Reader, value: Any, zone: ZoneInfo) -> tuple[tuple[date, ...], tuple[Away, ...]]:
    """Days on which layers may rest, and those on which some people do."""
    days, away = [], []
    for item, path in reader.items(value, ("holidays",)):
        said = {"date": item} if isinstance(item, str) else reader.fields(item, path, ("date", "name", "people"))
        at = (*path, "date") if isinstance(item, dict) else path
        found = reader.when(said.get("date"), at)
        if found is None:
            continue
        day = found[0]
        if found[1] is not None:
            reader.fault(at, "A holiday is a day.", "Write the date alone.")
        people = [reader.person(one, place) for one, place in reader.items(said.get("people"), (*path, "people"))]
        why = reader.text(said["name"], (*path, "name")) if "name" in said else "holiday"
        if not people:
            days.append(day)
        span = {"from": str(day), "to": str(day)}
        away += [Away(person, *reader.span(span, path, zone), why) for person in people]
    return tuple(sorted(set(days))), tuple(away)
