"""A word for tests that another system ran, taken by whoever keeps reports of tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from roadbed.ground.asks import Ask
from roadbed.ground.people.rules import Caller

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


@dataclass(frozen=True, slots=True)
class RanTest:
    """One test and how it ended; `seconds` is None where nobody told how long it ran."""

    name: str
    outcome: str
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class ReportTests(Ask["TestsReported"]):
    """Take what another system told of tests, once per (source, source_id).

    Attributes:
        build: the run that they belong to, whose attempts are told apart by it.
        shard: the suite or part of it.
    """

    caller: Caller
    service_uid: str
    commit: str
    build: str
    shard: str
    branch: str
    cases: tuple[RanTest, ...]
    source: str
    source_id: str
    ran_at: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class TestsReported:
    """The report's uid; `known` where it was taken before."""

    report: str
    known: bool
