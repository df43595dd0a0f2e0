"""An objective as a file defines it, whatever the file's format: the value that reading gives and all else takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from roadbed.reliability.objectives.rules.budgeting import OCCURRENCES, PLAIN, Budgeting
from roadbed.reliability.objectives.rules.indicators import Indicator
from roadbed.reliability.objectives.rules.periods import Window, window_of
from roadbed.reliability.objectives.rules.tables import LONGEST_AFTER, MOST_ROWS, ROADBED, table_of, written
from roadbed.reliability.objectives.rules.thresholds import PAGE, PAIRS, TICKET, Pair
from roadbed.reliability.objectives.rules.windows import name_of

ALERTS: Final = "roadbed.dev/burn-alerts"
"""The annotation that names an objective's table of alerts, or is one."""

OPENSLO, OPENSLO_ALPHA = "openslo/v1", "openslo/v1alpha"
SLOTH, SLOTH_KUBERNETES = "prometheus/v1", "sloth.slok.dev/v1"
PYRRA, SLO_GENERATOR = "pyrra.dev/v1alpha1", "sre.google.com/v2"

Labels = tuple[tuple[str, str], ...]
WINDOW: Final = "{{.window}}"
"""What stands for the window in a query, whichever placeholder the file had."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """A window by the calendar: so many units of `m h d w M Q Y`, counted from a start in a time zone.

    Without a zone it rolls by the day of the month.
    """

    count: int
    unit: str
    zone: str = "UTC"
    start: str = ""


@dataclass(frozen=True, slots=True)
class Queries:
    """An indicator in PromQL, each with WINDOW for its range; what is not given is empty.

    Attributes:
        good, bad, total: counts of events; total with either good or bad.
        error_ratio: a ratio alone, whose counts nobody gave.
        gauge, operator, value: one number a minute, good where `gauge operator value` holds.
        fraction_below: with total, the share of a native histogram at or under so many seconds.
        up: a series that is 1 when good and 0 when bad, each sample an event.
        grouping: labels by which the objective is kept apart.
        lines: where each query stands in the file.
    """

    good: str = ""
    bad: str = ""
    total: str = ""
    error_ratio: str = ""
    gauge: str = ""
    operator: str = ""
    value: Decimal | None = None
    fraction_below: str = ""
    up: str = ""
    grouping: tuple[str, ...] = ()
    lines: tuple[tuple[str, int], ...] = ()

    @classmethod
    def counts(cls, sides: Mapping[str, tuple[str, int]], grouping: tuple[str, ...] = ()) -> Queries:
        """Counts of events: the query and the line of total and of good or bad."""
        queries = {name: query for name, (query, _) in sides.items()}
        return cls(
            good=queries.get("good", ""),
            bad=queries.get("bad", ""),
            total=queries["total"],
            grouping=grouping,
            lines=tuple((name, line) for name, (_, line) in sides.items()),
        )

    def given(self) -> dict[str, str]:
        """The queries there are, by name."""
        named = {name: getattr(self, name) for name in ("good", "bad", "total", "error_ratio", "gauge", "up")}
        return {name: query for name, query in named.items() if query}

    def line(self, name: str) -> int:
        return dict(self.lines).get(name, 1)


@dataclass(frozen=True, slots=True)
class Condition:
    """A burn-rate condition of a file's own alert policy: one window and one factor."""

    name: str
    severity: str
    threshold: Decimal
    operator: str
    lookback_minutes: int
    after_minutes: int
    description: str = ""

    def as_pair(self) -> Pair | None:
        """The same as a row of a table; None where it alerts while little burns, or at any burn."""
        if self.operator not in ("gt", "gte") or self.threshold <= 0:
            return None
        sign, window = ">=" if self.operator == "gte" else ">", name_of(self.lookback_minutes)
        after = min(self.after_minutes, LONGEST_AFTER)
        held = f" for {name_of(after)}" if after else ""
        threshold = f"{min(self.threshold, Decimal(999_999)):.6f}".rstrip("0").rstrip(".")
        severity = PAGE if self.severity == PAGE else TICKET
        return table_of(f"{severity} {sign}{threshold} {window}{held}").pairs[0] if threshold != "0" else None


