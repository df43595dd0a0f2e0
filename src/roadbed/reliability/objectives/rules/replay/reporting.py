"""A replay as people read it: intervals that would have paged, ticketed, refused or warned, with what was worst."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from roadbed.reliability.objectives.rules.counts_file import iso
from roadbed.reliability.objectives.rules.history import History
from roadbed.reliability.objectives.rules.replay.deciding import Asked, answers, windows_read
from roadbed.reliability.objectives.rules.replay.judging import Past, Promise, judge_past
from roadbed.reliability.objectives.rules.windows import name_of

PAGES: Final = "page"
TICKETS: Final = "ticket"
OUTCOMES: Final = {"deny": "refused", "warn": "warned", "unknown": "unknown"}
KINDS: Final = (PAGES, TICKETS, *OUTCOMES.values())
HOUR: Final = 60
PEAK: Final = name_of(HOUR)


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of time in which one thing would have gone on.

    Attributes:
        kind: page, ticket, refused, warned or unknown.
        names: the pairs of windows that fired, or the rule that answered.
        first: its first minute at whose end it was so; `until` the minute after the last.
        peak_burn: the highest burn over an hour; None where nothing was counted.
        lowest: the least that was left of the budget.
        happened: whether the ledger tells of it too; None where there is no ledger to ask.
    """

    kind: str
    names: tuple[str, ...]
    first: int
    until: int
    peak_burn: float | None
    lowest: float | None
    happened: bool | None = None

    @property
    def minutes(self) -> int:
        return self.until - self.first

    def as_data(self) -> dict[str, Any]:
        """The interval as JSON."""
        return {
            "kind": self.kind,
            "names": list(self.names),
            "start": iso(self.first + 1),
            "end": iso(self.until + 1),
            "minutes": self.minutes,
            "peak_burn": self.peak_burn,
            "peak_window": PEAK,
            "lowest_remaining": self.lowest,
            "happened": self.happened,
        }


@dataclass(frozen=True, slots=True)
class Replay:
    """What would have been, from one minute to another."""

    promise: Promise
    asked: Asked
    first: int
    last: int
    intervals: tuple[Interval, ...]

    def totals(self) -> dict[str, dict[str, int]]:
        """How often, and for how many minutes, by kind; what never was is a true zero."""
        found = {kind: {"times": 0, "minutes": 0} for kind in KINDS}
        for one in self.intervals:
            found[one.kind]["times"] += 1
            found[one.kind]["minutes"] += one.minutes
        return found

    def as_data(self) -> dict[str, Any]:
        """The replay as JSON."""
        plan, change = self.asked.plan, self.asked.change
        return {
            "objective": self.promise.name,
            "service": self.asked.service.name,
            "target": self.promise.target.share,
            "window": self.promise.window.name,
            "alert_table": self.promise.table.name,
            "policy": {"name": plan.policy.name, "version": plan.version, "digest": plan.policy.digest},
            "change": {"kind": change.kind, "environment": change.environment},
            "start": iso(self.first),
            "end": iso(self.last + 1),
            "minutes": self.last - self.first + 1,
            "totals": self.totals(),
            "intervals": [one.as_data() for one in self.intervals],
        }


def replay(promise: Promise, history: History, asked: Asked, *, first: int, last: int) -> Replay:
    """What an objective and a policy would have done in a stretch of recorded minutes, both ends included."""
    read = sorted({HOUR, *windows_read(asked.plan)})
    past = judge_past(promise, history, first=first, last=last, burns=read)
    decided = answers(asked, promise, past)
    intervals = [
        *_intervals(PAGES, past.pages, past),
        *_intervals(TICKETS, past.tickets, past),
        *_answered(decided, past),
    ]
    order = sorted(intervals, key=lambda one: (one.first, KINDS.index(one.kind)))
    return Replay(promise, asked, first, last, tuple(order))


def _intervals(kind: str, fired: Sequence[tuple[str, ...]], past: Past) -> Iterable[Interval]:
    """An alert goes on for as long as any pair of its level fires, whichever does."""
    for start, stop in _runs(fired, bool):
        names = dict.fromkeys(name for place in range(start, stop) for name in fired[place])
        yield _interval(kind, tuple(names), (start, stop), past)


def _answered(decided: Sequence[tuple[str, str]], past: Past) -> Iterable[Interval]:
    for start, stop in _runs(decided, lambda answer: answer if answer[1] in OUTCOMES else None):
        rule, outcome = decided[start]
        yield _interval(OUTCOMES[outcome], (rule,), (start, stop), past)


def _runs(column: Sequence[Any], key: Callable[[Any], object]) -> Iterable[tuple[int, int]]:
    at = 0
    for held, together in groupby(column, key):
        length = sum(1 for _ in together)
        if held:
            yield at, at + length
        at += length


def _interval(kind: str, names: tuple[str, ...], run: tuple[int, int], past: Past) -> Interval:
    start, stop = run
    burns = [burn for burn in past.burns[HOUR][start:stop] if burn is not None]
    left = [share for share in past.remaining[start:stop] if share is not None]
    return Interval(
        kind, names, past.first + start, past.first + stop, max(burns, default=None), min(left, default=None)
    )
