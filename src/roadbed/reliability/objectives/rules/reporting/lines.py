"""One promise over a period: what was counted, what of its budget it spent, and whether it was kept, all exact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from roadbed.reliability.objectives.rules.counts import Counts
from roadbed.reliability.objectives.rules.targets import Target

EVENTS, MINUTES = "events", "minutes"


@dataclass(frozen=True, slots=True)
class Tally:
    """A stretch of one promise. Everything but `to_come` adds up over stretches that lie side by side.

    Attributes:
        bad, total: what the budget is counted in.
        minutes: by state; with `outside`, in which nothing was counted yet or is kept no more, and `to_come` they add
            up to the stretch.
    """

    bad: int
    total: int
    minutes: Mapping[str, int]
    outside: int
    to_come: int = 0
    broken: bool = False

    @classmethod
    def of(cls, counts: Counts, *, unit: str, to_come: int = 0) -> Tally:
        """From the counts of the part that has passed; `before` of them is what lies outside."""
        if unit == EVENTS:
            return cls(counts.bad, counts.total, counts.by_state(), counts.before, to_come, counts.broken)
        return cls(counts.bad_minutes, counts.counting, counts.by_state(), counts.before, to_come)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.bad + other.bad,
            self.total + other.total,
            {state: number + other.minutes[state] for state, number in self.minutes.items()},
            self.outside + other.outside,
            self.to_come + other.to_come,
            self.broken or other.broken,
        )

    @property
    def counting(self) -> int:
        """Minutes in which the promise held."""
        return sum(number for state, number in self.minutes.items() if state != "excluded")

    @property
    def measured(self) -> int:
        return self.counting - self.minutes["unmeasured"]

    @property
    def told(self) -> bool:
        """Whether anything can be said."""
        return self.total > 0 and not self.broken and self.measured > self.minutes["idle"]


@dataclass(frozen=True, slots=True)
class Judged:
    """What a tally comes to; None where nothing can be told.

    Attributes:
        attainment: (total − bad) / total.
        kept: whether that is at least the target, decided in whole numbers.
        allowed: whole bad ones that the period allowed; `share` of the budget that was spent, above 1 when overspent.
        coverage: measured minutes of those that count.
        has_data: False where nothing at all was measured in the period.
    """

    attainment: float | None
    kept: bool | None
    allowed: int | None
    share: float | None
    coverage: float | None
    has_data: bool


def judged(tally: Tally, target: Target) -> Judged:
    """One division of whole numbers for each figure."""
    coverage = tally.measured / tally.counting if tally.counting > 0 else None
    if not tally.told:
        return Judged(None, None, None, None, coverage, has_data=tally.measured > 0)
    allowance = target.spare * tally.total
    return Judged(
        attainment=(tally.total - tally.bad) / tally.total,
        kept=tally.bad * target.of <= allowance,
        allowed=allowance // target.of,
        share=tally.bad * target.of / allowance,
        coverage=coverage,
        has_data=True,
    )


def as_data(tally: Tally, target: Target) -> dict[str, Any]:
    """The figures as JSON."""
    found = judged(tally, target)
    return {
        "bad": tally.bad,
        "total": tally.total,
        "attainment": found.attainment,
        "kept": found.kept,
        "allowed": found.allowed,
        "share": found.share,
        "coverage": found.coverage,
        "has_data": found.has_data,
        "minutes": dict(tally.minutes),
        "outside": tally.outside,
        "to_come": tally.to_come,
    }


def kinds_of(lines: Iterable[tuple[str, str, Tally, Tally]]) -> list[dict[str, Any]]:
    """(kind, unit, this period, the one before) summed by kind: every event once, never an average of averages."""
    sums: dict[tuple[str, str], list[int]] = {}
    for kind, unit, now, before in lines:
        held = sums.setdefault((kind, unit), [0, 0, 0, 0, 0])
        held[0] += now.told
        for place, one in ((1, now), (3, before)):
            if one.told:
                held[place] += one.bad
                held[place + 1] += one.total
    return [
        {
            "kind": kind,
            "unit": unit,
            "objectives": number,
            "bad": bad,
            "total": total,
            "attainment": (total - bad) / total if total else None,
            "before": (former - wrong) / former if former else None,
        }
        for (kind, unit), (number, bad, total, wrong, former) in sorted(sums.items())
    ]