@dataclass(frozen=True, slots=True)
class AlertOf:
    """What a file says about the alerts of one severity."""

    disabled: bool = False
    labels: Labels = ()
    annotations: Labels = ()


@dataclass(frozen=True, slots=True)
class Alerting:
    """What a file says about its alerts; nothing said leaves Roadbed's own table in force.

    Attributes:
        conditions: alert conditions of its own, in place of the table.
        pairs: window pairs of its own, in place of the table.
        targets: the names of whoever is to be told.
        absent: whether an alert on missing data is wanted.
    """

    name: str = ""
    labels: Labels = ()
    annotations: Labels = ()
    page: AlertOf = AlertOf()
    ticket: AlertOf = AlertOf()
    conditions: tuple[Condition, ...] = ()
    pairs: tuple[Pair, ...] = ()
    targets: tuple[str, ...] = ()
    absent: bool = True

    @property
    def table(self) -> str:
        """What it says as the text of a table; empty where it leaves Roadbed's own in force."""
        if self.conditions:
            return written([pair for one in self.conditions if (pair := one.as_pair()) is not None][:MOST_ROWS])
        off = [severity for severity, one in ((PAGE, self.page), (TICKET, self.ticket)) if one.disabled]
        if not self.pairs and not off:
            return ""
        return written(pair for pair in self.pairs or PAIRS if pair.severity not in off)


@dataclass(frozen=True, slots=True)
class Definition:
    """One objective as a file defines it.

    Attributes:
        window_minutes: the rolling window; with `calendar`, the nearest rolling one.
        method: how the budget is counted: by events, by time slices, or by the ratio of each slice.
        slice_target, slice_minutes: for time slices, when one is good and how long it is.
        queries: the indicator in PromQL; None where it is counted otherwise.
        document: the number of the document in its file.
        percent: the target as the file wrote it, times 100 if it was a share, for peers that compute in floats.
    """

    name: str
    title: str
    description: str
    service: str
    target: Decimal
    window_minutes: int
    indicator: Indicator
    line: int
    file: str = ""
    format: str = OPENSLO
    document: int = 0
    method: str = OCCURRENCES
    slice_target: Decimal | None = None
    slice_minutes: int | None = None
    calendar: Calendar | None = None
    queries: Queries | None = None
    alerting: Alerting = Alerting()
    labels: Labels = ()
    annotations: Labels = ()
    percent: float = 0.0

    @property
    def spare(self) -> Decimal:
        """The share of events that may be bad."""
        return 1 - self.target

    @property
    def window(self) -> Window:
        """The window that is evaluated."""
        if self.calendar is None:
            return Window.rolling(self.window_minutes)
        return window_of(
            f"{self.calendar.count}{self.calendar.unit}", zone=self.calendar.zone, start=self.calendar.start
        )

    @property
    def budgeting(self) -> Budgeting:
        """How its budget is counted."""
        if self.method == OCCURRENCES:
            return PLAIN
        return Budgeting(self.method, self.slice_minutes or 1, self.slice_target)

    @property
    def alerts(self) -> str:
        """The table of alerts: what an annotation names or writes, else the file's own, else Roadbed's."""
        if named := self.annotation(ALERTS):
            return table_of(named).name
        return self.alerting.table or ROADBED.name

    def percent_text(self) -> str:
        """The target as people write it, without the sign: 99.9."""
        return f"{(self.target * 100).normalize():f}"

    def annotation(self, *names: str) -> str:
        """The first of these annotations or labels that is there."""
        held = {**dict(self.labels), **dict(self.annotations)}
        return next((held[name] for name in names if held.get(name)), "")
