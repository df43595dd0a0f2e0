"""Asking every source for its counters, at one instant and within a time limit; nothing is written here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from roadbed.ground import asks
from roadbed.ground.asks import MeasuredWorkload, MeasuredWorkloads
from roadbed.ground.errors import Unavailable
from roadbed.ground.ports import board
from roadbed.ground.ports.metrics import EDGE_BOUNDS_MS, EdgeCounters, MeterUnreachable, Sample, Scrape, ScrapeFailed
from roadbed.reliability.objectives.live import Live
from roadbed.reliability.objectives.rules.indicators import (
    EDGE,
    FAILURES,
    METRICS,
    PULLED,
    REQUESTS,
    within_key,
)
from roadbed.reliability.objectives.rules.selectors import Selector, key_of

PRODUCTION: Final = "production"
SCRAPE_SECONDS: Final = 7.0
SCRAPERS: Final = 16
NOTHING_HERE: Final = "Nothing of it is deployed here."


@dataclass(frozen=True, slots=True)
class SourceReading:
    """What one source said.

    Attributes:
        name: edge:WORKLOAD or scrape:WORKLOAD.
        epoch: identity of the counting process; empty where the source does not say.
        counters: by key; None where it could not be read, with the reason in `problem`.
        born: when the counting began, in seconds, where it is known.
        bounded: whether a restart shows in the epoch.
    """

    name: str
    service_uid: str
    epoch: str
    counters: Mapping[str, int] | None
    problem: str
    born: float | None
    restarts_show: bool
    kind: str


@dataclass(frozen=True, slots=True)
class Collected:
    """All sources at one instant, and which of them each objective is counted from."""

    at: datetime
    sources: Mapping[str, SourceReading]
    of_objective: Mapping[int, tuple[str, ...]]


def collect(objectives: Iterable[Live], *, now: datetime) -> Collected:
    """Read the edge once, and every metrics page that an objective needs."""
    wanted = tuple(objectives)
    workloads = _workloads()
    at, edge = _edge(workloads, now)
    pages = _pages(wanted, workloads)
    sources = {reading.name: reading for reading in (*edge, *_scraped(pages))}
    by_service: dict[str, list[str]] = {}
    for workload in workloads:
        by_service.setdefault(workload.service_uid, []).append(workload.workload)
    return Collected(at, sources, {one.pk: _sources_of(one, by_service) for one in wanted})


def _workloads() -> tuple[MeasuredWorkload, ...]:
    try:
        return tuple(one for one in asks.put(MeasuredWorkloads()) if one.environment == PRODUCTION)
    except Unavailable:
        return ()


def counts_name(objective_uid: str) -> str:
    """The name under which it is noted whether an objective's source of counts answers."""
    return f"counts:{objective_uid}"


def _sources_of(objective: Live, by_service: Mapping[str, list[str]]) -> tuple[str, ...]:
    if objective.indicator.source == PULLED:
        return (counts_name(objective.uid),)
    prefix = {EDGE: "edge", METRICS: "scrape"}.get(objective.indicator.source)
    return tuple(f"{prefix}:{name}" for name in by_service.get(objective.service_uid, ())) if prefix else ()


def _edge(workloads: tuple[MeasuredWorkload, ...], now: datetime) -> tuple[datetime, list[SourceReading]]:
    try:
        reading = board.edge_meter().read()
    except (MeterUnreachable, Unavailable) as fault:
        why = f"The edge does not answer: {fault}"[:300]
        return now, [_silent(f"edge:{one.workload}", one.service_uid, why, EDGE) for one in workloads]
    known = {counters.workload: counters for counters in reading.counters}
    return reading.at, [_of_edge(one, known.get(one.workload)) for one in workloads]


def _silent(name: str, service_uid: str, why: str, kind: str) -> SourceReading:
    return SourceReading(name, service_uid, "", None, why, None, restarts_show=True, kind=kind)


def _of_edge(workload: MeasuredWorkload, counters: EdgeCounters | None) -> SourceReading:
    # The edge names a workload once its first request has ended, so one that is not named has had none.
    values = {REQUESTS: 0, FAILURES: 0} | {within_key(bound): 0 for bound in EDGE_BOUNDS_MS}
    if counters is not None:
        values = {REQUESTS: counters.requests, FAILURES: counters.failures}
        values |= {within_key(bound): count for bound, count in counters.within}
    return SourceReading(
        name=f"edge:{workload.workload}",
        service_uid=workload.service_uid,
        epoch=counters.epoch if counters else "",
        counters=values,
        problem="",
        born=workload.since.timestamp(),
        restarts_show=True,
        kind=EDGE,
    )


@dataclass(frozen=True, slots=True)
class _Page:
    name: str
    service_uid: str
    address: tuple[str, int, str] | None
    selectors: frozenset[Selector]


def _pages(objectives: tuple[Live, ...], workloads: tuple[MeasuredWorkload, ...]) -> list[_Page]:
    needed: dict[str, set[Selector]] = {}
    for one in objectives:
        if one.indicator.source == METRICS:
            sides = (one.indicator.good, one.indicator.bad, one.indicator.total)
            needed.setdefault(one.service_uid, set()).update(side for side in sides if side is not None)
    return [
        _Page(f"scrape:{one.workload}", one.service_uid, one.scrape, frozenset(needed[one.service_uid]))
        for one in workloads
        if one.service_uid in needed
    ]


def _scraped(pages: list[_Page]) -> list[SourceReading]:
    if not pages:
        return []
    pool = ThreadPoolExecutor(min(SCRAPERS, len(pages)), thread_name_prefix="scrape")
    try:
        futures = {pool.submit(_scrape, page): page for page in pages}
        done, late = wait(futures, timeout=SCRAPE_SECONDS)
        readings = [future.result() for future in done]
        why = "Too many pages answered slowly; this one's turn did not come."
        return readings + [_silent(futures[one].name, futures[one].service_uid, why, METRICS) for one in late]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _scrape(page: _Page) -> SourceReading:
    if page.address is None:
        why = "Its catalogue entry names no metrics page (annotation roadbed.dev/metrics)."
        return _silent(page.name, page.service_uid, why, METRICS)
    try:
        scrape = board.scraper().scrape(*page.address)
        counters = counters_of(scrape, page.selectors)
    except (ScrapeFailed, Unavailable) as fault:
        return _silent(page.name, page.service_uid, f"Its metrics page: {fault}"[:300], METRICS)
    epoch = scrape.started_at.isoformat() if scrape.started_at else ""
    return SourceReading(
        name=page.name,
        service_uid=page.service_uid,
        epoch=epoch,
        counters=counters,
        problem="",
        born=scrape.started_at.timestamp() if scrape.started_at else None,
        restarts_show=bool(epoch),
        kind=METRICS,
    )


def counters_of(scrape: Scrape, selectors: Iterable[Selector]) -> dict[str, int]:
    """The counters of a page that some selector means, as whole numbers.

    Raises:
        ScrapeFailed: when one of them is no count.
    """
    names = {selector.metric for selector in selectors}
    found: dict[str, int] = {}
    for sample in scrape.samples:
        if sample.name in names:
            key = key_of(sample.name, sample.labels)
            if any(selector.selects(key) for selector in selectors):
                found[key] = _whole(sample)
    return found


def _whole(sample: Sample) -> int:
    if not math.isfinite(sample.value) or sample.value < 0 or sample.value != int(sample.value):
        raise ScrapeFailed(f"{sample.name} is {sample.value:g}, which is no count")
    return int(sample.value)
