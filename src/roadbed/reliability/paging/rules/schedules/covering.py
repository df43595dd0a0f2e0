"""What is wrong with the coming hours of a schedule: nobody on call, somebody away, somebody who cannot be reached."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from roadbed.reliability.paging.rules.schedules.rendering import render
from roadbed.reliability.paging.rules.schedules.values import OVERRIDE, Hole, Schedule, Slot

AHEAD: Final = timedelta(hours=72)
EMPTY, CLASH, UNREACHABLE = "empty-shift", "leave-clash", "no-verified-channel"
NO_SECOND, TWICE = "no-second", "first-is-second"
UNANSWERED: Final = "unanswered-request"
"""A shift that somebody wants to give away, of which nobody has said yes or no."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One stretch of time in which a page would reach nobody, or nobody for certain.

    Attributes:
        rule: EMPTY, CLASH or UNREACHABLE; of who stands by, NO_SECOND, TWICE or UNREACHABLE.
        person: who is away or cannot be reached; empty where nobody is named.
        layer: the layer of the turn; empty where none has one.
    """

    rule: str
    start: datetime
    end: datetime
    person: str
    layer: str
    why: str


def gaps(
    schedule: Schedule, start: datetime, *, ahead: timedelta = AHEAD, reachable: Collection[str] | None = None
) -> tuple[Gap, ...]:
    """What to mend between an instant and so much later, the earliest first.

    `reachable` is who has a verified channel; where it is None, nothing is said of that.
    """
    found = render(schedule, start, start + ahead)
    told = [*_empty(found.slots, found.holes), *_away_covers(schedule, found.slots)]
    if reachable is not None:
        told += [
            Gap(UNREACHABLE, slot.start, slot.end, slot.person, slot.layer or "", "has no verified channel")
            for slot in _together(found.slots)
            if slot.person is not None and slot.person not in reachable
        ]
    told += _second(schedule, found.slots, (start, start + ahead), reachable)
    return tuple(sorted(told, key=lambda gap: (gap.start, gap.rule, gap.person)))


def _second(
    schedule: Schedule, first: tuple[Slot, ...], span: tuple[datetime, datetime], reachable: Collection[str] | None
) -> Iterator[Gap]:
    """Nobody stands by, or whoever does is the one who is on call, or cannot be reached."""
    standing = schedule.standing_by
    if standing is None:
        return
    slots = render(standing, *span).slots
    for slot in slots:
        if slot.person is None:
            yield Gap(NO_SECOND, slot.start, slot.end, "", "", "nobody stands by")
            continue
        if reachable is not None and slot.person not in reachable:
            yield Gap(UNREACHABLE, slot.start, slot.end, slot.person, slot.layer or "", "has no verified channel")
        for other in first:
            begins, ends = max(slot.start, other.start), min(slot.end, other.end)
            if other.person == slot.person and begins < ends:
                yield Gap(TWICE, begins, ends, slot.person, slot.layer or "", "is on call and stands by at once")


def _empty(slots: Iterable[Slot], holes: Iterable[Hole]) -> Iterator[Gap]:
    """Nobody is on call: because somebody is away, or because no layer has anybody."""
    known = tuple(holes)
    for slot in slots:
        if slot.person is not None:
            continue
        at = slot.start
        inside = (hole for hole in known if hole.start < slot.end and hole.end > slot.start)
        for hole in sorted(inside, key=lambda hole: hole.start):
            begins, ends = max(hole.start, at), min(hole.end, slot.end)
            if begins >= ends:
                continue
            if begins > at:
                yield Gap(EMPTY, at, begins, "", "", "nobody is on call")
            yield Gap(CLASH, begins, ends, hole.person, hole.layer, f"is away: {hole.why}")
            at = ends
        if at < slot.end:
            yield Gap(EMPTY, at, slot.end, "", "", "nobody is on call")


def _away_covers(schedule: Schedule, slots: Iterable[Slot]) -> Iterator[Gap]:
    """An override is kept although its person is away, since somebody wrote it on purpose; it is told of."""
    for slot in slots:
        if slot.layer != OVERRIDE:
            continue
        for one in schedule.away:
            begins, ends = max(slot.start, one.start), min(slot.end, one.end)
            if one.person == slot.person and begins < ends:
                yield Gap(CLASH, begins, ends, one.person, OVERRIDE, f"is away: {one.why}")


def _together(slots: Iterable[Slot]) -> Iterator[Slot]:
    """Slots of one person after another made one, whatever their layers."""
    last: Slot | None = None
    for slot in slots:
        if last is not None and last.person == slot.person:
            last = Slot(last.start, slot.end, last.person, last.layer)
            continue
        if last is not None:
            yield last
        last = slot
    if last is not None:
        yield last
