"""Recorded minutes and exclusions as CSV: every row read or refused with its line and field, none guessed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import gt
from typing import Final

from roadbed.ground.errors import Invalid, Place
from roadbed.reliability.objectives.rules.clock import instant, minute_of
from roadbed.reliability.objectives.rules.spans import Span, touched

COUNTS: Final = ("timestamp", "good", "total")
EXCLUSIONS: Final = ("start", "end", "reason")
INSTANT: Final = "2026-11-23T09:00:00Z"
MOST_FAULTS: Final = 50
_DIGITS: Final = 18
_WHOLE_MINUTE: Final = ":00Z"
_ZEROES: Final = 11 * ord("0")
_REMEDY: Final = {
    "timestamp": f"Name the minute by its start in ISO 8601, like {INSTANT}.",
    "good": "Write a whole number from 0 on.",
    "total": "Write a whole number from 0 on.",
    "start": f"Write an instant in ISO 8601, like {INSTANT}.",
    "end": f"Write an instant in ISO 8601 after the start, like {INSTANT}.",
    "reason": "Say why this time does not count.",
}


@dataclass
class Recorded:
    """Measured minutes of a file.

    Attributes:
        own: (good, total) by minute.
        rows: rows that were read; `replaced`: those of them that a later row of the same minute replaced.
        broken: line of the first row with more good than total, as far as there is one.
    """

    own: dict[int, tuple[int, int]] = field(default_factory=dict)
    rows: int = 0
    broken: int | None = None

    @property
    def replaced(self) -> int:
        return self.rows - len(self.own)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Time that does not count, and why."""

    span: Span
    reason: str


class _Fault(Exception):  # noqa: N818 - becomes an Invalid with its place
    def __init__(self, column: str, text: str) -> None:
        super().__init__(text)
        self.column = column


def counts_of_text(text: str, *, file: str) -> Recorded:
    """The minutes of a CSV text with the columns timestamp, good, total; a later row of a minute replaces the former.

    Raises:
        Invalid: naming every row that cannot be read.
    """
    found = _plain(text)
    return found if found is not None else _row_by_row(text, file)


def _plain(text: str) -> Recorded | None:
    """A text as machines write it, read column by column, since a year has half a million rows; None of any other."""
    head, _, body = text.partition("\n")
    if head.rstrip("\r") != ",".join(COUNTS) or '"' in body or not body:
        return None
    lines = body.replace("\r\n", "\n").removesuffix("\n")
    cells = lines.replace("\n", ",").split(",")
    stamps, good, total = cells[0::3], cells[1::3], cells[2::3]
    if len(cells) != 3 * (lines.count("\n") + 1) or not (_are_counts(good) and _are_counts(total)):
        return None
    minutes = _minutes(stamps)
    if minutes is None:
        return None
    goods, totals = list(map(int, good)), list(map(int, total))
    broken = None
    if any(map(gt, goods, totals)):
        broken = next(line for line, pair in enumerate(zip(goods, totals, strict=True), start=2) if pair[0] > pair[1])
    return Recorded(dict(zip(minutes, zip(goods, totals, strict=True), strict=True)), len(minutes), broken)


def _are_counts(cells: list[str]) -> bool:
    text = "".join(cells)
    return text.isdecimal() and text.isascii() and all(cells) and max(map(len, cells)) <= _DIGITS


def _minutes(stamps: list[str]) -> list[int] | None:
    """The minutes of instants that are all written like 2026-11-23T09:00:00Z; None where one is not."""
    width, rows = len(INSTANT), len(stamps)
    together = "".join(stamps)
    # Column by column: what does not stand in its own makes the whole another length, or a minute that there is not.
    if set(map(len, stamps)) != {width} or not together.isascii():
        return None
    if any(together[16 + place :: width] != sign * rows for place, sign in enumerate(_WHOLE_MINUTE)):
        return None
    tens, ones = together[14::width], together[15::width]
    if not (tens.isdecimal() and ones.isdecimal() and max(tens) < "6"):
        return None
    try:
        hours = [stamp[:14] for stamp in stamps]
        begins = {hour: _minute(f"{hour}00{_WHOLE_MINUTE}") for hour in set(hours)}
    except _Fault:
        return None
    of_hour = zip(tens.encode(), ones.encode(), strict=True)
    return [begins[hour] + 10 * a + b - _ZEROES for hour, (a, b) in zip(hours, of_hour, strict=True)]


def _row_by_row(text: str, file: str) -> Recorded:
    found = Recorded()
    rows = _Rows(text, file, COUNTS)
    for stamp, good, total in rows:
        try:
            minute, held = _minute(stamp), (_count(good, "good"), _count(total, "total"))
        except _Fault as fault:
            rows.refuse(fault)
            continue
        found.own[minute] = held
        found.rows += 1
        if held[0] > held[1] and found.broken is None:
            found.broken = rows.line
    rows.close()
    return found


