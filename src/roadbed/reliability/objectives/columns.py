"""The windows of many series at once, read and subtracted a column at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import repeat
from operator import itemgetter, sub
from typing import Any

from roadbed.reliability.objectives import late, store
from roadbed.reliability.objectives.rules.counts import ZERO, Counts, Cumulative
from roadbed.reliability.objectives.rules.minutes import promised_from

Columns = tuple[Sequence[int], ...]
"""The five sums, each of all series in one order."""


def all_counts(
    known: Mapping[int, store.StoredHead], *, end: int, windows: Mapping[int, Sequence[int]], since: Mapping[int, int]
) -> dict[int, dict[int, Counts]]:
    """The counts of each series' windows that end with a minute; `since` is the minute in which each was begun."""
    reading = _Reading({series: known[series] for series in sorted(windows.keys() & known.keys())})
    lengths = sorted({length for series in reading.order for length in windows[series]})
    held = reading.sums([end, *(end - length for length in lengths)])
    promised = [max(0, end + 1 - promised_from(head, since[series])) for series, (head, _, _) in reading.known.items()]
    alike: dict[tuple[int, ...], list[int]] = {}
    for place, series in enumerate(reading.order):
        alike.setdefault(tuple(windows[series]), []).append(place)
    found: dict[int, dict[int, Counts]] = {}
    for own, places in alike.items():
        pick = _picker(places, len(reading.order))
        young, last = pick(promised), [pick(column) for column in held[end]]
        rows = [_window(length, [pick(column) for column in held[end - length]], last, young) for length in own]
        together = zip(pick(reading.order), *rows, strict=True)
        found |= {series: dict(zip(own, row, strict=True)) for series, *row in together}
    return found


def _window(length: int, before: Iterable[Sequence[int]], last: Columns | list[Any], promised: Sequence[int]) -> Any:
    """The counts of one window, series by series."""
    sums = [map(sub, b, a) for a, b in zip(before, last, strict=True)]
    early = repeat(0) if min(promised) >= length else [max(0, length - minutes) for minutes in promised]
    return map(tuple.__new__, repeat(Counts), zip(repeat(length), *sums, repeat(0), early, repeat(0), strict=False))


def _picker(places: Sequence[int], length: int) -> Callable[[Sequence[int]], Sequence[int]]:
    if len(places) == length:
        return lambda column: column
    if len(places) == 1:
        return lambda column: (column[places[0]],)
    return itemgetter(*places)


class _Reading:
    """Sums of many series in one order."""

    def __init__(self, known: Mapping[int, store.StoredHead]) -> None:
        self.known, self.order = known, list(known)
        heads = [stored[0] for stored in known.values()]
        self.firsts, self.newest = [head.first for head in heads], [head.minute for head in heads]
        self.heads: Columns = tuple(zip(*[head.cumulative for head in heads], strict=True))
        self.late = late.of(known) if known else {}
        self._places: tuple[Sequence[int], Callable[[Sequence[int]], Sequence[int]], list[int]] | None = None

    def sums(self, minutes: Iterable[int]) -> dict[int, Columns]:
        """Everything up to each minute. A minute without a row has what the row before it has."""
        wanted = sorted(set(minutes))
        if not self.order:
            return dict.fromkeys(wanted, ((),) * len(ZERO))
        behind = [minute for minute in wanted if minute < max(self.newest)]
        rows = {minute: read for minute in behind if (read := _rows_at(minute))}
        nearest = store.nearest([minute for minute in behind if minute not in rows])
        for minute in nearest.values():
            rows[minute] = rows.get(minute) or _rows_at(minute)
        return {minute: self._at(minute, rows.get(nearest.get(minute, minute), ())) for minute in wanted}

    def _at(self, minute: int, rows: Columns) -> Columns:
        if minute >= max(self.newest):
            return self.heads
        series, *sums = rows or ((), *repeat((), len(ZERO)))
        missing: list[int] = []
        if list(series) != self.order:
            pick, missing = self._found_at(series)
            sums = [pick(column) for column in sums]
        odd = {place for place in missing if self.firsts[place] <= minute < self.newest[place]}
        held = {place: store.searched(self.order[place], minute, self.firsts[place]) for place in odd}
        if minute < max(self.firsts):
            held |= {place: ZERO for place, first in enumerate(self.firsts) if minute < first}
        if minute >= min(self.newest):
            cumulative = zip(self.known.values(), self.newest, strict=True)
            held |= {
                place: head.cumulative for place, ((head, _, _), newest) in enumerate(cumulative) if minute >= newest
            }
        return self._with_late(_patched(sums, held), minute)

    def _found_at(self, series: Sequence[int]) -> tuple[Callable[[Sequence[int]], Sequence[int]], list[int]]:
        """How to bring a minute's rows into the order, and the places for which it has none."""
        if self._places is None or self._places[0] != series:
            at = {number: place for place, number in enumerate(series)}
            missing = [place for place, number in enumerate(self.order) if number not in at]
            places = [at.get(number, -1) for number in self.order]

            def pick(column: Sequence[int]) -> Sequence[int]:
                # The last one, which stands for what is missing, is nobody's.
                padded = (*column, 0)
                return [padded[place] for place in places]

            self._places = series, pick, missing
        return self._places[1], self._places[2]

    def _with_late(self, sums: Columns, minute: int) -> Columns:
        held = {}
        for series, noted in self.late.items():
            place = self.order.index(series)
            held[place] = late.added(Cumulative(*(column[place] for column in sums)), noted, minute)
        return _patched(sums, held)


def _patched(sums: Iterable[Sequence[int]], held: Mapping[int, tuple[int, ...]]) -> Columns:
    """The columns with some series' sums put in their place."""
    if not held:
        return tuple(sums)
    columns = [list(column) for column in sums]
    for place, values in held.items():
        for column, value in zip(columns, values, strict=True):
            column[place] = value
    return tuple(columns)


def _rows_at(minute: int) -> Columns:
    """The series of a minute and their sums, as columns; nothing where it has no row."""
    found = store.read_columns(("series", *store.SUMS), "minute = %s", [minute])
    return found if found[0] else ()
