"""Reading incidents: lists, one with its suspects and timeline, and what the gate needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db.models import Q

from roadbed.ground.api.paging import Page, checked_limit, decode_cursor, page_of
from roadbed.ground.asks import IncidentTold, TellIncident, ToldEntry
from roadbed.ground.errors import Invalid, Place
from roadbed.ground.people.rules import Caller
from roadbed.ground.prepared import Prepared, columns, instances
from roadbed.reliability.incidents import facts
from roadbed.reliability.incidents import reading as parts
from roadbed.reliability.incidents.models import Affected, Incident, Pinned
from roadbed.reliability.incidents.rules import ROLES, STATUSES, name_of, number_of
from roadbed.reliability.incidents.rules.suspects import ranked
from roadbed.reliability.incidents.rules.timeline import marked, timeline
from roadbed.reliability.incidents.seeing import PRIVATE_TITLE, row_of, touching, visible
from roadbed.reliability.incidents.suspecting import suspicion
from roadbed.reliability.incidents.values import AffectedView, IncidentPage, IncidentView, RoleView

__all__ = ["count_open", "incident", "incidents", "masked", "open_of", "row_of", "tell", "view_for"]
UNRESOLVED: Final = (Incident.OPEN, Incident.MITIGATED)


def view_of(row: Incident, *, further: tuple[AffectedView, ...] = (), merged_into: str = "") -> IncidentView:
    """The row as a value, with what was read beside it."""
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
        stage=row.stage,
        ended_at=row.ended_at,
        acknowledged_at=row.acknowledged_at,
        times=row.times,
        further=further,
        source=row.source,
        source_url=row.source_url,
        version=row.version,
        private=row.private,
        public=row.public,
        public_title=row.public_title,
        next_update_at=row.next_update_at,
        merged_into=merged_into,
        room=row.room,
    )


def _views(rows: Iterable[Incident]) -> tuple[IncidentView, ...]:
    """Several rows as values, with what hangs on them read at once."""
    rows = tuple(rows)
    further: dict[int, list[AffectedView]] = {}
    keys = [row.pk for row in rows]
    if keys:
        for one in Affected.objects.filter(incident__in=keys).order_by("pk"):
            held = further.setdefault(one.incident_id, [])
            held.append(AffectedView(one.service_uid, one.service_name, one.owner))
    into = {row.merged_into_id for row in rows if row.merged_into_id is not None}
    numbers = dict(Incident.objects.filter(pk__in=into).values_list("pk", "number")) if into else {}
    return tuple(
        view_of(
            row,
            further=tuple(further.get(row.pk, ())),
            merged_into=name_of(numbers[row.merged_into_id]) if row.merged_into_id is not None else "",
        )
        for row in rows
    )


def masked(view: IncidentView) -> IncidentView:
    """What everybody may know of a private incident: that it is there, where, and how bad it is."""
    if not view.private:
        return view
    return replace(view, title=PRIVATE_TITLE, roles=(), alerts=(), opened_by="", times={}, room={}, cause_deployment="")


def incidents(
    *,
    status: str = "",
    service_uid: str = "",
    text: str = "",
    caller: Caller | None = None,
    cursor: str | None = None,
    limit: int = 20,
) -> Page[IncidentView]:
    """Incidents, newest first. `status` is one of open, mitigated, resolved, or `unresolved` for the first two.

    `text` is looked for in titles and services; `INC-7` finds that one. Private ones are listed for a `caller` who may
    see them; those that were merged are listed no more.
    """
    rows = visible(Incident.objects.filter(merged_into=None), caller)
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
        rows = rows.filter(pk__in=touching(service_uid).values("pk"))
    if cursor:
        (number,) = decode_cursor(cursor, 1)
        if not isinstance(number, int):
            raise Invalid("This cursor was not made by this list.", place=Place(field="cursor"))
        rows = rows.filter(number__lt=number)
    found = list(rows.order_by("-number")[: checked_limit(limit) + 1])
    page = page_of(found, limit, lambda row: (row.number,))
    return Page(_views(page.items), page.next_cursor)


def open_of(service_uid: str) -> tuple[IncidentView, ...]:
    """Incidents that harm a service and are not resolved, the severest first; private ones without their words."""
    return tuple(masked(view_of(row)) for row in instances(Incident, _OPEN.rows(service=service_uid, also=service_uid)))


def count_open(caller: Caller | None = None) -> int:
    """How many incidents are not resolved, of those that the caller may see."""
    return visible(Incident.objects.filter(status__in=UNRESOLVED), caller).count()


def incident(reference: str, *, now: datetime, caller: Caller | None = None) -> IncidentPage:
    """One incident with its suspects and its timeline as the ledger tells them now.

    Raises:
        NotFound: also for a private one that the caller may not see; without a caller for every private one.
    """
    return page_of_row(row_of(reference, caller), now=now)


def view_for(reference: str, *, caller: Caller | None = None) -> IncidentView:
    """One incident without its timeline.

    Raises:
        NotFound: as `incident`.
    """
    return _views((row_of(reference, caller),))[0]


def page_of_row(row: Incident, *, now: datetime) -> IncidentPage:
    """The same for a row."""
    (view,) = _views((row,))
    known = facts.of_incident(row, now=now)
    judged = {one.fact: (one.verdict, f"{one.reason} ({one.by})".strip()) for one in row.judged.all()}
    found = ranked(suspicion(row, known, harmed=facts.services_of(row), now=now), judged)
    lines = timeline(
        known, started_at=row.started_at, detected_at=row.detected_at,
        suspected=[one.fact for one in found.suspects if one.verdict != "dismissed"],
    )  # fmt: skip
    marks = list(row.marks.all())
    shown, hidden = marked(
        lines,
        pinned=[one.fact for one in marks if one.kind == Pinned.PINNED],
        hidden={one.fact: f"{one.reason} ({one.by})" for one in marks if one.kind == Pinned.HIDDEN},
    )
    acknowledged = [
        fact.occurred_at for fact in known if fact.kind == "page.acknowledged" and fact.occurred_at >= row.started_at
    ]
    return IncidentPage(
        view,
        found.suspects,
        shown,
        row.acknowledged_at or min(acknowledged, default=None),
        hidden=hidden,
        tasks=parts.tasks(row, now=now),
        updates=parts.updates(row),
        participants=parts.participants(row),
        unfilled=parts.unfilled(row),
        handover=parts.handover(known),
        merged=tuple(name_of(number) for number in row.merged.order_by("number").values_list("number", flat=True)),
        draft=parts.draft(view, known, now=now),
        none_of_these=found.none,
    )


def tell(asked: TellIncident) -> IncidentTold | None:
    """The incident as a record, for a room that writes about it; the timeline ends when it was resolved.

    A private one is nobody's to write about, and one that was merged is told by the one it became part of.
    """
    row = Incident.objects.filter(uid=asked.incident_uid, private=False, merged_into=None).first()
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
        mitigated_at=view.ended_at or view.mitigated_at,
        resolved_at=view.resolved_at,
        lead=view.lead,
        entries=tuple(
            ToldEntry(line.at, line.known_at, line.title, line.detail, line.fact) for line in reversed(page.timeline)
        ),
    )


_OPEN: Final = Prepared(
    lambda service, also: (
        Incident.objects.filter(
            Q(service_uid=service) | Q(pk__in=Affected.objects.filter(service_uid=also).values("incident_id")),
            status__in=UNRESOLVED,
        )
        .order_by("severity", "-number")
        .values_list(*columns(Incident))
    ),
    service=str,
    also=str,
)
