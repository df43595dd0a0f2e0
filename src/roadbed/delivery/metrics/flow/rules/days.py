"""One repository's day added up, and many days of many repositories as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from roadbed.delivery.metrics.flow.rules.reds import FAILED, PASSED
from roadbed.delivery.metrics.flow.rules.tallies import Tally, counted

DAY: Final = 86400.0
SPREADS: Final = ("age", "lines", "files", "commits", "review", "build", "queue")
NUMBERS: Final = ("merges", "bots", "direct", "aged", "within", "reviewable", "unreviewed", "passed", "failed")


@dataclass(frozen=True, slots=True)
class Merged:
    """A change that entered the trunk. What nobody told is None."""

    author: str
    bot: bool
    merged_at: datetime
    began_at: datetime | None
    opened_at: datetime | None
    reviewed_at: datetime | None
    lines: int | None
    files: int | None
    commits: int | None

    @property
    def age(self) -> float | None:
        """Seconds from the branch's first commit to its merge."""
        return _between(self.began_at, self.merged_at)

    @property
    def review(self) -> float | None:
        """Seconds from its opening to the first review by somebody else, before or after the merge."""
        return _between(self.opened_at, self.reviewed_at)


@dataclass(frozen=True, slots=True)
class Built:
    """A pipeline's run that ended."""

    outcome: str
    seconds: float | None
    queued: float | None


def _between(begin: datetime | None, end: datetime | None) -> float | None:
    """None where an instant is missing, or a clock was wrong."""
    if begin is None or end is None or end < begin:
        return None
    return (end - begin).total_seconds()


def digest(
    changes: Iterable[Merged], direct: Iterable[str], builds: Iterable[Built], *, reviews_told: bool
) -> dict[str, Any]:
    """A day in numbers. Programs' changes count apart: they neither age nor wait like people's.

    Args:
        changes: what was merged into the trunk.
        direct: who pushed to the trunk without a change, by alias, one for each push.
        builds: what ended.
        reviews_told: whether any review was ever told of the repository; else nobody knows what was reviewed.
    """
    everything, pushed, ran = list(changes), list(direct), list(builds)
    people = [one for one in everything if not one.bot]
    ages = [age for one in people if (age := one.age) is not None]
    told: dict[str, Any] = {
        "merges": len(people),
        "bots": len(everything) - len(people),
        "direct": len(pushed),
        "aged": len(ages),
        "within": sum(age <= DAY for age in ages),
        "reviewable": len(people) if reviews_told else 0,
        "unreviewed": sum(one.reviewed_at is None for one in people) if reviews_told else 0,
        "passed": sum(one.outcome in PASSED for one in ran),
        "failed": sum(one.outcome in FAILED for one in ran),
        "authors": sorted({*(one.author for one in people), *pushed} - {""}),
        "age": counted(ages),
        "review": counted(seconds for one in people if (seconds := one.review) is not None),
        "lines": counted(one.lines for one in people if one.lines is not None),
        "files": counted(one.files for one in people if one.files is not None),
        "commits": counted(one.commits for one in people if one.commits is not None),
        "build": counted(one.seconds for one in ran if one.seconds is not None and one.outcome in FAILED | PASSED),
        "queue": counted(one.queued for one in ran if one.queued is not None),
    }
    return {name: value for name, value in told.items() if value}


@dataclass(frozen=True, slots=True)
class Total:
    """Days added up: spreads by SPREADS, numbers by NUMBERS, and how many people integrated."""

    spreads: Mapping[str, Tally]
    numbers: Mapping[str, int]
    developers: int

    @property
    def integrations(self) -> int:
        """People's merges and direct pushes."""
        return self.numbers["merges"] + self.numbers["direct"]


def together(days: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Many days as one, in the form of one; each is let go of before the next is looked at."""
    spreads: dict[str, Counter[str]] = {name: Counter() for name in SPREADS}
    numbers: Counter[str] = Counter()
    authors: set[str] = set()
    for one in days:
        for name, value in one.items():
            if name in spreads:
                spreads[name].update(value)
            elif name == "authors":
                authors.update(value)
            else:
                numbers[name] += value
    told: dict[str, Any] = {name: dict(sorted(counts.items())) for name, counts in spreads.items()}
    told |= {name: numbers[name] for name in NUMBERS} | {"authors": sorted(authors)}
    return {name: value for name, value in told.items() if value}


def total(days: Iterable[Mapping[str, Any]]) -> Total:
    """Many days as one."""
    added = together(days)
    return Total(
        spreads={name: Tally(added.get(name, {})) for name in SPREADS},
        numbers={name: added.get(name, 0) for name in NUMBERS},
        developers=len(added.get("authors", ())),
    )
