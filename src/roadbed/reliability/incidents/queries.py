"""Reading incidents: lists, one with its suspects and timeline, and what the gate needs."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import Q

from roadbed.ground.api.paging import Page, checked_limit, decode_cursor, page_of
from roadbed.ground.asks import IncidentTold, TellIncident, ToldEntry
from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.ground.prepared import Prepared, columns, instances
from roadbed.reliability.incidents import facts
from roadbed.reliability.incidents.models import Incident
from roadbed.reliability.incidents.rules import ROLES, STATUSES, name_of, number_of
from roadbed.reliability.incidents.rules.suspects import suspects
from roadbed.reliability.incidents.rules.timeline import timeline
from roadbed.reliability.incidents.values import IncidentPage, IncidentView, RoleView

UNRESOLVED: Final = (Incident.OPEN, Incident.MITIGATED)


def view_of(row: Incident) -> IncidentView:
    """The row as a value."""
    return IncidentView(
        uid=row.uid,
        number=row.number,
        name=name_of(row.number),
        title=row.title,
        service_uid=row.service_uid,
        service=row.service_name,
        owner=row.owner,
        environment=row.environment,
        severity=row.severity,
        status=row.status,
        started_at=row.started_at,
        detected_at=row.detected_at,
        mitigated_at=row.mitigated_at,
        resolved_at=row.resolved_at,
        roles=tuple(
            RoleView(role, title, held["uid"], held["name"])
            for role, title in ROLES.items()
            if (held := row.roles.get(role))
        ),
        alerts=tuple(row.alerts),
        cause_deployment=row.cause_deployment,
        opened_by=row.opened_by,
    )


def row_of(reference: str) -> Incident:
    """The row of `INC-7`, `7` or a uid.

    Raises:
        NotFound: with where to find it.
    """
    number = number_of(reference)
    found = Incident.objects.filter(uid=reference).first() if number is None and reference.isalnum() else None
    if number is not None:
        found = Incident.objects.filter(number=number).first()
    if found is None:
        raise NotFound(f"There is no incident {reference[:40]}.", remedy="`roadbed incident list` names all of them.")
    return found


def incidents(
    *, status: str = "", service_uid: str = "", text: str = "", cursor: str | None = None, limit: int = 20
) -> Page[IncidentView]:
    """Incidents, newest first. `status` is one of open, mitigated, resolved, or `unresolved` for the first two.

    `text` is looked for in titles and services; `INC-7` finds that one.
    """
    rows = Incident.objects.all()
    if text:
        named = Q(title__icontains=text) | Q(service_name__icontains=text)
        number = number_of(text)
        rows = rows.filter(named if number is None else named | Q(number=number))
    if status == "unresolved":
        rows = rows.filter(status__in=UNRESOLVED)
    elif status in STATUSES:
        rows = rows.filter(status=status)
    elif status:
        raise Invalid(
            f"{status[:40]!r} is not a status.",
            remedy=f"One of {', '.join((*STATUSES, 'unresolved'))}.",
            place=Place(field="status"),
        )
    if service_uid:
        rows = rows.filter(service_uid=service_uid)
    if cursor:
        (number,) = decode_cursor(cursor, 1)
        if not isinstance(number, int):
            raise Invalid("This cursor was not made by this list.", place=Place(field="cursor"))
        rows = rows.filter(number__lt=number)
    found = list(rows.order_by("-number")[: checked_limit(limit) + 1])
    page = page_of(found, limit, lambda row: (row.number,))
    return Page(tuple(view_of(row) for row in page.items), page.next_cursor)


def open_of(service_uid: str) -> tuple[IncidentView, ...]:
    """A service's incidents that are not resolved, the severest first."""
    return tuple(view_of(row) for row in instances(Incident, _OPEN.rows(service=service_uid)))


def count_open() -> int:
    """How many incidents are not resolved."""
    return Incident.objects.filter(status__in=UNRESOLVED).count()


def incident(reference: str, *, now: datetime) -> IncidentPage:
    """One incident with its suspects and its timeline as the ledger tells them now."""
    return page_of_row(row_of(reference), now=now)


def page_of_row(row: Incident, *, now: datetime) -> IncidentPage:
    """The same for a row."""
    known = facts.of_incident(row, now=now)
    found = suspects(known, started_at=row.started_at, environment=row.environment, detected_at=row.detected_at)
    lines = timeline(
        known, started_at=row.started_at, detected_at=row.detected_at, suspected=[one.fact for one in found]
    )
    acknowledged = [
        fact.occurred_at for fact in known if fact.kind == "page.acknowledged" and fact.occurred_at >= row.started_at
    ]
    return IncidentPage(view_of(row), found, lines, min(acknowledged, default=None))


def tell(asked: TellIncident) -> IncidentTold | None:
    """The incident as a record, for a room that writes about it; the timeline ends when it was resolved."""
    row = Incident.objects.filter(uid=asked.incident_uid).first()
    if row is None:
        return None
    page = page_of_row(row, now=row.resolved_at or row.detected_at)
    view = page.view
    return IncidentTold(
        uid=view.uid,
        number=view.number,
        title=view.title,
        service_uid=view.service_uid,
        service=view.service,
        owner=view.owner,
        environment=view.environment,
        severity=view.severity,
        started_at=view.started_at,
        detected_at=view.detected_at,
        acknowledged_at=page.acknowledged_at,
        mitigated_at=view.mitigated_at,
        resolved_at=view.resolved_at,
        lead=view.lead,
        entries=tuple(
            ToldEntry(line.at, line.known_at, line.title, line.detail, line.fact) for line in reversed(page.timeline)
        ),
    )


_OPEN: Final = Prepared(
    lambda service: (
        Incident.objects.filter(service_uid=service, status__in=UNRESOLVED)
        .order_by("severity", "-number")
        .values_list(*columns(Incident))
    ),
    service=str,
)
