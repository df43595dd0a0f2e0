"""Digests in the background: planned every ten minutes, sent with patience for a mail server that is away."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from roadbed.ground.jobs import registry
from roadbed.ground.jobs.usecases import JobRun
from roadbed.organization.digest import sending
from roadbed.organization.digest.models import Preference, TeamDefault


@registry.job(
    "digest.plan", attempts=1, time_limit=120.0, every=600.0,
    wanted=lambda _: (Preference.objects.filter(on=True), TeamDefault.objects.all()),
)  # fmt: skip
def plan(run: Any, payload: dict[str, Any]) -> None:
    """Plan those whose hour has come."""
    del run, payload
    sending.plan(now=timezone.now())


@registry.job("digest.send", attempts=8, backoff=(60.0, 300.0, 900.0, 3600.0, 3 * 3600.0), time_limit=120.0)
def send(run: JobRun, payload: dict[str, Any]) -> None:
    """Send one."""
    sending.send(payload["issue"], last=run.last_attempt, clock=timezone.now)
