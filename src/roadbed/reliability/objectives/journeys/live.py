"""The journeys that are promised now, as values, and what each of their steps names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from roadbed.reliability.objectives.journeys.models import Journey
from roadbed.reliability.objectives.live import Live, live_objectives, window_kept
from roadbed.reliability.objectives.rules.journeys.values import Step, steps_of_data
from roadbed.reliability.objectives.rules.periods import Window
from roadbed.reliability.objectives.rules.tables import Table, table_of
from roadbed.reliability.objectives.rules.targets import Target


@dataclass(frozen=True, slots=True)
class LiveJourney:
    """One journey to evaluate."""

    pk: int
    uid: str
    name: str
    title: str
    owner: str
    target: Target
    window: Window
    method: str
    table: Table
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """What steps name: objectives by (service, name), journeys by name."""

    objectives: Mapping[tuple[str, str], Live]
    journeys: Mapping[str, LiveJourney]

    @classmethod
    def now(cls) -> Named:
        """Every journey, and every objective that one of them names."""
        journeys = {one.name: one for one in live_journeys()}
        services = {step.service for one in journeys.values() for step in one.steps if step.service}
        objectives = live_objectives(service_name__in=sorted(services)) if services else ()
        return cls({(one.service_name, one.name): one for one in objectives}, journeys)

    def objective(self, step: Step) -> Live | None:
        """The objective of a step; None where there is none, or the step is a journey."""
        return self.objectives.get((step.service, step.objective))

    def journey(self, step: Step) -> LiveJourney | None:
        """The journey of a step."""
        return self.journeys.get(step.journey) if step.journey else None

    def within(self, journeys: Iterable[LiveJourney]) -> Iterator[Live]:
        """The objectives that journeys rest on, over journeys as well, each once."""
        waiting, seen, given = list(journeys), set[str](), set[int]()
        while waiting:
            one = waiting.pop()
            if one.uid in seen:
                continue
            seen.add(one.uid)
            for step in one.steps:
                objective, inner = self.objective(step), self.journey(step)
                if objective is not None and objective.pk not in given:
                    given.add(objective.pk)
                    yield objective
                if inner is not None:
                    waiting.append(inner)


def live_journeys(**only: Any) -> tuple[LiveJourney, ...]:
    """All journeys that were not ended, or those of them with certain columns."""
    return tuple(live_journey(row) for row in Journey.objects.filter(removed_at=None, **only).order_by("name"))


def live_journey(row: Journey) -> LiveJourney:
    """A row as a value."""
    return LiveJourney(
        pk=row.pk,
        uid=row.uid,
        name=row.name,
        title=row.title,
        owner=row.owner,
        target=Target.exactly(row.target),
        window=window_kept(row.window, row.window_minutes),
        method=row.method,
        table=table_of(row.alerts),
        steps=steps_of_data(row.steps),
    )
