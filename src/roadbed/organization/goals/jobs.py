"""Takes the reading of every open goal, several times a day, so that the last one of a day is late in it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from roadbed.ground.jobs import registry
from roadbed.organization.goals import usecases
from roadbed.organization.goals.models import Goal


@registry.job(
    "goals.read", attempts=3, time_limit=300.0, every=4 * 3600.0,
    wanted=lambda _: Goal.objects.filter(state=Goal.OPEN),
)  # fmt: skip
def read(run: Any, payload: dict[str, Any]) -> None:
    """Take them."""
    del run, payload
    usecases.read_all(now=timezone.now())
