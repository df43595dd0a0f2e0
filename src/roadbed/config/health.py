"""Health, readiness and Roadbed's own metrics; none needs sign-in, none says more than counts."""

from __future__ import annotations

from django.db import DatabaseError, connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

import roadbed
from roadbed.config.own_metrics import COUNTS
from roadbed.ground.jobs.models import Job
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
