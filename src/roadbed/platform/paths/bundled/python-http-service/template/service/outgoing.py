"""Calls to the upstream: bounded in time and in tries, and not made at all while it is down."""

from __future__ import annotations

import httpx
import structlog
import tenacity

from service import metrics, tracing
from service.breaker import CircuitBreaker, CircuitOpen
from service.settings import Settings

log = structlog.get_logger("upstream")


class UpstreamUnavailable(Exception):
    """The upstream gave no usable answer within the deadline; the caller decides what to do without it."""


class _Transient(Exception):
    """A failure that another attempt may cure."""


class Upstream:
    """A client of one other service. Only for calls that may safely be made twice."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client = httpx.Client(
            base_url=settings.upstream_url,
            timeout=httpx.Timeout(settings.upstream_read_seconds, connect=settings.upstream_connect_seconds),
            limits=httpx.Limits(max_connections=50, max_keepalive_connections=20),
        )
        self.breaker = CircuitBreaker(failures=settings.breaker_failures, rest_seconds=settings.breaker_rest_seconds)

    def get(self, path: str) -> httpx.Response:
        """The answer to GET, tried again with full jitter while the deadline allows."""
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_Transient),
            stop=tenacity.stop_any(
                tenacity.stop_after_attempt(self._settings.upstream_attempts),
                tenacity.stop_before_delay(self._settings.upstream_deadline_seconds),
            ),
            # Jitter keeps the clients of a service that comes back from knocking all at once.
            wait=tenacity.wait_random_exponential(multiplier=0.05, max=0.5),
            reraise=True,
        )
        try:
            response = retrying(lambda: self.breaker.call(lambda: self._attempt(path)))
        except CircuitOpen:
            metrics.UPSTREAM_CALLS.labels("circuit_open").inc()
            raise UpstreamUnavailable("the circuit is open") from None
        except _Transient as failure:
            metrics.UPSTREAM_CALLS.labels("failed").inc()
            log.warning("upstream failed", path=path, reason=str(failure))
            raise UpstreamUnavailable(str(failure)) from failure
        metrics.UPSTREAM_CALLS.labels("answered").inc()
        return response

    def _attempt(self, path: str) -> httpx.Response:
        try:
            response = self._client.get(path, headers=tracing.outgoing_headers())
        except httpx.TransportError as error:
            raise _Transient(f"{type(error).__name__}: {error}") from error
        if response.status_code >= 500 or response.status_code == 429:
            raise _Transient(f"answered {response.status_code}")
        return response
