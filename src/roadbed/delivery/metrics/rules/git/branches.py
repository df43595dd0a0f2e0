"""How work is integrated: the age and size of merged branches, changes in a deployment, days between integrations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from roadbed.delivery.metrics.rules import estimates
from roadbed.delivery.metrics.rules.bots import is_bot
from roadbed.delivery.metrics.rules.git.graph import Graph

MOST: Final = 20_000
"""Commits looked at for one branch; a merge beyond that joins two long lines and is no branch of work."""
DAY: Final = 86400


@dataclass(frozen=True, slots=True)
class Spread:
    """How values are distributed; all None of nothing."""

    n: int
    p50: float | None
    p75: float | None
    p90: float | None
    most: float | None


def spread(values: Sequence[float]) -> Spread:
    """The distribution of values in any order."""
    ordered = sorted(values)
    middle, upper, far = (estimates.quantile(ordered, share) for share in (0.5, 0.75, 0.9))
    return Spread(len(ordered), middle, upper, far, ordered[-1] if ordered else None)


@dataclass(frozen=True, slots=True)
class Integration:
    """How work came to the main line in a span of time.

    Attributes:
        branch_age: seconds from a merged branch's first commit to its merge.
        branch_commits: commits of a merged branch.
        branch_files: files that its commits touched; of nothing where paths were not read.
        aged: merged branches whose age is known, `within_a_day` how many of them were merged within a day.
        merges, direct: merges into the main line and commits made on it.
        days: days with an integration, of `of_days` in the span; `lived_days` are those since the first commit.
        people, bots: authors of commits, apart.
        bot_share: of commits; None of none.
    """

    branch_age: Spread
    branch_commits: Spread
    branch_files: Spread
    aged: int
    within_a_day: int
    merges: int
    direct: int
    days: int
    of_days: int
    lived_days: int
    people: int
    bots: int
    bot_share: float | None


def integration(graph: Graph, tip: int, *, since: datetime, until: datetime) -> Integration:
    """What the main line tells of a span of time, by when its commits entered it."""
    begin, end = since.timestamp(), until.timestamp()
    line = [at for at in graph.first_parents(tip) if begin <= graph.commits[at].committed < end]
    ages: list[float] = []
    sizes: list[float] = []
    files: list[float] = []
    merges = 0
    for at in line:
        if len(graph.parents[at]) > 1:
            merges += 1
            _measure(graph, at, ages, sizes, files)
    authors = {one.author for one in graph.commits if begin <= one.committed < end and not one.is_merge}
    written = [one.author for one in graph.commits if begin <= one.committed < end and not one.is_merge]
    machines = {one for one in authors if is_bot(one)}
    return Integration(
        branch_age=spread(ages),
        branch_commits=spread(sizes),
        branch_files=spread(files),
        aged=len(ages),
        within_a_day=sum(age <= DAY for age in ages),
        merges=merges,
        direct=len(line) - merges,
        days=len({datetime.fromtimestamp(graph.commits[at].committed, UTC).date() for at in line}),
        of_days=max(1, round((end - begin) / DAY)),
        lived_days=max(1, round((end - max(begin, graph.commits[0].committed)) / DAY)),
        people=len(authors - machines),
        bots=len(machines),
        bot_share=sum(one in machines for one in written) / len(written) if written else None,
    )


def _measure(graph: Graph, merge: int, ages: list[float], sizes: list[float], files: list[float]) -> None:
    main, *branches = graph.parents[merge]
    for branch in branches:
        brought = graph.carried(branch, main, most=MOST)
        own = [graph.commits[at] for at in brought or () if not graph.commits[at].is_merge]
        if own:
            sizes.append(float(len(own)))
            # A commit without files is rare; a branch without any was read without them.
            if touched := {path for one in own for path in one.paths}:
                files.append(float(len(touched)))
            age = graph.commits[merge].committed - min(min(one.authored, one.committed) for one in own)
            if age >= 0:
                ages.append(float(age))


def as_data(one: Spread) -> dict[str, Any]:
    """A distribution as plain data."""
    return {"n": one.n, "p50": one.p50, "p75": one.p75, "p90": one.p90, "max": one.most}


def share_of(hits: int, of: int) -> dict[str, Any]:
    """A share with Wilson's interval as plain data; null of nothing."""
    interval = estimates.wilson(hits, of) or (None, None)
    return {"value": hits / of if of else None, "hits": hits, "n": of, "low": interval[0], "high": interval[1]}
