"""Keeps builds, from whichever parts of their story were told, and when a pipeline of the trunk was red."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any, Final

from roadbed.delivery.metrics.flow.models import FlowBuild, FlowRed, FlowRepository
from roadbed.delivery.metrics.flow.rules.changes import is_trunk
from roadbed.delivery.metrics.flow.rules.reds import FAILED, PASSED, Ran, reds
from roadbed.ground.ledger.rules import FactView
from roadbed.ground.ports.payloads import instant_of

BEGAN, FINISHED = "build.started", "build.finished"
KINDS: Final = frozenset({BEGAN, FINISHED})
_COLUMNS: Final = (
    "repository", "name", "branch", "part", "commit", "url", "rank", "queued_at", "started_at", "finished_at", "waited",
    "outcome",
)  # fmt: skip


def run_of(fact: FactView) -> str:
    """What holds the facts of one run together; a fact that names none is a run of its own."""
    named = str(fact.data.get("run") or "")
    return hashlib.sha256(f"{fact.source} {named}".encode()).hexdigest()[:32] if named else fact.uid


def builds(facts: Iterable[FactView], days: set[tuple[str, date]]) -> None:
    """Add facts to their builds, and find anew when trunks were red."""
    by_run: dict[str, list[FactView]] = defaultdict(list)
    for fact in facts:
        by_run[run_of(fact)].append(fact)
    known = {row.run: row for row in FlowBuild.objects.filter(run__in=list(by_run))}
    rows = []
    for run, told in sorted(by_run.items()):
        row = known.get(run) or FlowBuild(run=run)
        days |= _day(row)
        for fact in told:
            _add(row, fact)
        days |= _day(row)
        rows.append(row)
    FlowBuild.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["run"], update_fields=list(_COLUMNS), batch_size=200
    )
    _redden(rows)


def _day(row: FlowBuild) -> set[tuple[str, date]]:
    return {(row.repository, row.finished_at.date())} if row.finished_at else set()


def _add(row: FlowBuild, fact: FactView) -> None:
    if fact.kind == BEGAN:
        column = "queued_at" if fact.data.get("queued") is True else "started_at"
        setattr(row, column, min(fact.occurred_at, getattr(row, column) or fact.occurred_at))
    said = instant_of(fact.data.get("started_at"))
    if said is not None:
        row.started_at = min(said, row.started_at or said)
    rank = f"{int(fact.kind == FINISHED)} {fact.occurred_at.isoformat()} {fact.uid}"[:80]
    if rank <= row.rank:
        return
    row.rank, row.repository = rank, fact.subject
    row.name, row.part = str(fact.data.get("name") or "")[:200], str(fact.data.get("part") or "")[:10]
    if fact.kind == FINISHED:
        waited = fact.data.get("queued_seconds")
        row.finished_at, row.outcome = fact.occurred_at, str(fact.data.get("outcome") or "")[:40]
        row.branch, row.commit = str(fact.data.get("branch") or "")[:200], str(fact.data.get("commit") or "")[:64]
        row.url = str(fact.data.get("url") or "")[:500]
        row.waited = float(waited) if isinstance(waited, int | float) and not isinstance(waited, bool) else None


def _redden(rows: Iterable[FlowBuild]) -> None:
    """Look again at each pipeline of a trunk, from its last success before what is new."""
    news: dict[tuple[str, str], datetime] = {}
    held = [row for row in rows if row.finished_at is not None and not row.part and row.outcome in FAILED | PASSED]
    trunks = dict(
        FlowRepository.objects.filter(digest__in={row.repository for row in held}).values_list("digest", "trunk")
    )
    for row in held:
        at = row.finished_at
        if at is not None and is_trunk(row.branch, trunks.get(row.repository, "")):
            key = row.repository, row.name
            news[key] = min(at, news.get(key, at))
    for (repository, name), since in sorted(news.items()):
        _redden_one(repository, name, trunks.get(repository, ""), since)


def _redden_one(repository: str, name: str, trunk: str, since: datetime) -> None:
    runs = FlowBuild.objects.filter(repository=repository, name=name, part="", finished_at__isnull=False)
    before = runs.filter(finished_at__lt=since, outcome__in=PASSED).order_by("-finished_at")
    told = before.values_list("branch", "finished_at")
    begin = next((at for branch, at in told.iterator(chunk_size=50) if is_trunk(branch, trunk)), None)
    stale = FlowRed.objects.filter(repository=repository, name=name)
    if begin is not None:
        runs, stale = runs.filter(finished_at__gte=begin), stale.filter(since__gte=begin)
    rows: Iterator[tuple[Any, ...]] = runs.values_list("branch", "run", "finished_at", "outcome").iterator()
    found = reds(Ran(run, at, outcome) for branch, run, at, outcome in rows if is_trunk(branch, trunk))
    stale.delete()
    FlowRed.objects.bulk_create(
        [FlowRed(run=one.run, repository=repository, name=name, since=one.since, until=one.until) for one in found]
    )


def redden_all(repository: str, trunk: str) -> None:
    """Look at all pipelines of a repository again, since its trunk is another."""
    FlowRed.objects.filter(repository=repository).delete()
    ended = FlowBuild.objects.filter(repository=repository, part="", finished_at__isnull=False)
    first = datetime(1970, 1, 1, tzinfo=UTC)
    for name in ended.values_list("name", flat=True).distinct():
        _redden_one(repository, name, trunk, first)
