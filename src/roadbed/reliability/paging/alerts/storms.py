"""The one page of a team that has too many: alerts join it while the storm lasts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from roadbed.ground.ledger.unit import Unit
from roadbed.reliability.paging.alerts.looking import STORM, View
from roadbed.reliability.paging.alerts.models import Signal
from roadbed.reliability.paging.escalating import locked
from roadbed.reliability.paging.models import Alert
from roadbed.reliability.paging.opening import Opening, open_into
from roadbed.reliability.paging.outbox import Outbox
from roadbed.reliability.paging.routing import Route
from roadbed.reliability.paging.rules.alerts import storming
from roadbed.reliability.paging.rules.alerts.naming import PRODUCTION
from roadbed.reliability.paging.rules.alerts.storming import Joining, Limit


def enough() -> Limit:
    """How many pages within how long are enough for a team, as this installation has it."""
    return Limit(settings.STORM_PAGES, timedelta(minutes=settings.STORM_MINUTES))


@dataclass
class _Storm:
    """A storm's page, the services in it by uid, and what came to it now; without a page it is about to begin."""

    page: Alert | None
    services: dict[str, str]
    route: Route | None = None
    waiting: list[tuple[Sequence[Signal], str]] = field(default_factory=list)


@dataclass
class Storms:
    """The storms of teams as a batch of alerts meets them."""

    view: View
    writing: Unit
    limit: Limit = field(default_factory=enough)
    _known: dict[str, _Storm | None] = field(default_factory=dict)

    def joining(self, signal: Signal, team: str) -> Joining:
        """Whether an alert that has no page yet is one of its team's storm."""
        storm = self._storm(team)
        among = storm is not None and bool(signal.service_uid) and signal.service_uid in storm.services
        recent = self.view.recent(team, since=self.view.now - self.limit.within)
        return storming.joining(
            team=team, severity=signal.severity, recent=recent, storms=storm is not None, among=among, limit=self.limit
        )

    def take(self, route: Route, members: Sequence[Signal], said: str) -> None:
        """Alerts of one service come to the storm of the route's team."""
        storm = self._storm(route.team)
        if storm is None:
            storm = self._known[route.team] = _Storm(None, {}, route)
        storm.waiting.append((members, said))
        storm.services.setdefault(members[0].service_uid, members[0].service)

    def settle(self, outbox: Outbox) -> Iterator[tuple[Alert, Sequence[Signal], str]]:
        """Open what begins, say of each how large it is; answers what came to which page, and why."""
        for storm in self._known.values():
            if storm is None or not storm.waiting:
                continue
            if storm.page is None:
                assert storm.route is not None  # noqa: S101 - who begins one has it
                storm.page = open_into(outbox, _opening(storm, self.writing.now), storm.route, self.writing)
            else:
                names = sorted(storm.services.values())
                storm.page.title = storming.title_of(storm.page.team, names)
                storm.page.figures = _figures(names, self.writing.now)
                storm.page.save(update_fields=["title", "figures"])
            for members, said in storm.waiting:
                yield storm.page, members, said

    def _storm(self, team: str) -> _Storm | None:
        if team not in self._known:
            uid = open_storms().filter(what=what_of(team)).values_list("uid", flat=True).first()
            page = locked(uid) if uid else None
            self._known[team] = None if page is None or page.closed_at else _Storm(page, services_in(page))
        return self._known[team]


def what_of(team: str) -> str:
    """What the page of a team's storm is about."""
    return f"{STORM}{team}"


def open_storms() -> QuerySet[Alert]:
    """The pages of storms that go on."""
    return Alert.objects.filter(closed_at=None, service_uid="", what__startswith=STORM)


def services_in(page: Alert) -> dict[str, str]:
    """Names of the services by uid of which alerts in a page still fire, empty for what names none."""
    rows = Signal.objects.filter(page=page, resolved_at=None, stance=Signal.PAGES).order_by("service")
    return dict(rows.values_list("service_uid", "service").distinct())


def joined_at(page: Alert) -> datetime:
    """When a service joined a storm last."""
    return datetime.fromisoformat(page.figures["joined_at"]) if "joined_at" in page.figures else page.opened_at


def is_calm(page: Alert, *, now: datetime) -> bool:
    """Whether what is left of a storm can have pages by service again."""
    least, when = enough(), joined_at(page)
    if now - when < least.within:
        return False
    return storming.is_calm(joined_at=when, services=len(services_in(page)), now=now, limit=least)


def _figures(names: Sequence[str], now: datetime) -> dict[str, Any]:
    return {"text": storming.text_of(names), "services": len(names), "joined_at": now.isoformat()}


def _opening(storm: _Storm, now: datetime) -> Opening:
    assert storm.route is not None  # noqa: S101 - who begins one has it
    names, team = sorted(storm.services.values()), storm.route.team
    return Opening(
        service_uid="",
        service="",
        environment=PRODUCTION,
        what=what_of(team),
        title=storming.title_of(team, names),
        severity=min(one.severity for members, _ in storm.waiting for one in members),
        started_at=now,
        text=f"{storm.waiting[0][1]} {storming.text_of(names)}",
        figures=_figures(names, now),
    )
