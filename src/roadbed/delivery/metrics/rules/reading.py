"""How facts are read as deployments and incidents, whatever a source leaves out or writes oddly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from roadbed.delivery.metrics.rules.values import PRODUCTION, Commit, Deployment, Incident

ROLLED_BACK: Final = "service.rolledback"
DEPLOYED: Final = frozenset({"service.deployed", "service.upgraded", ROLLED_BACK})
RESOLVED: Final = "incident.resolved"
REPORTED: Final = "incident.reported"
DETECTED: Final = frozenset({"incident.detected", REPORTED})
CHANGED: Final = "incident.changed"
MERGED: Final = "incident.merged"
"""One incident became part of another: it supersedes what told of the first, which then counts no more."""
OVERRIDDEN: Final = "gate.overridden"
LINKED: Final = "deployment.linked"
"""What a deployment carried, found after it was told: by a code host or by hand. The latest counts."""
PLACE: Final = "production_of"
"""Which production a deployment went to, where there are several."""
BURNED: Final = "budget.burn.started"
STARTED: Final = "deployment.started"
OF_DEPLOYMENTS: Final = DEPLOYED | {STARTED, LINKED}
KINDS: Final = DEPLOYED | DETECTED | {STARTED, RESOLVED, CHANGED, MERGED, OVERRIDDEN, LINKED, BURNED}

LONGEST: Final = 30 * 86400
"""Seconds; no pipeline runs longer, and a figure beyond that is no duration."""


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
    if kind in DEPLOYED or kind in (STARTED, OVERRIDDEN, LINKED, BURNED):
        key = str(data.get("deployment") or uid)
        service = subject if kind in DEPLOYED or kind in (STARTED, LINKED) else str(data.get("service_uid") or subject)
        names = ""
    else:
        key, service = subject, str(data.get("service_uid") or "")
        named = {RESOLVED: "cause_deployment", CHANGED: "", MERGED: ""}.get(kind, "deployment")
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
    starts: dict[str, datetime] = {}
    for line in lines:
        if line.kind == STARTED:
            starts[line.key] = min(line.occurred_at, starts.get(line.key, line.occurred_at))
            continue
        kept = links if line.kind == LINKED else latest
        if line.kind == LINKED or (line.kind in DEPLOYED and line.environment == PRODUCTION):
            known = kept.get(line.key)
            if known is None or _rank(known) < _rank(line):
                kept[line.key] = line
    return tuple(_deployment(line, links.get(key), starts.get(key)) for key, line in latest.items())


def _rank(line: Line) -> tuple[bool, datetime, str]:
    return said_by_hand(line.kind, line.data), line.occurred_at, line.uid


def said_by_hand(kind: str, data: Mapping[str, Any]) -> bool:
    """What somebody said by hand of what a deployment carried stands before what was found."""
    return kind == LINKED and data.get("by_hand") is True


class Told(NamedTuple):
    """What a fact says of a deployment but for its commits and instants, each as far as anybody told it."""

    service: str
    version: str
    commit: str
    kind: str
    rolled_back: bool
    commit_count: int | None
    by: str
    artifact: str
    environment: str


def told_of(kind: str, data: Mapping[str, Any]) -> Told:
    """The plain values of a deployment's fact, links put in their place already."""
    count, back = data.get("commit_count"), kind == ROLLED_BACK
    said = str(data.get("kind") or "")
    return Told(
        str(data.get("service") or ""),
        str(data.get("version") or "")[:120],
        str(data.get("commit") or "")[:64],
        said,
        back or said == "rollback",
        count if isinstance(count, int) and not isinstance(count, bool) and not back else None,
        str(data.get("by") or "roadbed")[:10],
        str(data.get("artifact") or ""),
        str(data.get(PLACE) or ""),
    )


def _deployment(line: Line, link: Line | None, began: datetime | None) -> Deployment:
    data = line.data if link is None else with_link(line.data, link.data)
    return Deployment(
        uid=line.key,
        service_uid=line.service_uid,
        at=line.occurred_at,
        commits=None if line.kind == ROLLED_BACK else commits_of(data.get("commits")),
        # Who tells the end may have told the beginning with it; else it was told by itself, whenever that came.
        started_at=_started(line) or began,
        **told_of(line.kind, data)._asdict(),
    )


def with_link(data: Mapping[str, Any], link: Mapping[str, Any]) -> dict[str, Any]:
    """A deployment's fact with what a link says of its commits; their number goes with them."""
    commits = link.get("commits")
    linked = {"commits": commits, "commit_count": link.get("commit_count")} if isinstance(commits, list) else {}
    return {**data, **linked}


