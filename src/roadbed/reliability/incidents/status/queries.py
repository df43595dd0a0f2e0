"""Reading the public status page: opted-in components, published incidents, planned work; nothing else is touched."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Q

from roadbed.ground import asks
from roadbed.ground.asks.counted import DayKept, DaysKept
from roadbed.ground.errors import Unavailable
from roadbed.ground.people.derived import derived
from roadbed.reliability.incidents.models import Component, Incident, Maintenance, Subscriber, Update
from roadbed.reliability.incidents.status import rules
from roadbed.reliability.incidents.status.values import (
    Board,
    ComponentView,
    ListedComponent,
    MaintenanceView,
    PublicIncident,
    PublicUpdate,
)

SHOWN_PAST: Final = timedelta(days=rules.DAYS)
MOST_PAST: Final = 50
TOLD_AHEAD: Final = timedelta(days=60)


def board(*, now: datetime) -> Board:
    """The page as it is now."""
    components = tuple(Component.objects.order_by("position", "name"))
    incidents = _incidents(components, now=now)
    works = _maintenance(components, now=now)
    days = _days(tuple(one.service_uid for one in components), now=now)
    shown = tuple(_component(one, incidents, works, days.get(one.service_uid, ())) for one in components)
    going_on = tuple(one for one in incidents if one.resolved_at is None)
    return Board(
        organization=str(settings.ORGANIZATION),
        as_of=now,
        state=rules.worst([*(one.state for one in shown), *(one.state for one in going_on)]),
        components=shown,
        going_on=going_on,
        past=tuple(one for one in incidents if one.resolved_at is not None),
        maintenance=works,
    )


def _days(service_uids: tuple[str, ...], *, now: datetime) -> dict[str, tuple[DayKept, ...]]:
    try:
        return asks.put(DaysKept(service_uids, rules.DAYS, now))
    except Unavailable:
        return {}


def _component(
    row: Component, incidents: Iterable[PublicIncident], works: Iterable[MaintenanceView], days: tuple[DayKept, ...]
) -> ComponentView:
    states = [one.state for one in incidents if one.resolved_at is None and row.name in one.components]
    states += [rules.MAINTENANCE for one in works if one.running and row.name in one.components]
    told = tuple(rules.day_of(one) for one in days)
    return ComponentView(
        uid=row.uid,
        name=row.name,
        description=row.description,
        state=rules.worst(states),
        days=told,
        uptime=rules.uptime(told),
        unknown_days=sum(day.state == rules.UNKNOWN for day in told),
    )


def _incidents(components: tuple[Component, ...], *, now: datetime) -> tuple[PublicIncident, ...]:
    rows = Incident.objects.filter(public=True, private=False, merged_into=None)
    rows = rows.filter(Q(resolved_at=None) | Q(resolved_at__gte=now - SHOWN_PAST)).prefetch_related("affected")
    found = list(rows.order_by("-started_at")[:MOST_PAST])
    told: dict[int, list[PublicUpdate]] = {row.pk: [] for row in found}
    for one in Update.objects.filter(incident__in=list(told), public=True).order_by("-posted_at", "-pk"):
        told[one.incident_id].append(PublicUpdate(one.posted_at, one.stage, one.text))
    names = {one.service_uid: one.name for one in components}
    return tuple(_incident(row, names, tuple(told[row.pk])) for row in found)


def _incident(row: Incident, names: dict[str, str], told: tuple[PublicUpdate, ...]) -> PublicIncident:
    uids = (row.service_uid, *(one.service_uid for one in row.affected.all()))
    over = row.status == Incident.RESOLVED
    return PublicIncident(
        id=public_id(row.uid),
        title=row.public_title,
        stage=row.stage,
        state=rules.NORMAL if over else rules.state_of(row.severity, mitigated=row.status == Incident.MITIGATED),
        started_at=row.started_at,
        ended_at=row.ended_at or row.mitigated_at or row.resolved_at,
        resolved_at=row.resolved_at if over else None,
        components=tuple(names[uid] for uid in uids if uid in names),
        updates=told,
    )


def public_id(uid: str) -> str:
    """What a published incident is called outside: the same always, and no way back to the one inside."""
    return derived("status.incident", uid)[:16]


def _maintenance(components: tuple[Component, ...], *, now: datetime) -> tuple[MaintenanceView, ...]:
    names = {one.uid: one.name for one in components}
    rows = Maintenance.objects.filter(cancelled_at=None, ends_at__gt=now, starts_at__lt=now + TOLD_AHEAD)
    return tuple(
        MaintenanceView(
            row.uid, row.title, row.text, tuple(names[uid] for uid in row.components if uid in names),
            row.starts_at, row.ends_at, running=row.starts_at <= now,
        )
        for row in rows.order_by("starts_at")
    )  # fmt: skip


def components() -> tuple[ListedComponent, ...]:
    """The components with the services behind them, for those who keep the page."""
    return tuple(
        ListedComponent(row.uid, row.service_uid, row.service_name, row.name, row.description, row.position)
        for row in Component.objects.order_by("position", "name")
    )


def count_subscribers() -> int:
    """How many addresses confirmed."""
    return Subscriber.objects.filter(confirmed_at__isnull=False).count()
