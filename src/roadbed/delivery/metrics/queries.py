"""The five metrics of a service, a team or all, with benchmark, data quality, and the rows behind each figure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from roadbed.delivery.metrics import editions
from roadbed.delivery.metrics.histories import Scope, failed_commits, overrides_of, scope_of
from roadbed.delivery.metrics.rollups.organization import Window
from roadbed.delivery.metrics.rollups.reading import Known, known_of
from roadbed.delivery.metrics.rules import benchmarks, trends
from roadbed.delivery.metrics.rules.drift import Drift, drifts
from roadbed.delivery.metrics.rules.figures import FREQUENCY, Figure, Measured, measured
from roadbed.delivery.metrics.rules.hours import Hours, hours_of
from roadbed.delivery.metrics.rules.sums import Sums
from roadbed.ground.catalog.queries import Owned
from roadbed.ground.errors import Invalid, Place

LONGEST: Final = 400
DAYS: Final = 28
TEAMS, SYSTEMS, SERVICES = "teams", "systems", "services"


@dataclass(frozen=True, slots=True)
class Part:
    """One team's or service's share of the figures."""

    name: str
    services: int
    measured: Measured


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """The figures of one scope and window.

    Attributes:
        since, until: the window, of deployments that finished in it.
        as_of: until when facts were read; None before the first was.
        pending: services with news that is not in the figures yet.
        clusters: the benchmark's clusters by metric; a figure of fewer than ten observations has none.
        silent: services of which no deployment was ever told.
        overrides: how often the gate was overridden in the window; of these, `overrides_failed` let a change through
            that then failed.
        groupings: by what the figures can be told apart; `parts` are those of the one that was asked for.
        weeks: the last twelve weeks, oldest first; `drifts` say which figures moved in them.
        hours: the working hours that lead time is counted in; None by the clock.
    """

    scope: Scope
    days: int
    since: datetime
    until: datetime
    as_of: datetime | None
    pending: int
    measured: Measured
    edition: benchmarks.Edition | None
    clusters: Mapping[str, tuple[str, ...]]
    silent: tuple[str, ...]
    overrides: int
    overrides_failed: int
    groupings: tuple[str, ...]
    parts: tuple[Part, ...]
    weeks: tuple[trends.Week, ...]
    drifts: Mapping[str, Drift]
    hours: Hours | None
    now: datetime

    def asked(self, metric: str = "") -> dict[str, str]:
        """What the same scope and window are asked for by, and one figure's rows."""
        told = {
            "metric": metric,
            "service": self.scope.service,
            "team": self.scope.team,
            "system": self.scope.system,
            "days": str(self.days),
            "until": self.until.isoformat() if self.until != self.now else "",
            "working_hours": self.hours.words if self.hours else "",
            "holidays": ",".join(sorted(map(str, self.hours.holidays))) if self.hours else "",
        }
        return {name: text for name, text in told.items() if text}


def delivery(
    *,
    service: str = "",
    team: str = "",
    system: str = "",
    days: int = DAYS,
    until: datetime | None = None,
    benchmark: str = editions.DEFAULT,
    working_hours: str = "",
    holidays: str = "",
    by: str = "",
    now: datetime,
) -> DeliveryView:
    """The five metrics of the last days, or of the days before `until`.

    Args:
        service: whose figures, of one service; without any name the whole organization's.
        team: of one team's services.
        system: of one system's services.
        days: how long the window is.
        until: its end; without it now.
        benchmark: the edition that is laid beside.
        working_hours: count lead time in these, like "Mon-Fri 09:00-17:00 Europe/Berlin".
        holidays: days without work, with commas between them.
        by: also by one of TEAMS, SYSTEMS and SERVICES, as far as the scope has several of them.
        now: as of when it is known what is over.

    Raises:
        Invalid: for a window outside 1 to 400 days or in the future, an unknown edition, unreadable working hours, or
            several scopes at once.
        NotFound: when there is no such service, team or system.
    """
    edition = editions.edition(benchmark)
    window = window_of(days, until, now, hours_of(working_hours, holidays.split(",")))
    scope = scope_of(service, team, system)
    # The weeks of the charts reach back further than a short window.
    shown = min(window.since, window.until - trends.SHOWN)
    known = known_of(scope.uids, since=shown)
    figures, parts = _counted(scope, known, window, by)
    weeks = known.weeks(window.until)
    overridden = overrides_of(scope, since=window.since, until=window.until)
    return DeliveryView(
        scope=scope, days=days, since=window.since, until=window.until, as_of=known.as_of, pending=known.pending,
        measured=figures, edition=edition, clusters=_clusters(edition, figures),
        silent=tuple(one.name for one in scope.services if one.uid not in known.first),
        overrides=len(overridden), overrides_failed=_failed(overridden, known, since=shown),
        groupings=_groupings(scope), parts=parts, weeks=weeks, drifts=drifts(weeks), hours=window.hours, now=now,
    )  # fmt: skip


