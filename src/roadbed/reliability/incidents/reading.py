"""Reading what hangs on an incident: tasks, updates, people, the last hand-over, and the draft of the next update."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from roadbed.ground.ledger.rules import FactView
from roadbed.reliability.incidents.models import Incident
from roadbed.reliability.incidents.rules import DUTIES, ROLES
from roadbed.reliability.incidents.rules import updates as telling
from roadbed.reliability.incidents.severities import minutes_of
from roadbed.reliability.incidents.values import (
    DutyView,
    HandoverView,
    IncidentView,
    ParticipantView,
    TaskView,
    UpdateView,
)


def tasks(row: Incident, *, now: datetime) -> tuple[TaskView, ...]:
    """What is to be done, what is not done first."""
    rows = sorted(row.tasks.all(), key=lambda one: (one.done_at is not None, one.number))
    return tuple(
        TaskView(
            one.number, one.text, one.owner_name, one.due_at, one.done_at, one.done_by,
            late=one.done_at is None and one.due_at is not None and one.due_at < now,
        )
        for one in rows
    )  # fmt: skip


def updates(row: Incident) -> tuple[UpdateView, ...]:
    """What stakeholders were told, newest first."""
    rows = row.updates.order_by("-posted_at", "-pk")
    return tuple(UpdateView(one.uid, one.text, one.stage, one.public, one.posted_at, one.posted_by) for one in rows)


def participants(row: Incident) -> tuple[ParticipantView, ...]:
    """Who takes part, by name."""
    rows = row.participants.order_by("name", "pk")
    return tuple(ParticipantView(one.person_uid, one.name, one.follows) for one in rows)


def unfilled(row: Incident) -> tuple[DutyView, ...]:
    """Roles that nobody holds while it goes on."""
    if row.status == Incident.RESOLVED:
        return ()
    return tuple(DutyView(role, title, DUTIES[role]) for role, title in ROLES.items() if not row.roles.get(role))


def handover(known: Iterable[FactView]) -> HandoverView | None:
    """The last hand-over that was told."""
    found = [fact for fact in known if fact.kind == "incident.changed" and fact.data.get("what") == "handover"]
    if not found:
        return None
    last = max(found, key=lambda fact: (fact.occurred_at, fact.position))
    notes = last.data.get("notes")
    said = {str(key): str(value) for key, value in notes.items()} if isinstance(notes, dict) else {}
    return HandoverView(
        role=str(last.data.get("role") or ""),
        at=last.occurred_at,
        by=last.actor_name,
        text=str(last.data.get("text") or ""),
        known=said.get("known", ""),
        tried=said.get("tried", ""),
        following=said.get("next", ""),
        informed=said.get("informed", ""),
    )


def draft(view: IncidentView, known: Iterable[FactView], *, now: datetime) -> str:
    """The next word to stakeholders, made from what is on record; somebody reads it before it goes out."""
    remedies = [
        f"{fact.data.get('service') or view.service} brought back to {fact.data.get('version') or 'what it was'}"
        for fact in known
        if fact.kind == "service.rolledback" and fact.occurred_at >= view.started_at
    ]
    return telling.draft(
        title=view.title,
        stage=view.stage,
        services=view.services,
        started_at=view.started_at,
        ended_at=view.harm_ended_at,
        remedies=remedies,
        next_at=telling.next_update(minutes_of(view.severity), now=now),
        now=now,
    )
