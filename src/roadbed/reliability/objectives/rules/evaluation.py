"""One objective evaluated: budget, burns, alerts, forecast and coverage at one minute, from exact window counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from roadbed.reliability.objectives.rules.basis import Basis, Measure
from roadbed.reliability.objectives.rules.budget import Budget, budget
from roadbed.reliability.objectives.rules.burn import burn
from roadbed.reliability.objectives.rules.counts import Counts
from roadbed.reliability.objectives.rules.forecast import Forecast, exhaustion
from roadbed.reliability.objectives.rules.tables import ROADBED, Table
from roadbed.reliability.objectives.rules.targets import Target
from roadbed.reliability.objectives.rules.thresholds import (
    EVENTS,
    PAGE,
    SLICES,
    TICKET,
    Pair,
    PairStanding,
    held,
    stand,
    windows_of,
)

WITHIN: Final = "within"
AT_RISK: Final = "at-risk"
BURNING: Final = "burning"
SPENT: Final = "spent"
IDLE: Final = "idle"
UNMEASURED: Final = "unmeasured"
BROKEN: Final = "broken"
STANDINGS: Final = (BROKEN, SPENT, BURNING, UNMEASURED, AT_RISK, IDLE, WITHIN)
"""How an objective can stand, the one that needs a person most first."""

LOW_BUDGET: Final = 0.25
"""Under this share the gate warns: a quarter of the budget, as the Workbook's example policy reviews it."""

FORECAST_BASES: Final = (60, 360, 1440, 4320)


@dataclass(frozen=True, slots=True)
class Sliced:
    """An objective's slices where its budget is one of time.

    Attributes:
        budget: what is left, over the whole window.
        windows: what burns, by window in minutes.
        whole: whether bad slices are counted whole; else their shares are added up, and events are what proves a burn.
    """

    budget: Basis
    windows: Mapping[int, Basis]
    whole: bool


class Verdict(NamedTuple):
    """How an objective stands, in the few figures that lists, gate and facts are made of.

    Attributes:
        standing: one of STANDINGS.
        paging: whether a pair of the page level fires; `ticketing`: one of the ticket level.
    """

    standing: str
    budget: Budget
    coverage: float | None
    paging: bool
    ticketing: bool


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How an objective stands, with everything that can be shown of it. Every figure that cannot be had is None.

    Attributes:
        period: the counts of the objective's whole window, as far as it has passed.
        burns: burn rate by window in minutes.
        windows: counts by window in minutes.
        unit: what the budget is counted in: events or slices.
    """

    verdict: Verdict
    period: Counts
    windows: Mapping[int, Counts]
    burns: Mapping[int, float | None]
    pairs: tuple[PairStanding, ...]
    forecast: Forecast | None
    unit: str = EVENTS

    @property
    def standing(self) -> str:
        return self.verdict.standing

    @property
    def budget(self) -> Budget:
        return self.verdict.budget

    @property
    def paging(self) -> bool:
        return self.verdict.paging


@dataclass(frozen=True, slots=True)
class Question:
    """What an objective is judged by.

    Attributes:
        period: which window in minutes is the objective's own, as far as it has passed.
        length: its whole length, longer where more of it is to come.
        measured_now: whether its source was read lately.
        hurdles: each pair with its two windows, and what its bad ones and its total are multiplied with to see
            whether it burns faster than the pair's factor.
    """

    target: Target
    period: int
    length: int
    measured_now: bool
    table: Table = ROADBED
    hurdles: tuple[tuple[Pair, int, int, int, int], ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        target = self.target
        object.__setattr__(self, "hurdles", tuple(
            (pair, pair.short, pair.long, target.of * factor.denominator, target.spare * factor.numerator)
            for pair in self.table.of(self.length) for factor in (pair.factor(self.length),)
        ))  # fmt: skip


@lru_cache(maxsize=4096)
def needed_windows(period: int, table: Table = ROADBED, *, length: int | None = None) -> tuple[int, ...]:
    """The windows in minutes that evaluating looks at: the alerts' for a window of this length, the period last."""
    return (*windows_of(table.of(period if length is None else length)), period)


