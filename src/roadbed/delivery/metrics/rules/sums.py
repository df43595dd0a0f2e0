"""What the figures of a window are made of: counts, and samples in order. Figures ask for nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from roadbed.delivery.metrics.rules.estimates import Ordered, Survival, kaplan_meier
from roadbed.delivery.metrics.rules.hours import Hours
from roadbed.delivery.metrics.rules.leads import pairs_of, seconds_of, spans_of
from roadbed.delivery.metrics.rules.values import Incident, Judged

WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Sums:
    """A window added up, by whatever way its deployments are kept.

    Attributes:
        earliest: when its first deployment finished; None without any.
        weekly: deployments of each whole or begun week, counted back from the window's end, the newest first.
        labels: how many deployments there were of each kind.
        services: how many were deployed at all.
        asked, linked, partial: deployments whose commits should be known, are known, and are known in part.
        all_first: whether each was the first of its service.
        leads, bots: lead times of people's and of machines' changes in seconds, in order.
        stages: the four stages of people's changes in seconds, each in order.
        timed: people's changes that have a lead time at all.
        backwards: changes that, by their clocks, arrived before they were made.
        recoveries: how long failed deployments took until well again.
        troubles: how long incidents lasted.
        without_deployment: incidents for which nobody named a deployment.
    """

    deployments: int
    earliest: datetime | None
    weekly: Sequence[int]
    failed: int
    unplanned: int
    labels: Mapping[str, int]
    services: int
    asked: int
    linked: int
    partial: int
    all_first: bool
    leads: Ordered
    bots: Ordered
    stages: Sequence[Ordered]
    timed: int
    backwards: int
    recoveries: Survival
    troubles: Survival
    without_deployment: int


def sums_of(
    judged: Iterable[Judged],
    incidents: Iterable[Incident],
    *,
    since: datetime,
    until: datetime,
    known_until: datetime,
    once: bool = False,
    hours: Hours | None = None,
) -> Sums:
    """Add up the deployments that finished, and the incidents that began, from `since` on and before `until`.

    Args:
        judged: of the services that are meant; others are not left out here.
        incidents: the same services' incidents.
        since: the window's begin.
        until: the window's end.
        known_until: as of when it is known whether something is over.
        once: whether a change that went to several services counts once, at the latest.
        hours: count lead time in these working hours; without them by the clock.
    """
    counted = sorted((one for one in judged if since <= one.at < until), key=lambda one: (one.at, one.uid))
    began = [one for one in incidents if since <= one.started_at < until]
    pairs = pairs_of(counted, once=once)
    people = [one for one in pairs if not one.carried.bot]
    asked = [one for one in counted if one.linked is not None]
    return Sums(
        deployments=len(counted),
        earliest=counted[0].at if counted else None,
        weekly=_weekly([one.at for one in counted], until),
        failed=sum(one.failed for one in counted),
        unplanned=sum(one.unplanned for one in counted),
        labels=dict(sorted(Counter(one.label for one in counted).items())),
        services=len({one.service_uid for one in counted}),
        asked=len(asked),
        linked=sum(bool(one.linked) for one in asked),
        partial=sum(one.partial for one in asked),
        all_first=all(one.first for one in counted),
        leads=seconds_of(people, hours),
        bots=seconds_of([one for one in pairs if one.carried.bot], hours),
        stages=spans_of(people, hours),
        timed=sum(one.carried.seconds is not None for one in people),
        backwards=sum(one.carried.seconds is None for one in pairs),
        recoveries=kaplan_meier(_span(one.at, one.restored_at, known_until) for one in counted if one.failed),
        troubles=kaplan_meier(_span(one.started_at, one.resolved_at, known_until) for one in began),
        without_deployment=sum(not one.deployment for one in began),
    )


def _weekly(instants: Sequence[datetime], until: datetime) -> list[int]:
    back = Counter(int((until - at) / WEEK) for at in instants)
    return [back[week] for week in range(max(back, default=-1) + 1)]


def _span(begin: datetime, end: datetime | None, until: datetime) -> tuple[float, bool]:
    over = end is not None and end <= until
    last = end if end is not None and over else until
    # Harm may be over before the pipeline that did it has finished.
    return max(0.0, (last - begin).total_seconds()), over
