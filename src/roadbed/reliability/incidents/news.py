"""The week's incidents of a team's services, for whoever writes about its week."""

from __future__ import annotations

from typing import Final

from django.db.models import Q
from django.urls import reverse

from roadbed.ground.asks import news
from roadbed.ground.asks.news import BAD, PLAIN, Line, Week
from roadbed.ground.shell import words
from roadbed.reliability.incidents.models import Incident
from roadbed.reliability.incidents.rules import name_of

MOST: Final = 20


def supply() -> None:
    """Hang them in."""
    news.supply("incidents", "Incidents", told, rank=40)


def told(week: Week) -> tuple[Line, ...]:
    """Those that began in the week and those that still go on, the severest first."""
    meant = Q(detected_at__gte=week.since) | ~Q(status=Incident.RESOLVED)
    rows = Incident.objects.filter(meant, service_uid__in=list(week.services), detected_at__lt=week.until)
    return tuple(_line(row) for row in rows.order_by("severity", "-number")[:MOST])


def _line(row: Incident) -> Line:
    over = row.resolved_at is not None
    took = words.duration(((row.resolved_at or row.detected_at) - row.started_at).total_seconds())
    text = f"{name_of(row.number)}, {row.service_name}, severity {row.severity}: {row.title}, "
    text += f"over after {took}" if over else "goes on"
    return Line(text, reverse("incidents:incident", args=[name_of(row.number)]), PLAIN if over else BAD)
