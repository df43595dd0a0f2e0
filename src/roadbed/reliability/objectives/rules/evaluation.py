"""One objective evaluated: budget, burns, alerts, forecast and coverage at one minute, from exact window counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from roadbed.reliability.objectives.rules.budget import Budget, budget
from roadbed.reliability.objectives.rules.burn import burn
from roadbed.reliability.objectives.rules.counts import Counts
from roadbed.reliability.objectives.rules.forecast import Forecast, exhaustion
from roadbed.reliability.objectives.rules.targets import Target
from roadbed.reliability.objectives.rules.thresholds import (
    PAGE,
    TICKET,
    PairStanding,
    applicable,
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
class Evaluation:
    """How an objective stands. Every figure that cannot be had is None.

    Attributes:
        standing: one of STANDINGS.
        period: the counts of the objective's whole window.
        burns: burn rate by window in minutes.
        windows: counts by window in minutes.
    """

    standing: str
    period: Counts
    budget: Budget
    windows: Mapping[int, Counts]
    burns: Mapping[int, float | None]
    pairs: tuple[PairStanding, ...]
    forecast: Forecast | None

    @property
    def paging(self) -> bool:
        """Whether a pair of the page level fires."""
        return any(pair.firing and pair.severity == PAGE for pair in self.pairs)

    @property
    def ticketing(self) -> bool:
        """Whether a pair of the ticket level fires."""
        return any(pair.firing and pair.severity == TICKET for pair in self.pairs)


def needed_windows(period: int) -> tuple[int, ...]:
    """The windows in minutes that evaluating an objective of this period looks at, the period last."""
    pairs = applicable(period)
    return (*windows_of(pairs), period) if pairs else (period,)


def evaluate(windows: Mapping[int, Counts], target: Target, *, period: int, measured_now: bool) -> Evaluation:
    """Evaluate from the counts of every window that `needed_windows` names."""
    whole = windows[period]
    left = budget(whole, target)
    pairs = tuple(stand(pair, windows, target, period=period) for pair in applicable(period))
    evaluation = Evaluation(
        standing=WITHIN,
        period=whole,
        budget=left,
        windows=windows,
        burns={minutes: burn(counts, target) for minutes, counts in windows.items()},
        pairs=pairs,
        forecast=_forecast(left, windows, target, pairs, period),
    )
    standing = _standing(evaluation, measured_now=measured_now)
    return Evaluation(
        standing=standing,
        period=whole,
        budget=left,
        windows=windows,
        burns=evaluation.burns,
        pairs=pairs,
        forecast=evaluation.forecast,
    )


def _forecast(
    left: Budget, windows: Mapping[int, Counts], target: Target, pairs: tuple[PairStanding, ...], period: int
) -> Forecast | None:
    # The window that proves the present burn is the firing pair's; in quiet times six hours are neither blip nor past.
    firing = [pair.long for pair in pairs if pair.firing]
    wanted = min(firing) if firing else 360
    for minutes in (wanted, *(base for base in FORECAST_BASES if base > wanted)):
        if minutes in windows and windows[minutes].total > 0:
            return exhaustion(left.remaining, windows[minutes], target, period=period)
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
