"""Rate, errors and duration of requests, added up over all worker processes."""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

# Our own registry: the default one carries process figures that make no sense added up over workers.
_REGISTRY = CollectorRegistry()

REQUESTS = Counter("http_requests", "Requests answered.", ["method", "route", "status"], registry=_REGISTRY)
DURATION = Histogram(
    "http_request_duration_seconds",
    "Time from the request's arrival to its answer.",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10),
    registry=_REGISTRY,
)
IN_PROGRESS = Gauge(
    "http_requests_in_progress", "Requests being worked on.", multiprocess_mode="livesum", registry=_REGISTRY
)
UPSTREAM_CALLS = Counter("upstream_calls", "Calls to the upstream by how they ended.", ["outcome"], registry=_REGISTRY)
STARTED = Gauge(
    "process_start_time_seconds",
    "When the service started, and its counters with it, in seconds since 1970.",
    multiprocess_mode="min",
    registry=_REGISTRY,
)

_KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def method_label(method: str) -> str:
    """The method, or one word for anything invented: a client must not be able to add series."""
    return method if method in _KNOWN_METHODS else "other"


def exposition() -> bytes:
    """The /metrics page: of all workers under gunicorn, of this process elsewhere."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return generate_latest(_REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call] # the library leaves this one untyped
    return generate_latest(registry)
