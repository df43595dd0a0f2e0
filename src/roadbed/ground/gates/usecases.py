"""Asking the gates: every room that registered answers, and the answer is a fact."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from roadbed.ground.gates.rules import UNKNOWN, Question, Reason, Verdict, combine
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import Caller, authorise

log = structlog.get_logger(__name__)

Gate = Callable[[Question, datetime], tuple[Reason, ...]]
_gates: dict[str, Gate] = {}


def register(name: str, gate: Gate) -> None:
    """Let a room answer; called by its wiring."""
    _gates[name] = gate


def ask(caller: Caller, question: Question, *, now: datetime, unknown_passes: bool = True) -> Verdict:
    """Collect every gate's reasons, combine them and record the question with its answer.

    A gate that breaks answers `unknown` by name; it never lets a change through in silence.
    """
    authorise(caller, "gate.ask")
    reasons: list[Reason] = []
    for name in sorted(_gates):
        try:
            reasons.extend(_gates[name](question, now))
        except Exception as fault:
            log.exception("gate.broken", gate=name)
            text = f"The gate {name} broke: {type(fault).__name__}. Its answer is unknown."
            reasons.append(Reason(rule=f"{name}/broken", outcome=UNKNOWN, text=text, clears="Mend the gate."))
    verdict = combine(question, tuple(reasons), unknown_passes=unknown_passes, now=now)
    with unit(caller, now=now) as writing:
        writing.record(
            "gate.asked", question.service_uid, environment=question.environment, data=as_data(question, verdict)
        )
    return verdict


def as_data(question: Question, verdict: Verdict) -> dict[str, object]:
    """The verdict as JSON: what the fact, the API and the CLI show."""
    return {
        "service": question.service_name,
        "kind": question.kind,
        "declared_kind": question.declared_kind,
        "commit": question.commit,
        "outcome": verdict.outcome,
        "passes": verdict.passes,
        "exit_code": verdict.exit_code,
        "asked_at": verdict.asked_at.isoformat(),
        "reasons": [
            {
                "rule": reason.rule,
                "outcome": reason.outcome,
                "text": reason.text,
                "figures": dict(reason.figures),
                "as_of": reason.as_of.isoformat() if reason.as_of else None,
                "clears": reason.clears,
            }
            for reason in verdict.reasons
        ],
    }
