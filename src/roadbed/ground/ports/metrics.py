"""What Roadbed needs of whatever counts requests: cumulative counters that survive a reader's absence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

EDGE_BOUNDS_MS: Final = (
    *(5, 10, 25, 50, 75, 100, 150, 200, 250, 300, 400, 500),
    *(750, 1000, 1500, 2000, 2500, 3000, 4000, 5000, 7500, 10_000),
)
"""The bounds that every edge meter counts latency within, so that a definition can be checked without asking one."""


@dataclass(frozen=True, slots=True)
class EdgeCounters:
    """Cumulative counts of one workload since its epoch began.

    Attributes:
        workload: the runtime's name of the service.
        epoch: identity of the counting process; when it changes, the counters began again at zero.
        requests: requests that ended, whoever ended them; client aborts are left out.
        failures: of those, answered 5xx by the service or by the edge on its behalf (no server, time-out, broken).
        within: (upper bound in ms, requests answered without failure within it), bounds ascending, counts cumulative.
    """

    workload: str
    epoch: str
    requests: int
    failures: int
    within: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class EdgeReading:
    """All workloads at one instant."""

    at: datetime
    counters: tuple[EdgeCounters, ...]


class MeterUnreachable(Exception):  # noqa: N818 - the time until it answers again is unmeasured, not an error
    """The counter did not answer; the time until it does is unmeasured."""


class EdgeMeter(Protocol):
    """Counts requests at the edge, for any language."""

    def read(self, *, bounds: tuple[int, ...] = ()) -> EdgeReading:
        """The counters now, within the meter's usual bounds and those given, in ms. Raises MeterUnreachable."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample of an exposition: a name, its labels and a finite value."""

    name: str
    labels: tuple[tuple[str, str], ...]
    value: float


@dataclass(frozen=True, slots=True)
class Scrape:
    """What a /metrics page said at one instant. `started_at` is the process's own start where it says so."""

    at: datetime
    samples: tuple[Sample, ...]
    started_at: datetime | None


class ScrapeFailed(Exception):  # noqa: N818 - an outcome shown beside the target
    """The page could not be read; `reason` is shown to the owner (too large, not text, timed out, lies)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Scraper(Protocol):
    """Reads Prometheus text or OpenMetrics pages."""

    def scrape(self, host: str, port: int, path: str) -> Scrape:
        """One page. Raises ScrapeFailed."""
