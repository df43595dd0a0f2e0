"""Forgets what is old: drafts, single sheets, rounds."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from roadbed.ground.jobs import registry
from roadbed.organization.diagnostic import usecases


@registry.job("diagnostic.forget", attempts=1, time_limit=60.0, every=6 * 3600.0)
def forget(run: Any, payload: dict[str, Any]) -> None:
    """Delete them."""
    del run, payload
    usecases.forget_old(now=timezone.now())
