"""The answer of incidents at the gate: while one is severe and open, nothing new goes out."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from roadbed.ground.gates.rules import ALLOW, DENY, WARN, Question, Reason
from roadbed.reliability.incidents.queries import open_of
from roadbed.reliability.incidents.rules import SEVERE
from roadbed.reliability.incidents.values import IncidentView

RULE: Final = "open-incident/1"
PASSING: Final = frozenset({"fix", "reliability", "security", "rollback"})
"""What mends a service passes while it is broken."""


def open_incident(question: Question, now: datetime) -> tuple[Reason, ...]:
    """One reason for each incident that is open where the change would go."""
    found = [view for view in open_of(question.service_uid) if question.environment in ("", view.environment)]
    if not found:
        text = f"No incident is open on {question.service_name}."
        return (Reason(rule=RULE, outcome=ALLOW, text=text, as_of=now),)
    return tuple(_of(view, question.kind, now) for view in found)


def _of(view: IncidentView, kind: str, now: datetime) -> Reason:
    severe = view.severity <= SEVERE
    outcome = ALLOW if kind in PASSING else DENY if severe else WARN
    text = f"{view.name} is {view.status} with severity {view.severity}: {view.title}."
    if outcome == ALLOW:
        text += f" A {kind} change passes: it is how it ends."
    clears = f"Resolve it: `roadbed incident resolve {view.name}`. Fixes and rollbacks pass." if severe else ""
    return Reason(
        rule=RULE,
        outcome=outcome,
        text=text,
        figures={"incident": view.name, "severity": view.severity, "status": view.status},
        as_of=now,
        clears="" if outcome == ALLOW else clears,
    )
