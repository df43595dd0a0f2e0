"""The answer of error budgets to the question whether a change may go out: one precomputed row per objective."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from roadbed.ground.gates.rules import ALLOW, DENY, UNKNOWN, WARN, Question, Reason
from roadbed.reliability.objectives.answers import ObjectiveView
from roadbed.reliability.objectives.queries import objectives_of
from roadbed.reliability.objectives.rules.evaluation import BROKEN, IDLE, LOW_BUDGET, SPENT, UNMEASURED
from roadbed.reliability.objectives.rules.words import share

RULE: Final = "error-budget/1"
PRODUCTION: Final = "production"
PASSING: Final = frozenset({"fix", "reliability", "security", "rollback"})
"""What mends a service passes whatever its budget, as in the SRE Workbook's example policy (appendix B)."""


def error_budget(question: Question, now: datetime) -> tuple[Reason, ...]:
    """One reason for each objective of the service, and one that says so where there is none."""
    if question.kind in PASSING:
        return (_passing(question),)
    if question.environment not in ("", PRODUCTION):
        text = f"Budgets are of {PRODUCTION}; {question.environment} spends none."
        return (Reason(rule=RULE, outcome=ALLOW, text=text),)
    views = objectives_of(question.service_uid)
    if not views:
        text = f"{question.service_name} has no objectives, so nothing says whether it can afford a change."
        clears = "Add an slo.yaml to its repository, or `roadbed slo apply FILE`."
        return (Reason(rule=RULE, outcome=UNKNOWN, text=text, clears=clears),)
    return tuple(_of(view, now) for view in views)


def _passing(question: Question) -> Reason:
    text = f"A {question.kind} change passes whatever the budget is: it is how a budget is won back."
    return Reason(rule=RULE, outcome=ALLOW, text=text)


def _of(view: ObjectiveView, now: datetime) -> Reason:
    outcome, text, clears = _judged(view, now)
    return Reason(
        rule=RULE,
        outcome=outcome,
        text=f"{view.title}: {text}",
        figures={
            "objective": view.uid,
            "name": view.name,
            "target": view.target_text,
            "remaining": view.remaining,
            "good": view.good,
            "total": view.total,
            "coverage": view.coverage,
        },
        as_of=view.as_of,
        clears=clears,
    )


def _judged(view: ObjectiveView, now: datetime) -> tuple[str, str, str]:
    if view.as_of is None or view.is_stale(now):
        return _not_evaluated(view, now)
    if view.standing == SPENT:
        return DENY, view.top_line, "Fixes and rollbacks pass; features pass when the budget is above zero again."
    if view.paging:
        return DENY, view.top_line, "Stop the burn: a rollback or a fix passes."
    idle = view.standing == IDLE
    if view.standing in (BROKEN, UNMEASURED) or (view.remaining is None and not idle):
        why = view.problem or view.top_line
        return UNKNOWN, f"no data. {why}", "Deploy it here, or bring back its measurement."
    left = view.top_line if view.remaining is None else f"{share(view.remaining)} of the budget is left."
    if view.remaining is not None and view.remaining < LOW_BUDGET:
        return WARN, f"only {left}", "It returns as the bad part leaves the window."
    return ALLOW, left, ""


def _not_evaluated(view: ObjectiveView, now: datetime) -> tuple[str, str, str]:
    if view.as_of is None:
        return UNKNOWN, "no data, it was not evaluated yet.", "It is evaluated every 10 s while Roadbed's worker runs."
    age = (now - view.as_of).total_seconds()
    return UNKNOWN, f"its figures are {age:.0f} s old.", "Start the worker: `roadbed up`."
