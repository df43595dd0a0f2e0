"""Opening a page with its first step, whatever it is about; every page begins here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from roadbed.ground.ledger.unit import Unit
from roadbed.reliability.paging.alerts import deciding
from roadbed.reliability.paging.escalating import said, step_into, subject_of
from roadbed.reliability.paging.models import Alert, Decision, new_uid
from roadbed.reliability.paging.outbox import Outbox
from roadbed.reliability.paging.routing import Route
from roadbed.reliability.paging.rules.escalation import Policy


@dataclass(frozen=True, slots=True)
class Opening:
    """What a page is about.

    Attributes:
        what: what it is about apart from its service; open once for both.
        fact: the fact that it came of, with its position; empty for what came through a door for alerts.
        text: what happened, in a sentence.
    """

    service_uid: str
    service: str
    environment: str
    what: str
    title: str
    severity: int
    started_at: datetime
    text: str
    fact: str = ""
    fact_position: int = 0
    objective_uid: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)


def open_page(opening: Opening, route: Route, writing: Unit) -> Alert:
    """Open it, record it, page its first step: one transaction, which is the caller's."""
    outbox = Outbox(writing.now)
    page = open_into(outbox, opening, route, writing)
    outbox.write()
    return page


def open_into(
    outbox: Outbox, opening: Opening, route: Route, writing: Unit, *, taken_with: Alert | None = None
) -> Alert:
    """The same, written when the outbox is; a page that goes on from one that somebody has is theirs as well."""
    uid = new_uid()
    policy, why = route.of(opening.severity)
    page = Alert(
        uid=uid,
        service_uid=opening.service_uid,
        service=opening.service,
        environment=opening.environment,
        what=opening.what,
        # What is of no fact stands for itself, so that the column stays unique.
        fact=opening.fact or uid,
        fact_position=opening.fact_position,
        objective_uid=opening.objective_uid,
        title=opening.title,
        severity=opening.severity,
        figures=dict(opening.figures),
        team=route.team,
        by=route.by,
        why=[opening.text, *why],
        policy=route.frozen(opening.severity),
        started_at=opening.started_at,
        opened_at=writing.now,
    )
    outbox.pages.append(page)
    outbox.decisions.append(deciding.of_page(Decision.PAGED, page, page.why, now=writing.now))
    _record(page, policy, route.breach, outbox, writing)
    if taken_with is not None and taken_with.acknowledged_at is not None:
        page.state, page.acknowledged_at = Alert.ACKNOWLEDGED, taken_with.acknowledged_at
        page.acknowledged_by, page.acknowledged_name = taken_with.acknowledged_by, taken_with.acknowledged_name
        page.again_at, page.snoozed_by = taken_with.again_at, taken_with.snoozed_by
        page.why = [*page.why, f"{page.acknowledged_name} has it already, so nobody is paged."]
    else:
        step_into(outbox, page, writing)
    return page


def _record(page: Alert, policy: Policy, breach: str, outbox: Outbox, writing: Unit) -> None:
    first = next((step.people[0] for step in policy.steps if step.people), "")
    name = next((one.person.name for one in outbox.reachable([first])), "") if first else ""
    data = said(page) | {
        "service_uid": page.service_uid,
        "environment": page.environment,
        "objective_uid": page.objective_uid,
        "severity": page.severity,
        "person": name,
        "person_uid": first,
        "by": page.by,
        "started_at": page.started_at.isoformat(),
        "figures": page.figures,
        "why": page.why,
        "breach": breach,
    }
    writing.record("alert.opened", subject_of(page), environment=page.environment, data=data)
