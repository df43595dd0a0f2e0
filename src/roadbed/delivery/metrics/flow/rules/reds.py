"""When the trunk was red: from a pipeline's failure on it to that pipeline's next success on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

PASSED: Final = frozenset({"success", "passed"})
FAILED: Final = frozenset({"failure", "failed", "error", "timed_out", "startup_failure"})
"""Other outcomes (cancelled, skipped, neutral) say nothing of the code."""


@dataclass(frozen=True, slots=True)
class Ran:
    """One build that ended."""

    run: str
    at: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class Red:
    """A time in which a pipeline of the trunk was red, open while `until` is None."""

    run: str
    since: datetime
    until: datetime | None


def reds(builds: Iterable[Ran]) -> tuple[Red, ...]:
    """Red times of one pipeline, oldest first, from builds in any order."""
    found: list[Red] = []
    begun: Ran | None = None
    for one in sorted(builds, key=lambda build: (build.at, build.run)):
        if one.outcome in FAILED and begun is None:
            begun = one
        elif one.outcome in PASSED and begun is not None:
            found.append(Red(begun.run, begun.at, one.at))
            begun = None
    if begun is not None:
        found.append(Red(begun.run, begun.at, None))
    return tuple(found)
