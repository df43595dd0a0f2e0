"""The catalogue's background work: files are read again when their time has come."""

from __future__ import annotations

import time
from typing import Any

from django.utils import timezone

from roadbed.ground.catalog import usecases
from roadbed.ground.jobs.registry import job
from roadbed.ground.jobs.usecases import JobRun

ENOUGH_SECONDS = 60.0


@job("catalog.refresh", every=15.0, attempts=1, time_limit=300.0)
def refresh(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - a job's signature
    """Read what is due, for a minute at most: one slow host must not hold up the others for longer."""
    began = time.monotonic()
    usecases.refresh_due(now=timezone.now(), until=lambda: time.monotonic() - began > ENOUGH_SECONDS)
