"""The five metrics of a window from what its deployments were; what cannot be said stays unsaid, with why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from roadbed.delivery.metrics.rules import estimates
from roadbed.delivery.metrics.rules.hours import Hours
from roadbed.delivery.metrics.rules.leads import Stage, stages_of
from roadbed.delivery.metrics.rules.sums import WEEK, Sums, sums_of
from roadbed.delivery.metrics.rules.values import Incident, Judged

FREQUENCY, LEAD_TIME, FAIL_RATE = "frequency", "lead_time", "fail_rate"
RECOVERY, REWORK_RATE, TIME_TO_RESTORE = "recovery", "rework_rate", "time_to_restore"
FIVE: Final = (FREQUENCY, LEAD_TIME, FAIL_RATE, RECOVERY, REWORK_RATE)
NAMES: Final = {
    FREQUENCY: "Deployment frequency",
    LEAD_TIME: "Change lead time",
    FAIL_RATE: "Change fail rate",
    RECOVERY: "Failed deployment recovery",
    REWORK_RATE: "Rework rate",
    TIME_TO_RESTORE: "Time to restore",
}
ENOUGH: Final = 10
"""Below so many observations a figure gets no band of any benchmark."""
NO_DEPLOYMENT: Final = "No deployment to production finished in this time."


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric of one window.

    Attributes:
        value: None where there is no data; never 0 for that. Seconds, a share, or deployments a week.
        n: observations that it rests on.
        hits: of a share, how many of n.
        low, high: 95% interval; for frequency the whole weeks with fewest and most. `interval` names the method.
        open: of a span, how many are not over yet; each counts as at least so long.
        p75, p90: of a span; `p90_low`, `p90_high` the 95% interval of the p90, by order statistics.
        at_least: where so many are open that there is no median, the longest that is known to have passed.
        why: why there is no value, in words.
    """

    metric: str
    name: str
    value: float | None
    unit: str
    n: int
    hits: int | None = None
    low: float | None = None
    high: float | None = None
    interval: str = ""
    p75: float | None = None
    p90: float | None = None
    p90_low: float | None = None
    p90_high: float | None = None
    open: int = 0
    at_least: float | None = None
    why: str = ""

    @property
    def may_be_banded(self) -> bool:
        """Whether it rests on enough to be laid beside a benchmark."""
        return self.value is not None and self.n >= ENOUGH


@dataclass(frozen=True, slots=True)
class Quality:
    """How far the figures can be trusted.

    Attributes:
        asked: deployments whose commits should be known; `linked`: those whose commits are.
        partial: linked ones of which only the newest commits were told.
        backwards: commits that, by their clocks, arrived before they were made; they have no lead time.
        open_incidents: incidents of the window that are not over.
        without_deployment: incidents for which nobody named a deployment.
    """

    asked: int
    linked: int
    partial: int
    backwards: int
    open_incidents: int
    without_deployment: int


@dataclass(frozen=True, slots=True)
class Measured:
    """The five metrics, what they rest on, and since when anything was told.

    Attributes:
        lead_time: of people's changes; `bots` is that of machines' changes, kept apart.
        stages: lead time of people's changes stage by stage.
    """

    frequency: Figure
    lead_time: Figure
    fail_rate: Figure
    recovery: Figure
    rework_rate: Figure
    time_to_restore: Figure
    deployments: int
    labels: dict[str, int]
    weeks: float
    services: int
    quality: Quality
    bots: Figure
    stages: tuple[Stage, ...]

    @property
    def five(self) -> tuple[Figure, ...]:
        """The five, in the field's order."""
        return (self.frequency, self.lead_time, self.fail_rate, self.recovery, self.rework_rate)


def measure(
    judged: Iterable[Judged],
    incidents: Iterable[Incident],
    *,
    since: datetime,
    until: datetime,
    onboarded: datetime | None,
    once: bool = False,
    hours: Hours | None = None,
    known_until: datetime | None = None,
) -> Measured:
    """The five metrics of the deployments that finished from `since` on and before `until`.

    Args:
        judged: of the services that are meant; others are not left out here.
        incidents: the same services' incidents.
        since: the window's begin.
        until: the window's end.
        onboarded: since when deployments could have been told; weeks without any count from then on.
        once: whether a change that went to several services counts once, at the latest.
        hours: count lead time in these working hours; without them by the clock.
        known_until: as of when it is known whether something is over, where that is not `until`.
    """
    last = known_until or until
    sums = sums_of(judged, incidents, since=since, until=until, known_until=last, once=once, hours=hours)
    return measured(sums, since=since, until=until, onboarded=onboarded)


