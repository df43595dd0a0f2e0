"""Reading engagements, and who answers for a service on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from roadbed.ground.catalog.models import Engagement, Entity
from roadbed.ground.catalog.values import Accountable, EngagementView


def engagements(service_uid: str = "", *, on: date | None = None) -> tuple[EngagementView, ...]:
    """Engagements, newest first: of one service or all, on one day or ever."""
    rows = Engagement.objects.select_related("service", "team").order_by("-started_on", "-pk")
    if service_uid:
        rows = rows.filter(service__uid=service_uid)
    if on is not None:
        rows = rows.filter(Q(ended_on=None) | Q(ended_on__gte=on), started_on__lte=on)
    return tuple(_view(row) for row in rows)


def engaged(service_uids: Iterable[str], *, on: date) -> dict[str, EngagementView]:
    """The newest engagement of each of several services on a day; services without one are left out."""
    rows = Engagement.objects.filter(Q(ended_on=None) | Q(ended_on__gte=on), started_on__lte=on)
    rows = rows.filter(service__uid__in=list(service_uids)).select_related("service", "team")
    return {row.service.uid: _view(row) for row in rows.order_by("started_on", "pk")}


def _view(row: Engagement) -> EngagementView:
    return EngagementView(
        uid=row.uid, service_uid=row.service.uid, service=row.service.name, team=row.team.name,
        team_uid=row.team.uid, started_on=row.started_on, ended_on=row.ended_on, entry_review=row.entry_review,
        objectives=tuple(row.objectives), hand_back=tuple(row.hand_back), end_reason=row.end_reason,
        kind=row.kind, owner_hours=row.owner_hours,
    )  # fmt: skip


def accountable(service_uid: str, *, on: date) -> Accountable | None:
    """Who answers for a service on a day, None for an unknown service; who only consults answers for nothing."""
    engaged = engagements(service_uid, on=on)
    if engaged and engaged[0].kind != Engagement.CONSULT:
        return Accountable(team=engaged[0].team, team_uid=engaged[0].team_uid, by="engagement")
    row = Entity.objects.filter(uid=service_uid).values_list("owner", "owner_team_id").first()
    return None if row is None else Accountable(team=row[0], team_uid=str(row[1] or ""), by="owner")
