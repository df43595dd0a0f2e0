"""A stretch of minutes summed up without gaps, so that any window of any minute is the difference of two places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from roadbed.reliability.objectives.rules.history import History

FIELDS: Final = ("good", "total", "measured", "idle", "bad_minutes", "broken", "excluded", "counting")
Column = list[int]


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums up to each minute of a stretch; the place of a minute is what lies before it.

    Attributes:
        base: the first minute.
        columns: by field; `counting` are the minutes in which the promise held and that are not excluded.
    """

    base: int
    columns: dict[str, Column]

    def places(self, first: int, until: int) -> range:
        """The places after each minute of a stretch."""
        return range(first - self.base + 1, until - self.base + 1)

    def windows(self, field: str, places: range, minutes: int) -> Column:
        """What the window of so many minutes holds at each place."""
        held = self.columns[field]
        start, stop = places.start, places.stop
        return [b - a for a, b in zip(held[start - minutes : stop - minutes], held[start:stop], strict=True)]

    def since(self, field: str, places: range, first: int) -> Column:
        """What lies between a minute and each place."""
        held = self.columns[field]
        before = held[first - self.base]
        return [b - before for b in held[places.start : places.stop]]


def sums_of(history: History, first: int, last: int) -> Sums:
    """The sums of a stretch of a history, both ends included."""
    length = last - first + 1
    own = {field: [0] * length for field in FIELDS}
    begins = first if history.begins is None else max(first, history.begins)
    counting, excluded = own["counting"], own["excluded"]
    for place in range(min(begins - first, length), length):
        counting[place] = 1
    for start, until in history.cut.spans:
        for place in range(max(start, begins) - first, min(until, last + 1) - first):
            counting[place], excluded[place] = 0, 1
    for place, held in _minutes(history, first, counting):
        for field, value in zip(FIELDS, held, strict=False):
            if value:
                own[field][place] = value
    return Sums(first, {field: list(accumulate(column, initial=0)) for field, column in own.items()})


def _minutes(history: History, first: int, counting: Column) -> Iterator[tuple[int, tuple[int, ...]]]:
    kept, of = (1, 1) if history.target is None else (history.target.good, history.target.of)
    length = len(counting)
    for minute, (good, total) in history.own.items():
        place = minute - first
        if 0 <= place < length and counting[place]:
            bad = good > total or good * of < kept * total
            yield place, (good, total, 1, int(total == 0 == good), int(bad), int(good > total))
