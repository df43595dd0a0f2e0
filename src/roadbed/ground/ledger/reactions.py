"""Reactions: jobs that a fact sets off, once each, from when the reaction exists; a rebuild never repeats them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial

from django.db import connections, transaction
from django.db.models import QuerySet, Subquery

from roadbed.ground.jobs.usecases import enqueue
from roadbed.ground.ledger.models import Fact, ReactionCursor
from roadbed.ground.ledger.queries import facts_after, last_position
from roadbed.ground.prepared import Asked


@dataclass(frozen=True, slots=True)
class Reaction:
    """A fact of one of `kinds` enqueues `job` with payload {"fact": uid, "subject": …, "kind": …}."""

    name: str
    kinds: frozenset[str]
    job: str


_registered: dict[str, Reaction] = {}


def register(reaction: Reaction) -> None:
    """Make a reaction known; called by the room's wiring."""
    _registered[reaction.name] = reaction


def begin(*, now: datetime) -> None:
    """Give every reaction that is new its cursor at the present position."""
    for name in _registered:
        ReactionCursor.objects.get_or_create(name=name, defaults={"position": last_position(), "updated_at": now})


def advance(*, now: datetime, batch: int = 200, accepts: Callable[[str], bool] = lambda _: True) -> int:
    """Enqueue the jobs of facts not reacted to yet; cursor and jobs commit together, so each is enqueued once."""
    total = 0
    accepted = tuple(reaction for reaction in _registered.values() if accepts(reaction.job))
    # Most turns find nothing, and looking takes no lock.
    behind = _behind(accepted)(now)
    for reaction in accepted:
        if reaction.name not in behind:
            continue
        with transaction.atomic(using="default"):
            rows = ReactionCursor.objects.all()
            if connections["default"].features.has_select_for_update:
                rows = rows.select_for_update()
            cursor = rows.filter(name=reaction.name).first()
            if cursor is None:
                continue
            facts = facts_after(cursor.position, kinds=reaction.kinds, limit=batch)
            for fact in facts:
                enqueue(
                    reaction.job,
                    {"fact": fact.uid, "subject": fact.subject, "kind": fact.kind},
                    key=f"{reaction.name}:{fact.uid}",
                    now=now,
                )
            if facts:
                cursor.position, cursor.updated_at = facts[-1].position, now
                cursor.save()
            total += len(facts)
    return total


@lru_cache(maxsize=8)
def _behind(reactions: tuple[Reaction, ...]) -> Asked:
    """Reactions with facts after their cursor; one without a cursor was never begun and has none."""
    return Asked({one.name: partial(_unread, one) for one in reactions})


def _unread(reaction: Reaction, _now: datetime) -> QuerySet[Fact]:
    cursor = ReactionCursor.objects.filter(name=reaction.name).values("position")
    return Fact.objects.filter(kind__in=list(reaction.kinds), position__gt=Subquery(cursor))