def _started(line: Line) -> datetime | None:
    at, before = instant_of(line.data.get("started_at")), lasted(line.data.get("seconds"))
    return at if at is not None or before is None else line.occurred_at - before


def lasted(seconds: object) -> timedelta | None:
    """How long a deployment took, where anybody told what can be a duration."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    return timedelta(seconds=seconds) if 0 <= seconds < LONGEST else None


def commits_of(told: object) -> tuple[Commit, ...] | None:
    """The commits of a fact; None where it tells none."""
    if not isinstance(told, list):
        return None
    return tuple(
        Commit(
            sha=str(one["sha"])[:64],
            subject=str(one.get("subject") or ""),
            authored_at=instant_of(one.get("authored_at")),
            committed_at=instant_of(one.get("committed_at")),
            body=str(one.get("body") or ""),
            labels=tuple(map(str, one.get("labels") or ())),
            author=str(one.get("author") or ""),
            change=str(one.get("change") or ""),
            first_at=instant_of(one.get("first_commit_at")),
            reviewed_at=instant_of(one.get("reviewed_at")),
            merged_at=instant_of(one.get("merged_at")),
        )
        for one in told
        if isinstance(one, dict) and one.get("sha")
    )


def instant_of(text: object) -> datetime | None:
    """What somebody told as an instant; None where that is none, or lacks its offset."""
    if text is None:
        return None
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
    # What somebody corrected with evidence stands before what was seen at first.
    corrected = [line for line in told if line.kind == CHANGED and line.data.get("what") == "started_at"]
    said = (*detected, *corrected)
    started = [at for line in said if (at := instant_of(line.data.get("started_at"))) is not None]
    return Incident(
        uid=uid,
        number=number if isinstance(number, int) and not isinstance(number, bool) and number >= 0 else None,
        service_uid=detected[-1].service_uid,
        service=str(data.get("service") or "")[:160],
        # Detected and reported are two tellings of one begin.
        started_at=started[-1] if started else detected[0].occurred_at,
        resolved_at=_ended(told),
        deployment=resolved[-1].names if says else detected[-1].names,
        mended_by=next((str(one) for line in reversed(told) if (one := line.data.get("mended_by"))), ""),
    )


def unsaid(told: Iterable[Line]) -> bool:
    """Whether nobody said which deployment caused an incident, not even that none did."""
    return not any(
        "cause_deployment" in line.data or "deployment" in line.data
        for line in told
        if line.kind in DETECTED or line.kind == RESOLVED
    )


def _ended(told: list[Line]) -> datetime | None:
    """When harm ended: as somebody corrected it with evidence, else when it was mitigated, else when resolved.

    Mitigation comes first since an incident stays open until it is understood.
    """
    ended = _ended_at_first(told)
    return None if ended is None else _corrected(told) or ended


def _corrected(told: list[Line]) -> datetime | None:
    found: dict[str, datetime | None] = {}
    for line in told:
        what = str(line.data.get("what") or "")
        if line.kind in DETECTED or (line.kind == CHANGED and what == "alert"):
            # It was harmed again, so that no end said before counts.
            found = {}
        elif line.kind == CHANGED and what in ENDS:
            found[what] = instant_of(line.data.get("at"))
    mitigated = any(line.data.get("mitigated_at") or line.data.get("what") == "mitigated" for line in told)
    return found.get("ended_at") or found.get("mitigated_at") or (None if mitigated else found.get("resolved_at"))


ENDS: Final = frozenset({"ended_at", "mitigated_at", "resolved_at"})
"""Corrections of when harm ended, by what they correct."""


def _ended_at_first(told: list[Line]) -> datetime | None:
    ended, over, begun = None, False, False
    for line in told:
        if line.kind == RESOLVED:
            mitigated, resolved = line.data.get("mitigated_at"), line.data.get("resolved_at")
            before = None if over else ended
            ended, over = instant_of(mitigated) or before or instant_of(resolved) or line.occurred_at, True
        elif line.kind in DETECTED:
            # Detected once more after its end it was opened again; one whose end a skewed clock puts first was not.
            if not over or (begun and line.kind != REPORTED):
                ended, over = None, False
            begun = True
        elif line.data.get("what") == "alert" and not over:
            # Another alert that joins says that it was not over.
            ended = None
        elif line.data.get("what") == "mitigated" and not over:
            ended = instant_of(line.data.get("at")) or line.occurred_at
    return ended
