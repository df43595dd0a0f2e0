"""Health, readiness and Roadbed's own metrics; none needs sign-in, none says more than counts."""

from __future__ import annotations

from datetime import datetime

from django.db import DatabaseError, connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

import roadbed
from roadbed.config.own_metrics import COUNTS
from roadbed.ground.jobs.models import Job
from roadbed.ground.jobs.queries import last_pulse, pulse_of
from roadbed.ground.ledger.queries import last_position


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Whether this process answers."""
    return JsonResponse({"status": "ok", "version": roadbed.__version__})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Whether it can do its work: both databases answer."""
    for alias in ("default", "samples"):
        try:
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT 1")
        except DatabaseError as fault:
            return JsonResponse({"status": "unready", "what": f"database {alias}: {type(fault).__name__}"}, status=503)
    return JsonResponse({"status": "ready"})


PULSE_LATE = 45.0
"""Seconds after which a process that says every ten that it is at work has missed four times."""


@require_safe
def vitals(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Whether paging works, for a watcher outside: 200, or 503 with what does not. It reads and writes nothing."""
    now = timezone.now()
    parts: dict[str, dict[str, object]] = {"web": {"status": "ok", "version": roadbed.__version__}}
    try:
        pager, worker, written = pulse_of("pager"), pulse_of("worker"), last_pulse()
    except DatabaseError as fault:
        parts["database"] = {"status": "down", "what": type(fault).__name__}
        return JsonResponse({"status": "failing", "parts": parts}, status=503)
    parts["database"] = _aged(written, now)
    parts["pager"] = _aged(pager.at if pager else None, now)
    parts["worker"] = _aged(worker.at if worker else None, now)
    # The worker does not page: that it is dead is told, and wakes nobody by itself.
    good = all(parts[name]["status"] == "ok" for name in ("database", "pager"))
    return JsonResponse({"status": "ok" if good else "failing", "parts": parts}, status=200 if good else 503)


def _aged(at: datetime | None, now: datetime) -> dict[str, object]:
    if at is None:
        return {"status": "unknown", "at": None, "age_seconds": None}
    age = (now - at).total_seconds()
    return {"status": "ok" if age <= PULSE_LATE else "silent", "at": at.isoformat(), "age_seconds": round(age, 1)}


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """What a Prometheus wants to know of Roadbed itself."""
    lines = [
        "# HELP roadbed_info The running version.",
        "# TYPE roadbed_info gauge",
        f'roadbed_info{{version="{roadbed.__version__}"}} 1',
        "# HELP roadbed_ledger_position The newest fact's position.",
        "# TYPE roadbed_ledger_position counter",
        f"roadbed_ledger_position {last_position()}",
        "# HELP roadbed_jobs Jobs by state; finished ones are forgotten after a day.",
        "# TYPE roadbed_jobs gauge",
    ]
    lines += COUNTS.lines()
    lines += [
        f'roadbed_jobs{{state="{state}"}} {Job.objects.filter(state=state).count()}'
        for state in (Job.WAITING, Job.RUNNING, Job.FAILED)
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")
