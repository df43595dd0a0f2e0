"""Roadbed's own request counts, by class of status and by time taken: what its own objectives are measured on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
"""Not counted: what asks whether we live would drown what people ask."""


class Counts:
    """Counts of one web process since its start; a scraper sees a restart by `process_start_time_seconds`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.started = time.time()
        self.by_class = {f"{digit}xx": 0 for digit in range(1, 6)}
        self.within = [0] * len(BOUNDS)
        self.seconds = 0.0

    def add(self, status: int, seconds: float) -> None:
        """Count one answered request."""
        with self._lock:
            self.by_class[f"{min(5, max(1, status // 100))}xx"] += 1
            self.seconds += seconds
            for place, bound in enumerate(BOUNDS):
                if seconds <= bound:
                    self.within[place] += 1

    def lines(self) -> list[str]:
        """The counts as an exposition."""
        with self._lock:
            total = sum(self.by_class.values())
            classes = dict(self.by_class)
            within = list(self.within)
            seconds = self.seconds
        return [
            "# HELP process_start_time_seconds Start of the web process since the epoch.",
            "# TYPE process_start_time_seconds gauge",
            f"process_start_time_seconds {self.started:.3f}",
            "# HELP roadbed_http_requests_total Requests answered, probes left out.",
            "# TYPE roadbed_http_requests_total counter",
            *[f'roadbed_http_requests_total{{status_class="{name}"}} {count}' for name, count in classes.items()],
            "# HELP roadbed_http_request_seconds Time to answer.",
            "# TYPE roadbed_http_request_seconds histogram",
            *[
                f'roadbed_http_request_seconds_bucket{{le="{bound:g}"}} {count}'
                for bound, count in zip(BOUNDS, within, strict=True)
            ],
            f'roadbed_http_request_seconds_bucket{{le="+Inf"}} {total}',
            f"roadbed_http_request_seconds_sum {seconds:.6f}",
            f"roadbed_http_request_seconds_count {total}",
        ]


COUNTS = Counts()


class CountRequests:
    """Counts every request but probes, also those that end in a fault."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path in PROBES:
            return self.get_response(request)
        began = time.perf_counter()
        response = self.get_response(request)
        COUNTS.add(response.status_code, time.perf_counter() - began)
        return response
