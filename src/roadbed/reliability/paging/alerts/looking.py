"""What decisions about alerts look at, read once for a batch: silences, open pages, services, routes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from roadbed.ground.catalog import queries as catalog
from roadbed.ground.catalog.depending import needs
from roadbed.ground.catalog.queries import ServiceView
from roadbed.ground.demo import queries as demo
from roadbed.ground.people import queries as people
from roadbed.reliability.paging.alerts.models import Integration, Signal, Silence
from roadbed.reliability.paging.models import Alert
from roadbed.reliability.paging.routing import Route, route_of, routed
from roadbed.reliability.paging.rules.alerts import placing, silencing
from roadbed.reliability.paging.rules.alerts.matching import matchers_of
from roadbed.reliability.paging.rules.alerts.naming import services_in
from roadbed.reliability.paging.rules.alerts.placing import Open, Withheld
from roadbed.reliability.paging.rules.alerts.silencing import Quiet
from roadbed.reliability.paging.rules.alerts.values import SEVERITIES
from roadbed.reliability.paging.rules.owning import decide_unknown

MOST_KNOWN = 20_000


def quiet_of(row: Silence) -> Quiet:
    """A silence as rules take it."""
    return Quiet(
        row.uid, matchers_of(row.matchers), row.starts_at, row.ends_at, row.reason, row.by, row.rrule, row.zone,
        row.ended_at,
    )  # fmt: skip


def quiets(*, now: datetime) -> tuple[Quiet, ...]:
    """Silences that could be in force: those that nobody ended and that are not over for good."""
    rows = Silence.objects.filter(ended_at=None, starts_at__lte=now).filter(Q(ends_at__gt=now) | ~Q(rrule=""))
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
    _quiets: tuple[Quiet, ...] | None = None
    _open: tuple[Open, ...] | None = None
    _services: dict[str, ServiceView | None] = field(default_factory=dict)
    _routes: dict[tuple[str, ...], Route] = field(default_factory=dict)
    _needs: dict[str, dict[str, str]] = field(default_factory=dict)

    def service(self, name: str) -> ServiceView | None:
        if name not in self._services:
            self._services[name] = catalog.service(name)
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
                self._routes[key] = route_of(service, now=self.now)
            return self._routes[key]
        named, said = labels.get("team", "")[:63], next(services_in(labels), "")[:60]
        key = ("integration", integration.uid, named, said)
        if key not in self._routes:
            known = people.team(named) if named else None
            door = integration.team.name if integration.team else ""
            decided = decide_unknown(
                named=known.name if known else named, named_known=known is not None, door=door,
                integration=integration.name, said_service=said,
            )  # fmt: skip
            self._routes[key] = routed(decided, demo_data=_is_demo(integration), now=self.now)
        return self._routes[key]

    def withheld(self, signal: Signal, integration: str) -> Withheld | None:
        """Why nobody is paged about it for now."""
        if self._quiets is None:
            self._quiets = quiets(now=self.now)
        found = silencing.silenced(labels_of(signal, integration), self._quiets, now=self.now)
        if found is not None or not signal.service_uid:
            return found
        if not (others := self._others()):
            return None
        return placing.held_back(
            service=signal.service, environment=signal.environment, severity=signal.severity,
            needs=self._needs_of(signal.service_uid), others=others, now=self.now,
        )  # fmt: skip

    def _others(self) -> tuple[Open, ...]:
        if self._open is None:
            rows = Alert.objects.exclude(service_uid="").filter(
                Q(closed_at=None) | Q(closed_at__gt=self.now - placing.GRACE)
            )
            columns = ("uid", "service_uid", "service", "environment", "severity", "title", "closed_at")
            self._open = tuple(Open(*row) for row in rows.order_by("pk").values_list(*columns)[:MOST_KNOWN])
        return self._open

    def _needs_of(self, service_uid: str) -> dict[str, str]:
        if service_uid not in self._needs:
            self._needs[service_uid] = needs(service_uid)
        return self._needs[service_uid]

    def needed(self, service_uid: str, among: frozenset[str]) -> int:
        """How many of some services a service depends on."""
        if not service_uid or len(among) < 2:  # noqa: PLR2004 - one alone depends on none of them
            return 0
        return len(among.intersection(self._needs_of(service_uid)))

    def opened(self, page: Alert) -> None:
        """A page that was opened meanwhile holds back what depends on its service from now on."""
        if self._open is not None and page.service_uid:
            one = Open(page.uid, page.service_uid, page.service, page.environment, page.severity, page.title)
            self._open = (*self._open, one)