def window_of(days: int, until: datetime | None, now: datetime, hours: Hours | None = None) -> Window:
    """The window of so many days before an end, or before now.

    Raises:
        Invalid: outside 1 to 400 days; for an end in the future, or without an offset from UTC.
    """
    end = end_of(until, now)
    return Window(begin_of(days, end), end, now, hours)


def _failed(overridden: tuple[tuple[str, str], ...], known: Known, *, since: datetime) -> int:
    """How many overrides let a change through that failed; each names twelve digits of a commit or all."""
    broken = failed_commits({service for service, _ in overridden}, known, since=since)
    return sum((service, commit[:12]) in broken for service, commit in overridden)


def end_of(until: datetime | None, now: datetime) -> datetime:
    """Where a window ends.

    Raises:
        Invalid: in the future, or without an offset from UTC.
    """
    if until is None:
        return now
    if until.tzinfo is None:
        raise Invalid(
            "The window's end has no time zone.", remedy="End it with Z or +01:00.", place=Place(field="until")
        )
    if until > now:
        raise Invalid("The window ends in the future.", remedy="Leave its end out.", place=Place(field="until"))
    return until


def begin_of(days: int, now: datetime) -> datetime:
    """Where a window of so many days begins.

    Raises:
        Invalid: outside 1 to 400 days.
    """
    if not 1 <= days <= LONGEST:
        raise Invalid(f"{days} days is not between 1 and {LONGEST}.", place=Place(field="days"))
    return now - timedelta(days=days)


def _measured(counted: Sums, services: Iterable[Owned], first: Iterable[datetime], window: Window) -> Measured:
    onboarded = min([*(one.registered_at for one in services), *first], default=None)
    return measured(counted, since=window.since, until=window.until, onboarded=onboarded)


def _clusters(edition: benchmarks.Edition | None, measured: Measured) -> dict[str, tuple[str, ...]]:
    if edition is None:
        return {}
    return {
        one.metric: benchmarks.clusters_of(edition, one.metric, _comparable(one, measured))
        for one in measured.five
        if one.may_be_banded
    }


def _comparable(figure: Figure, measured: Measured) -> float | None:
    """Editions speak of one service, so the frequency of several is shared out."""
    if figure.metric == FREQUENCY and figure.value is not None:
        return figure.value / max(1, measured.services)
    return figure.value


def _groupings(scope: Scope) -> tuple[str, ...]:
    if scope.service:
        return ()
    told = ((TEAMS, not scope.team), (SYSTEMS, not scope.system and any(one.system for one in scope.services)))
    return (*(name for name, there in told if there), SERVICES)


def _named(service: Owned) -> str:
    return service.name if service.namespace == "default" else f"{service.namespace}/{service.name}"


_NAMES: Final[Mapping[str, Callable[[Owned], str]]] = {
    TEAMS: lambda one: one.owner,
    SYSTEMS: lambda one: one.system,
    SERVICES: _named,
}


def _members(scope: Scope, by: str) -> dict[str, list[Owned]]:
    """The services of each group."""
    members: dict[str, list[Owned]] = defaultdict(list)
    for service in scope.services:
        if name := _NAMES[by](service):
            members[name].append(service)
    return dict(sorted(members.items()))


def _counted(scope: Scope, known: Known, window: Window, by: str) -> tuple[Measured, tuple[Part, ...]]:
    """The scope's figures, and those of its parts where they can be told apart so."""
    groups = _members(scope, by) if by in _groupings(scope) else {}
    uids = [[one.uid for one in of] for of in groups.values()]
    whole, *apart = known.sums(window, once=scope.everybody, groups=uids)
    parts = (
        Part(name, len(of), _measured(sums, of, [known.first[one.uid] for one in of if one.uid in known.first], window))
        for (name, of), sums in zip(groups.items(), apart, strict=True)
    )
    return _measured(whole, scope.services, known.first.values(), window), tuple(parts)
