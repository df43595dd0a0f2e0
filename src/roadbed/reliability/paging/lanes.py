"""A team's time as the page draws it: a lane for who is paged, for covers, for each layer and for who is away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from roadbed.reliability.paging.rules.schedules.values import OVERRIDE
from roadbed.reliability.paging.rules.schedules.walls import instant
from roadbed.reliability.paging.shifts import Board, LeaveView, ShiftView

DAYS: Final = 21
PARTS: Final = 8
"""Columns of a day; a begin or end is drawn at the nearest of them, and its cell's title has it exactly."""
COLUMNS: Final = DAYS * PARTS
_SHORT: Final = PARTS * 2


@dataclass(frozen=True, slots=True)
class Day:
    """A day's heading."""

    name: str
    number: str
    state: str
    spoken: str


@dataclass(frozen=True, slots=True)
class Cell:
    """Some columns of a lane; without words an empty one."""

    span: int
    words: str = ""
    title: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """One row."""

    name: str
    cells: tuple[Cell, ...]
    sum: bool = False


def begin_of(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a board begins: the day's first on the wall clock."""
    return instant(datetime.combine(day, datetime.min.time()), zone)


def days(first: date, today: date) -> tuple[Day, ...]:
    """The headings."""
    found = []
    for number in range(DAYS):
        day = first + timedelta(days=number)
        state = "now" if day == today else "we" if day.weekday() >= 5 else ""  # noqa: PLR2004 - Saturday
        shown = f"{day.day}" if day.day > 1 and number else f"{day.day} {day:%b}"
        found.append(Day(f"{day:%a}"[:2], shown, state, f"{day:%A %-d %B}"))
    return tuple(found)


def lanes(board: Board, start: datetime, zone: ZoneInfo) -> tuple[Lane, ...]:
    """The rows, who is paged first."""
    drawn = _Drawing(start, zone)
    covered = [shift for shift in board.shifts if shift.layer == OVERRIDE]
    found = [Lane("Is paged", drawn.cells((_paged(shift), shift) for shift in board.shifts), sum=True)]
    if board.second:
        found.append(Lane("Stands by", drawn.cells((_paged(shift), shift) for shift in board.second)))
    if covered:
        found.append(Lane("Cover", drawn.cells(("is-swap", shift) for shift in covered)))
    for name in reversed(tuple(board.layers)):
        holes = [("is-bad", hole) for hole in board.holes if hole.layer == name]
        shifts = [("", shift) for shift in board.layers[name]]
        found.append(Lane(name, drawn.cells(sorted([*shifts, *holes], key=lambda one: one[1].start))))
    found += [
        Lane(f"{person} away", drawn.away(one for one in board.away if one.person == person))
        for person in sorted({one.person for one in board.away})
    ]
    return tuple(found)


def _paged(shift: ShiftView) -> str:
    if shift.person is None:
        return "is-bad"
    return "is-swap" if shift.layer == OVERRIDE else ""


@dataclass(frozen=True, slots=True)
class _Drawing:
    start: datetime
    zone: ZoneInfo

    def cells(self, shifts: Iterable[tuple[str, ShiftView]]) -> tuple[Cell, ...]:
        return self._placed(
            (shift.start, shift.end, self._words(shift), self._title(shift), state) for state, shift in shifts
        )

    def away(self, found: Iterable[LeaveView]) -> tuple[Cell, ...]:
        whole = sorted(found, key=lambda one: one.starts_at)
        return self._placed(
            (one.starts_at, one.ends_at, one.why, f"{one.person}, {one.why}: {self._span(one.starts_at, one.ends_at)}",
             "is-away")
            for one in whole
        )  # fmt: skip

    def _placed(self, found: Iterable[tuple[datetime, datetime, str, str, str]]) -> tuple[Cell, ...]:
        cells, at = [], 0
        for start, end, words, title, state in found:
            first, last = max(at, self._column(start)), self._column(end)
            if last <= first:
                continue
            if first > at:
                cells.append(Cell(first - at))
            cells.append(Cell(last - first, _fitting(words, last - first), title, state or "is-shift"))
            at = last
        if at < COLUMNS:
            cells.append(Cell(COLUMNS - at))
        return tuple(cells)

    def _column(self, at: datetime) -> int:
        passed = at.astimezone(self.zone).replace(tzinfo=None) - self.start.astimezone(self.zone).replace(tzinfo=None)
        return min(COLUMNS, max(0, round(passed / timedelta(days=1) * PARTS)))

    def _words(self, shift: ShiftView) -> str:
        if shift.person_uid is None:
            return "Nobody" if shift.person is None else f"Nobody: {shift.person} is away"
        return shift.person or "Somebody unknown"

    def _title(self, shift: ShiftView) -> str:
        by = f", {shift.layer}" if shift.layer else ""
        return f"{self._words(shift)}{by}: {self._span(shift.start, shift.end)}"

    def _span(self, start: datetime, end: datetime) -> str:
        return f"{start.astimezone(self.zone):%a %-d %b %H:%M} to {end.astimezone(self.zone):%a %-d %b %H:%M}"


def _fitting(words: str, span: int) -> str:
    """Initials where a name has no room."""
    if span >= _SHORT or not words:
        return words
    return "".join(word[0] for word in words.split()[:2]).upper() if span >= 2 else ""  # noqa: PLR2004 - three hours are too narrow
