"""How work flows to the trunk of a service's, a team's, a system's or all repositories: figures, weeks, branches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from roadbed.delivery.metrics.flow import digesting
from roadbed.delivery.metrics.flow.models import FlowBranch, FlowChange, FlowRed, FlowRepository
from roadbed.delivery.metrics.flow.rules.days import Total, together, total
from roadbed.delivery.metrics.flow.rules.figures import (
    AGE,
    BROKEN,
    BUILD,
    FREQUENCY,
    LINES,
    REVIEW,
    figures,
)
from roadbed.delivery.metrics.flow.values import Branches, FlowView, FlowWeek
from roadbed.delivery.metrics.histories import Scope, scope_of
from roadbed.delivery.metrics.queries import begin_of, end_of
from roadbed.delivery.metrics.rules import estimates
from roadbed.delivery.metrics.rules.drift import Drift, drift
from roadbed.delivery.metrics.rules.hours import Hours, hours_of
from roadbed.delivery.metrics.rules.trends import WEEKS
from roadbed.ground import asks
from roadbed.ground.asks.homes import ServiceHomes

DAYS: Final = 28
WEEK: Final = timedelta(days=7)
DAY: Final = timedelta(days=1)
COMPARED: Final = 90
"""Days: beyond them telling teams apart reads more rows than a page has time for."""
WORKING: Final = frozenset(range(5))


@dataclass(frozen=True, slots=True)
class Where:
    """The repositories of a scope, by the subject of their facts; None is all. `shared` are names."""

    digests: frozenset[str] | None
    shared: tuple[str, ...] = ()


def where_of(scope: Scope) -> Where:
    """In which repositories the services of a scope live."""
    if scope.everybody:
        return Where(None)
    homes = asks.put(ServiceHomes())
    mine = {one.uid for one in scope.services}
    own = {one.digest: one.repository for one in homes if one.service_uid in mine}
    others = {one.digest for one in homes if one.service_uid not in mine}
    return Where(frozenset(own), tuple(sorted(name for digest, name in own.items() if digest in others)))


def span_of(days: int, until: datetime | None, now: datetime) -> tuple[date, date]:
    """Whole days in UTC: the last is that of `until`, or today.

    Raises:
        Invalid: for days or an end that cannot be.
    """
    end = end_of(until, now)
    begin_of(days, end)
    last = end.astimezone(UTC).date()
    return last - (days - 1) * DAY, last


def flow(
    *,
    service: str = "",
    team: str = "",
    system: str = "",
    days: int = DAYS,
    until: datetime | None = None,
    working_hours: str = "",
    holidays: str = "",
    now: datetime,
) -> FlowView:
    """The figures of the last days.

    Args:
        service: of the repositories of one service; without any name of all there are.
        team: of a team's services.
        system: of a system's services.
        days: how many whole days in UTC.
        until: in the last of them; without it today.
        working_hours: count waiting for a review in these, and days of work by them; else Monday to Friday.
        holidays: days without work, with commas between them.
        now: as of when it is known what is open.

    Raises:
        Invalid: for a window, hours or several scopes that cannot be.
        NotFound: when there is no such service, team or system.
    """
    since, last = span_of(days, until, now)
    hours = hours_of(working_hours, holidays.split(","))
    scope = scope_of(service, team, system)
    where = where_of(scope)
    shown = last - WEEKS * WEEK + DAY
    held, pending = digesting.read(where.digests, since=min(since, shown), until=last)
    by_day = defaultdict(list)
    for one in held:
        by_day[one.day].append(one.told)
    days_told = {day: together(told) for day, told in by_day.items()}
    added = total(told for day, told in days_told.items() if day >= since)
    known = digesting.first_day(where.digests)
    work = _working_days(max(since, known), last, hours) if known is not None else 0
    spans = reds(where, since, last, now)
    reviews = _reviews(where, since, last, hours) if hours else None
    weeks = _weeks(days_told, shown, known)
    return FlowView(
        scope=scope, days=days, since=since, until=last,
        figures=figures(added, working_days=work, reds=spans, reviews=reviews), weeks=weeks,
        drifts=drifts(weeks, known), branches=_branches(where, now), repositories=_told_of(where), shared=where.shared,
        bots=added.numbers["bots"], pending=pending, hours=hours, now=now,
    )  # fmt: skip


def _working_days(first: date, last: date, hours: Hours | None) -> int:
    days, off = (hours.days, hours.holidays) if hours else (WORKING, frozenset[date]())
    count = max(0, (last - first).days + 1)
    return sum((day := first + step * DAY).weekday() in days and day not in off for step in range(count))


def reds(where: Where, since: date, last: date, now: datetime) -> list[tuple[float, bool]]:
    """Red times of trunks that began in some days, as (seconds, over)."""
    rows = FlowRed.objects.filter(since__gte=digesting.bounds(since)[0], since__lt=digesting.bounds(last)[1])
    if where.digests is not None:
        rows = rows.filter(repository__in=where.digests)
    told = rows.values_list("since", "until").iterator()
    return [(max(0.0, ((until or now) - begin).total_seconds()), until is not None) for begin, until in told]


def _reviews(where: Where, since: date, last: date, hours: Hours) -> list[float]:
    """In working hours each has to be counted by itself."""
    rows = FlowChange.objects.filter(
        merged_at__gte=digesting.bounds(since)[0], merged_at__lt=digesting.bounds(last)[1], bot=False,
        opened_at__isnull=False, reviewed_at__isnull=False,
    )  # fmt: skip
    if where.digests is not None:
        rows = rows.filter(repository__in=where.digests)
    told: Iterator[tuple[Any, ...]] = rows.values_list("opened_at", "reviewed_at").iterator(chunk_size=2000)
    return sorted(hours.seconds(opened, reviewed) for opened, reviewed in told if reviewed >= opened)


def _weeks(days: Mapping[date, Mapping[str, Any]], shown: date, known: date | None) -> tuple[FlowWeek, ...]:
    by_week: list[list[Mapping[str, object]]] = [[] for _ in range(WEEKS)]
    for day, told in days.items():
        if day >= shown:
            by_week[(day - shown).days // 7].append(told)
    starts = [shown + index * WEEK for index in range(WEEKS)]
    return tuple(
        _week(start, total(told), begun=known is not None and start + WEEK > known)
        for start, told in zip(starts, by_week, strict=True)
    )


def _week(start: date, added: Total, *, begun: bool) -> FlowWeek:
    def middle(name: str, share: float = 0.5) -> float | None:
        return estimates.quantile(added.spreads[name], share)

    built = added.numbers["passed"] + added.numbers["failed"]
    return FlowWeek(
        start=start, integrations=added.integrations if begun else None, branch_age=middle("age"),
        batch_lines=middle("lines"),
        first_review=middle("review"), build=middle("build"), build_p90=middle("build", 0.9),
        passed=added.numbers["passed"] if built else None, failed=added.numbers["failed"] if built else None,
    )  # fmt: skip


def drifts(weeks: Sequence[FlowWeek], known: date | None) -> dict[str, Drift]:
    """Which figures moved; the week in which anything was first told is known only in part, and is left out."""
    told = [one for one in weeks if known is not None and one.start >= known]
    return {
        AGE: drift([one.branch_age for one in told]),
        FREQUENCY: drift([None if one.integrations is None else float(one.integrations) for one in told]),
        LINES: drift([one.batch_lines for one in told]),
        REVIEW: drift([one.first_review for one in told]),
        BUILD: drift([one.build for one in told]),
        BROKEN: drift([_failing(one) for one in told]),
    }


def _failing(week: FlowWeek) -> float | None:
    known = week.failed is not None and week.passed is not None
    return (week.failed or 0) / ((week.failed or 0) + (week.passed or 0)) if known else None


def _branches(where: Where, now: datetime) -> Branches | None:
    rows = FlowBranch.objects.filter(began_at__lte=now)
    told = FlowRepository.objects.all()
    if where.digests is not None:
        rows, told = rows.filter(repository__in=where.digests), told.filter(digest__in=where.digests)
    if not told.exists():
        return None
    return Branches(
        rows.count(), rows.filter(began_at__lt=now - DAY).count(), rows.filter(began_at__lt=now - WEEK).count()
    )


def _told_of(where: Where) -> int:
    rows = FlowRepository.objects.all()
    return (rows if where.digests is None else rows.filter(digest__in=where.digests)).count()


def compared(view: FlowView) -> tuple[tuple[str, FlowView], ...]:
    """The figures of the same days team by team, in the order of their names: they are not ranked."""
    if not view.scope.everybody or view.days > COMPARED:
        return ()
    owners = sorted({one.owner for one in view.scope.services if one.owner})
    homes = asks.put(ServiceHomes())
    at: dict[str, set[str]] = {}
    owner_of = {one.uid: one.owner for one in view.scope.services}
    for home in homes:
        at.setdefault(owner_of.get(home.service_uid, ""), set()).add(home.digest)
    everywhere = sorted({digest for digests in at.values() for digest in digests})
    held, _ = digesting.read(everywhere, since=view.since, until=view.until)
    by_repository: dict[str, list[digesting.Day]] = {}
    for day in held:
        by_repository.setdefault(day.repository, []).append(day)
    return tuple((owner, _of_team(view, owner, at.get(owner, set()), by_repository)) for owner in owners)


def _of_team(
    view: FlowView, owner: str, digests: set[str], by_repository: Mapping[str, Sequence[digesting.Day]]
) -> FlowView:
    mine = [day for digest in sorted(digests) for day in by_repository.get(digest, ())]
    added = total(day.told for day in mine)
    first = min((day.day for day in mine), default=None)
    work = _working_days(max(view.since, first), view.until, view.hours) if first is not None else 0
    told = figures(added, working_days=work, reds=reds(Where(frozenset(digests)), view.since, view.until, view.now))
    return replace(view, scope=replace(view.scope, team=owner), figures=told, weeks=(), drifts={}, branches=None)