def measured(sums: Sums, *, since: datetime, until: datetime, onboarded: datetime | None) -> Measured:
    """The five metrics of a window that was added up; `onboarded` as in `measure`."""
    begin = max(since, min(onboarded or until, sums.earliest or until))
    weeks = max(1.0, (until - begin) / WEEK)
    why = _no_lead(sums)
    failed = "None of these deployments failed." if sums.deployments else NO_DEPLOYMENT
    return Measured(
        frequency=_frequency(sums, begin, until, weeks),
        lead_time=_lead_time(sums.leads, why),
        fail_rate=_share(FAIL_RATE, sums.failed, sums.deployments),
        recovery=_spans(RECOVERY, sums.recoveries, failed),
        rework_rate=_share(REWORK_RATE, sums.unplanned, sums.deployments),
        time_to_restore=_spans(TIME_TO_RESTORE, sums.troubles, "No incident began in this time."),
        deployments=sums.deployments,
        labels=dict(sums.labels),
        weeks=weeks,
        services=sums.services,
        quality=Quality(
            asked=sums.asked,
            linked=sums.linked,
            partial=sums.partial,
            backwards=sums.backwards,
            open_incidents=sums.troubles.open,
            without_deployment=sums.without_deployment,
        ),
        bots=_lead_time(sums.bots, why),
        stages=stages_of(sums.stages, of=sums.timed),
    )


def _frequency(sums: Sums, begin: datetime, until: datetime, weeks: float) -> Figure:
    name = NAMES[FREQUENCY]
    if not sums.deployments:
        return Figure(FREQUENCY, name, None, "a week", 0, why=NO_DEPLOYMENT)
    # Whole weeks, counted back from the end; weeks with none are weeks too.
    count = int((until - begin) / WEEK)
    whole = [*sums.weekly[:count], *[0] * (count - len(sums.weekly))]
    low, high = (float(min(whole)), float(max(whole))) if len(whole) > 1 else (None, None)
    value = sums.deployments / weeks
    return Figure(
        FREQUENCY, name, value, "a week", sums.deployments, low=low, high=high,
        interval="weeks" if low is not None else "",
    )  # fmt: skip


def _lead_time(leads: estimates.Ordered, why: str) -> Figure:
    name = NAMES[LEAD_TIME]
    if not len(leads):
        return Figure(LEAD_TIME, name, None, "s", 0, why=why)
    interval = estimates.median_interval(leads)
    upper = estimates.quantile_interval(leads, 0.9)
    return Figure(
        LEAD_TIME,
        name,
        estimates.quantile(leads, 0.5),
        "s",
        len(leads),
        low=interval[0] if interval else None,
        high=interval[1] if interval else None,
        interval="order statistics, 95%" if interval else "",
        p75=estimates.quantile(leads, 0.75),
        p90=estimates.quantile(leads, 0.9),
        p90_low=upper[0] if upper else None,
        p90_high=upper[1] if upper else None,
    )


def _no_lead(sums: Sums) -> str:
    if not sums.deployments:
        return NO_DEPLOYMENT
    if sums.all_first:
        return "A first deployment has no lead time: what it carried began before anybody counted."
    if not sums.linked:
        return "It is not known which commits these deployments carried."
    return "These deployments carried no change of their own: rollbacks, reverts or the same version again."


def _share(metric: str, hits: int, of: int) -> Figure:
    name = NAMES[metric]
    interval = estimates.wilson(hits, of)
    if interval is None:
        return Figure(metric, name, None, "share", 0, why=NO_DEPLOYMENT)
    low, high = interval
    return Figure(metric, name, hits / of, "share", of, hits=hits, low=low, high=high, interval="Wilson, 95%")


def _spans(metric: str, found: estimates.Survival, why: str) -> Figure:
    name = NAMES[metric]
    if not found.n:
        return Figure(metric, name, None, "s", 0, why=why)
    bounded = found.median is not None and found.low is not None
    return Figure(
        metric,
        name,
        found.median,
        "s",
        found.n,
        low=found.low if bounded else None,
        high=found.high if bounded else None,
        interval="Kaplan–Meier, 95%" if bounded else "",
        p75=found.p75,
        p90=found.p90,
        open=found.open,
        at_least=found.at_least,
        why="" if found.median is not None else "Half of them are still open, so there is no median yet.",
    )
