"""The answer of error budgets to the question whether a change may go out, as the service's budget policy decides."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from roadbed.ground.catalog.queries import ServiceView
from roadbed.ground.catalog.queries import service as service_in_catalogue
from roadbed.ground.gates.rules import Question, Reason
from roadbed.reliability.objectives import policies
from roadbed.reliability.objectives.answers import ObjectiveView
from roadbed.reliability.objectives.queries import objectives_of
from roadbed.reliability.objectives.rules.policy.deciding import (
    Change,
    Decision,
    Plan,
    decide,
    of_objective,
    values_of_question,
    without_objectives,
)
from roadbed.reliability.objectives.rules.policy.documents import Service
from roadbed.reliability.objectives.rules.policy.facts import ObjectiveFacts

PRODUCTION: Final = "production"


def error_budget(question: Question, now: datetime) -> tuple[Reason, ...]:
    """One reason for each objective of the service; a rule that speaks of the service as a whole gives one for all."""
    service = _service(question)
    plan = policies.plan_for(service)
    change = Change(question.kind, question.environment or PRODUCTION, question.declared_kind, question.derived_kind)
    values = values_of_question(change, service, None)
    early = decide(plan.early, values)
    if early is not None:
        return (_reason(plan, early),)
    views = objectives_of(question.service_uid)
    values["objectives"] = float(len(views))
    if not views:
        return (_reason(plan, without_objectives(plan, values)),)
    given = [(view, of_objective(plan, {**values, **facts_of(view, now).values()})) for view in views]
    found: dict[tuple[str, str], Reason] = {}
    for view, decision in given:
        reason = _reason(plan, decision, view if decision.of_objective else None)
        found.setdefault((reason.rule, reason.text), reason)
    return tuple(found.values())


def decision_of(view: ObjectiveView, service: Service, change: Change, now: datetime) -> tuple[Plan, Decision]:
    """What the policy would answer for one objective and this change."""
    plan = policies.plan_for(service)
    values = values_of_question(change, service, 1)
    early = decide(plan.early, values)
    return plan, early or of_objective(plan, {**values, **facts_of(view, now).values()})


def facts_of(view: ObjectiveView, now: datetime) -> ObjectiveFacts:
    """An objective as policies know it."""
    return ObjectiveFacts(
        name=view.name,
        title=view.title,
        target=float(view.target),
        window=view.window,
        window_minutes=view.window_minutes,
        standing=view.standing,
        paging=view.paging,
        remaining=view.remaining,
        bad=view.spent,
        allowed=view.allowed,
        coverage=view.coverage,
        burns=view.burns,
        top_line=view.top_line,
        why=view.problem or view.top_line,
        age=None if view.as_of is None else (now - view.as_of).total_seconds(),
        stale=view.is_stale(now),
    )


def _service(question: Question) -> Service:
    if question.subject is not None:
        of = question.subject
        return Service(question.service_name, of.owner, of.tier, of.lifecycle, of.labels)
    return service_named(question.service_uid, question.service_name)


def service_named(uid: str, name: str) -> Service:
    """What the catalogue says of a service; its name alone where nobody's answer could depend on more."""
    found = service_in_catalogue(uid) if policies.has_any() else None
    return Service(name) if found is None else service_of(found)


def service_of(view: ServiceView) -> Service:
    """A service of the catalogue as policies know it."""
    return Service(view.name, view.owner, view.tier, view.lifecycle, view.labels)


def _reason(plan: Plan, decision: Decision, view: ObjectiveView | None = None) -> Reason:
    policy: dict[str, float | int | str | None] = {
        "policy": plan.policy.name,
        "policy_version": plan.version,
        "policy_digest": plan.policy.digest,
    }
    rule = plan.named(decision.rule)
    if view is None:
        return Reason(rule, decision.outcome, decision.text, figures=policy, clears=decision.clears)
    return Reason(
        rule=rule,
        outcome=decision.outcome,
        text=f"{view.title}: {decision.text}",
        figures={
            "objective": view.uid,
            "name": view.name,
            "target": view.target_text,
            "remaining": view.remaining,
            "good": view.good,
            "total": view.total,
            "coverage": view.coverage,
            **policy,
        },
        as_of=view.as_of,
        clears=decision.clears,
    )
