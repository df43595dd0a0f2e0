"""An incident's timeline, told from facts of the ledger: one line each, newest first; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from roadbed.ground.ledger.rules import FactView, effective
from roadbed.reliability.incidents.rules import SEVERITIES
from roadbed.reliability.incidents.rules.suspects import SHORT, flag_words

BEFORE: Final = timedelta(hours=2)
PEOPLE, CHANGES, ALERTS = "people", "changes", "alerts"
GROUPS: Final = (PEOPLE, CHANGES, ALERTS)

Tone = Literal["good", "warn", "bad", "unknown", "idle", "info"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `known_at` is when Roadbed learned of it, which a report from elsewhere makes later than `at`."""

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


Words = Callable[[FactView], tuple[Tone | None, str, str]]


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
    known = [(fact, _entry(fact, marked)) for fact in effective(tuple(facts)) if fact.kind in _TOLD]
    known.sort(key=lambda pair: (pair[0].occurred_at, pair[0].position))
    return _counted([entry for _, entry in known])


def only(lines: Iterable[Entry], group: str) -> tuple[Entry, ...]:
    """The lines of one group; all where the group is none."""
    return tuple(line for line in lines if group not in GROUPS or line.group == group)


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
    group, icon, words = _TOLD[fact.kind]
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
        deployment=str(fact.data.get("deployment") or "") if fact.kind in _OF_DEPLOYMENTS else "",
        suspect=suspect,
    )


def _version(data: Mapping[str, Any]) -> str:
    return str(data.get("version") or "") or str(data.get("commit") or "")[:SHORT] or "A commit"


def _by(fact: FactView) -> str:
    who = str(fact.data.get("requested_by") or fact.actor_name)
    return f" by {who}" if who else ""


def _to(fact: FactView) -> str:
    return f" to {fact.environment}" if fact.environment else ""


def _deployed(fact: FactView) -> tuple[Tone | None, str, str]:
    former, kind = fact.data.get("former"), fact.data.get("kind")
    parts = [f"over {former}" if former else "", f"a {kind} change" if kind else ""]
    return None, f"{_version(fact.data)} deployed{_to(fact)}{_by(fact)}", ", ".join(part for part in parts if part)


def _rolled_back(fact: FactView) -> tuple[Tone | None, str, str]:
    return "good", f"Rolled back to {_version(fact.data)}{_by(fact)}", str(fact.data.get("reason") or "")


def _begun(fact: FactView) -> tuple[Tone | None, str, str]:
    verb = "Rollback" if fact.data.get("verb") == "rollback" else "Deployment"
    return None, f"{verb} to {_version(fact.data)} began{_by(fact)}", ""


def _failed(fact: FactView) -> tuple[Tone | None, str, str]:
    return "warn", f"Deployment of {_version(fact.data)} failed", str(fact.data.get("error") or "")


def _asked(fact: FactView) -> tuple[Tone | None, str, str]:
    data = fact.data
    what = f"{data.get('kind', 'a')} change" + (f" {str(data['commit'])[:SHORT]}" if data.get("commit") else "")
    refusing = [str(reason.get("text", "")) for reason in data.get("reasons", ()) if reason.get("outcome") == "deny"]
    if not data.get("passes", True):
        return "bad", f"The gate refused a {what}, asked by {fact.actor_name}", " ".join(refusing)
    said = {"warn": "warned of", "unknown": "could not judge"}.get(str(data.get("outcome")), "passed")
    return (None if said == "passed" else "warn"), f"The gate {said} a {what}, asked by {fact.actor_name}", ""


def _overridden(fact: FactView) -> tuple[Tone | None, str, str]:
    return "warn", f"The gate was overridden by {fact.actor_name}", str(fact.data.get("reason") or "")


def _flag(fact: FactView) -> tuple[Tone | None, str, str]:
    key = next((str(fact.data[name]) for name in ("flag", "key", "name") if fact.data.get(name)), "A flag")
    return None, f"Flag {key} {flag_words(fact.data)}", f"by {fact.actor_name}" if fact.actor_name else ""


def _announced(fact: FactView) -> tuple[Tone | None, str, str]:
    by = fact.data.get("source") or fact.data.get("integration") or fact.actor_name
    return None, f"Change announced: {fact.data.get('summary') or 'without words'}", f"by {by}" if by else ""


def _burning(fact: FactView) -> tuple[Tone | None, str, str]:
    return "bad", f"The budget of {fact.data.get('title', 'an objective')} burns", str(fact.data.get("text") or "")


def _burnt_out(fact: FactView) -> tuple[Tone | None, str, str]:
    return "good", f"The burn of {fact.data.get('title', 'an objective')} stopped", str(fact.data.get("text") or "")


def _spent(fact: FactView) -> tuple[Tone | None, str, str]:
    return "bad", f"The budget of {fact.data.get('title', 'an objective')} is spent", str(fact.data.get("text") or "")


def _lost(fact: FactView) -> tuple[Tone | None, str, str]:
    return "unknown", f"Measurement lost: {fact.data.get('source', 'a source')}", str(fact.data.get("reason") or "")


