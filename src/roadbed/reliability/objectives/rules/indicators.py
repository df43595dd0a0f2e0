"""How good and total are counted: at the edge, from a metrics page, by a source of counts, pushed, or not here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from roadbed.ground.ports.counts import SHARE, THRESHOLD, WHOLE
from roadbed.reliability.objectives.rules.selectors import Selector, selector_of

EDGE: Final = "edge"
METRICS: Final = "metrics"
PULLED: Final = "pulled"
PUSHED: Final = "pushed"
ELSEWHERE: Final = "elsewhere"

REQUESTS: Final = "requests"
FAILURES: Final = "failures"


@dataclass(frozen=True, slots=True)
class Connection:
    """Which source of counts: its kind, and the name or the address that a file gives it."""

    kind: str
    name: str = ""
    url: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.kind, self.name or self.url) if part)


@dataclass(frozen=True, slots=True)
class Judged:
    """A number that stands for a minute where nothing was counted.

    Attributes:
        kind: THRESHOLD, good where `query operator limit` holds at its end; SHARE, the share of errors of the five
            minutes before its end; FLAG, each sample of the series an event, good where it is not 0.
    """

    kind: str
    query: str
    operator: str = ""
    limit: str = ""

    def in_words(self) -> str:
        """As a sentence says it."""
        query = self.query.replace(_WINDOW, "")
        if self.kind == THRESHOLD:
            sign = SIGNS[self.operator]
            return f"each series of {query} at the end of each minute is an event, good where it is {sign} {self.limit}"
        if self.kind == SHARE:
            return f"each minute weighs the same and is bad by its share of errors, {query}; nobody counts its events"
        return f"each sample of {query} is an event, good where it is not 0"


@dataclass(frozen=True, slots=True)
class Indicator:
    """A service level indicator as a ratio of counts.

    Attributes:
        source: edge, metrics, pulled, pushed or elsewhere.
        threshold_ms: at the edge, the latency within which a request is good; None counts every answered one.
        good, bad, total: for metrics, which counters; either good or bad is given.
        reason: for elsewhere, why nothing is counted here.
        connection: for pulled, which source is asked; `sides` are its queries over the window, by name.
        judged: for pulled, the number that is asked for instead of counts.
    """

    source: str
    threshold_ms: int | None = None
    good: Selector | None = None
    bad: Selector | None = None
    total: Selector | None = None
    reason: str = ""
    connection: Connection | None = None
    sides: tuple[tuple[str, str], ...] = ()
    judged: Judged | None = None

    @property
    def parts(self) -> int:
        """How many parts of a minute its counts are in; 1 where they are events."""
        return WHOLE if self.judged is not None and self.judged.kind == SHARE else 1


@dataclass(frozen=True, slots=True)
class Measured:
    """Good and total of the time since the last reading; None with the reason where they cannot be told."""

    good: int = 0
    total: int = 0
    reason: str = ""

    @property
    def known(self) -> bool:
        return not self.reason


def within_key(bound: int) -> str:
    """The name under which an edge counter within a bound is kept."""
    return f"within:{bound}"


def measure(indicator: Indicator, added: Mapping[str, int]) -> Measured:
    """What the counters of one reading say of an indicator.

    A bad series that never appeared is no bad event; a good or total one that is missing says nothing.
    """
    if indicator.source == EDGE:
        return _at_the_edge(indicator, added)
    if indicator.source != METRICS or indicator.total is None:
        return Measured(reason=indicator.reason or "Nothing counts it here.")
    total = indicator.total.summed(added)
    if total is None:
        return Measured(reason=f"The page has no {indicator.total}.")
    if indicator.good is not None:
        good = indicator.good.summed(added)
        return Measured(reason=f"The page has no {indicator.good}.") if good is None else Measured(good, total)
    bad = indicator.bad.summed(added) if indicator.bad else None
    return Measured(total - (bad or 0), total)


def _at_the_edge(indicator: Indicator, added: Mapping[str, int]) -> Measured:
    total = added.get(REQUESTS)
    if total is None:
        return Measured(reason="The edge does not count this service.")
    if indicator.threshold_ms is None:
        return Measured(total - added.get(FAILURES, 0), total)
    good = added.get(within_key(indicator.threshold_ms))
    if good is None:
        return Measured(reason=f"The edge does not count answers within {indicator.threshold_ms} ms.")
    return Measured(good, total)


def needs(indicator: Indicator) -> str:
    """How it is counted, in words."""
    if indicator.source == EDGE:
        if indicator.threshold_ms is None:
            return "Counted at the edge: requests answered without a server error, of all requests."
        return f"Counted at the edge: requests answered without a server error within {indicator.threshold_ms} ms."
    if indicator.source == METRICS:
        if indicator.good is not None:
            return f"Scraped from the service's metrics page: {indicator.good} of {indicator.total}."
        return f"Scraped from the service's metrics page: {indicator.total} without {indicator.bad}."
    if indicator.source == PULLED:
        return _pulled_words(indicator)
    return PUSHED_WORDS if indicator.source == PUSHED else indicator.reason


def _pulled_words(indicator: Indicator) -> str:
    if indicator.judged is not None:
        return f"Measured by {indicator.connection}: {indicator.judged.in_words()}."
    sides = {name: query.replace(_WINDOW, "") for name, query in indicator.sides}
    kind = "good" if "good" in sides else "bad"
    return f"Counted by {indicator.connection}: {sides['total']}, of which {sides[kind]} is {kind}."


def as_data(indicator: Indicator) -> dict[str, Any]:
    """The indicator as JSON; two that count the same give the same."""
    if indicator.source == EDGE:
        return {"source": EDGE, "threshold_ms": indicator.threshold_ms}
    if indicator.source == METRICS:
        sides = {"good": indicator.good, "bad": indicator.bad, "total": indicator.total}
        named = {name: str(selector) for name, selector in sides.items() if selector is not None}
        return {"source": METRICS, **named}
    if indicator.source == PULLED and (asked := indicator.connection):
        where = {"kind": asked.kind, "name": asked.name, "url": asked.url}
        if indicator.judged is not None:
            return {"source": PULLED, "connection": where, "judged": asdict(indicator.judged)}
        return {"source": PULLED, "connection": where, "sides": dict(indicator.sides)}
    if indicator.source == PUSHED:
        return {"source": PUSHED}
    return {"source": ELSEWHERE, "reason": indicator.reason}


def indicator_of(data: Mapping[str, Any]) -> Indicator:
    """The indicator of such JSON."""
    sides = {name: selector_of(data[name]) for name in ("good", "bad", "total") if data.get(name)}
    return Indicator(
        source=data["source"],
        threshold_ms=data.get("threshold_ms"),
        reason=data.get("reason", ""),
        good=sides.get("good"),
        bad=sides.get("bad"),
        total=sides.get("total"),
        connection=Connection(**data["connection"]) if "connection" in data else None,
        sides=tuple(sorted(data.get("sides", {}).items())),
        judged=Judged(**data["judged"]) if "judged" in data else None,
    )


def nearest_bounds(threshold: float, bounds: tuple[int, ...]) -> tuple[int, ...]:
    """The bounds on either side of a threshold that is none."""
    below = [bound for bound in bounds if bound < threshold]
    above = [bound for bound in bounds if bound > threshold]
    return (*below[-1:], *above[:1])


SIGNS: Final = {"lt": "<", "lte": "≤", "gt": ">", "gte": "≥"}
_WINDOW: Final = "[{{.window}}]"
PUSHED_WORDS: Final = "Pushed to Roadbed, minute by minute."
TYPES: Final = {"roadbed-edge": EDGE, "roadbed-metrics": METRICS, "roadbed-push": PUSHED}
"""OpenSLO's `metricSource.type` of what Roadbed counts itself."""
