"""What queries answer: frozen values with figures that are None where they cannot be had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from roadbed.reliability.objectives.excluded import ExclusionView
from roadbed.reliability.objectives.rules.thresholds import PairStanding

INTERVAL: Final = timedelta(seconds=10)
"""Between two evaluations."""

STALE: Final = timedelta(seconds=90)
"""After so long without a reading an objective is unmeasured now; between evaluations two intervals pass at least."""


@dataclass(frozen=True, slots=True)
class CountsView:
    """How far an objective's counts were read from their source.

    Attributes:
        since, until: the minutes that were read; later ones are read again until they stand.
        share: how much of its window that is, until it was filled; then 1.
        filled_at: when it had caught up for the first time; None while its past is being read.
        problem, remedy: why minutes are missing, and what to do.
    """

    since: datetime
    until: datetime
    share: float
    begun_at: datetime
    filled_at: datetime | None
    tried_at: datetime | None
    problem: str
    remedy: str


@dataclass(frozen=True, slots=True)
class ObjectiveView:
    """An objective with how it stands. Figures that cannot be had are None.

    Attributes:
        standing: within, at-risk, burning, spent, idle, unmeasured or broken; `standing_word` for people.
        remaining: share of the budget that is left, negative when overspent.
        attainment: good / total over the window; `coverage`: measured share of the minutes that count:
            not excluded, and not before the promise.
        window_minutes: its length, as far as it has passed; `window_words` and `budgeting` say it for people.
        spent: bad ones of the budget, `allowed` how many may be; `unit` says whether events or slices.
        minutes: minutes of the window by state (good, bad, idle, unmeasured, excluded); with `minutes_before`, those
            before the promise began, they add up to it.
        burns: (window, burn rate), shortest first.
        top_line: how it stands, in one or two sentences.
        measured_by: how good and total are counted, in words; `problem`: why they are not counted now.
        as_of: the evaluation's instant; `measured_at`: the last reading's.
    """

    uid: str
    service_uid: str
    service_name: str
    owner: str
    name: str
    title: str
    description: str
    target: Decimal
    target_text: str
    window: str
    window_minutes: int
    window_words: str
    budgeting: str
    standing: str
    standing_word: str
    remaining: float | None
    attainment: float | None
    coverage: float | None
    good: int
    bad: int
    total: int
    unit: str
    spent: float
    allowed: int
    minutes: Mapping[str, int]
    minutes_before: int
    burns: tuple[tuple[str, float | None], ...]
    paging: bool
    top_line: str
    measured_by: str
    problem: str
    as_of: datetime | None
    measured_at: datetime | None
    version: int
    changed_at: datetime

    def is_stale(self, now: datetime) -> bool:
        """Whether the evaluation is older than two intervals, and a gate may not rest on it."""
        return self.as_of is None or now - self.as_of > 2 * INTERVAL


@dataclass(frozen=True, slots=True)
class WindowView:
    """One window of the table: its exact counts, burn and coverage; `before` are minutes before the promise began."""

    window: str
    good: int
    total: int
    burn: float | None
    coverage: float | None
    minutes: Mapping[str, int]
    before: int


@dataclass(frozen=True, slots=True)
class ForecastView:
    """When what is left is spent, if the burn of `basis` goes on. `latest` is None where it may also never be."""

    at: datetime
    earliest: datetime
    latest: datetime | None
    basis: str


@dataclass(frozen=True, slots=True)
class RawView:
    """The window's main figures with the time that is excluded from the promise."""

    good: int
    bad: int
    total: int
    attainment: float | None
    remaining: float | None
    coverage: float | None
    minutes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class VersionView:
    """What was promised from an instant on, and who said so; `changes` says what was otherwise before."""

    number: int
    title: str
    target: Decimal
    target_text: str
    window: str
    measured_by: str
    budgeting: str
    alerts: str
    source_commit: str
    by: str
    since: datetime
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ObjectivePage:
    """All of one objective.

    Attributes:
        pairs: the alerts, each with its words (what it says now, what would clear it).
        forecast: when the budget is spent; None when nothing burns or nothing is left.
        returns_at: when a spent budget is above zero again, if traffic goes on and nothing more fails.
        raw: the window with what is excluded; None where nothing is.
        counts: how far they were read, where a source of counts has them.
        exclusions: those that stand, newest first.
        versions: newest first.
    """

    view: ObjectiveView
    windows: tuple[WindowView, ...]
    pairs: tuple[tuple[PairStanding, str], ...]
    forecast: ForecastView | None
    returns_at: datetime | None
    raw: RawView | None
    counts: CountsView | None
    exclusions: tuple[ExclusionView, ...]
    versions: tuple[VersionView, ...]
    origin: str
    source_file: str
    source_line: int | None
    source_commit: str
    source_location: str
    created_at: datetime
    removed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReadErrorView:
    """Why a service's objectives file was not taken over; the objectives before it stand."""

    file: str
    commit: str
    errors: tuple[Mapping[str, Any], ...]
    at: datetime
