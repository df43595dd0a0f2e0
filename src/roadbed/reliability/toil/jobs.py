"""The room's background work: capturing toil when an alert ends."""

from __future__ import annotations

from typing import Any, Final

from django.utils import timezone

from roadbed.ground.jobs.registry import job
from roadbed.ground.jobs.usecases import JobRun
from roadbed.ground.ledger.reactions import Reaction
from roadbed.reliability.toil import capturing

CAPTURE: Final = Reaction(name="toil.capture", kinds=capturing.KINDS, job="toil.capture")


@job("toil.capture", attempts=5, backoff=(2.0, 30.0), time_limit=60.0)
def capture(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Look at one ended alert."""
    capturing.capture(payload["fact"], now=timezone.now())
