"""Review actions closed in time, as goals measure them, and those of a team that are due or overdue."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db.models import F
from django.db.models.functions import TruncDate
from django.urls import reverse

from roadbed.ground.asks import measures, news
from roadbed.ground.asks.measures import SHARE, SYSTEM, TEAM, UP, Asked, Metric, Reading, share_of
from roadbed.ground.asks.news import BAD, WARN, Line, Week
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.shell import words
from roadbed.reliability.reviews.models import Action

IN_TIME: Final = Metric(
    "actions_in_time", "Review actions closed in time", SHARE, UP, ("fail_rate",),
    "It is easily had by writing small actions, or none.", past=True, page="reviews:list",
)  # fmt: skip
AHEAD: Final = timedelta(days=7)
MOST: Final = 20


def supply() -> None:
    """Hang them in."""
    measures.supply(IN_TIME, in_time)
    news.supply("actions", "Review actions", due, rank=50)


def in_time(asked: Asked) -> Reading:
    """Of the actions that fell due in the span, those that were closed by their day."""
    rows = Action.objects.filter(due__gte=asked.since.date(), due__lt=asked.until.date())
    if asked.scope == TEAM:
        rows = rows.filter(review__owner=asked.name)
    elif asked.scope == SYSTEM:
        uids = [uid for uid, (_, _, system) in catalog.owners_and_systems().items() if system == asked.name]
        rows = rows.filter(review__service_uid__in=uids)
    kept = rows.annotate(closed_on=TruncDate("closed_at")).filter(closed_on__lte=F("due")).count()
    return share_of(kept, rows.count(), why="No action of a review fell due in this time.")


def due(week: Week) -> tuple[Line, ...]:
    """Open actions that are overdue or due within seven days."""
    today = week.until.date()
    rows = Action.objects.filter(closed_at=None, review__owner=week.team, due__lte=(week.until + AHEAD).date())
    lines = []
    for one in rows.select_related("review").order_by("due", "pk")[:MOST]:
        late = (today - one.due).days
        when = f"overdue by {words.plural(late, 'day')}" if late > 0 else f"due {one.due:%-d %B}"
        url = reverse("reviews:review", args=[f"INC-{one.review.number}"])
        lines.append(
            Line(f"{one.text} ({one.owner_name}, INC-{one.review.number}): {when}", url, BAD if late > 0 else WARN)
        )
    return tuple(lines)
