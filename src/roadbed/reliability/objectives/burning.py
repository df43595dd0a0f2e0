"""How fast an objective's budget burned lately, over both windows of one of its alerts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from roadbed.reliability.objectives import slicing
from roadbed.reliability.objectives.counting import Reader
from roadbed.reliability.objectives.excluded import Excluded
from roadbed.reliability.objectives.live import live_of, window_kept
from roadbed.reliability.objectives.models import Evaluated, Objective
from roadbed.reliability.objectives.reading import reader_of
from roadbed.reliability.objectives.rules.basis import Measure
from roadbed.reliability.objectives.rules.burn import burn
from roadbed.reliability.objectives.rules.clock import instant
from roadbed.reliability.objectives.rules.counts import Counts
from roadbed.reliability.objectives.rules.evaluation import Question
from roadbed.reliability.objectives.rules.kept import sliced_of
from roadbed.reliability.objectives.rules.tables import table_of
from roadbed.reliability.objectives.rules.targets import Target
from roadbed.reliability.objectives.rules.thresholds import Pair

LOOKED_BACK: Final = 6
"""So many long windows are drawn: enough to see what was before a burn."""
STEPS: Final = 2
"""Points in a short window, so that none of its peaks falls between two."""


@dataclass(frozen=True, slots=True)
class BurnPoint:
    """The burn rates at an instant; None where nothing was counted in the window that ends there."""

    at: datetime
    short: float | None
    long: float | None


@dataclass(frozen=True, slots=True)
class BurnRates:
    """An alert's two burn rates over time, oldest first; both have to pass `factor` at once.

    Attributes:
        short, long: its windows in minutes; `minutes` is how many are drawn, the last of them before `end`.
    """

    name: str
    factor: float
    short: int
    long: int
    minutes: int
    start: datetime
    end: datetime
    points: tuple[BurnPoint, ...]


def burn_rates(uid: str, *, pair: str) -> BurnRates | None:
    """How one of an objective's alerts came to stand as it does; None where it has none, or was never evaluated."""
    row = Objective.objects.filter(uid=uid).first() if uid.isalnum() else None
    evaluated = Evaluated.objects.filter(objective=uid).only("minute").first()
    if row is None or evaluated is None:
        return None
    last = evaluated.minute
    length = window_kept(row.window, row.window_minutes).at(last).length
    alert = next((one for one in table_of(row.alerts).of(length) if one.name == pair), None)
    if alert is None:
        return None
    shown = min(alert.long * LOOKED_BACK, length)
    reader = reader_of(row, first=last - shown - alert.long + 1, until=last + 1)
    if reader is None:
        return None
    grid = [*range(last, last - shown, -max(1, alert.short // STEPS))][::-1]
    reader.fetch(minute for at in grid for minute in (at, at - alert.short, at - alert.long))
    measures = _measures_of(row, reader, alert, grid)
    target = Target.exactly(row.target)
    points = []
    for at in grid:
        short, long = measures(at)
        points.append(BurnPoint(instant(at + 1), burn(short, target), burn(long, target)))
    return BurnRates(
        name=alert.name,
        factor=float(alert.factor(length)),
        short=alert.short,
        long=alert.long,
        minutes=shown,
        start=instant(last - shown + 1),
        end=instant(last + 1),
        points=tuple(points),
    )


def _measures_of(
    row: Objective, reader: Reader, alert: Pair, grid: list[int]
) -> Callable[[int], tuple[Measure, Measure]]:
    """What burned in the short and the long window that end with a minute."""
    one, last, pair = live_of(row), grid[-1], (alert.short, alert.long)
    since = grid[0] - alert.long + 1
    excluded = Excluded.of(row.service_uid)
    slices = slicing.reader_of(one, reader.stored, excluded, end=last, since=since)
    if slices is not None:
        slices.fetch(slices.ending(at, length) for at in grid for length in pair)

    def measures(at: int) -> tuple[Measure, Measure]:
        if slices is not None:
            short, long = (slices.counts(slices.ending(at, length)).judged for length in pair)
            return short, long
        return _by_minute(reader, alert, one.target, at, sliced=one.budgeting.sliced)

    return measures


def _by_minute(reader: Reader, alert: Pair, target: Target, at: int, *, sliced: bool) -> tuple[Measure, Measure]:
    windows: dict[int, Counts] = {length: reader.between(at - length, at) for length in (alert.short, alert.long)}
    asked = Question(target, alert.long, alert.long, measured_now=True)
    slices = sliced_of(windows, asked, minute_slices=sliced)
    measures = windows if slices is None else slices.windows
    return measures[alert.short], measures[alert.long]
