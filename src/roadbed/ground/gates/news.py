"""The week's overrides of the gate on a team's services, for whoever writes about its week."""

from __future__ import annotations

from typing import Final

from django.urls import reverse

from roadbed.ground.asks import news
from roadbed.ground.asks.news import WARN, Line, Week
from roadbed.ground.gates.models import Override
from roadbed.ground.shell import words

MOST: Final = 10


def supply() -> None:
    """Hang them in."""
    news.supply("overrides", "The gate was overridden", told, rank=80)


def told(week: Week) -> tuple[Line, ...]:
    """Each override that was given in the week, and how often it was used."""
    rows = Override.objects.filter(
        service_uid__in=list(week.services), created_at__gte=week.since, created_at__lt=week.until
    )
    return tuple(
        Line(
            f"{row.service_name}: {row.reason[:120]} ({row.person}), used {words.plural(row.used, 'time')}",
            reverse("gates:decision", args=[row.decision]) if row.decision else reverse("gates:list"), WARN,
        )
        for row in rows.order_by("-created_at")[:MOST]
    )  # fmt: skip
