"""Which changes are suspected: the nearest one before harm began comes first, each with what speaks for it; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from roadbed.ground.ledger.rules import FactView, effective

LOOKED_AT: Final = timedelta(hours=2)
GRACE: Final = timedelta(seconds=90)
"""Harm is counted by the minute, so a change may come a little after the minute in which it began."""

RELEASES: Final = frozenset({"service.deployed", "service.upgraded", "service.rolledback"})
CHANGES: Final = RELEASES | {"flag.changed"}
SHORT: Final = 8


@dataclass(frozen=True, slots=True)
class Suspect:
    """A change near the beginning.

    Attributes:
        kind: release or flag.
        what: the version or the flag's key.
        evidence: sentences, the nearness first.
        seconds_before: how long before harm began; negative for one just after.
        undo: rollback, flag, or empty where nothing is left to undo here.
        undone_at: when it was undone, if it was.
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
    undo: str
    undone_at: datetime | None
    deployment: str = ""
    former: str = ""
    environment: str = ""
    service: str = ""
    verdict: str = ""
    said: str = ""


def suspects(
    facts: Iterable[FactView], *, started_at: datetime, environment: str, detected_at: datetime | None = None
) -> tuple[Suspect, ...]:
    """The changes within two hours before the start, nearest first, then those until it was seen.

    A service may have been bad before a change made it worse, so what came after the start is named, but last. A
    rollback after the start is a remedy and no suspect.
    """
    seen_at = max(detected_at or started_at, started_at + GRACE)
    known = [fact for fact in effective(tuple(facts)) if fact.environment in ("", environment)]
    near = [fact for fact in known if fact.kind in CHANGES and _is_near(fact, started_at, seen_at)]
    near.sort(key=lambda fact: _distance(fact, started_at))
    return tuple(_suspect(fact, known, started_at) for fact in near)


def _distance(fact: FactView, started_at: datetime) -> tuple[bool, timedelta, int]:
    after = fact.occurred_at > started_at + GRACE
    away = fact.occurred_at - started_at if after else max(started_at - fact.occurred_at, timedelta())
    return after, away, -fact.position


def top_deployment(found: Iterable[Suspect]) -> str:
    """The deployment that is suspected first; empty where a flag is nearer or nothing was deployed."""
    first = next(iter(found), None)
    return first.deployment if first is not None else ""


def _is_near(fact: FactView, started_at: datetime, seen_at: datetime) -> bool:
    until = started_at if fact.kind == "service.rolledback" else seen_at
    return started_at - LOOKED_AT <= fact.occurred_at <= until


def _suspect(fact: FactView, known: list[FactView], started_at: datetime) -> Suspect:
    before = (started_at - fact.occurred_at).total_seconds()
    release = fact.kind in RELEASES
    undone = _undone(fact, known)
    latest = not any(_follows(other, fact) for other in known)
    return Suspect(
        kind="release" if release else "flag",
        fact=fact.uid,
        what=_what(fact),
        title=_title(fact),
        at=fact.occurred_at,
        by=str(fact.data.get("requested_by") or fact.actor_name),
        seconds_before=before,
        evidence=_evidence(fact, known, before),
        undo=_undo(fact) if latest and undone is None else "",
        undone_at=undone,
        deployment=str(fact.data.get("deployment") or "") if release else "",
        former=str(fact.data.get("former") or ""),
        environment=fact.environment,
        service=str(fact.data.get("service") or ""),
    )


def ranked(found: Iterable[Suspect], judged: Mapping[str, tuple[str, str]]) -> tuple[Suspect, ...]:
    """With what people found out, by fact: the confirmed ones first, the dismissed ones last, else as they were."""
    order = {"confirmed": 0, "": 1, "dismissed": 2}
    known = [
        replace(one, verdict=judged[one.fact][0], said=judged[one.fact][1]) if one.fact in judged else one
        for one in found
    ]
    return tuple(sorted(known, key=lambda one: order[one.verdict]))


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


def _undo(fact: FactView) -> str:
    if fact.kind == "flag.changed":
        return "flag"
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


def _evidence(fact: FactView, known: list[FactView], before: float) -> tuple[str, ...]:
    said = [_nearness(before)]
    kind, commit = fact.data.get("kind"), fact.data.get("commit")
    if fact.kind in RELEASES and kind:
        said.append(f"a {kind} change" if kind != "rollback" else "a rollback")
    if commit:
        said.append(f"commit {str(commit)[:SHORT]}")
        asked = next((one for one in known if one.kind == "gate.asked" and one.data.get("commit") == commit), None)
        if asked is not None:
            said.append(f"the gate said {asked.data.get('outcome', 'nothing')}")
    if any(other.kind == "gate.overridden" and _just_before(other, fact) for other in known):
        said.append("the gate was overridden for it")
    return tuple(said)


def _nearness(before: float) -> str:
    if before > 0:
        return f"{in_words(before)} before harm began"
    if -before > GRACE.total_seconds():
        return f"{in_words(-before)} after harm began, before it was seen"
    return "in the minute in which harm began"


def _just_before(other: FactView, fact: FactView) -> bool:
    return timedelta() <= fact.occurred_at - other.occurred_at <= timedelta(hours=4)


def in_words(seconds: float) -> str:
    """A nearness as people say it."""
    minute, hour = 60, 3600
    if seconds < minute:
        return f"{seconds:.0f} s"
    return f"{seconds / minute:.0f} min" if seconds < hour else f"{seconds / hour:.1f} h"
