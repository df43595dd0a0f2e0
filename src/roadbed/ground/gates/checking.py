"""One question as the doors put it: find the service, derive the kind, ask, and shape the answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from roadbed.ground import asks
from roadbed.ground.catalog.queries import ServiceView, require_service
from roadbed.ground.errors import Unavailable
from roadbed.ground.gates import usecases
from roadbed.ground.gates.rules import ALLOW, UNKNOWN, WARN, Question, Subject, Verdict, unknown_passes
from roadbed.ground.gates.schemas import CheckIn
from roadbed.ground.people.rules import Caller, authorise


def check(caller: Caller, asked: CheckIn, *, now: datetime) -> dict[str, Any]:
    """The answer as every door gives it; it is recorded."""
    authorise(caller, "gate.ask")
    service = require_service(asked.service)
    derived = _derived(asked)
    question = Question(
        service_uid=service.uid,
        service_name=service.name,
        environment=asked.environment,
        kind=asked.kind or "feature",
        commit=asked.commit,
        declared_kind=asked.kind,
        derived_kind=derived.kind if derived else "",
        confidence=derived.confidence if derived else None,
        evidence=derived.evidence if derived else (),
        subject=subject_of(service),
    )
    question, verdict, uid = usecases.ask_and_keep(
        caller, question, now=now, unknown_passes=unknown_passes(service.annotations)
    )
    return usecases.as_data(question, verdict) | {"decision": uid, "value": value_of(verdict)}


def subject_of(service: ServiceView) -> Subject:
    """What gates may want to know of a service, so that none looks it up again."""
    return Subject(owner=service.owner, tier=service.tier, lifecycle=service.lifecycle, labels=service.labels)


def value_of(verdict: Verdict) -> float:
    """The verdict as a number, for an analysis that compares one."""
    if verdict.passes:
        return 1.0
    return 0.5 if verdict.outcome in (UNKNOWN, ALLOW, WARN) else 0.0


def _derived(asked: CheckIn) -> asks.DerivedKind | None:
    if not asked.changes:
        return None
    question = asks.DeriveKind(
        commits=tuple((one.title, one.body) for one in asked.changes),
        labels=tuple(asked.labels),
        branch=asked.branch,
        paths=tuple(asked.paths),
        author_is_bot=asked.author_is_bot,
    )
    try:
        return asks.put(question)
    except Unavailable:
        return None
