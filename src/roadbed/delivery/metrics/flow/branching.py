"""Follows branches: where each began, by which change it ended, and which are open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

from roadbed.delivery.metrics.flow.models import FlowBranch, FlowChange, FlowPush, FlowRepository
from roadbed.delivery.metrics.flow.rules.changes import Push, alias, began, is_trunk, lives
from roadbed.ground.ledger.rules import FactView
from roadbed.ground.ports.payloads import instant_of

PUSHED: Final = "change.pushed"
KINDS: Final = frozenset({PUSHED, "branch.created", "branch.deleted"})
_STATE: Final = {PUSHED: "pushed", "branch.created": "created", "branch.deleted": "deleted"}


def pushes(facts: Iterable[FactView], days: set[tuple[str, date]]) -> set[tuple[str, str]]:
    """Keep what happened to branches, adding the days it counts in; answers the branches to follow again."""
    # What was read from a clone or an API's past names no branch, and says nothing of when it was integrated.
    rows = [_row(fact) for fact in facts if fact.data.get("branch") and fact.data.get("exact") is not True]
    FlowPush.objects.bulk_create(rows, ignore_conflicts=True, batch_size=300)
    # Whether it is the trunk may be told later, so that every push marks its day.
    days |= {(row.repository, row.at.date()) for row in rows}
    return {(row.repository, row.branch) for row in rows}


def _row(fact: FactView) -> FlowPush:
    commits = [one for one in fact.data.get("commits") or () if isinstance(one, dict)]
    first = [at for one in commits if (at := instant_of(one.get("authored_at"))) is not None]
    last: dict[str, Any] = commits[-1] if commits else {}
    return FlowPush(
        uid=fact.uid, repository=fact.subject, branch=str(fact.data["branch"])[:200], kind=_STATE[fact.kind],
        at=fact.occurred_at, first_at=min(first, default=None), head=str(fact.data.get("after") or "")[:64],
        author=alias(str(last.get("author") or "")), bot=last.get("bot") is True,
    )  # fmt: skip


def follow(pairs: set[tuple[str, str]]) -> set[tuple[str, date]]:
    """Find anew where the changes of some branches began; answers the days that this changes."""
    days: set[tuple[str, date]] = set()
    trunks = dict(FlowRepository.objects.filter(digest__in={one for one, _ in pairs}).values_list("digest", "trunk"))
    for repository, branch in sorted(pairs):
        if is_trunk(branch, trunks.get(repository, "")):
            FlowBranch.objects.filter(repository=repository, branch=branch).delete()
        else:
            days |= _follow(repository, branch)
    return days


def _follow(repository: str, branch: str) -> set[tuple[str, date]]:
    changes = list(FlowChange.objects.filter(repository=repository, branch=branch))
    told = FlowPush.objects.filter(repository=repository, branch=branch).values_list("at", "kind", "first_at")
    ends = [end for row in changes if (end := row.merged_at or row.closed_at) is not None]
    spans = lives((Push(*one) for one in told.iterator()), ends)
    moved = []
    for row in changes:
        end = row.merged_at or row.closed_at
        found = began(spans, end)
        if found != row.began_at:
            row.began_at = found
            moved.append(row)
    FlowChange.objects.bulk_update(moved, ["began_at"])
    goes_on = [row for row in changes if row.merged_at is None and row.closed_at is None]
    latest = max(goes_on, key=lambda row: (row.opened_at is not None, row.opened_at, row.number), default=None)
    open_span = next((one for one in spans if one.ended_at is None), None)
    _keep_open(repository, branch, latest, (open_span.began_at, open_span.last_at) if open_span else None)
    return {(repository, row.merged_at.date()) for row in moved if row.merged_at is not None}


def _keep_open(repository: str, branch: str, change: FlowChange | None, span: tuple[datetime, datetime] | None) -> None:
    """A branch is open by what was pushed since its last end; of one that nobody told pushes of, by its change."""
    if span is None and change is not None and change.opened_at is not None:
        span = change.opened_at, change.opened_at
    rows = FlowBranch.objects.filter(repository=repository, branch=branch)
    if span is None:
        rows.delete()
        return
    number = change.number if change is not None else ""
    FlowBranch.objects.update_or_create(
        repository=repository, branch=branch, defaults={"began_at": span[0], "last_at": span[1], "number": number}
    )
