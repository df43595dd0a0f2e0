"""The same schedule with other names for its people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from roadbed.reliability.paging.rules.schedules.values import Layer, Schedule


def renamed(schedule: Schedule, names: Mapping[str, str]) -> Schedule:
    """A schedule whose people are called by `names`; who is not in it keeps their name."""

    def named(person: str) -> str:
        return names.get(person.lower(), person)

    def of(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
        return tuple(
            replace(
                layer,
                people=tuple(named(one) for one in layer.people),
                by_day={day: named(one) for day, one in layer.by_day.items()},
            )
            for layer in layers
        )

    return replace(
        schedule,
        layers=of(schedule.layers),
        second=of(schedule.second),
        covers=tuple(replace(one, person=named(one.person)) for one in schedule.covers),
        second_covers=tuple(replace(one, person=named(one.person)) for one in schedule.second_covers),
        swaps=tuple(replace(one, first=named(one.first), second=named(one.second)) for one in schedule.swaps),
        away=tuple(replace(one, person=named(one.person)) for one in schedule.away),
    )
