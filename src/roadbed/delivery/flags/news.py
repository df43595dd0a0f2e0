"""Flags of a team that stood still for so long that the code behind them can lose them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.urls import reverse

from roadbed.delivery.flags import rules
from roadbed.delivery.flags.models import FlagState
from roadbed.ground.asks import news
from roadbed.ground.asks.news import WARN, Line, Week

STILL: Final = timedelta(days=90)
MOST: Final = 10


def supply() -> None:
    """Hang them in."""
    news.supply("flags", "Flags to remove", settled, rank=70)


def settled(week: Week) -> tuple[Line, ...]:
    """Flags that nobody changed in production for ninety days; news in the week in which those are over."""
    rows = FlagState.objects.filter(
        flag__service_uid__in=list(week.services), flag__archived_at=None, environment=rules.PRODUCTION,
        changed_at__lte=week.until - STILL,
    ).select_related("flag")  # fmt: skip
    return tuple(
        Line(
            f"{row.flag.key} of {week.services[row.flag.service_uid]}: unchanged since {row.changed_at:%-d %B %Y}",
            reverse("flags:flag", args=[row.flag.uid]), WARN, news=row.changed_at > week.since - STILL,
        )
        for row in rows.order_by("changed_at", "pk")[:MOST]
    )  # fmt: skip
