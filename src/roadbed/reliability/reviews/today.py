"""Answers other rooms' question for which incidents were reviewed, with their actions closed within thirty days."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db.models import Count, F, Q

from roadbed.ground.asks.counted import ReviewsClosed, ReviewsToday
from roadbed.reliability.reviews.models import Review

CLOSED_IN: Final = timedelta(days=30)


def reviews_closed(asked: ReviewsClosed) -> ReviewsToday:
    """Each ended incident has a review, drafted at least; one counts when it is published and nothing stayed open."""
    rows = Review.objects.filter(resolved_at__gt=asked.since, resolved_at__lte=asked.until)
    if asked.team:
        rows = rows.filter(owner=asked.team)
    late = Q(actions__closed_at=None) | Q(actions__closed_at__gt=F("resolved_at") + CLOSED_IN)
    counted = rows.annotate(late=Count("actions", filter=Q(actions__isnull=False) & late))
    closed = counted.filter(state=Review.PUBLISHED, late=0).count()
    return ReviewsToday(rows.count(), closed)
