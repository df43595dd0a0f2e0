"""What each kind of fact says on a timeline, in a line and its detail; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from roadbed.ground.ledger.rules import FactView
from roadbed.reliability.incidents.rules import SEVERITIES
from roadbed.reliability.incidents.rules.suspects import SHORT, flag_words

PEOPLE, CHANGES, ALERTS = "people", "changes", "alerts"
Tone = Literal["good", "warn", "bad", "unknown", "idle", "info"]
Words = Callable[[FactView], tuple[Tone | None, str, str]]


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
    return (
        "warn",
        f"Escalated to {people or _whom(fact) or 'the next person'}",
        str(fact.data.get("because") or "Nobody had acknowledged in time."),
    )


def _snoozed(fact: FactView) -> tuple[Tone | None, str, str]:
    until = str(fact.data.get("until") or "")[:16].replace("T", " ")
    return (
        None,
        f"{fact.actor_name} snoozed the page",
        f"If it goes on, it is paged again {until} UTC." if until else "",
    )


def _exhausted(fact: FactView) -> tuple[Tone | None, str, str]:  # noqa: ARG001 - every teller takes the fact
    return "bad", "Nobody acknowledged: everybody was paged", ""


def _detected(fact: FactView) -> tuple[Tone | None, str, str]:
    severity = fact.data.get("severity")
    if fact.data.get("external"):
        said = f"{fact.source} told of an incident" if fact.source else "Another system told of an incident"
        return "bad", said, str(fact.data.get("title") or "")
    if fact.data.get("restored"):
        return None, "Counted as an incident of its own again", ""
    again = " again" if fact.data.get("reopened") else ""
    return "bad", f"Incident opened{again} with severity {severity}", SEVERITIES.get(severity or 0, "")


def _noted(fact: FactView) -> tuple[Tone | None, str, str]:
    who, how = (fact.data.get("by"), "said in the chat") if fact.data.get("chat") else (fact.actor_name, "wrote")
    return None, f"{who} {how}", f"“{fact.data.get('text', '')}”"


def _changed(fact: FactView) -> tuple[Tone | None, str, str]:
    tone: Tone | None = "good" if fact.data.get("what") == "mitigated" else None
    tone = "warn" if fact.data.get("what") in ("update-due", "reopened") else tone
    return tone, str(fact.data.get("text") or "The incident was changed"), _handed_over(fact.data)


def _resolved(fact: FactView) -> tuple[Tone | None, str, str]:
    return "good", f"Resolved by {fact.actor_name}", str(fact.data.get("summary") or "")


def _secret(fact: FactView) -> tuple[Tone | None, str, str]:
    return None, f"Secret {fact.data.get('name', '')} written by {fact.actor_name}".replace("  ", " "), ""


def _updated(fact: FactView) -> tuple[Tone | None, str, str]:
    to = "everybody" if fact.data.get("public") else "who follows"
    return None, f"{fact.actor_name} told {to}", f"“{fact.data.get('text', '')}”"


def _merged(fact: FactView) -> tuple[Tone | None, str, str]:
    return None, str(fact.data.get("text") or "Merged into another incident"), ""


def _run(fact: FactView) -> tuple[Tone | None, str, str]:
    data = fact.data
    name = next((str(data[key]) for key in ("title", "runbook", "name") if data.get(key)), "")
    step = f", step {data['step']}" if data.get("step") else ""
    outcome = str(data.get("outcome") or data.get("state") or "")
    tone: Tone | None = "warn" if outcome in ("failed", "stopped", "aborted") else None
    said = str(data.get("text") or data.get("summary") or outcome)
    return tone, f"Runbook {name}{step} run{_by(fact)}".replace("  ", " "), said


def _handed_over(data: Mapping[str, Any]) -> str:
    words = {"known": "Known", "tried": "Tried", "next": "Next", "informed": "Told"}
    notes = data.get("notes")
    if not isinstance(notes, dict):
        return ""
    return " ".join(f"{word}: {str(notes[key]).rstrip('.')}." for key, word in words.items() if notes.get(key))


OF_DEPLOYMENTS: Final = frozenset(
    {"deployment.started", "deployment.failed", "service.deployed", "service.upgraded", "service.rolledback"}
)
TOLD: Final[dict[str, tuple[str, str, Words]]] = {
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
    "page.snoozed": (PEOPLE, "moon", _snoozed),
    "page.escalated": (ALERTS, "user-share", _escalated),
    "page.exhausted": (ALERTS, "bell-ringing", _exhausted),
    "incident.detected": (ALERTS, "urgent", _detected),
    "incident.reported": (PEOPLE, "urgent", _detected),
    "incident.changed": (PEOPLE, "pencil", _changed),
    "incident.noted": (PEOPLE, "message", _noted),
    "incident.resolved": (PEOPLE, "check", _resolved),
    "incident.updated": (PEOPLE, "send", _updated),
    "incident.merged": (PEOPLE, "git-merge", _merged),
    "runbook.run": (PEOPLE, "book-2", _run),
}
KINDS: Final = frozenset(TOLD)
"""The kinds that a timeline is told from."""
