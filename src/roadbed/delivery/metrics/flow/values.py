"""What is read of the flow of work: open branches, a week, and all of one place and span."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from roadbed.delivery.metrics.flow.rules.figures import FlowFigure
from roadbed.delivery.metrics.histories import Scope
from roadbed.delivery.metrics.rules.drift import Drift
from roadbed.delivery.metrics.rules.hours import Hours


@dataclass(frozen=True, slots=True)
class Branches:
    """Branches that are open now: how many, and how many of them are older than a day and than a week."""

    open: int
    over_a_day: int
    over_a_week: int


@dataclass(frozen=True, slots=True)
class FlowWeek:
    """Seven days. What is not known is None: medians of nothing, and counts of a week before anything was told."""

    start: date
    integrations: int | None
    branch_age: float | None
    batch_lines: float | None
    first_review: float | None
    build: float | None
    build_p90: float | None
    passed: int | None
    failed: int | None


@dataclass(frozen=True, slots=True)
class FlowView:
    """The figures of one scope and of whole days in UTC.

    Attributes:
        since, until: the first and the last day, both included.
        repositories: how many of the scope's repositories anything was told of; `shared` are those of them in which
            services of other teams live too, whose changes are counted as well.
        branches: None where no branch was ever told of.
        pending: days with news that is not in the figures yet.
        bots: merged changes of programs, which no figure counts.
        developers: people who integrated, None where they are fewer than five.
        hours: the working hours that waiting for a review is counted in; None by the clock.
    """

    scope: Scope
    days: int
    since: date
    until: date
    figures: tuple[FlowFigure, ...]
    weeks: tuple[FlowWeek, ...]
    drifts: Mapping[str, Drift]
    branches: Branches | None
    repositories: int
    shared: tuple[str, ...]
    bots: int
    pending: int
    hours: Hours | None
    now: datetime

    def figure(self, name: str) -> FlowFigure:
        """One of the figures."""
        return next(one for one in self.figures if one.figure == name)

    def asked(self, figure: str = "") -> dict[str, str]:
        """What the same figures are asked for by, and one figure's rows."""
        told = {
            "figure": figure, "service": self.scope.service, "team": self.scope.team, "system": self.scope.system,
            "days": str(self.days), "until": f"{self.until}T23:59:59Z" if self.until < self.now.date() else "",
            "working_hours": self.hours.words if self.hours else "",
            "holidays": ",".join(sorted(map(str, self.hours.holidays))) if self.hours else "",
        }  # fmt: skip
        return {name: text for name, text in told.items() if text}