def _regained(fact: FactView) -> tuple[Tone | None, str, str]:
    return "good", f"Measured again: {fact.data.get('source', 'a source')}", ""


def _alert(fact: FactView) -> tuple[Tone | None, str, str]:
    return "bad", f"Alert: {fact.data.get('title') or 'without a title'}", ""


def _alert_over(fact: FactView) -> tuple[Tone | None, str, str]:
    return "good", f"Alert over: {fact.data.get('title') or 'without a title'}", ""


def _whom(fact: FactView) -> str:
    names = ("person_name", "to", "name", "person")
    return next((str(fact.data[name]) for name in names if fact.data.get(name)), "")


def _paged(fact: FactView) -> tuple[Tone | None, str, str]:
    way = fact.data.get("channel") or fact.data.get("method") or ""
    to, by = (f" to {_whom(fact)}" if _whom(fact) else ""), (f" by {way}" if way else "")
    return "bad", f"Page sent{to}{by}", ""


def _page_failed(fact: FactView) -> tuple[Tone | None, str, str]:
    return (
        "bad",
        f"A page to {_whom(fact) or 'somebody'} failed",
        str(fact.data.get("reason") or fact.data.get("error") or ""),
    )


def _acknowledged(fact: FactView) -> tuple[Tone | None, str, str]:
    return "good", f"{fact.actor_name} acknowledged", ""


def _escalated(fact: FactView) -> tuple[Tone | None, str, str]:
    people = ", ".join(str(name) for name in fact.data.get("people", ()))
    return "warn", f"Escalated to {people or _whom(fact) or 'the next person'}", "Nobody had acknowledged in time."


def _exhausted(fact: FactView) -> tuple[Tone | None, str, str]:  # noqa: ARG001 - every teller takes the fact
    return "bad", "Nobody acknowledged: everybody was paged", ""


def _detected(fact: FactView) -> tuple[Tone | None, str, str]:
    severity = fact.data.get("severity")
    return "bad", f"Incident opened with severity {severity}", SEVERITIES.get(severity or 0, "")


def _noted(fact: FactView) -> tuple[Tone | None, str, str]:
    return None, f"{fact.actor_name} wrote", f"“{fact.data.get('text', '')}”"


def _changed(fact: FactView) -> tuple[Tone | None, str, str]:
    tone: Tone | None = "good" if fact.data.get("what") == "mitigated" else None
    return tone, str(fact.data.get("text") or "The incident was changed"), ""


def _resolved(fact: FactView) -> tuple[Tone | None, str, str]:
    return "good", f"Resolved by {fact.actor_name}", str(fact.data.get("summary") or "")


def _secret(fact: FactView) -> tuple[Tone | None, str, str]:
    return None, f"Secret {fact.data.get('name', '')} written by {fact.actor_name}".replace("  ", " "), ""


_OF_DEPLOYMENTS: Final = frozenset(
    {"deployment.started", "deployment.failed", "service.deployed", "service.upgraded", "service.rolledback"}
)
_TOLD: Final[dict[str, tuple[str, str, Words]]] = {
    "deployment.started": (CHANGES, "rocket", _begun),
    "deployment.failed": (CHANGES, "alert-triangle", _failed),
    "service.deployed": (CHANGES, "rocket", _deployed),
    "service.upgraded": (CHANGES, "rocket", _deployed),
    "service.rolledback": (CHANGES, "arrow-back-up", _rolled_back),
    "flag.changed": (CHANGES, "flag", _flag),
    "change.announced": (CHANGES, "message", _announced),
    "secret.written": (CHANGES, "key", _secret),
    "gate.asked": (CHANGES, "barrier-block", _asked),
    "gate.overridden": (CHANGES, "barrier-block", _overridden),
    "budget.burn.started": (ALERTS, "chart-line", _burning),
    "budget.burn.stopped": (ALERTS, "circle-check", _burnt_out),
    "budget.exhausted": (ALERTS, "circle-off", _spent),
    "measurement.lost": (ALERTS, "help-hexagon", _lost),
    "measurement.regained": (ALERTS, "eye", _regained),
    "alert.opened": (ALERTS, "alert-octagon", _alert),
    "alert.closed": (ALERTS, "circle-check", _alert_over),
    "page.sent": (ALERTS, "bell-ringing", _paged),
    "page.failed": (ALERTS, "bell-ringing", _page_failed),
    "page.acknowledged": (PEOPLE, "user-check", _acknowledged),
    "page.escalated": (ALERTS, "user-share", _escalated),
    "page.exhausted": (ALERTS, "bell-ringing", _exhausted),
    "incident.detected": (ALERTS, "urgent", _detected),
    "incident.reported": (PEOPLE, "urgent", _detected),
    "incident.changed": (PEOPLE, "pencil", _changed),
    "incident.noted": (PEOPLE, "message", _noted),
    "incident.resolved": (PEOPLE, "check", _resolved),
}
KINDS: Final = frozenset(_TOLD)
"""The kinds that a timeline is told from."""
