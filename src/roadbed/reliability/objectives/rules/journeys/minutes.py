"""The minutes of a journey from those of its steps: sets of minutes as whole numbers, one bit a minute, joined exactly.

Bit 0 is the oldest minute of a span. A month of minutes is a number of 43,200 bits, so that joining the steps of a
journey over it takes microseconds and counting is exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from roadbed.reliability.objectives.rules.counts import Counts
from roadbed.reliability.objectives.rules.spans import Span

UNMEASURED: Final = "unmeasured"
BAD: Final = "bad"
IGNORE: Final = "ignore"
WHEN_UNMEASURED: Final = (UNMEASURED, BAD, IGNORE)
"""What a minute says in which a step was not measured: nothing is known, it failed, or the others decide."""


class Bits(NamedTuple):
    """The minutes of a span in which something was measured, idle, bad, or taken out of its promise.

    `idle` and `bad` lie within `measured` and apart from one another.
    """

    measured: int = 0
    idle: int = 0
    bad: int = 0
    excluded: int = 0

    def shifted(self, minutes: int) -> Bits:
        """The same minutes in a span that begins so much earlier, or later for a negative number."""
        if minutes >= 0:
            return Bits(self.measured << minutes, self.idle << minutes, self.bad << minutes, self.excluded << minutes)
        by = -minutes
        return Bits(self.measured >> by, self.idle >> by, self.bad >> by, self.excluded >> by)

    def __or__(self, other: Bits) -> Bits:
        return Bits(
            self.measured | other.measured,
            self.idle | other.idle,
            self.bad | other.bad,
            self.excluded | other.excluded,
        )

    def within(self, minutes: int) -> Bits:
        """The first so many minutes."""
        mask = full(minutes)
        return Bits(self.measured & mask, self.idle & mask, self.bad & mask, self.excluded & mask)


@dataclass(frozen=True, slots=True)
class Part:
    """A step's minutes, and what they mean to the journey."""

    bits: Bits
    required: bool = True
    when_unmeasured: str = UNMEASURED


class Contribution(NamedTuple):
    """What one step did to a journey in a stretch, in minutes.

    Attributes:
        spent: bad minutes of the journey that are given to it: those in which it is the first required step that is
            bad. Over the steps they add up to the journey's bad minutes.
        alone: bad minutes of the journey in which no other required step was bad.
        bad: minutes in which the step was bad and the journey's promise held, whether or not it spent anything.
    """

    spent: int
    alone: int
    bad: int


@dataclass(frozen=True, slots=True)
class Joined:
    """A journey's minutes over a span: each is of one of five states, which do not overlap.

    Attributes:
        degraded: minutes that are not bad although an optional step was; they lie within the other states.
        by_step: for each step the minutes that it spent, was bad alone, and was bad.
        begins: the place of the first minute in which the journey was promised; what lies before counts for nothing.
    """

    length: int
    good: int
    bad: int
    idle: int
    unmeasured: int
    excluded: int
    degraded: int
    by_step: tuple[tuple[int, int, int], ...]
    begins: int = 0

    def counts(self, minutes: int | None = None) -> Counts:
        """The last so many minutes, or all of them. Its events are minutes: those asked in, and the good ones."""
        return self.between(self.length - (self.length if minutes is None else minutes), self.length)

    def between(self, first: int, until: int) -> Counts:
        """The minutes of a stretch of the span, by their places."""
        minutes, before = until - first, min(max(self.begins - first, 0), until - first)
        first += before
        good, bad = counted(self.good, first, until), counted(self.bad, first, until)
        idle, excluded = counted(self.idle, first, until), counted(self.excluded, first, until)
        return Counts(
            minutes=minutes,
            good=good,
            total=good + bad,
            measured=good + bad + idle,
            idle=idle,
            bad_minutes=bad,
            excluded=excluded,
            before=before,
        )

    def contributions(self, first: int, until: int) -> tuple[Contribution, ...]:
        """What each step did in a stretch of the span."""
        first = min(max(first, self.begins), until)
        return tuple(Contribution(*(counted(bits, first, until) for bits in step)) for step in self.by_step)

    def as_part(self, *, required: bool, when_unmeasured: str) -> Part:
        """The journey as a step of another one."""
        bits = Bits(self.good | self.bad | self.idle, self.idle, self.bad, self.excluded)
        return Part(bits, required, when_unmeasured)


