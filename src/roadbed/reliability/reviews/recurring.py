"""Looking 90 days later whether it happened again: judged once the days are over, kept, and shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.reviews import queries
from roadbed.reliability.reviews.models import Factor, Recurrence, Review
from roadbed.reliability.reviews.rules.likeness import Alike, Case, alike
from roadbed.reliability.reviews.rules.recurring import LOOKED_AFTER, UNKNOWN, VERDICTS, Judgement, judge
from roadbed.reliability.reviews.values import RecurrenceView
from roadbed.reliability.reviews.writing import about

MOST_COMPARED = 3000


def look_back(*, now: datetime) -> int:
    """Judge every review whose 90 days are over and that was not judged, or could not be; answers how many changed."""
    due = Review.objects.filter(ended_at__lte=now - LOOKED_AFTER)
    due = due.filter(recurrence=None) | due.filter(recurrence__verdict=UNKNOWN)
    changed = 0
    for row in due.order_by("pk"):
        found = _judged(row, now=now)
        changed += _keep(row, found, now=now)
    return changed


def _keep(row: Review, found: Judgement, *, now: datetime) -> bool:
    counts = {name: getattr(found, name) for name in ("factors", "fingerprints", "service", "unnamed")}
    again = [asdict(one) | {"started_at": one.started_at.isoformat()} for one in found.again]
    with unit(ROADBED, now=now) as writing:
        known = Recurrence.objects.select_for_update().filter(review=row).first()
        if known is not None and known.verdict == found.verdict and known.counts == counts:
            return False
        values = {"verdict": found.verdict, "looked_at": now, "counts": counts, "again": again}
        Recurrence.objects.update_or_create(review=row, defaults=values)
        data = about(row) | {"verdict": found.verdict, "again": [one["name"] for one in again], **counts}
        writing.record("review.recurrence", row.uid, data=data)
    return True


def _judged(row: Review, *, now: datetime) -> Judgement:
    until = min(now, row.ended_at + LOOKED_AFTER)
    later = Review.objects.filter(started_at__gte=row.ended_at, started_at__lte=until).exclude(pk=row.pk)
    return judge(cases([row])[0], cases(later.order_by("started_at")[:MOST_COMPARED]), now=now)


def recurrence(reference: str, *, now: datetime) -> RecurrenceView:
    """What is known of one review: as it was judged, or so far while its days are not over."""
    row = queries.row_of(reference)
    kept = Recurrence.objects.filter(review=row).first()
    return _view(row, kept, None if kept else _judged(row, now=now))


def recurrences(verdict: str = "") -> tuple[RecurrenceView, ...]:
    """Every judgement, the newest first."""
    rows = Recurrence.objects.select_related("review")
    if verdict:
        rows = rows.filter(verdict=verdict)
    return tuple(_view(one.review, one, None) for one in rows.order_by("-looked_at", "-pk")[:200])


def _view(row: Review, kept: Recurrence | None, found: Judgement | None) -> RecurrenceView:
    if kept is not None:
        verdict, counts, again = kept.verdict, kept.counts, tuple(kept.again)
    else:
        assert found is not None  # noqa: S101 - one of the two is given
        verdict = found.verdict
        counts = {name: getattr(found, name) for name in ("factors", "fingerprints", "service", "unnamed")}
        again = tuple(asdict(one) for one in found.again)
    return RecurrenceView(
        f"INC-{row.number}", row.title, row.service_name, verdict, VERDICTS[verdict],
        kept.looked_at if kept else None, row.ended_at + LOOKED_AFTER, counts["factors"], counts["fingerprints"],
        counts["service"], counts["unnamed"], again,
    )  # fmt: skip


def similar(reference: str) -> tuple[Alike, ...]:
    """Incidents before and after that are like this one, with the reasons."""
    row = queries.row_of(reference)
    return alike(cases([row])[0], cases(Review.objects.exclude(pk=row.pk).order_by("-number")[:MOST_COMPARED]))


def cases(rows: Iterable[Review]) -> list[Case]:
    """Reviews as they are compared: two queries, however many."""
    listed = list(rows)
    factors: dict[int, list[tuple[str, str]]] = {}
    named = Factor.objects.filter(role=Factor.CONTRIBUTED, review__in=[one.pk for one in listed])
    for pk, kind, text in named.values_list("review", "kind", "text"):
        factors.setdefault(pk, []).append((kind, text))
    return [
        Case(
            one.uid, f"INC-{one.number}", one.title, one.service_uid, one.service_name, one.started_at, one.ended_at,
            tuple(factors.get(one.pk, ())), tuple(one.fingerprints),
        )
        for one in listed
    ]  # fmt: skip
