"""Notes the organization's stage each day, from which the hysteresis of its edges starts."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from roadbed.ground.jobs import registry
from roadbed.ground.people.queries import active_uids
from roadbed.organization.layers import standing, usecases


@registry.job("layers.stage", attempts=1, time_limit=60.0, every=6 * 3600.0)
def note(run: Any, payload: dict[str, Any]) -> None:
    """Note it."""
    del run, payload
    entered = standing.circumstances().engineers
    usecases.note_stage(len(active_uids()) if entered is None else entered, now=timezone.now())
