"""What decisions about alerts look at, read once for a batch: silences, open pages, services, routes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db.models import F, Q

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.catalog.depending import needs_of
from roadbed.ground.catalog.queries import ServiceView
from roadbed.ground.demo import queries as demo
from roadbed.reliability.paging.alerts.models import Integration, Signal, Silence
from roadbed.reliability.paging.models import Alert
from roadbed.reliability.paging.routing import Desk, Route
from roadbed.reliability.paging.rules.alerts import placing, silencing
from roadbed.reliability.paging.rules.alerts.matching import matchers_of
from roadbed.reliability.paging.rules.alerts.naming import services_in
from roadbed.reliability.paging.rules.alerts.placing import Open, Withheld
from roadbed.reliability.paging.rules.alerts.silencing import Quiet
from roadbed.reliability.paging.rules.alerts.values import SEVERITIES
from roadbed.reliability.paging.rules.owning import decide_unknown

MOST_KNOWN = 20_000
WHAT: Final = "alerts:"
"""What the pages of alerts are about begins with it; others are of facts, and end with those."""
STORM: Final = f"{WHAT}storm:"
"""The same of the one page of a team that has too many."""


def quiet_of(row: Silence) -> Quiet:
    """A silence as rules take it."""
    return Quiet(
        row.uid, matchers_of(row.matchers), row.starts_at, row.ends_at, row.reason, row.by, row.rrule, row.zone,
        row.ended_at, row.starts_at <= row.made_at,
    )  # fmt: skip


def quiets(*, now: datetime) -> tuple[Quiet, ...]:
    """Silences that could be in force: those that nobody ended and that are not over for good."""
    begun = Q(starts_at__lte=now) | Q(starts_at__lte=F("made_at"))
    rows = Silence.objects.filter(begun, ended_at=None).filter(Q(ends_at__gt=now) | ~Q(rrule=""))
    return tuple(quiet_of(row) for row in rows.order_by("pk"))


def labels_of(signal: Signal, integration: str) -> dict[str, str]:
    """What matchers are held against: the sender's labels, and what Roadbed found out."""
    found = {
        "alertname": signal.title,
        **signal.labels,
        "environment": signal.environment,
        "severity": SEVERITIES[signal.severity],
        "integration": integration,
        "team": signal.team,
    }
    return found | ({"service": signal.service} if signal.service else {})


def _is_demo(integration: Integration) -> bool:
    return integration.team is not None and demo.is_demo(integration.team.uid)


@dataclass
class View:
    """The world at an instant, each part of it read when it is first asked for."""

    now: datetime
    desk: Desk
    _quiets: tuple[Quiet, ...] | None = None
    _open: dict[str, list[Open]] = field(default_factory=dict)
    _services: dict[str, ServiceView | None] = field(default_factory=dict)
    _routes: dict[tuple[str, ...], Route] = field(default_factory=dict)
    _needs: dict[str, dict[str, str]] = field(default_factory=dict)
    _recent: dict[str, int] = field(default_factory=dict)

    @classmethod
    def at(cls, now: datetime) -> View:
        """The world at an instant."""
        return cls(now, Desk(now))

    def service(self, name: str) -> ServiceView | None:
        if name not in self._services:
            found = self._services[name] = catalog.service(name)
            if found is not None:
                self._services.setdefault(found.uid, found)
        return self._services[name]

    def service_of(self, integration: Integration, labels: Mapping[str, str], named: str) -> ServiceView | None:
        """The first of what labels name that is in the catalogue; of an integration for one service that one."""
        if integration.service_uid:
            return self.service(integration.service_uid)
        for name in services_in(labels, named):
            if name.isprintable() and (found := self.service(name[:200])) is not None:
                return found
        return None

    def route(self, service: ServiceView | None, integration: Integration, labels: Mapping[str, str]) -> Route:
        """Whom it goes to, by the service or without one."""
        if service is not None:
            key: tuple[str, ...] = ("service", service.uid)
            if key not in self._routes:
                self._routes[key] = self.desk.route(service)
            return self._routes[key]
        named, said = labels.get("team", "")[:63], next(services_in(labels), "")[:60]
        key = ("integration", integration.uid, named, said)
        if key not in self._routes:
            known = self.desk.team(named) if named else None
            door = integration.team.name if integration.team else ""
            decided = decide_unknown(
                named=known.name if known else named, named_known=known is not None, door=door,
                integration=integration.name, said_service=said,
            )  # fmt: skip
            self._routes[key] = self.desk.routed(decided, demo_data=_is_demo(integration))
        return self._routes[key]

    def withheld(self, signal: Signal, integration: str) -> Withheld | None:
        """Why nobody is paged about it for now."""
        if self._quiets is None:
            self._quiets = quiets(now=self.now)
        found = silencing.silenced(labels_of(signal, integration), self._quiets, now=self.now)
        if found is not None or not signal.service_uid:
            return found
        self.learn([signal.service_uid])
        needed = self._needs[signal.service_uid]
        others = [one for uid in needed for one in self._open.get(uid, ())]
        if not others:
            return None
        return placing.held_back(
            service=signal.service, environment=signal.environment, severity=signal.severity, needs=needed,
            others=others, now=self.now, text=signal.title,
        )  # fmt: skip

    def learn(self, service_uids: Iterable[str]) -> None:
        """Read at once what some services depend on, and the pages of that."""
        fresh = [uid for uid in dict.fromkeys(service_uids) if uid and uid not in self._needs]
        if not fresh:
            return
        found = needs_of(fresh)
        self._needs |= {uid: found.get(uid, {}) for uid in fresh}
        wanted = {uid for needed in found.values() for uid in needed} - self._open.keys()
        if not wanted:
            return
        self._open |= {uid: [] for uid in wanted}
        rows = Alert.objects.filter(Q(closed_at=None) | Q(closed_at__gt=self.now - placing.GRACE))
        columns = ("uid", "service_uid", "service", "environment", "severity", "title", "closed_at")
        for row in rows.filter(service_uid__in=list(wanted)).order_by("pk").values_list(*columns)[:MOST_KNOWN]:
            self._open[row[1]].append(Open(*row))

    def needed(self, service_uid: str, among: frozenset[str]) -> int:
        """How many of some services a service depends on."""
        if not service_uid or len(among) < 2:  # noqa: PLR2004 - one alone depends on none of them
            return 0
        self.learn(among)
        return len(among.intersection(self._needs[service_uid]))

    def recent(self, team: str, *, since: datetime) -> int:
        """Pages that a team got since an instant, without those of storms; the same instant in one view."""
        if team not in self._recent:
            rows = Alert.objects.filter(team=team, opened_at__gt=since).exclude(what__startswith=STORM)
            self._recent[team] = rows.count()
        return self._recent[team]

    def opened(self, page: Alert) -> None:
        """A page that was opened meanwhile holds back what depends on its service from now on, and counts."""
        if page.team in self._recent and not page.what.startswith(STORM):
            self._recent[page.team] += 1
        if page.service_uid in self._open:
            one = Open(page.uid, page.service_uid, page.service, page.environment, page.severity, page.title)
            self._open[page.service_uid].append(one)
