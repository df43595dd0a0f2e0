"""Which changes are suspected: the likeliest first, each with what speaks for and against it; pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from roadbed.ground.ledger.rules import FactView, effective
from roadbed.reliability.incidents.rules.evidence import GRACE, RELEASES, Scene, Signal, in_words, signals

__all__ = [
    "CHANGES",
    "LOOKED_AT",
    "NEAR",
    "RELEASES",
    "Reason",
    "Suspect",
    "Suspicion",
    "in_words",
    "suspects",
    "weighed",
]

NEAR: Final = timedelta(hours=2)
"""So near before harm began, every change is named, however unlikely."""
LOOKED_AT: Final = timedelta(hours=24)
"""From further away, and in other services, only what is likely enough is named."""
NAMED: Final = 0.02
CHANGES: Final = RELEASES | {"flag.changed"}
SHORT: Final = 8


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence; above 0 its weight speaks for the change, below against it."""

    words: str
    weight: float


@dataclass(frozen=True, slots=True)
class Suspect:
    """A change near the beginning.

    Attributes:
        kind: release or flag.
        what: the version or the flag's key.
        evidence: sentences, the nearness first.
        reasons: the same that were weighed, each with its weight; `score` is their sum.
        seconds_before: how long before harm began; negative for one just after.
        undo: rollback, flag, or empty where nothing is left to undo here.
        undone_at: when it was undone, if it was.
        share: how likely it is the cause, among all suspects and none of them; None once somebody confirmed one.
        verdict, said: what a person found out, confirmed or dismissed, and why; empty where nobody said.
    """

    kind: str
    fact: str
    what: str
    title: str
    at: datetime
    by: str
    seconds_before: float
    evidence: tuple[str, ...]
    reasons: tuple[Reason, ...]
    score: float
    undo: str
    undone_at: datetime | None
    deployment: str = ""
    former: str = ""
    environment: str = ""
    service: str = ""
    verdict: str = ""
    said: str = ""
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Suspicion:
    """The suspects, the likeliest first, and how likely it was none of them; None once somebody confirmed one."""

    suspects: tuple[Suspect, ...]
    none: float | None


def suspects(facts: Iterable[FactView], scene: Scene, *, environment: str) -> Suspicion:
    """The changes from a day before harm began until it was seen, the likeliest first.

    A service may have been bad before a change made it worse, so what came after the start is named too. A rollback
    after the start is a remedy and no suspect.
    """
    known = _in_order(facts, environment)
    near = weighed(known, scene, environment=environment)
    found = _shared([_suspect(fact, known, told, scene) for fact, told in near])
    where = {fact.uid: fact.subject for fact, _ in near}
    kept = tuple(one for one in found.suspects if _is_named(one, where[one.fact], scene))
    return replace(found, suspects=kept)


def weighed(facts: Iterable[FactView], scene: Scene, *, environment: str) -> list[tuple[FactView, list[Signal]]]:
    """Each change that may have done harm, with what speaks for and against it."""
    seen_at = max(scene.detected_at, scene.started_at + GRACE)
    known = _in_order(facts, environment)
    near = [fact for fact in known if fact.kind in CHANGES and _is_near(fact, scene.started_at, seen_at)]
    return [(fact, signals(fact, known, scene, undone_at=_undone(fact, known))) for fact in near]


def _in_order(facts: Iterable[FactView], environment: str) -> list[FactView]:
    known = [fact for fact in effective(tuple(facts)) if fact.environment in ("", environment)]
    return sorted(known, key=lambda fact: (fact.occurred_at, fact.position))


def _is_named(one: Suspect, subject: str, scene: Scene) -> bool:
    own = subject not in scene.below and subject not in scene.above
    return (own and one.seconds_before <= NEAR.total_seconds()) or (one.share or 0.0) >= NAMED


def _shared(found: Sequence[Suspect]) -> Suspicion:
    """Scores as shares of certainty, sorted; that it was none of them has the score 0."""
    odds = [0.0 if one.verdict == "dismissed" else math.exp(min(one.score, 50.0)) for one in found]
    total = 1.0 + sum(odds)
    shared = [replace(one, share=each / total) for one, each in zip(found, odds, strict=True)]
    order = {"confirmed": 0, "": 1, "dismissed": 2}
    shared.sort(key=lambda one: (order[one.verdict], -one.score, abs(one.seconds_before), one.fact))
    if any(one.verdict == "confirmed" for one in shared):
        return Suspicion(tuple(replace(one, share=None) for one in shared), None)
    return Suspicion(tuple(shared), 1.0 / total)


