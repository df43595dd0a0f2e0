"""The cast of the room's tests: an incident that ended, as another room tells it, and people who review it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from roadbed.ground import asks
from roadbed.ground.asks import BudgetSpent, IncidentTold, SpentBudget, TellIncident, ToldEntry
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.reliability.reviews import drafting, factoring, usecases

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
START = datetime(2026, 11, 23, 13, 41, tzinfo=UTC)
SPENT = SpentBudget("o1", "Lookups answered", 1611, 14520, 0.044, bad_minutes=13, measured_minutes=15)
ACTION = {
    "text": "Answer without arrival time when eta-predictor is slow",
    "factor": "F1",
    "lever": "smaller-blast",
    "owner": "mara@kestrel.example",
    "due": (NOW + timedelta(days=9)).date(),
    "evidence": "Fault test: 0 failures at 2 s delay",
}


def entry(minute: float, title: str, *, known_after: float = 0.0) -> ToldEntry:
    at = START + timedelta(minutes=minute)
    return ToldEntry(at, at + timedelta(minutes=known_after), title, "", f"f-{title}")


TOLD = IncidentTold(
    uid="inc214",
    number=214,
    title="Lookups returned 503",
    service_uid="svc",
    service="parcel-tracking",
    owner="tracking",
    environment="production",
    severity=2,
    started_at=START,
    detected_at=START + timedelta(minutes=8),
    acknowledged_at=START + timedelta(minutes=9),
    mitigated_at=START + timedelta(minutes=13, seconds=20),
    resolved_at=START + timedelta(minutes=31),
    lead="Mara Lindqvist",
    entries=(
        entry(-3, "v412 deployed"),
        entry(0, "Harm to customers began", known_after=8),
        entry(8, "Page sent"),
    ),
)


@dataclass
class Cast:
    """Who reviews, and what the other rooms answer."""

    mara: Caller
    told: dict[str, IncidentTold] = field(default_factory=lambda: {TOLD.uid: TOLD})
    asked: list[BudgetSpent] = field(default_factory=list)

    def drafted(self, **other: Any) -> str:
        told = replace(TOLD, **other)
        self.told[told.uid] = told
        return drafting.draft(ROADBED, told.uid, now=NOW)

    def ready(self) -> None:
        """Fill in everything that publishing needs."""
        words = {"impact": "1,190 people", "sense": "The plan had worked.", "limited": "A flag.", "detection": "8 min."}
        usecases.write_sections(self.mara, "214", sections=words, now=NOW)
        for text, kind in (("The timeout is fixed", "latent-design"), ("One step to 100%", "process")):
            factoring.name_factor(self.mara, "214", text=text, kind=kind, now=NOW)
        usecases.add_action(self.mara, "214", **ACTION, now=NOW)


@pytest.fixture
def cast(db: Any, wired: None) -> Iterator[Cast]:
    answerers = dict(asks._answerers)
    person = Person.objects.create(email="mara@kestrel.example", name="Mara Lindqvist", role="admin", created_at=NOW)
    made = Cast(Caller(person.uid, person.name, "admin"))
    asks.answer_with(TellIncident, lambda asked: made.told.get(asked.incident_uid))
    asks.answer_with(BudgetSpent, lambda asked: made.asked.append(asked) or (SPENT,))
    yield made
    asks._answerers = answerers
