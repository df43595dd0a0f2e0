"""The chart of one journey: how its budget went down over the window, and where nothing was known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from roadbed.reliability.objectives.journeys.live import Named, live_journey
from roadbed.reliability.objectives.journeys.material import Material
from roadbed.reliability.objectives.journeys.models import Journey, JourneyEvaluated
from roadbed.reliability.objectives.journeys.telling import allowance_of
from roadbed.reliability.objectives.rules.clock import instant
from roadbed.reliability.objectives.rules.journeys.minutes import runs

MOST_POINTS: Final = 200
MOST_STRETCHES: Final = 60
_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 240, 360, 720, 1440, 2880)


@dataclass(frozen=True, slots=True)
class JourneyPoint:
    """The budget left at an instant; None where nothing was measured since the point before."""

    at: datetime
    remaining: float | None
    bad: int


@dataclass(frozen=True, slots=True)
class JourneyStretch:
    """Minutes in a row that are unmeasured or excluded."""

    state: str
    start: datetime
    minutes: int


@dataclass(frozen=True, slots=True)
class JourneyBurnDown:
    """A journey's window as a line that begins at 1 and ends at what is left.

    Attributes:
        points: `bad` is what was spent since the point before; over all points it adds up to the window's.
        stretches: the longest that are unmeasured or excluded, oldest first.
    """

    journey: str
    start: datetime
    end: datetime
    as_of: datetime
    unit: str
    points: tuple[JourneyPoint, ...]
    stretches: tuple[JourneyStretch, ...]


def journey_burn_down(uid: str) -> JourneyBurnDown | None:
    """The chart as of the last evaluation; None where it was never evaluated, or has ended."""
    row = Journey.objects.filter(uid=uid, removed_at=None).first()
    known = JourneyEvaluated.objects.filter(journey=uid).first() if row else None
    if row is None or known is None:
        return None
    one = live_journey(row)
    period = one.window.at(known.minute)
    first, until = period.first, period.until
    material = Material.of([one], Named.now(), first=first, until=until)
    step = next((step for step in _STEPS if period.elapsed // step < MOST_POINTS), _STEPS[-1])
    # Whole multiples of the step, so that a chart drawn again a minute later has the same points.
    grid = [first, *range(first // step * step + step, until, step), until]
    material.prepare(one, [minute - 1 for minute in grid])
    allowance = allowance_of(one, period, material.counted(one, start=first, until=until))
    spent, points = 0, [JourneyPoint(instant(first), 1.0 if allowance else None, 0)]
    for begins, ends in pairwise(grid):
        held = material.counted(one, start=begins, until=ends)
        spent += int(held.basis.bad)
        told = allowance > 0 and held.counts.measured > 0
        left = (allowance - spent * one.target.of) / allowance if told else None
        points.append(JourneyPoint(instant(ends), left, int(held.basis.bad)))
    return JourneyBurnDown(
        journey=one.name, start=instant(first), end=instant(until), as_of=known.as_of,
        unit=str(known.figures.get("unit", "")), points=tuple(points), stretches=_stretches(material, one.uid, first),
    )  # fmt: skip


def _stretches(material: Material, uid: str, first: int) -> tuple[JourneyStretch, ...]:
    one = next(journey for journey in material.named.journeys.values() if journey.uid == uid)
    found = material.joined(one)
    spans = [
        (state, start, until)
        for state, bits in (("unmeasured", found.unmeasured), ("excluded", found.excluded))
        for start, until in runs(bits)
        if start >= found.begins
    ]
    longest = sorted(spans, key=lambda span: span[1] - span[2])[:MOST_STRETCHES]
    return tuple(
        JourneyStretch(state, instant(first + start), until - start)
        for state, start, until in sorted(longest, key=lambda span: span[1])
    )