def joined(parts: Sequence[Part], length: int, *, begins: int = 0) -> Joined:
    """The minutes of a journey from its steps', over a span of so many minutes.

    Each minute has the first of these states that fits:

    - excluded, where a required step's time is excluded: what it does not promise the journey cannot;
    - bad, where a required step is bad;
    - unmeasured, where a required step is unmeasured, so that nobody knows;
    - good, where a required step is good: what was asked was answered, whatever was not asked;
    - idle, where nothing was asked of any required step.
    """
    whole = full(length)
    excluded = bad = unknown = good = known = 0
    for part in parts:
        if part.required:
            excluded |= part.bits.excluded
            bad |= _bad(part, whole)
            unknown |= _unknown(part, whole)
            good |= part.bits.measured & ~part.bits.idle & ~part.bits.bad
            known |= part.bits.measured
    excluded &= whole
    bad &= whole & ~excluded
    # Where every required step is to be passed over, nobody knows anything.
    unknown = (unknown | (whole & ~known & ~bad)) & whole & ~excluded & ~bad
    good &= whole & ~excluded & ~bad & ~unknown
    idle = whole & ~excluded & ~bad & ~unknown & ~good
    optional = 0
    for part in parts:
        if not part.required:
            optional |= _bad(part, whole) & ~part.bits.excluded
    return Joined(
        length, good, bad, idle, unknown, excluded, optional & whole & ~excluded & ~bad,
        _by_step(parts, bad, whole & ~excluded), begins,
    )  # fmt: skip


def _bad(part: Part, whole: int) -> int:
    if part.when_unmeasured != BAD:
        return part.bits.bad
    return part.bits.bad | (whole & ~part.bits.measured)


def _unknown(part: Part, whole: int) -> int:
    return whole & ~part.bits.measured if part.when_unmeasured == UNMEASURED else 0


def _by_step(parts: Sequence[Part], bad: int, counting: int) -> tuple[tuple[int, int, int], ...]:
    mine = [_bad(part, counting) & counting & ~(0 if part.required else part.bits.excluded) for part in parts]
    once = twice = 0
    for part, bits in zip(parts, mine, strict=True):
        if part.required:
            twice |= once & bits
            once |= bits
    left, found = bad, []
    for part, bits in zip(parts, mine, strict=True):
        if not part.required:
            found.append((0, 0, bits))
            continue
        found.append((left & bits, bad & bits & ~twice, bits))
        left &= ~bits
    return tuple(found)


def full(minutes: int) -> int:
    """All of so many minutes."""
    return (1 << max(0, minutes)) - 1


def counted(bits: int, first: int, until: int) -> int:
    """How many minutes of a stretch are in a set, by their places."""
    return ((bits >> first) & full(until - first)).bit_count()


def runs(bits: int) -> list[Span]:
    """The stretches of minutes in a set, by their places, oldest first."""
    found, place = [], 0
    while bits:
        gap = (bits & -bits).bit_length() - 1
        bits >>= gap
        length = (~bits & (bits + 1)).bit_length() - 1
        found.append((place + gap, place + gap + length))
        place += gap + length
        bits >>= length
    return found


def bits_of_spans(spans: Iterable[Span], *, first: int, length: int) -> int:
    """Spans of minutes since 1970 as a set over the span that begins with `first`."""
    found = 0
    for begins, until in spans:
        start, stop = max(begins - first, 0), min(until - first, length)
        if start < stop:
            found |= full(stop - start) << start
    return found


def bits_of_sums(rows: Sequence[tuple[int, int, int]]) -> Bits:
    """The minutes between sums: (measured, idle, bad) up to each minute, the one before the span first.

    A step of more than one minute is one whose own sums were forgotten: nothing is known of it.
    """
    measured = idle = bad = 0
    before = rows[0]
    for place, held in enumerate(rows[1:]):
        if held[0] - before[0] == 1:
            bit = 1 << place
            measured |= bit
            if held[1] != before[1]:
                idle |= bit
            if held[2] != before[2]:
                bad |= bit
        before = held
    return Bits(measured, idle, bad)
