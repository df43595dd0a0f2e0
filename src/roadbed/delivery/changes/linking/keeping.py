"""Keeps the projection `changes`: commits, requests, artifacts and repositories as facts tell them, in any order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from roadbed.delivery.changes.linking.rules.owning import digest_of
from roadbed.delivery.changes.models import (
    Repository,
    Resident,
    SeenArtifact,
    SeenChange,
    SeenCommit,
    SeenEdge,
    ToLink,
)
from roadbed.ground.ledger.projections import Projection
from roadbed.ground.ledger.rules import FactView

PUSHED, ARTIFACT = "change.pushed", "artifact.published"
STATES: Final = {
    "change.created": "opened",
    "change.merged": "merged",
    "change.abandoned": "closed",
    "change.reviewed": "reviewed",
}
KINDS: Final = frozenset({PUSHED, ARTIFACT, "source.backfilled", *STATES})
AT_ONCE: Final = 400
LATE: Final = timedelta(days=1)


def digest_of_repository(name: str) -> str:
    """The subject of facts about a repository: names are longer than a subject may be."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def apply(facts: tuple[FactView, ...]) -> None:
    """Take a batch, and mark what has to be linked anew."""
    _repositories(facts)
    _commits(fact for fact in facts if fact.kind == PUSHED)
    _changes(fact for fact in facts if fact.kind in STATES)
    _artifacts(fact for fact in facts if fact.kind == ARTIFACT)
    touched = {f"{'past-' if _lies_back(fact) else ''}repository:{fact.subject}" for fact in facts}
    ToLink.objects.bulk_create([ToLink(what=what) for what in sorted(touched)], ignore_conflicts=True)


def _lies_back(fact: FactView) -> bool:
    """Whether it can change links of long ago: a backfill, or something that was told late."""
    return fact.data.get("exact") is True or fact.kind == "source.backfilled" or told_late(fact)


def told_late(fact: FactView) -> bool:
    """Whether it was told long after it happened."""
    return fact.recorded_at - fact.occurred_at > LATE


def _repositories(facts: Iterable[FactView]) -> None:
    told = list(facts)
    names = {fact.subject: str(fact.data["repository"])[:300] for fact in told if fact.data.get("repository")}
    Repository.objects.bulk_create(
        [Repository(digest=digest, name=name) for digest, name in sorted(names.items())], ignore_conflicts=True
    )
    lives = {(fact.subject, str(uid)) for fact in told for uid in fact.data.get("services") or ()}
    Resident.objects.bulk_create(
        [Resident(repository=digest, service_uid=uid[:64]) for digest, uid in sorted(lives)], ignore_conflicts=True
    )


def _commits(facts: Iterable[FactView]) -> None:
    best: dict[tuple[str, str], SeenCommit] = {}
    edges: dict[tuple[str, str, str], int] = {}
    for fact in facts:
        exact = fact.data.get("exact") is True
        former = str(fact.data.get("before") or "")
        for told in fact.data.get("commits") or ():
            row = _commit(fact, told, exact=exact)
            key = (row.repository, row.sha)
            if key not in best or row.rank < best[key].rank:
                best[key] = row
            if not exact and former:
                edges.setdefault((row.repository, row.sha, former), fact.position)
            former = row.sha
    _keep_best(best)
    SeenEdge.objects.bulk_create(
        [
            SeenEdge(repository=where, child=child, parent=parent, position=position)
            for (where, child, parent), position in sorted(edges.items())
        ],
        ignore_conflicts=True,
        batch_size=AT_ONCE,
    )


def _keep_best(best: Mapping[tuple[str, str], SeenCommit]) -> None:
    """Write the rows that are better told than those that stand."""
    by_repository: dict[str, list[SeenCommit]] = {}
    for row in best.values():
        by_repository.setdefault(row.repository, []).append(row)
    names = ["rank", "subject", "body", "author", "bot", "authored_at", "committed_at", "parents", "paths",
             "position"]  # fmt: skip
    for repository, rows in sorted(by_repository.items()):
        for first in range(0, len(rows), AT_ONCE):
            some = sorted(rows[first : first + AT_ONCE], key=lambda row: row.sha)
            standing = SeenCommit.objects.filter(repository=repository, sha__in=[row.sha for row in some])
            ranks = dict(standing.values_list("sha", "rank"))
            SeenCommit.objects.bulk_create(
                [row for row in some if row.sha not in ranks or row.rank < ranks[row.sha]],
                update_conflicts=True,
                unique_fields=["repository", "sha"],
                update_fields=names,
            )


def _commit(fact: FactView, told: Mapping[str, Any], *, exact: bool) -> SeenCommit:
    authored, committed = _instant(told.get("authored_at")), _instant(told.get("committed_at"))
    return SeenCommit(
        repository=fact.subject, sha=str(told["sha"])[:64],
        rank=f"{_standing(told, exact=exact)} {fact.occurred_at.isoformat()} {fact.uid}"[:80],
        subject=str(told.get("subject") or "")[:200], body=str(told.get("body") or "")[:600],
        author=str(told.get("author") or "")[:100], bot=told.get("bot") is True,
        authored_at=authored or committed or fact.occurred_at, committed_at=committed or authored or fact.occurred_at,
        parents=told.get("parents") if exact else None, paths=told.get("paths"), position=fact.position,
    )  # fmt: skip


def _standing(told: Mapping[str, Any], *, exact: bool) -> int:
    """Git's own word comes first, with the files best; a push comes after."""
    if not exact:
        return 2
    return 0 if told.get("paths") is not None else 1


def _changes(facts: Iterable[FactView]) -> None:
    rows = [
        SeenChange(
            uid=fact.uid, repository=fact.subject, number=str(fact.data.get("number") or "")[:40],
            state=STATES[fact.kind], at=fact.occurred_at, title=str(fact.data.get("title") or "")[:500],
            author=str(fact.data.get("author") or "")[:100], bot=fact.data.get("bot") is True,
            head=str(fact.data.get("head") or "")[:64], merge=str(fact.data.get("merge") or "")[:64],
            opened_at=_instant(fact.data.get("opened_at")),
        )
        for fact in facts
    ]  # fmt: skip
    SeenChange.objects.bulk_create(rows, ignore_conflicts=True, batch_size=AT_ONCE)


def _artifacts(facts: Iterable[FactView]) -> None:
    rows = []
    for fact in facts:
        whole = str(fact.data.get("artifact") or "")[:300]
        # Found by its digest from whichever registry it is pulled, and by its name from one that tells no digest.
        for number, name in enumerate(dict.fromkeys(filter(None, (digest_of(whole), whole)))):
            rows.append(
                SeenArtifact(
                    uid=f"{fact.uid}{number}", artifact=name,
                    repository=str(fact.data.get("repository") or "")[:300],
                    commit=str(fact.data.get("commit") or "")[:64], change=str(fact.data.get("change") or "")[:40],
                    at=fact.occurred_at,
                )
            )  # fmt: skip
    SeenArtifact.objects.bulk_create(rows, ignore_conflicts=True, batch_size=AT_ONCE)


def _instant(text: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return None if at.tzinfo is None else at.astimezone(UTC)


def clear() -> None:
    """Empty the tables, before a rebuild."""
    for table in (SeenCommit, SeenEdge, SeenChange, SeenArtifact, Resident, Repository):
        table.objects.all().delete()


CHANGES = Projection(name="changes", version=1, kinds=KINDS, apply=apply, clear=clear)
