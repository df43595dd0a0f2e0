"""How the facts of one deployment add up, in whatever order they came, and how often deployments happen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

STARTED, FAILED = "deployment.started", "deployment.failed"
DEPLOYED, UPGRADED, ROLLED_BACK = "service.deployed", "service.upgraded", "service.rolledback"
LINKED: Final = "deployment.linked"
KINDS: Final = frozenset({STARTED, FAILED, DEPLOYED, UPGRADED, ROLLED_BACK, LINKED})

RUNNING, SUCCEEDED, BROKE, BACK = "running", "succeeded", "failed", "rolledback"
_OUTCOME: Final = {STARTED: RUNNING, FAILED: BROKE, DEPLOYED: SUCCEEDED, UPGRADED: SUCCEEDED, ROLLED_BACK: BACK}
_WEIGHT: Final = {STARTED: 0, FAILED: 1, DEPLOYED: 2, UPGRADED: 2, ROLLED_BACK: 2}

WINDOW: Final = timedelta(days=28)
"""Four whole weeks, so that each weekday counts equally often."""


@dataclass(frozen=True, slots=True)
class Told:
    """One fact of a deployment."""

    uid: str
    kind: str
    service_uid: str
    environment: str
    occurred_at: datetime
    actor_name: str
    supersedes: str
    data: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True, slots=True)
class Sum:
    """What the facts of one deployment say together."""

    service_uid: str
    service: str
    environment: str
    outcome: str
    kind: str
    version: str
    former: str
    commit: str
    former_commit: str
    by: str
    actor_name: str
    at: datetime
    seconds: float | None
    commits: list[Mapping[str, Any]] | None
    commit_count: int | None
    error: str
    source: str
    artifact: str
    repository: str
    method: str
    confidence: float | None
    evidence: list[str]
    by_hand: bool
    link_uid: str


def key_of(data: Mapping[str, Any], uid: str) -> str:
    """Which deployment a fact is about; one that names none is its own."""
    return str(data.get("deployment") or uid)


def standing(facts: Iterable[Told], corrected: Iterable[str]) -> tuple[Told, ...]:
    """The facts that no later correction supersedes; `corrected` are the uids that any correction names."""
    out = set(corrected)
    return tuple(fact for fact in facts if fact.uid not in out)


def add_up(facts: Iterable[Told]) -> Sum | None:
    """One deployment from its facts that stand, None from none.

    The weightiest fact decides: that something went live is known from the edge, so it outweighs a report of failure,
    and both outweigh the start. Among equals the later one decides, then the greater uid: never the order of arrival.
    """
    told = list(facts)
    ordered = sorted((one for one in told if one.kind != LINKED), key=_weight)
    if not ordered:
        return None
    last = ordered[-1]
    merged: dict[str, Any] = {}
    for fact in ordered:
        merged |= {name: value for name, value in fact.data.items() if value not in (None, "")}
    if last.kind == STARTED and merged.get("by") == "external":
        # Another CD that never tells how it ended would leave a deployment that runs for ever.
        return None
    link = link_of(told)
    said = last.data if link is None or link.data.get("commits") is None else link.data
    commits, count = said.get("commits"), said.get("commit_count")
    linked = {} if link is None else link.data
    return Sum(
        service_uid=last.service_uid,
        service=str(merged.get("service", "")),
        environment=last.environment,
        outcome=_OUTCOME[last.kind],
        kind=str(merged.get("kind", "")),
        version=str(merged.get("version", "")),
        former=str(merged.get("former", "")),
        commit=str(merged.get("commit", "")),
        former_commit=str(merged.get("former_commit", "")),
        by=str(merged.get("by", "roadbed")),
        actor_name=str(merged.get("requested_by") or last.actor_name),
        at=last.occurred_at,
        seconds=_number(last.data.get("seconds")),
        commits=list(commits) if isinstance(commits, list) else None,
        commit_count=count if isinstance(count, int) and not isinstance(count, bool) else None,
        error=str(last.data.get("error") or ""),
        source=last.source.removeprefix("report:")[:60] if merged.get("by") == "external" else "",
        artifact=str(merged.get("artifact", ""))[:300],
        repository=str(merged.get("repository", ""))[:300],
        method=str(linked.get("method") or "")[:20],
        confidence=_number(linked.get("confidence")),
        evidence=[str(one)[:300] for one in linked.get("evidence") or ()][:20],
        by_hand=linked.get("by_hand") is True,
        link_uid=link.uid if link is not None else "",
    )


def _weight(fact: Told) -> tuple[int, datetime, str]:
    return _WEIGHT[fact.kind], fact.occurred_at, fact.uid


def _number(found: object) -> float | None:
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


def link_of(facts: Iterable[Told]) -> Told | None:
    """The link that stands: what somebody said by hand before what was found, of several the latest."""
    links = [one for one in facts if one.kind == LINKED]
    return max(links, key=lambda one: (one.data.get("by_hand") is True, one.occurred_at, one.uid), default=None)


@dataclass(frozen=True, slots=True)
class Counts:
    """How often a service was deployed in a window.

    Attributes:
        succeeded: deployments that went live; None where nothing was ever told of this service, which is not zero.
        failed: deployments that did not come out.
        rolled_back: rollbacks.
        since: the begin of the window.
        known_since: the first deployment ever told; a window that began before it is known only in part.
        known_days: how many days of the window are known.
        per_week: live deployments a week over the known days; None under a week, when it would be a guess.
        as_of: until when facts were read.
    """

    succeeded: int | None
    failed: int | None
    rolled_back: int | None
    since: datetime
    known_since: datetime | None
    known_days: float
    per_week: float | None
    as_of: datetime


def count(
    outcomes: Iterable[tuple[str, datetime]], *, first_ever: datetime | None, now: datetime, window: timedelta = WINDOW
) -> Counts:
    """Counts of (outcome, at) within the window before now."""
    since = now - window
    if first_ever is None or first_ever > now:
        return Counts(None, None, None, since, None, 0.0, None, now)
    tally = {SUCCEEDED: 0, BROKE: 0, BACK: 0, RUNNING: 0}
    for outcome, at in outcomes:
        if since < at <= now:
            tally[outcome] += 1
    known = (now - max(since, first_ever)).total_seconds() / 86400
    weekly = tally[SUCCEEDED] / known * 7 if known >= 7 else None  # noqa: PLR2004 - a week
    return Counts(
        succeeded=tally[SUCCEEDED],
        failed=tally[BROKE],
        rolled_back=tally[BACK],
        since=since,
        known_since=first_ever,
        known_days=round(known, 2),
        per_week=weekly,
        as_of=now,
    )
