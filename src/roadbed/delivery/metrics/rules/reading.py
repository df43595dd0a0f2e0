"""How facts are read as deployments and incidents, whatever a source leaves out or writes oddly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

from roadbed.delivery.metrics.rules.values import PRODUCTION, Commit, Deployment, Incident

ROLLED_BACK: Final = "service.rolledback"
DEPLOYED: Final = frozenset({"service.deployed", "service.upgraded", ROLLED_BACK})
RESOLVED: Final = "incident.resolved"
DETECTED: Final = frozenset({"incident.detected", "incident.reported"})
CHANGED: Final = "incident.changed"
OVERRIDDEN: Final = "gate.overridden"
LINKED: Final = "deployment.linked"
KINDS: Final = DEPLOYED | DETECTED | {RESOLVED, CHANGED, OVERRIDDEN, LINKED}


@dataclass(frozen=True, slots=True)
class Line:
    """One fact as it is kept."""

    uid: str
    kind: str
    key: str
    service_uid: str
    names: str
    environment: str
    occurred_at: datetime
    supersedes: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def line_of(
    *,
    uid: str,
    kind: str,
    subject: str,
    environment: str,
    occurred_at: datetime,
    supersedes: str,
    data: Mapping[str, Any],
) -> Line:
    """A fact with what it is about, and which deployment it names."""
    if kind in DEPLOYED or kind in (OVERRIDDEN, LINKED):
        key = str(data.get("deployment") or uid)
        service = subject if kind != OVERRIDDEN else str(data.get("service_uid") or subject)
        names = ""
    else:
        key, service = subject, str(data.get("service_uid") or "")
        named = {RESOLVED: "cause_deployment", CHANGED: ""}.get(kind, "deployment")
        names = str(data.get(named) or "")
    return Line(
        uid=uid,
        kind=kind,
        key=key[:64],
        service_uid=service[:64],
        names=names[:64],
        environment=(environment or str(data.get("environment") or ""))[:40],
        occurred_at=occurred_at,
        supersedes=supersedes,
        data=data,
    )


def standing(lines: Iterable[Line], corrected: Iterable[str]) -> tuple[Line, ...]:
    """The facts that no correction supersedes."""
    out = set(corrected)
    return tuple(line for line in lines if line.uid not in out)


def deployments_of(lines: Iterable[Line]) -> tuple[Deployment, ...]:
    """Deployments to production. Of several facts of one the latest counts, never the one that came last."""
    latest: dict[str, Line] = {}
    links: dict[str, Line] = {}
    for line in lines:
        if line.environment != PRODUCTION or (line.kind not in DEPLOYED and line.kind != LINKED):
            continue
        among = links if line.kind == LINKED else latest
        known = among.get(line.key)
        if known is None or _rank(known) < _rank(line):
            among[line.key] = line
    return tuple(_deployment(_with_link(line, links.get(line.key))) for line in latest.values())


def _rank(line: Line) -> tuple[bool, datetime, str]:
    # What somebody said by hand stands before what was found.
    return line.kind == LINKED and line.data.get("by_hand") is True, line.occurred_at, line.uid


def _with_link(line: Line, link: Line | None) -> Line:
    """A deployment with the commits that it was linked to, where its own report told none."""
    if link is None or link.data.get("commits") is None:
        return line
    told = {name: link.data.get(name) for name in ("commits", "commit_count")}
    return replace(line, data={**line.data, **told})


def _deployment(line: Line) -> Deployment:
    data = line.data
    count = data.get("commit_count")
    back = line.kind == ROLLED_BACK
    return Deployment(
        uid=line.key,
        service_uid=line.service_uid,
        service=str(data.get("service") or ""),
        at=line.occurred_at,
        version=str(data.get("version") or "")[:120],
        commit=str(data.get("commit") or "")[:64],
        kind=str(data.get("kind") or ""),
        rolled_back=back or data.get("kind") == "rollback",
        commits=None if back else _commits(data.get("commits")),
        commit_count=count if isinstance(count, int) and not isinstance(count, bool) and not back else None,
        by=str(data.get("by") or "roadbed")[:10],
    )


def _commits(told: object) -> tuple[Commit, ...] | None:
    if not isinstance(told, list):
        return None
    return tuple(
        Commit(
            sha=str(one["sha"])[:64],
            subject=str(one.get("subject") or ""),
            authored_at=_instant(one.get("authored_at")),
            committed_at=_instant(one.get("committed_at")),
            body=str(one.get("body") or ""),
            labels=tuple(map(str, one.get("labels") or ())),
        )
        for one in told
        if isinstance(one, dict) and one.get("sha")
    )


def _instant(text: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    # Without an offset nobody knows which instant it was.
    return None if at.tzinfo is None else at.astimezone(UTC)


def incidents_of(lines: Iterable[Line]) -> tuple[Incident, ...]:
    """Incidents in production. The cause that the resolution names outweighs the first suspicion."""
    by_uid: dict[str, list[Line]] = defaultdict(list)
    for line in sorted(lines, key=lambda line: (line.occurred_at, line.uid)):
        if line.kind in DETECTED or line.kind in (RESOLVED, CHANGED):
            by_uid[line.key].append(line)
    found = (_incident(uid, told) for uid, told in by_uid.items())
    return tuple(one for one in found if one is not None)


def _incident(uid: str, told: list[Line]) -> Incident | None:
    detected = [line for line in told if line.kind in DETECTED]
    resolved = [line for line in told if line.kind == RESOLVED]
    if not detected or detected[-1].environment not in ("", PRODUCTION):
        return None
    data = detected[-1].data
    number = data.get("incident")
    # A cause of nothing, told on resolving, takes the suspicion back; a resolution that says nothing of it does not.
    says = bool(resolved) and "cause_deployment" in resolved[-1].data
    return Incident(
        uid=uid,
        number=number if isinstance(number, int) and not isinstance(number, bool) and number >= 0 else None,
        service_uid=detected[-1].service_uid,
        service=str(data.get("service") or "")[:160],
        started_at=_instant(data.get("started_at")) or detected[-1].occurred_at,
        resolved_at=_ended(told),
        deployment=resolved[-1].names if says else detected[-1].names,
    )


def _ended(told: list[Line]) -> datetime | None:
    """When harm ended: when it was mitigated, for an incident stays open until it is understood; else when resolved."""
    ended = None
    for line in told:
        if line.kind == RESOLVED:
            mitigated, resolved = line.data.get("mitigated_at"), line.data.get("resolved_at")
            return _instant(mitigated) or ended or _instant(resolved) or line.occurred_at
        if line.kind in DETECTED or line.data.get("what") == "alert":
            # Another alert that joins says that it was not over.
            ended = None
        elif line.data.get("what") == "mitigated":
            ended = _instant(line.data.get("at")) or line.occurred_at
    return ended
