"""The last twelve weeks, one by one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from roadbed.delivery.metrics.rules import estimates
from roadbed.delivery.metrics.rules.sums import WEEK
from roadbed.delivery.metrics.rules.values import Judged

WEEKS: Final = 12
SHOWN: Final[timedelta] = WEEKS * WEEK


@dataclass(frozen=True, slots=True)
class Week:
    """One week by outcome; a failed deployment counts as failed alone. Lead times are None where there are none.

    `unplanned` are all that count as rework, those among the failed ones too.
    """

    start: datetime
    healthy: int
    rework: int
    failed: int
    lead_median: float | None
    lead_p75: float | None
    unplanned: int = 0

    @property
    def deployments(self) -> int:
        """How many there were."""
        return self.healthy + self.rework + self.failed


def by_week(judged: Iterable[Judged], *, until: datetime) -> tuple[Week, ...]:
    """Weeks counted back from the end, oldest first."""
    held: list[list[Judged]] = [[] for _ in range(WEEKS)]
    for one in judged:
        index = int((until - one.at) / WEEK)
        if one.at <= until and index < WEEKS:
            held[WEEKS - 1 - index].append(one)
    return tuple(_week(until - (WEEKS - index) * WEEK, of) for index, of in enumerate(held))


def _week(start: datetime, judged: list[Judged]) -> Week:
    told = [each for one in judged for each in one.carried if not each.bot]
    return week_of(
        start,
        deployments=len(judged),
        failed=sum(one.failed for one in judged),
        rework=sum(one.unplanned and not one.failed for one in judged),
        unplanned=sum(one.unplanned for one in judged),
        leads=sorted(each.seconds for each in told if each.seconds is not None),
    )


def week_of(
    start: datetime, *, deployments: int, failed: int, rework: int, unplanned: int, leads: estimates.Ordered
) -> Week:
    """A week that was added up; `rework` are unplanned deployments that did not fail, `leads` people's, in order."""
    return Week(
        start=start,
        healthy=deployments - failed - rework,
        rework=rework,
        failed=failed,
        lead_median=estimates.quantile(leads, 0.5),
        lead_p75=estimates.quantile(leads, 0.75),
        unplanned=unplanned,
    )
