"""The demo's background work: its removal."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from roadbed.ground.demo import usecases
from roadbed.ground.jobs.registry import job
from roadbed.ground.jobs.usecases import JobRun
from roadbed.ground.people.rules import Caller


@job(usecases.REMOVE, attempts=5, time_limit=900.0)
def remove(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Remove the demo."""
    caller = Caller(uid=payload["by"], name=payload["name"], role=payload["role"])
    usecases.remove(caller, now=timezone.now())
