"""The five metrics of a service, a team or all, with benchmark, data quality, and the rows behind each figure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from roadbed.delivery.metrics import editions
from roadbed.delivery.metrics.histories import Histories, Scope, histories, overrides_of, scope_of
from roadbed.delivery.metrics.rules import benchmarks, trends
from roadbed.delivery.metrics.rules.figures import FREQUENCY, Figure, Measured, measure
from roadbed.delivery.metrics.rules.values import Incident, Judged
from roadbed.ground.catalog.queries import ServiceView
from roadbed.ground.errors import Invalid, Place

LONGEST: Final = 400
DAYS: Final = 28


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
        teams, parts: the same figures by team and by service.
        weeks: the last twelve weeks, oldest first.
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
    teams: tuple[Part, ...]
    parts: tuple[Part, ...]
    weeks: tuple[trends.Week, ...]


def delivery(
    *, service: str = "", team: str = "", days: int = DAYS, benchmark: str = editions.DEFAULT, now: datetime
) -> DeliveryView:
    """The five metrics of the last days.

    Raises:
        Invalid: for a window outside 1 to 400 days, an unknown edition, or a service and a team at once.
        NotFound: when there is no such service or team.
    """
    since = begin_of(days, now)
    edition = editions.edition(benchmark)
    scope = scope_of(service, team)
    # The weeks of the charts reach back further than a short window.
    known = histories(scope, since=min(since, now - trends.SHOWN))
    overridden = overrides_of(scope, since=since, until=now)
    measured = _measured(scope, known, known.judged, known.incidents, since=since, until=now)
    return DeliveryView(
        scope=scope,
        days=days,
        since=since,
        until=now,
        as_of=known.as_of,
        pending=known.pending,
        measured=measured,
        edition=edition,
        clusters=_clusters(edition, measured),
        silent=tuple(one.name for one in scope.services if one.uid not in known.first),
        overrides=len(overridden),
        overrides_failed=_failed(overridden, known.judged),
        teams=_parts(scope, known, since, now, by_team=True) if scope.everybody else (),
        parts=_parts(scope, known, since, now, by_team=False) if not scope.service else (),
        weeks=trends.by_week(known.judged, until=now),
    )


def _failed(overridden: tuple[tuple[str, str], ...], judged: tuple[Judged, ...]) -> int:
    # An override names twelve digits of a commit or all.
    broken = {(one.service_uid, one.commit[:12]) for one in judged if one.failed and one.commit}
    return sum((service, commit[:12]) in broken for service, commit in overridden)


def begin_of(days: int, now: datetime) -> datetime:
    """Where a window of so many days begins.

    Raises:
        Invalid: outside 1 to 400 days.
    """
    if not 1 <= days <= LONGEST:
        raise Invalid(f"{days} days is not between 1 and {LONGEST}.", place=Place(field="days"))
    return now - timedelta(days=days)


def _measured(
    scope: Scope,
    known: Histories,
    judged: tuple[Judged, ...] | list[Judged],
    incidents: tuple[Incident, ...] | list[Incident],
    *,
    since: datetime,
    until: datetime,
    uids: set[str] | None = None,
) -> Measured:
    registered = [one.registered_at for one in scope.services if uids is None or one.uid in uids]
    first = [at for uid, at in known.first.items() if uids is None or uid in uids]
    return measure(
        judged,
        incidents,
        since=since,
        until=until,
        onboarded=min([*registered, *first], default=None),
        once=scope.everybody and uids is None,
    )


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


def _named(service: ServiceView) -> str:
    return service.name if service.namespace == "default" else f"{service.namespace}/{service.name}"


def _parts(scope: Scope, known: Histories, since: datetime, now: datetime, *, by_team: bool) -> tuple[Part, ...]:
    judged: dict[str, list[Judged]] = defaultdict(list)
    incidents: dict[str, list[Incident]] = defaultdict(list)
    for one in known.judged:
        judged[one.service_uid].append(one)
    for each in known.incidents:
        incidents[each.service_uid].append(each)
    members: dict[str, set[str]] = defaultdict(set)
    for service in scope.services:
        members[service.owner if by_team else _named(service)].add(service.uid)
    return tuple(
        Part(
            name,
            len(uids),
            _measured(
                scope,
                known,
                [one for uid in sorted(uids) for one in judged[uid]],
                [one for uid in sorted(uids) for one in incidents[uid]],
                since=since,
                until=now,
                uids=uids,
            ),
        )
        for name, uids in sorted(members.items())
    )
