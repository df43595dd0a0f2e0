"""The fields of a schedule's file: every fault is kept with its line and a remedy, so that one run shows them all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from roadbed.ground.catalog.documents import Document, Path, cut, dotted
from roadbed.ground.errors import Invalid, Place
from roadbed.reliability.paging.rules.schedules.values import DAY, WORKDAYS, Window
from roadbed.reliability.paging.rules.schedules.walls import instant
from roadbed.reliability.paging.rules.shifts import WEEKDAYS, zone_of

EARLIEST, LATEST = 1970, 2200
LONGEST_NAME: Final = 254
_WHEN: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?)?")
_TIME: Final = re.compile(r"(?:([a-z]+)\s+)?(\d{1,2}):(\d\d)", re.IGNORECASE)
_LENGTH: Final = re.compile(r"(\d{1,4})\s*(h|hours?|d|days?|w|weeks?)", re.IGNORECASE)
_UNITS: Final = {"h": timedelta(hours=1), "d": DAY, "w": 7 * DAY}
_GROUPS: Final = {"weekdays": WORKDAYS, "weekends": (5, 6), "every day": tuple(range(7))}


@dataclass(slots=True)
class Reader:
    """One document being read. A field that is wrong is noted and answered with something harmless."""

    document: Document
    file: str
    people: Mapping[str, str] | None = None
    faults: list[Invalid] = field(default_factory=list)

    def fault(self, path: Path, detail: str, remedy: str) -> None:
        """Note what is wrong where."""
        place = Place(self.file, self.document.line_of(path), cut(dotted(path), 300))
        self.faults.append(Invalid(cut(detail), remedy=remedy, place=place))

    def fields(self, value: Any, path: Path, known: Iterable[str]) -> Mapping[str, Any]:
        """A mapping with fields that are known; nothing where it is none."""
        names = tuple(known)
        if not isinstance(value, dict):
            self.fault(path, f"{dotted(path) or 'The file'} is no mapping.", f"It has the fields {', '.join(names)}.")
            return {}
        for name in value:
            if name not in names:
                self.fault((*path, name), f"There is no field {cut(name, 60)!r} here.", f"One of {', '.join(names)}.")
        return value

    def items(self, value: Any, path: Path) -> list[tuple[Any, Path]]:
        """The items of a list with their places; nothing where it is left out."""
        if value is None:
            return []
        if not isinstance(value, list):
            self.fault(path, f"{dotted(path)} is no list.", "Write each entry after a dash.")
            return []
        return [(item, (*path, number)) for number, item in enumerate(value)]

    def text(self, value: Any, path: Path) -> str:
        """A name: one line that says something."""
        said = str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
        if not said or len(said) > LONGEST_NAME or not said.isprintable():
            self.fault(path, f"{dotted(path)} is no name.", f"Write 1 to {LONGEST_NAME} characters on one line.")
            return "nobody"
        return said

    def person(self, value: Any, path: Path) -> str:
        """Somebody: as they are named, or (where it is said who there is) what they are known by."""
        said = self.text(value, path)
        if self.people is None or said == "nobody":
            return said
        found = self.people.get(said.lower())
        if found is None:
            self.fault(
                path,
                f"{cut(said, 80)} is nobody who can be on call here.",
                "Name a member of the team by their e-mail address; `roadbed team add-member` puts somebody there.",
            )
        return found or "nobody"

    def choice(self, value: Any, path: Path, known: Iterable[str], usual: str) -> str:
        """One of some words; the usual one where it is left out."""
        names = tuple(known)
        if value is None:
            return usual
        if value not in names:
            self.fault(path, f"{_shown(value)} is not possible here.", f"One of {', '.join(names)}.")
            return usual
        return str(value)

    def flag(self, value: Any, path: Path, *, usual: bool) -> bool:
        """A yes or no."""
        if value is None or isinstance(value, bool):
            return usual if value is None else value
        self.fault(path, f"{_shown(value)} is neither true nor false.", "Write true or false.")
        return usual

    def zone(self, value: Any, path: Path, usual: ZoneInfo) -> ZoneInfo:
        """An IANA zone."""
        if value is None:
            return usual
        found = zone_of(value) if isinstance(value, str) else None
        if found is None:
            self.fault(path, f"{_shown(value)} is no time zone.", "Write an IANA name like Europe/Stockholm.")
        return found or usual

    def number(self, value: Any, path: Path, *, most: int) -> int:
        """A whole number from 1 on; 1 where it is left out."""
        if value is None:
            return 1
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
            self.fault(path, f"{_shown(value)} is not possible here.", f"Write a whole number from 1 to {most}.")
            return 1
        return value

    def length(self, value: Any, path: Path) -> timedelta:
        """A length like 12 hours, 3 days or 2 weeks, as the wall clock moves."""
        found = _LENGTH.fullmatch(value.strip()) if isinstance(value, str) else None
        if found is None or int(found[1]) == 0:
            self.fault(path, f"{_shown(value)} is no length.", "Write it like 12 hours, 3 days or 2 weeks.")
            return DAY
        return int(found[1]) * _UNITS[found[2][0].lower()]

    def day(self, value: Any, path: Path) -> int:
        """A weekday, 0 for Monday."""
        wanted = value.strip().lower() if isinstance(value, str) else ""
        found = [number for number, day in enumerate(WEEKDAYS) if len(wanted) > 1 and day.startswith(wanted)]
        if len(found) != 1:
            self.fault(path, f"{_shown(value)} is no weekday.", f"One of {', '.join(day[:3] for day in WEEKDAYS)}.")
            return 0
        return found[0]

    def days(self, value: Any, path: Path, usual: tuple[int, ...]) -> tuple[int, ...]:
        """Weekdays: a list, a range like mon-fri, weekdays, weekends, or every day."""
        if value is None:
            return usual
        if isinstance(value, str):
            if value.strip().lower() in _GROUPS:
                return _GROUPS[value.strip().lower()]
            first, dash, last = value.partition("-")
            one, other = self.day(first, path), self.day(last if dash else first, path)
            return tuple((one + step) % 7 for step in range((other - one) % 7 + 1))
        found = tuple(self.day(item, at) for item, at in self.items(value, path))
        if not found:
            self.fault(path, "No day is named.", "Name at least one, or leave the field out.")
        return tuple(sorted(set(found))) or usual

    def clock(self, value: Any, path: Path, usual: str) -> tuple[int | None, int]:
        """A weekday, if one is said, and minutes since midnight; 24:00 is the day's end."""
        found = _TIME.fullmatch((usual if value is None else value if isinstance(value, str) else "").strip())
        minutes = int(found[2]) * 60 + int(found[3]) if found else -1
        if found is None or not 0 <= minutes <= 1440 or int(found[3]) > 59:  # noqa: PLR2004 - minutes
            self.fault(path, f"{_shown(value)} is no time of day.", "Write it like 09:00, or fri 17:00 within a week.")
            return None, 0
        return (self.day(found[1], path) if found[1] else None), minutes

    def when(self, value: Any, path: Path) -> tuple[date, time | None, str] | None:
        """A date, with a time and an offset where they are said; None, with the fault noted, where it is none."""
        found = _WHEN.fullmatch(value.strip()) if isinstance(value, str) else None
        try:
            if found:
                day, at = date.fromisoformat(found[1]), time.fromisoformat(found[2]) if found[2] else None
                if EARLIEST <= day.year < LATEST:
                    return day, at, found[3] or ""
        except ValueError:
            pass
        said = f"{_shown(value)} is no date or time." if value is not None else f"{dotted(path)} is missing."
        self.fault(path, said, f"Write 2026-06-05 or 2026-06-05T09:00, between {EARLIEST} and {LATEST}.")
        return None

    def span(self, value: Mapping[str, Any], path: Path, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The instants of `from` and `to`. A bare date is a whole day, the last one too."""
        edges = []
        for name in ("from", "to"):
            found = self.when(value.get(name), (*path, name))
            if found is None:
                return datetime.min.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
            edges.append(_instant(*found, zone, whole=name == "to"))
        start, end = edges
        if start >= end:
            self.fault((*path, "to"), "It ends before it begins.", "Give a later `to`.")
        return start, end

    def window(self, value: Any, path: Path) -> Window:
        """A restriction: times on days, or from a weekday's time until another's."""
        said = self.fields(value, path, ("days", "from", "to"))
        first, begin = self.clock(said.get("from"), (*path, "from"), "00:00")
        last, end = self.clock(said.get("to"), (*path, "to"), "24:00")
        over = 0 if end > begin else 1
        days = self.days(said.get("days"), (*path, "days"), tuple(range(7)))
        if (first is None) != (last is None):
            self.fault(path, "Only one of `from` and `to` names a weekday.", "Name it in both, or use `days`.")
        elif first is not None and last is not None:
            if said.get("days") is not None:
                self.fault((*path, "days"), "The weekdays are in `from` and `to` already.", "Leave `days` out.")
            over = (last - first) % 7
            over, days = (7 if over == 0 and end <= begin else over), (first,)
        over += end // 1440
        return Window(days, _time(begin), _time(end % 1440), over)


def _time(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


def _instant(day: date, at: time | None, offset: str, zone: ZoneInfo, *, whole: bool) -> datetime:
    if at is None:
        return instant(datetime.combine(day + DAY if whole else day, time(0, 0)), zone)
    if offset:
        return datetime.fromisoformat(f"{day}T{at}{offset.replace('Z', '+00:00')}").astimezone(UTC)
    return instant(datetime.combine(day, at), zone)


def _shown(value: Any) -> str:
    return cut(repr(value), 80)
