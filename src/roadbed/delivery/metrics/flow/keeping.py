"""Keeps the projection `delivery-flow`: changes, branches and builds as facts tell them, in any order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from roadbed.delivery.metrics.flow import branching, building
from roadbed.delivery.metrics.flow.models import (
    FlowBranch,
    FlowBuild,
    FlowChange,
    FlowDay,
    FlowPush,
    FlowRed,
    FlowRepository,
)
from roadbed.delivery.metrics.flow.rules.changes import REVIEWED, STATES, Change
from roadbed.ground.ledger.projections import Projection
from roadbed.ground.ledger.rules import FactView
from roadbed.ground.ports.payloads import instant_of

NAME: Final = "delivery-flow"
KINDS: Final = STATES | branching.KINDS | building.KINDS
AT_ONCE: Final = 300
_APART: Final = timedelta(minutes=10)
Days = set[tuple[str, date]]


def apply(facts: tuple[FactView, ...]) -> None:
    """Take a batch, and mark the days whose figures it changes."""
    days: Days = set()
    days |= _repositories(facts)
    pairs = _changes((fact for fact in facts if fact.kind in STATES), days)
    pairs |= branching.pushes((fact for fact in facts if fact.kind in branching.KINDS), days)
    days |= branching.follow(pairs)
    building.builds((fact for fact in facts if fact.kind in building.KINDS), days)
    rows = [FlowDay(repository=where, day=day) for where, day in sorted(days)]
    FlowDay.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["repository", "day"], update_fields=["stale"], batch_size=AT_ONCE
    )


def _repositories(facts: Iterable[FactView]) -> Days:
    """Names, main branches, and whether reviews are told; answers the days that this changes."""
    told: dict[str, FlowRepository] = {}
    subjects = {fact.subject for fact in facts}
    known = {row.digest: row for row in FlowRepository.objects.filter(digest__in=subjects)}
    changed: set[str] = set()
    for fact in facts:
        row = told.setdefault(fact.subject, known.get(fact.subject) or FlowRepository(digest=fact.subject))
        row.name = row.name or str(fact.data.get("repository") or "")[:300]
        rank, trunk = f"{fact.occurred_at.isoformat()} {fact.uid}"[:80], str(fact.data.get("trunk") or "")[:200]
        if trunk and rank > row.trunk_rank:
            changed |= {row.digest} if trunk != row.trunk else set()
            row.trunk, row.trunk_rank = trunk, rank
        if fact.kind == REVIEWED and not row.reviews_told:
            row.reviews_told = True
            changed.add(row.digest)
    FlowRepository.objects.bulk_create(
        [told[digest] for digest in sorted(told)], update_conflicts=True, unique_fields=["digest"],
        update_fields=["name", "trunk", "trunk_rank", "reviews_told"],
    )  # fmt: skip
    again = changed & set(known)
    for digest in sorted(again):
        building.redden_all(digest, told[digest].trunk)
        FlowBranch.objects.filter(repository=digest, branch=told[digest].trunk).delete()
    return set(FlowDay.objects.filter(repository__in=again).values_list("repository", "day"))


def _changes(facts: Iterable[FactView], days: Days) -> set[tuple[str, str]]:
    """Add facts to their changes; answers the branches that have to be followed again."""
    by_key: dict[tuple[str, str], list[FactView]] = defaultdict(list)
    for fact in facts:
        by_key[fact.subject, str(fact.data.get("number") or "")[:40]].append(fact)
    numbers: dict[str, list[str]] = defaultdict(list)
    for repository, number in by_key:
        numbers[repository].append(number)
    known = {
        (row.repository, row.number): row
        for repository, some in numbers.items()
        for row in FlowChange.objects.filter(repository=repository, number__in=some)
    }
    rows = []
    pairs: set[tuple[str, str]] = set()
    for key, told in sorted(by_key.items()):
        row = known.get(key) or FlowChange(repository=key[0], number=key[1])
        pairs |= {(row.repository, row.branch)}
        days |= _merged_day(row)
        _add(row, told)
        pairs |= {(row.repository, row.branch)}
        days |= _merged_day(row)
        rows.append(row)
    fields = [one.name for one in FlowChange._meta.concrete_fields if one.name not in ("id", "repository", "number")]  # noqa: SLF001 - Django's documented way to the columns
    FlowChange.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["repository", "number"], update_fields=fields, batch_size=AT_ONCE
    )
    return {pair for pair in pairs if pair[1]}


def _merged_day(row: FlowChange) -> Days:
    """Around midnight the day before or after as well: the push that brought it to the trunk is a moment apart."""
    moments = (-_APART, timedelta(), _APART)
    return {(row.repository, (row.merged_at + one).date()) for one in moments} if row.merged_at else set()


def _add(row: FlowChange, facts: Iterable[FactView]) -> None:
    change = Change(
        said={name: (rank, word) for name, (rank, word) in row.said.items()},
        reviews={who: (at, bot) for who, (at, bot) in row.reviews.items()},
        opened_at=row.opened_at, merged_at=row.merged_at, closed_at=row.closed_at,
    )  # fmt: skip
    for fact in facts:
        change.take(fact.kind, fact.occurred_at, fact.uid, fact.data, instant_of(fact.data.get("opened_at")))
    row.said, row.reviews = dict(change.said), dict(change.reviews)
    row.opened_at, row.merged_at, row.closed_at = change.opened_at, change.merged_at, change.closed_at
    row.reviewed_at, row.lines = change.reviewed_at, change.lines
    row.branch, row.base = str(change.told("branch") or "")[:200], str(change.told("base") or "")[:200]
    row.merge = str(change.told("merge") or "")[:64]
    row.author, row.bot = str(change.told("author") or ""), change.told("bot") is True
    row.files, row.commits = _count(change.said, "files"), _count(change.said, "commits")


def _count(said: Mapping[str, tuple[str, Any]], name: str) -> int | None:
    found = said[name][1] if name in said else None
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def clear() -> None:
    """Empty the tables, before a rebuild."""
    for table in (FlowDay, FlowRed, FlowBuild, FlowBranch, FlowPush, FlowChange, FlowRepository):
        table.objects.all().delete()


FLOW: Final = Projection(name=NAME, version=1, kinds=KINDS, apply=apply, clear=clear)
