"""One objective evaluated: budget, burns, alerts, forecast and coverage at one minute, from exact window counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

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
    PairStanding,
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


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How an objective stands. Every figure that cannot be had is None.

    Attributes:
        standing: one of STANDINGS.
        period: the counts of the objective's whole window, as far as it has passed.
        burns: burn rate by window in minutes.
        windows: counts by window in minutes.
        unit: what the budget is counted in: events or slices.
    """

    standing: str
    period: Counts
    budget: Budget
    windows: Mapping[int, Counts]
    burns: Mapping[int, float | None]
    pairs: tuple[PairStanding, ...]
    forecast: Forecast | None
    unit: str = EVENTS

    @property
    def paging(self) -> bool:
        """Whether a pair of the page level fires."""
        return any(pair.firing and pair.severity == PAGE for pair in self.pairs)

    @property
    def ticketing(self) -> bool:
        """Whether a pair of the ticket level fires."""
        return any(pair.firing and pair.severity == TICKET for pair in self.pairs)


def needed_windows(period: int, table: Table = ROADBED, *, length: int | None = None) -> tuple[int, ...]:
    """The windows in minutes that evaluating looks at: the alerts' for a window of this length, the period last."""
    return (*windows_of(table.of(period if length is None else length)), period)


def evaluate(
    windows: Mapping[int, Counts],
    target: Target,
    *,
    period: int,
    measured_now: bool,
    length: int | None = None,
    table: Table = ROADBED,
    sliced: Sliced | None = None,
) -> Evaluation:
    """Evaluate from the counts of every window that `needed_windows` names.

    Args:
        windows: counts by window in minutes.
        target: the objective's.
        period: which of the windows is the objective's own, as far as it has passed.
        measured_now: whether its source was read lately.
        length: the whole length of the objective's window where more of it is to come.
        table: which alerts there are.
        sliced: the slices where the budget is one of time.
    """
    whole, length = windows[period], period if length is None else length
    measures: Mapping[int, Measure] = windows if sliced is None else sliced.windows
    left = budget(whole if sliced is None else sliced.budget, target)
    unit = EVENTS if sliced is None else SLICES
    proof = windows if sliced is not None and not sliced.whole else None
    pairs = tuple(stand(pair, measures, target, period=length, proof=proof, unit=unit) for pair in table.of(length))
    ahead = left.remaining if sliced is not None else projected(whole, left, target, length=length)
    evaluation = Evaluation(
        standing=WITHIN,
        period=whole,
        budget=left,
        windows=windows,
        burns={minutes: burn(measure, target) for minutes, measure in measures.items()},
        pairs=pairs,
        forecast=_forecast(ahead, measures, target, pairs, length, to_come=length - period),
        unit=unit,
    )
    return replace(evaluation, standing=_standing(evaluation, measured_now=measured_now))


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


def _standing(evaluation: Evaluation, *, measured_now: bool) -> str:
    whole = evaluation.period
    if any(counts.broken for counts in (whole, *evaluation.windows.values())):
        return BROKEN
    if evaluation.budget.spent:
        return SPENT
    if whole.measured == 0 or not measured_now:
        return UNMEASURED
    if evaluation.paging:
        return BURNING
    if evaluation.budget.remaining is None:
        return IDLE
    low = evaluation.budget.remaining < LOW_BUDGET
    return AT_RISK if low or evaluation.ticketing else WITHIN
