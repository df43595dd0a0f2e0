"""Makes every request leave its trace, one log line and its counts, whatever the route does."""

from __future__ import annotations

import time

import structlog
from flask import Flask, Response, g, request

from service import metrics, tracing

log = structlog.get_logger("request")

# Probes come every second or two; at INFO they would bury what people look for.
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})


def observe(app: Flask) -> None:
    """Hook the three moments of a request."""
    app.before_request(_begin)
    app.after_request(_finish)
    app.teardown_request(_end)


def _begin() -> None:
    g.began = time.perf_counter()
    g.token = tracing.current.set(tracing.begin(request.headers.get("traceparent")))
    metrics.IN_PROGRESS.inc()


def _finish(response: Response) -> Response:
    seconds = time.perf_counter() - g.began
    # The rule, not the path: the number of series must not grow with what clients ask for.
    route = request.url_rule.rule if request.url_rule else "unmatched"
    method = metrics.method_label(request.method)
    metrics.REQUESTS.labels(method, route, str(response.status_code)).inc()
    metrics.DURATION.labels(method, route).observe(seconds)
    write = log.debug if route in _QUIET and response.status_code < 400 else log.info
    write(
        "request",
        method=request.method,
        path=request.path,
        route=route,
        status=response.status_code,
        duration_ms=round(seconds * 1000, 2),
    )
    return response


def _end(_error: BaseException | None) -> None:
    if token := g.pop("token", None):
        metrics.IN_PROGRESS.dec()
        tracing.current.reset(token)
