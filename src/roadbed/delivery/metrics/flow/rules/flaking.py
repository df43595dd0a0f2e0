"""Which tests flaked on a commit, and what that cost: the same commit saw them fail and pass."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from roadbed.delivery.metrics.flow.rules.junit import Case


def key_of(name: str) -> str:
    """A test's key."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def week_of(at: datetime) -> date:
    """The Monday of an instant's week in UTC."""
    day = at.date()
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True, slots=True)
class Told:
    """One report of a commit. `part` is the shard of the build's tests that it tells of, `seconds` of all its tests."""

    uid: str
    at: datetime
    part: str
    cases: Sequence[Case]

    @property
    def seconds(self) -> float:
        """Of all its tests together, as far as told."""
        return sum(one.seconds or 0.0 for one in self.cases)


@dataclass(frozen=True, slots=True)
class Added:
    """What a commit adds to a test's week.

    Attributes:
        commits, failed, flaked: 1 where the test ran on the commit, failed on it at all, flaked on it.
        runs: how often it ran; `timed` of them said how long, `seconds` altogether.
        lost: seconds that its flaking cost.
    """

    commits: int
    failed: int
    flaked: int
    runs: int
    seconds: float
    timed: int
    lost: float


def of_commit(reports: Iterable[Told]) -> tuple[date | None, dict[str, Added]]:
    """What all reports of one commit say of its tests, by key, and the week it counts in; in any order the same.

    A test flaked if it failed and passed on the commit. That cost its own repetitions, and its share of the reports
    that were made again of the same part: whoever runs a whole suite again for one test pays for the suite.
    """
    ordered = sorted(reports, key=lambda one: (one.at, one.uid))
    failures: dict[str, int] = defaultdict(int)
    passes: dict[str, int] = defaultdict(int)
    spans: dict[str, list[float]] = defaultdict(list)
    for report in ordered:
        for case in report.cases:
            if case.skipped:
                continue
            key = key_of(case.name)
            failures[key] += case.failures
            passes[key] += case.passes
            if case.seconds is not None:
                spans[key].append(case.seconds)
    flaked = {key for key, count in failures.items() if count and passes[key]}
    again = _again(ordered) / len(flaked) if flaked else 0.0
    added = {key: _added(failures[key], passes[key], spans[key], again if key in flaked else 0.0) for key in failures}
    return (week_of(ordered[0].at) if ordered else None), added


def _again(ordered: Sequence[Told]) -> float:
    """Seconds of the reports that tell of a part that an earlier one told of."""
    seen: set[str] = set()
    lost = 0.0
    for one in ordered:
        lost += one.seconds if one.part in seen else 0.0
        seen.add(one.part)
    return lost


def _added(failures: int, passes: int, spans: Sequence[float], again: float) -> Added:
    runs, seconds = failures + passes, sum(spans)
    flaked = bool(failures and passes)
    # Within one report a repetition stands beside the first try and says no time of its own.
    own = seconds * (runs - 1) / runs if flaked and len(spans) < runs else 0.0
    return Added(
        commits=1, failed=int(failures > 0), flaked=int(flaked), runs=runs, seconds=seconds,
        timed=runs if spans else 0, lost=own + again,
    )  # fmt: skip
