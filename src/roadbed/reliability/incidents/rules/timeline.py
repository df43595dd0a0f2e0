"""An incident's timeline, told from facts of the ledger: one line each, newest first; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from roadbed.ground.ledger.rules import FactView
from roadbed.reliability.incidents.rules.wording import ALERTS, CHANGES, KINDS, OF_DEPLOYMENTS, PEOPLE, TOLD, Tone

__all__ = ["ALERTS", "CHANGES", "GROUPS", "KINDS", "PEOPLE", "Entry", "marked", "only", "timeline", "told"]
BEFORE: Final = timedelta(hours=2)
PINNED: Final = "pinned"
GROUPS: Final = (PEOPLE, CHANGES, ALERTS, PINNED)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `known_at` is when Roadbed learned of it, which a report from elsewhere makes later than `at`.

    Attributes:
        service: the name of the service that it is about, where the fact says so.
        hidden: why somebody hid it; empty for a line that is shown.
    """

    at: datetime
    known_at: datetime
    kind: str
    group: str
    icon: str
    tone: Tone | None
    title: str
    detail: str = ""
    fact: str = ""
    deployment: str = ""
    times: int = 1
    suspect: bool = False
    service: str = ""
    pinned: bool = False
    hidden: str = ""


def timeline(
    facts: Iterable[FactView], *, started_at: datetime, detected_at: datetime, suspected: Iterable[str] = ()
) -> tuple[Entry, ...]:
    """The lines, newest first, with the beginning of harm among them; the same thing said again is counted, not told.

    Facts of kinds that have no words here are left out.
    """
    lines = _in_order(facts, frozenset(suspected))
    start = Entry(
        started_at, detected_at, "incident.started", ALERTS, "alert-octagon", "bad", "Harm to customers began"
    )
    place = next((number for number, line in enumerate(lines) if line.at > started_at), len(lines))
    return tuple(reversed([*lines[:place], start, *lines[place:]]))


def told(facts: Iterable[FactView]) -> tuple[Entry, ...]:
    """The same lines, newest first, where there is no incident."""
    return tuple(reversed(_in_order(facts, frozenset())))


def _in_order(facts: Iterable[FactView], marked: frozenset[str]) -> list[Entry]:
    known = [(fact, _entry(fact, marked)) for fact in _standing(tuple(facts)) if fact.kind in TOLD]
    known.sort(key=lambda pair: (pair[0].occurred_at, pair[0].position))
    return _counted([entry for _, entry in known])


def only(lines: Iterable[Entry], group: str) -> tuple[Entry, ...]:
    """The lines of one group, or those that are pinned; all where the group is none."""
    if group == PINNED:
        return tuple(line for line in lines if line.pinned)
    return tuple(line for line in lines if group not in GROUPS or line.group == group)


def marked(
    lines: Iterable[Entry], *, pinned: Iterable[str], hidden: Mapping[str, str]
) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """The lines that are shown, with their pins, and those that somebody hid, with the reasons."""
    pins = frozenset(pinned)
    shown = tuple(replace(one, pinned=one.fact in pins) for one in lines if one.fact not in hidden)
    return shown, tuple(replace(one, hidden=hidden[one.fact]) for one in lines if one.fact in hidden)


def _standing(facts: tuple[FactView, ...]) -> tuple[FactView, ...]:
    # A merge makes an incident count no more, which does not mean that it was not seen when it was.
    replaced = {fact.supersedes for fact in facts if fact.supersedes and fact.kind != "incident.merged"}
    return tuple(fact for fact in facts if fact.uid not in replaced)


def _counted(lines: list[Entry]) -> list[Entry]:
    kept: list[Entry] = []
    for line in lines:
        last = kept[-1] if kept else None
        if last is not None and line.kind == "gate.asked" and (last.kind, last.title) == (line.kind, line.title):
            kept[-1] = replace(last, times=last.times + 1)
        else:
            kept.append(line)
    return kept


def _entry(fact: FactView, marked: frozenset[str]) -> Entry:
    group, icon, words = TOLD[fact.kind]
    tone, title, detail = words(fact)
    suspect = fact.uid in marked
    return Entry(
        at=fact.occurred_at,
        known_at=fact.recorded_at,
        kind=fact.kind,
        group=group,
        icon=icon,
        tone="warn" if suspect else tone,
        title=title,
        detail=detail,
        fact=fact.uid,
        deployment=str(fact.data.get("deployment") or "") if fact.kind in OF_DEPLOYMENTS else "",
        suspect=suspect,
        service=str(fact.data.get("service") or ""),
    )
