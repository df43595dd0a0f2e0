"""On the road: what happened to a few services lately, told from the ledger in the words of an incident's timeline."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.urls import reverse

from roadbed.ground.ledger.queries import facts_between
from roadbed.ground.shell import words
from roadbed.ground.shell.components import Event
from roadbed.reliability.incidents.rules import timeline

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from roadbed.reliability.incidents.rules.timeline import Entry

BACK: Final = timedelta(days=7)
SHOWN: Final = 8
READ: Final = 60
KINDS: Final = timeline.KINDS - {"deployment.started", "page.failed", "measurement.lost", "measurement.regained"}
"""What one reads over a coffee; a service's page and an incident's timeline have the rest."""


def events(names: Mapping[str, str], *, now: datetime) -> tuple[Event, ...]:
    """The newest events of the services, by their names; refusals of the gate are told, what it let through is not."""
    if not names:
        return ()
    facts = facts_between(names, kinds=KINDS, since=now - BACK, until=now, limit=READ)
    subjects = {fact.uid: names[fact.subject] for fact in facts}
    told = [line for line in timeline.told(facts) if line.kind != "gate.asked" or line.tone is not None]
    return tuple(_event(line, subjects[line.fact]) for line in told[:SHOWN])


def _event(line: Entry, service: str) -> Event:
    if line.deployment:
        url = reverse("portal:deployment", args=[line.deployment])
    else:
        url = reverse("gates:decision", args=[line.fact]) if line.kind == "gate.asked" else ""
    return Event(line.at, line.icon, f"{service}: {line.title}", words.first_sentence(line.detail), url, line.tone)
