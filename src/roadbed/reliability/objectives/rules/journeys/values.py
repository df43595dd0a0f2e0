"""A journey as a file defines it: its steps in order, its promise, and how its budget is counted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from roadbed.reliability.objectives.rules.journeys.minutes import UNMEASURED
from roadbed.reliability.objectives.rules.periods import Window, window_as_data

API_VERSION: Final = "roadbed.dev/v1"
KIND: Final = "Journey"
MINUTES: Final = "Minutes"
EVENTS: Final = "Events"
METHODS: Final = (MINUTES, EVENTS)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: an objective of a service, or another journey.

    Attributes:
        weight: how much one of its events weighs, where the budget is counted in events.
        required: whether the journey fails with it; an optional one only degrades it.
        when_unmeasured: what a minute says in which it was not measured.
    """

    name: str
    service: str = ""
    objective: str = ""
    journey: str = ""
    weight: int = 1
    required: bool = True
    when_unmeasured: str = UNMEASURED
    line: int = 1
    column: int = 0

    @property
    def of(self) -> str:
        """What it names."""
        return f"the journey {self.journey}" if self.journey else f"{self.service}/{self.objective}"


@dataclass(frozen=True, slots=True)
class Journey:
    """A journey as a file defines it."""

    name: str
    title: str
    description: str
    owner: str
    target: Decimal
    window: Window
    window_minutes: int
    method: str
    alerts: str
    steps: tuple[Step, ...]
    file: str = ""
    line: int = 1

    @property
    def digest(self) -> str:
        """What makes two definitions the same: everything but where they stand."""
        said = {
            "title": self.title,
            "description": self.description,
            "owner": self.owner,
            "target": str(self.target.normalize()),
            "window": window_as_data(self.window),
            "method": self.method,
            "alerts": self.alerts,
            "steps": steps_as_data(self.steps),
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def steps_as_data(steps: tuple[Step, ...]) -> list[dict[str, Any]]:
    """Steps as JSON."""
    return [
        {
            "name": step.name,
            "service": step.service,
            "objective": step.objective,
            "journey": step.journey,
            "weight": step.weight,
            "required": step.required,
            "when_unmeasured": step.when_unmeasured,
        }
        for step in steps
    ]


def steps_of_data(data: list[Mapping[str, Any]]) -> tuple[Step, ...]:
    """The steps of such JSON."""
    return tuple(Step(**one) for one in data)
