"""Projections: tables computed from facts alone, kept up in the background and rebuilt at will."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connections, router, transaction

from roadbed.ground.ledger.models import Fact, ProjectionCursor
from roadbed.ground.ledger.queries import facts_after, facts_wait, last_position
from roadbed.ground.ledger.rules import FactView
from roadbed.ground.prepared import Prepared

SAID_AGAIN: Final = timedelta(seconds=10)
"""How often a cursor that has nothing to read says that it has read everything."""

BATCH: Final = 500
"""Facts of one transaction."""

REBUILDING: Final = 2000
"""Facts of one transaction while a projection is computed anew."""


@dataclass(frozen=True, slots=True)
class Projection:
    """How facts become tables.

    Attributes:
        name: shown by `roadbed ledger projections`.
        version: raise it when the tables mean something else; the next start rebuilds them.
        kinds: the facts it reads.
        apply: takes a batch of facts. The same set of facts in any order and any batches must give the same tables,
            so it upserts by the fact's own identity, or computes anew from all facts of the subjects it sees.
        clear: has everything computed again, as by emptying its tables.
        anew: takes a batch of what happened before a rebuild began, where there is a quicker way than `apply`.
        marked: kinds that a rebuild need not read one by one, since `clear` saw to all that there are.
        settle: does a little of what a batch left to be done, outside of its transaction, and answers how much it
            did; None where a batch leaves nothing.
    """

    name: str
    version: int
    kinds: frozenset[str]
    apply: Callable[[tuple[FactView, ...]], None]
    clear: Callable[[], None]
    settle: Callable[[], int] | None = None
    anew: Callable[[tuple[FactView, ...]], None] | None = None
    marked: frozenset[str] = frozenset()


_registered: dict[str, Projection] = {}
_CURSORS: Final = Prepared(
    lambda: ProjectionCursor.objects.values_list("name", "position", "version", "rebuilding_to", "updated_at")
)


def register(projection: Projection) -> None:
    """Make a projection known; called by the room's wiring."""
    _registered[projection.name] = projection


def registered() -> tuple[Projection, ...]:
    """All projections, by name."""
    return tuple(_registered[name] for name in sorted(_registered))


def database() -> str:
    """The alias under which projections live."""
    return router.db_for_write(ProjectionCursor)


def advance(projection: Projection, *, now: datetime, batch: int = BATCH) -> int:
    """Apply one batch of facts and move the cursor with them, in one transaction; answers how many were applied."""
    return _step(projection, now=now, batch=batch) if _behind((projection,), now) else 0


def _step(projection: Projection, *, now: datetime, batch: int) -> int:
    using = database()
    with transaction.atomic(using=using):
        cursor = _locked_cursor(projection, now)
        to = cursor.rebuilding_to
        kinds = projection.kinds if to is None else projection.kinds - projection.marked
        facts = facts_after(cursor.position, kinds=kinds, limit=batch, to=to)
        if facts:
            (projection.apply if to is None else projection.anew or projection.apply)(facts)
            cursor.position = facts[-1].position
        if to is not None and (not facts or cursor.position >= to):
            cursor.position, cursor.rebuilding_to = max(cursor.position, to), None
        cursor.updated_at = now
        cursor.save(using=using)
    return len(facts)


def _behind(projections: Iterable[Projection], now: datetime) -> list[Projection]:
    """Those for which there is something to write; the others say that they have read everything."""
    cursors = {name: rest for name, *rest in _CURSORS.rows()}
    behind, silent = [], []
    for one in projections:
        position, version, rebuilding_to, said_at = cursors.get(one.name, (0, None, None, now))
        if version != one.version or rebuilding_to is not None or facts_wait(position, kinds=one.kinds):
            behind.append(one)
        elif not timedelta() <= now - said_at < SAID_AGAIN:
            silent.append(one.name)
    if silent:
        rows = ProjectionCursor.objects.using(database()).filter(name__in=silent, rebuilding_to=None)
        rows.update(updated_at=now)
    return behind


def _locked_cursor(projection: Projection, now: datetime) -> ProjectionCursor:
    rows = ProjectionCursor.objects.using(database())
    if connections[database()].features.has_select_for_update:
        rows = rows.select_for_update()
    cursor, _ = rows.get_or_create(
        name=projection.name, defaults={"position": 0, "version": projection.version, "updated_at": now}
    )
    if cursor.version != projection.version:
        cursor.version = projection.version
        _begin_anew(projection, cursor)
    return cursor


def _begin_anew(projection: Projection, cursor: ProjectionCursor) -> None:
    # The end first: what is recorded while the tables are cleared is read like any news.
    cursor.position, cursor.rebuilding_to = 0, last_position()
    projection.clear()


def catch_up(*, now: datetime) -> int:
    """Apply everything that is there to every projection."""
    applied = 0
    for projection in _behind(registered(), now):
        while step := _step(projection, now=now, batch=BATCH):
            applied += step
    return applied


def settle() -> int:
    """Let each projection do what its last batches left; one that is computed anew first reads everything."""
    return sum(one.settle() for one in registered() if one.settle is not None and not is_rebuilding(one.name))


def is_rebuilding(name: str) -> bool:
    """Whether a projection is being computed anew."""
    rows = ProjectionCursor.objects.using(database())
    return rows.filter(name=name, rebuilding_to__isnull=False).exists()


def rebuild(name: str, *, now: datetime) -> int:
    """Empty one projection's tables and compute them again from the first fact; answers how many facts it read."""
    projection = _registered[name]
    with transaction.atomic(using=database()):
        cursor = _locked_cursor(projection, now)
        _begin_anew(projection, cursor)
        cursor.updated_at = now
        cursor.save(using=database())
    applied = 0
    while step := _step(projection, now=now, batch=REBUILDING):
        applied += step
    return applied


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a projection has read. `behind` counts facts it has still to read."""

    name: str
    position: int
    behind: int
    rebuilding: bool
    as_of: datetime | None


def progress() -> tuple[Progress, ...]:
    """All projections with how far they are."""
    cursors = {row.name: row for row in ProjectionCursor.objects.using(database())}
    found = []
    for projection in registered():
        cursor = cursors.get(projection.name)
        position = cursor.position if cursor else 0
        behind = Fact.objects.filter(position__gt=position, kind__in=list(projection.kinds)).count()
        found.append(
            Progress(
                name=projection.name,
                position=position,
                behind=behind,
                rebuilding=bool(cursor and cursor.rebuilding_to is not None),
                as_of=cursor.updated_at if cursor else None,
            )
        )
    return tuple(found)
