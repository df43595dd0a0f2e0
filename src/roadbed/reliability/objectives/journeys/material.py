"""What journeys are counted from, over one stretch: the minutes and the events of every step, read together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from roadbed.reliability.objectives import store
from roadbed.reliability.objectives.answers import STALE
from roadbed.reliability.objectives.edges import Sums
from roadbed.reliability.objectives.excluded import Excluded
from roadbed.reliability.objectives.journeys.live import LiveJourney, Named
from roadbed.reliability.objectives.journeys.states import states
from roadbed.reliability.objectives.live import Live
from roadbed.reliability.objectives.rules.basis import Basis
from roadbed.reliability.objectives.rules.counts import Counts
from roadbed.reliability.objectives.rules.history import NOTHING
from roadbed.reliability.objectives.rules.journeys.minutes import IGNORE, Bits, Joined, Part, bits_of_spans, joined
from roadbed.reliability.objectives.rules.journeys.values import EVENTS, Step
from roadbed.reliability.objectives.rules.journeys.weights import proof, reduced, weighted
from roadbed.reliability.objectives.rules.spans import Cut

DEEPEST: Final = 10
"""Journeys within journeys; files with a circle are refused, and this is for two that were applied at once."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A stretch of a journey.

    Attributes:
        counts: its minutes; its events are minutes, or where the budget is of events what proves a burn.
        basis: what takes from the budget, weighted.
        by_step: bad ones given to each step, which add up to the basis' bad.
    """

    counts: Counts
    basis: Basis
    by_step: tuple[int, ...]


@dataclass
class Material:
    """The minutes from `first` up to, not including, `until` of everything that some journeys rest on."""

    named: Named
    first: int
    until: int
    heads: Mapping[int, store.StoredHead]
    bits: Mapping[int, Bits]
    cuts: Mapping[str, Cut]
    _joined: dict[tuple[str, bool], Joined] = field(default_factory=dict)
    _sums: Sums | None = None

    @classmethod
    def of(cls, journeys: Iterable[LiveJourney], named: Named, *, first: int, until: int) -> Material:
        """Read it."""
        objectives = list(named.within(journeys))
        heads = store.heads([one.series for one in objectives]) if objectives else {}
        excluded = Excluded.now({one.service_uid for one in objectives})
        cuts = {one.uid: excluded.cut(one.service_uid, one.uid, first=first, until=until) for one in objectives}
        return cls(named, first, until, heads, states(heads, first=first, until=until), cuts)

    @property
    def length(self) -> int:
        return self.until - self.first

    def joined(self, journey: LiveJourney, *, raw: bool = False) -> Joined:
        """The minutes of a journey; with `raw` as if nothing were excluded."""
        key = (journey.uid, raw)
        if key not in self._joined:
            # A journey that came to lead back to itself has no minutes there, instead of none ending.
            self._joined[key] = joined([], self.length)
            parts = [self._part(step, raw=raw) for step in journey.steps]
            self._joined[key] = joined(parts, self.length, begins=self._begins(journey))
        return self._joined[key]

    def _part(self, step: Step, *, raw: bool) -> Part:
        inner, objective = self.named.journey(step), self.named.objective(step)
        if inner is not None:
            found = self.joined(inner, raw=raw)
            return found.as_part(required=step.required, when_unmeasured=step.when_unmeasured)
        if objective is None:
            return Part(Bits(), step.required, step.when_unmeasured)
        return Part(self.of_objective(objective, raw=raw), step.required, step.when_unmeasured)

    def of_objective(self, objective: Live, *, raw: bool = False) -> Bits:
        """The minutes of one objective, with what is excluded from it."""
        bits = self.bits.get(objective.series, Bits())
        if raw or not self.cuts[objective.uid].spans:
            return bits
        spans = bits_of_spans(self.cuts[objective.uid].spans, first=self.first, length=self.length)
        return bits._replace(excluded=spans)

    def _begins(self, journey: LiveJourney) -> int:
        """The place of the first minute in which everything that it needs was counted or was to be."""
        required = replace(journey, steps=tuple(step for step in journey.steps if step.required))
        firsts = [
            self.heads[one.series].head.first for one in self.named.within([required]) if one.series in self.heads
        ]
        return min(max([0, *(first - self.first for first in firsts)]), self.length)

    def counted(self, journey: LiveJourney, *, start: int, until: int, raw: bool = False) -> Counted:
        """A stretch of a journey, from one minute up to, not including, another; both lie within this."""
        found = self.joined(journey, raw=raw)
        first, end = start - self.first, until - self.first
        counts, of_steps = found.between(first, end), found.contributions(first, end)
        if journey.method != EVENTS:
            return Counted(counts, Basis(counts.bad_minutes, counts.measured), tuple(one.spent for one in of_steps))
        held = self.events(journey, start=start, until=until, raw=raw)
        weights = self.weights(journey)
        pairs = [(weight, one) for weight, one in zip(weights, held, strict=True) if weight and one is not None]
        basis = weighted(pairs)
        spent = tuple(
            weight * one.bad if weight and one is not None else 0 for weight, one in zip(weights, held, strict=True)
        )
        return Counted(proof(counts, basis, max(weights)), basis, spent)

    def weights(self, journey: LiveJourney) -> tuple[int, ...]:
        """What an event of each step weighs, in the smallest whole numbers; 0 of one that is optional."""
        given = iter(reduced(step.weight for step in journey.steps if step.required))
        return tuple(next(given) if step.required else 0 for step in journey.steps)

    def events(self, journey: LiveJourney, *, start: int, until: int, raw: bool = False) -> tuple[Counts | None, ...]:
        """The events of each step's objective; None where it has none."""
        return tuple(self._events(self.named.objective(step), start, until, raw=raw) for step in journey.steps)

    def _events(self, objective: Live | None, start: int, until: int, *, raw: bool) -> Counts | None:
        stored = None if objective is None else self.heads.get(objective.series)
        if objective is None or stored is None:
            return None
        return self.sums.counts(objective.series, start, until, NOTHING if raw else self.cuts[objective.uid])

    @property
    def sums(self) -> Sums:
        """The events of all steps."""
        if self._sums is None:
            self._sums = Sums.of(self.heads, ())
        return self._sums

    def prepare(self, journey: LiveJourney, minutes: Iterable[int]) -> None:
        """Read the sums of a journey's steps at some minutes at once, before they are asked for one by one."""
        if journey.method != EVENTS:
            return
        wanted = set(minutes)
        for objective in self.named.within([journey]):
            if objective.series in self.heads:
                self.sums.fetch(objective.series, wanted)

    def problem(self, journey: LiveJourney, now: datetime, *, depth: int = 0) -> str:
        """Why a required step is not counted now; empty when all are."""
        for step in journey.steps:
            if not step.required or depth > DEEPEST:
                continue
            inner, objective = self.named.journey(step), self.named.objective(step)
            if inner is not None:
                if found := self.problem(inner, now, depth=depth + 1):
                    return f"{step.name}: {found}"
                continue
            if objective is None:
                return f"{step.name}: {step.of} is not promised any more, or not yet."
            stored = self.heads.get(objective.series)
            if stored is None:
                return f"{step.name}: {step.of} was not counted yet."
            if (stored.read_at is None or now - stored.read_at > STALE) and step.when_unmeasured != IGNORE:
                return f"{step.name}: {step.of} is not counted now. {stored.reason}".rstrip()
        return ""
