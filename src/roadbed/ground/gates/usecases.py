"""Asking the gates: every room that registered answers, and the answer is a fact."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog
from django.db.models import F

from roadbed.ground.gates import rules
from roadbed.ground.gates.models import KindDispute, Override
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
    """Collect every gate's reasons, combine them and record the question with its answer."""
    return ask_and_keep(caller, question, now=now, unknown_passes=unknown_passes)[1]


def ask_and_keep(
    caller: Caller, question: Question, *, now: datetime, unknown_passes: bool = True
) -> tuple[Question, Verdict, str]:
    """The same, with the question as its kind was settled, and the uid under which the answer is kept.

    A gate that breaks answers `unknown` by name; it never lets a change through in silence.
    """
    authorise(caller, "gate.ask")
    disputed = rules.needs_second_person(question.declared_kind, question.derived_kind)
    confirmed = disputed and _is_confirmed(question)
    question = rules.settled(question, confirmed=confirmed)
    reasons = _collected(question, now)
    if disputed and not confirmed:
        reasons = (rules.dispute(question, now=now), *reasons)
    verdict = combine(question, reasons, unknown_passes=unknown_passes, now=now)
    override = None if verdict.passes else _override_of(question, now)
    if override is not None:
        verdict = rules.overridden(verdict, _told(override))
    with unit(caller, now=now) as writing:
        if disputed and not confirmed and question.commit:
            _keep_dispute(caller, question, now)
        if override is not None:
            Override.objects.filter(pk=override.pk).update(used=F("used") + 1)
        uid = writing.record(
            "gate.asked", question.service_uid, environment=question.environment, data=as_data(question, verdict)
        )
    return question, verdict, uid


def _collected(question: Question, now: datetime) -> tuple[Reason, ...]:
    reasons: list[Reason] = []
    for name in sorted(_gates):
        try:
            reasons.extend(_gates[name](question, now))
        except Exception as fault:
            log.exception("gate.broken", gate=name)
            text = f"The gate {name} broke: {type(fault).__name__}. Its answer is unknown."
            reasons.append(Reason(rule=f"{name}/broken", outcome=UNKNOWN, text=text, clears="Mend the gate."))
    return tuple(reasons)


def _is_confirmed(question: Question) -> bool:
    rows = KindDispute.objects.filter(service_uid=question.service_uid, declared=question.declared_kind)
    confirmed = rows.exclude(confirmed_at=None).values_list("commit", flat=True)
    return any(rules.same_commit(commit, question.commit) for commit in confirmed)


def _keep_dispute(caller: Caller, question: Question, now: datetime) -> None:
    KindDispute.objects.get_or_create(
        service_uid=question.service_uid,
        commit=question.commit,
        declared=question.declared_kind,
        defaults={
            "service_name": question.service_name,
            "derived": question.derived_kind,
            "evidence": list(question.evidence[:5]),
            "declared_by_uid": caller.uid,
            "declared_by": caller.name[:160],
            "declared_at": now,
        },
    )


def _override_of(question: Question, now: datetime) -> Override | None:
    rows = Override.objects.filter(
        service_uid=question.service_uid, environment=question.environment, created_at__lte=now, expires_at__gt=now
    )
    live = rows.order_by("-expires_at")
    return next((row for row in live if rules.same_commit(row.commit, question.commit)), None)


def _told(row: Override) -> dict[str, str]:
    return {
        "uid": row.uid,
        "person": row.person,
        "reason": row.reason,
        "expires_at": row.expires_at.isoformat(),
        "until": row.expires_at.strftime("%H:%M UTC"),
    }


def as_data(question: Question, verdict: Verdict) -> dict[str, object]:
    """The verdict as JSON: what the fact, the API and the CLI show."""
    return {
        "service": question.service_name,
        "environment": question.environment,
        "kind": question.kind,
        "declared_kind": question.declared_kind,
        "derived_kind": question.derived_kind,
        "confidence": question.confidence,
        "evidence": list(question.evidence[:5]),
        "disagrees": rules.disagrees(question.declared_kind, question.derived_kind),
        "commit": question.commit,
        "outcome": verdict.outcome,
        "passes": verdict.passes,
        "overridden": dict(verdict.overridden) if verdict.overridden else None,
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