def top_deployment(found: Suspicion) -> str:
    """The deployment that is suspected first; empty where a flag is likelier, or that it was nothing of all this."""
    first = next(iter(found.suspects), None)
    if first is None or (first.share or 0.0) <= (found.none or 0.0):
        return ""
    return first.deployment


def _is_near(fact: FactView, started_at: datetime, seen_at: datetime) -> bool:
    until = started_at if fact.kind == "service.rolledback" else seen_at
    return started_at - LOOKED_AT <= fact.occurred_at <= until


def _suspect(fact: FactView, known: list[FactView], told: list[Signal], scene: Scene) -> Suspect:
    before = (scene.started_at - fact.occurred_at).total_seconds()
    release = fact.kind in RELEASES
    undone = _undone(fact, known)
    commit = str(fact.data.get("commit") or "")[:SHORT]
    latest = not any(_follows(other, fact) for other in known)
    return Suspect(
        kind="release" if release else "flag",
        fact=fact.uid,
        what=_what(fact),
        title=_title(fact),
        at=fact.occurred_at,
        by=str(fact.data.get("requested_by") or fact.actor_name),
        seconds_before=before,
        evidence=(*(one.words for one in told), *((f"commit {commit}",) if commit else ())),
        reasons=tuple(Reason(one.words, round(one.weight, 2)) for one in told),
        score=sum(one.weight for one in told),
        undo=_undo(fact, scene) if latest and undone is None else "",
        undone_at=undone,
        deployment=str(fact.data.get("deployment") or "") if release else "",
        former=str(fact.data.get("former") or ""),
        environment=fact.environment,
        service=str(fact.data.get("service") or ""),
    )


def ranked(found: Suspicion, judged: Mapping[str, tuple[str, str]]) -> Suspicion:
    """With what people found out, by fact: the confirmed ones first, the dismissed ones last and out of the shares."""
    if not judged:
        return found
    known = [
        replace(one, verdict=judged[one.fact][0], said=judged[one.fact][1]) if one.fact in judged else one
        for one in found.suspects
    ]
    return _shared(known)


def _what(fact: FactView) -> str:
    names = ("version", "commit") if fact.kind in RELEASES else ("flag", "key", "name")
    found = next((str(fact.data[name]) for name in names if fact.data.get(name)), "")
    return found[:SHORT] if found and found == fact.data.get("commit") else found


def _title(fact: FactView) -> str:
    if fact.kind == "service.rolledback":
        return "brought back"
    if fact.kind in RELEASES:
        return f"deployed over {fact.data['former']}" if fact.data.get("former") else "deployed"
    return flag_words(fact.data)


def flag_words(data: Any) -> str:
    """What a change of a flag did, as far as its fact says."""
    if data.get("text"):
        return str(data["text"])
    former, new = data.get("from", data.get("former")), data.get("to", data.get("new"))
    if former is None and new is None:
        return "changed"
    return f"from {_value(former)} to {_value(new)}"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, dict):
        on, share = value.get("enabled", value.get("on")), value.get("percentage", value.get("share"))
        return f"{share}%" if share is not None and on is not False else _value(bool(on))
    return "nothing" if value is None else str(value)


def _undo(fact: FactView, scene: Scene) -> str:
    if fact.kind == "flag.changed":
        return "flag"
    if scene.service_uid not in ("", fact.subject):
        return ""
    can = fact.data.get("former") and fact.data.get("by") != "external" and fact.kind != "service.rolledback"
    return "rollback" if can else ""


def _follows(other: FactView, fact: FactView) -> bool:
    same = other.kind in RELEASES if fact.kind in RELEASES else _same_flag(other, fact)
    same = same and other.subject == fact.subject
    return same and (other.occurred_at, other.position) > (fact.occurred_at, fact.position)


def _same_flag(other: FactView, fact: FactView) -> bool:
    return other.kind == "flag.changed" == fact.kind and _what(other) == _what(fact)


def _undone(fact: FactView, known: list[FactView]) -> datetime | None:
    if fact.kind == "flag.changed":
        # A later change of the same flag took this one away, in whichever direction.
        later = [other.occurred_at for other in known if _same_flag(other, fact) and _follows(other, fact)]
    else:
        later = [other.occurred_at for other in known if other.kind == "service.rolledback" and _follows(other, fact)]
    return min(later, default=None)