def judge(windows: Mapping[int, Counts], asked: Question, *, sliced: Sliced | None = None) -> Verdict:
    """Judge from the counts of every window that `needed_windows` names, and the slices where the budget is of time."""
    whole, target = windows[asked.period], asked.target
    measures: Mapping[int, Measure] = windows if sliced is None else sliced.windows
    left = budget(whole if sliced is None else sliced.budget, target)
    proof, unit = _proof(windows, sliced)
    paging = ticketing = False
    for pair, short, long, most, least in asked.hurdles:
        a, b = measures[short], measures[long]
        # Nearly every pair is out after one of these: what burns no faster than its factor needs no closer look.
        if a.bad * most <= least * a.total or b.bad * most <= least * b.total:
            continue
        if held(pair, measures, target, period=asked.length, proof=proof, unit=unit) == "":
            paging, ticketing = paging or pair.severity == PAGE, ticketing or pair.severity == TICKET
    standing = WITHIN
    if any([counts.broken for counts in windows.values()]):  # noqa: C419 - a generator costs as much again
        standing = BROKEN
    elif left.spent:
        standing = SPENT
    elif whole.measured == 0 or not asked.measured_now:
        standing = UNMEASURED
    elif paging:
        standing = BURNING
    elif left.remaining is None:
        standing = IDLE
    elif left.remaining < LOW_BUDGET or ticketing:
        standing = AT_RISK
    return Verdict(standing, left, whole.coverage, paging, ticketing)


def _proof(windows: Mapping[int, Counts], sliced: Sliced | None) -> tuple[Mapping[int, Measure] | None, str]:
    if sliced is None:
        return None, EVENTS
    return (None if sliced.whole else windows), SLICES


def evaluate(windows: Mapping[int, Counts], asked: Question, *, sliced: Sliced | None = None) -> Evaluation:
    """The same as `judge`, with everything that can be shown: burns, alerts with their figures, a forecast."""
    whole, target, length = windows[asked.period], asked.target, asked.length
    measures: Mapping[int, Measure] = windows if sliced is None else sliced.windows
    verdict = judge(windows, asked, sliced=sliced)
    proof, unit = _proof(windows, sliced)
    pairs = tuple(
        stand(pair, measures, target, period=length, proof=proof, unit=unit) for pair in asked.table.of(length)
    )
    left = verdict.budget
    ahead = left.remaining if sliced is not None else projected(whole, left, target, length=length)
    return Evaluation(
        verdict=verdict,
        period=whole,
        windows=windows,
        burns={minutes: burn(measure, target) for minutes, measure in measures.items()},
        pairs=pairs,
        forecast=_forecast(ahead, measures, target, pairs, length, to_come=length - asked.period),
        unit=unit,
    )


def projected(whole: Counts, left: Budget, target: Target, *, length: int) -> float | None:
    """What is left if traffic goes on as measured until the window ends: of a window that has passed the same.

    1 − bad / ((1 − target) · total · minutes that will count / minutes measured).
    """
    to_come = length - whole.minutes
    if left.remaining is None or to_come <= 0 or not whole.measured:
        return left.remaining
    allowance = target.spare * whole.total * (whole.counting + to_come)
    return (allowance - whole.bad * target.of * whole.measured) / allowance


def _forecast(
    left: float | None,
    measures: Mapping[int, Measure],
    target: Target,
    pairs: tuple[PairStanding, ...],
    length: int,
    *,
    to_come: int,
) -> Forecast | None:
    # The window that proves the present burn is the firing pair's; in quiet times six hours are neither blip nor past.
    firing = [pair.long for pair in pairs if pair.firing]
    wanted = min(firing) if firing else 360
    for minutes in (wanted, *(base for base in FORECAST_BASES if base > wanted)):
        if minutes in measures and measures[minutes].total > 0:
            found = exhaustion(left, measures[minutes], target, period=length, basis=minutes)
            # By the calendar the budget is whole again before it could be spent.
            return None if found is None or 0 < to_come < found.minutes else found
    return None