def exclusions_of_text(text: str, *, file: str) -> tuple[Exclusion, ...]:
    """The exclusions of a CSV text with the columns start, end, reason; a minute that one touches does not count.

    Raises:
        Invalid: naming every row that cannot be read.
    """
    found: list[Exclusion] = []
    rows = _Rows(text, file, EXCLUSIONS)
    for start, end, reason in rows:
        try:
            found.append(Exclusion(_span(start, end), _reason(reason)))
        except _Fault as fault:
            rows.refuse(fault)
    rows.close()
    return tuple(found)


def _span(start: str, end: str) -> Span:
    begins, ends = _instant(start, "start"), _instant(end, "end")
    if ends <= begins:
        raise _Fault("end", f"the end {end!r} is not after the start {start!r}")
    return touched(begins, ends)


def _reason(text: str) -> str:
    if not text.strip():
        raise _Fault("reason", "the reason is empty")
    return text.strip()


class _Rows:
    """The rows of a CSV text as the wanted columns, with the faults that were found on the way."""

    def __init__(self, text: str, file: str, columns: tuple[str, ...]) -> None:
        self.file, self.columns = file, columns
        self.reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        self.faults: list[Invalid] = []
        self.refused = 0

    @property
    def line(self) -> int:
        return self.reader.line_num

    def __iter__(self) -> Iterator[list[str]]:
        try:
            head = next(self.reader, None)
            wanted = self._places(head)
            width, in_order = len(head or ()), wanted == list(range(len(head or ())))
            for row in self.reader:
                if len(row) == width:
                    yield row if in_order else [row[place] for place in wanted]
                elif row:
                    self.refuse(_Fault("", f"it has {len(row)} fields, and the first line names {width}"))
        except csv.Error as fault:
            remedy = "Close every quote, and save the file as text."
            raise Invalid(
                f"Line {self.line} is no CSV: {fault}.", remedy=remedy, place=Place(self.file, self.line)
            ) from None

    def _places(self, head: list[str] | None) -> list[int]:
        names = [name.strip() for name in head or ()]
        for column in self.columns:
            if names.count(column) != 1:
                said = "empty" if not names else f"{','.join(names)[:80]!r}"
                how = "twice" if column in names else "nowhere"
                raise Invalid(
                    f"The first line is {said} and names {column} {how}.",
                    remedy=f"Begin the file with the line {','.join(self.columns)}.",
                    place=Place(file=self.file, line=1, field=column),
                )
        return [names.index(column) for column in self.columns]

    def refuse(self, fault: _Fault) -> None:
        """Note a row that cannot be read; reading goes on, so that one run names all."""
        self.refused += 1
        if self.refused <= MOST_FAULTS:
            remedy = _REMEDY.get(fault.column, f"Give each row {', '.join(self.columns)}.")
            place = Place(file=self.file, line=self.line, field=fault.column)
            self.faults.append(Invalid(f"Line {self.line}: {fault}.", remedy=remedy, place=place))

    def close(self) -> None:
        """Refuse the file where a row of it could not be read."""
        if not self.faults:
            return
        first, others = self.faults[0], self.faults[1:]
        if self.refused > MOST_FAULTS:
            others.append(
                Invalid(f"{self.refused - MOST_FAULTS} further rows cannot be read.", place=Place(file=self.file))
            )
        raise Invalid(first.detail, remedy=first.remedy, place=first.place, others=tuple(others))


def _minute(text: str) -> int:
    at = _instant(text, "timestamp")
    if at.second or at.microsecond:
        raise _Fault("timestamp", f"{text!r} lies within a minute, and a row is named by its minute's start")
    return minute_of(at)


def _instant(text: str, column: str) -> datetime:
    try:
        return read_instant(text.strip())
    except (ValueError, OverflowError):
        raise _Fault(column, f"{column} {text[:40]!r} is no instant") from None


def read_instant(text: str) -> datetime:
    """An ISO 8601 instant; one without a zone is taken as UTC.

    Raises:
        ValueError: when it is none, or one that no calendar reaches.
    """
    if len(text) < len("2026-11-23T09"):
        raise ValueError("it has no time of day")
    at = datetime.fromisoformat(text)
    at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    # What lies within a few years of the ends of the calendar has no window before it.
    if not 1900 <= at.year <= 9000:  # noqa: PLR2004 - as above
        raise ValueError("its year is out of reach")
    return at


def _count(text: str, column: str) -> int:
    plain = text if text.isdecimal() else text.strip()
    if not (plain.isdecimal() and plain.isascii()):
        raise _Fault(column, f"{column} {text[:40]!r} is no count")
    if len(plain) > _DIGITS:
        raise _Fault(column, f"{column} has {len(plain)} digits, more than any counter")
    return int(plain)


def iso(minute: int) -> str:
    """The start of a minute as it is printed."""
    return instant(minute).isoformat().replace("+00:00", "Z")
