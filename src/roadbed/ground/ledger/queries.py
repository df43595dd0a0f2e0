"""Reading facts: by subject for pages, by position for whoever follows along."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Final

from roadbed.ground.ledger.models import Fact, InboxItem
from roadbed.ground.ledger.rules import FactView
from roadbed.ground.prepared import Prepared

_LAST: Final = Prepared(lambda: Fact.objects.order_by("-position").values_list("position")[:1])


def view_of(fact: Fact) -> FactView:
    """The row as a value."""
    return FactView(
        position=fact.position,
        uid=fact.uid,
        kind=fact.kind,
        subject=fact.subject,
        environment=fact.environment,
        occurred_at=fact.occurred_at,
        recorded_at=fact.recorded_at,
        actor=fact.actor,
        actor_name=fact.actor_name,
        source=fact.source,
        source_id=fact.source_id,
        supersedes=fact.supersedes,
        data=fact.data,
    )


def facts_after(
    position: int, *, kinds: Iterable[str] | None = None, limit: int = 500, to: int | None = None
) -> tuple[FactView, ...]:
    """Facts recorded after a position, in order; none after the position `to`, where one is given."""
    rows = Fact.objects.filter(position__gt=position)
    if to is not None:
        rows = rows.filter(position__lte=to)
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    # Plain columns: whoever follows along reads everything, and models would cost more than the rest of it.
    return tuple(FactView(*row) for row in rows.order_by("position").values_list(*FactView.__slots__)[:limit])


def facts_wait(position: int, *, kinds: Iterable[str]) -> bool:
    """Whether a fact of these kinds was recorded after a position."""
    return bool(_after(frozenset(kinds)).rows(position=position))


@lru_cache(maxsize=64)
def _after(kinds: frozenset[str]) -> Prepared:
    rows = Fact.objects.filter(kind__in=sorted(kinds)).values_list("position")
    return Prepared(lambda position: rows.filter(position__gt=position)[:1], position=int)


def facts_of(
    subject: str, *, kinds: Iterable[str] | None = None, before: datetime | None = None, limit: int = 100
) -> tuple[FactView, ...]:
    """What happened to one subject, newest first."""
    rows = Fact.objects.filter(subject=subject)
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    if before is not None:
        rows = rows.filter(occurred_at__lt=before)
    return tuple(view_of(row) for row in rows.order_by("-occurred_at", "-position")[:limit])


def facts_between(
    subjects: Iterable[str] | None, *, kinds: Iterable[str], since: datetime, until: datetime, limit: int = 500
) -> tuple[FactView, ...]:
    """What happened to some subjects, or to any, between two instants, both included, newest first."""
    rows = Fact.objects.filter(occurred_at__gte=since, occurred_at__lte=until)
    if subjects is not None:
        rows = rows.filter(subject__in=list(subjects))
    rows = rows.filter(kind__in=list(kinds))
    return tuple(view_of(row) for row in rows.order_by("-occurred_at", "-position")[:limit])


def actors_of(kinds: Iterable[str], *, since: datetime, limit: int) -> tuple[tuple[str, str], ...]:
    """Of the newest facts of these kinds since an instant: the subject and who did it."""
    rows = Fact.objects.filter(kind__in=list(kinds), occurred_at__gt=since).order_by("-position")
    return tuple(rows.values_list("subject", "actor")[:limit])


def fact(uid: str) -> FactView | None:
    """One fact by its uid."""
    row = Fact.objects.filter(uid=uid).first()
    return None if row is None else view_of(row)


def facts_with(uids: Iterable[str]) -> tuple[FactView, ...]:
    """Facts by their uids, in the order of the ledger."""
    return tuple(view_of(row) for row in Fact.objects.filter(uid__in=list(uids)).order_by("position"))


def last_position() -> int:
    """The newest position that can be seen; 0 for an empty ledger."""
    last = _LAST.first()
    return last[0] if last else 0


def unread_inbox(limit: int = 100) -> tuple[InboxItem, ...]:
    """Raw deliveries that are not read yet, oldest first."""
    return tuple(InboxItem.objects.filter(state=InboxItem.RECEIVED).order_by("id")[:limit])
