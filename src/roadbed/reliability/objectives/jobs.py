"""Background work of objectives: sample every ten seconds, read files after deployments, forget old minutes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from roadbed.ground.jobs.registry import job
from roadbed.ground.jobs.usecases import JobRun
from roadbed.ground.ledger.reactions import Reaction
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.objectives import broken, late, slice_store, store
from roadbed.reliability.objectives.journeys import changed
from roadbed.reliability.objectives.journeys.defining import retire_journeys
from roadbed.reliability.objectives.journeys.following import follow_journeys, live_journeys
from roadbed.reliability.objectives.journeys.models import Journey
from roadbed.reliability.objectives.live import window_kept
from roadbed.reliability.objectives.models import Counter, Objective, Pull
from roadbed.reliability.objectives.pulling import counted_elsewhere, fill, follow
from roadbed.reliability.objectives.repository import read_repository
from roadbed.reliability.objectives.rules.clock import minute_of
from roadbed.reliability.objectives.sampling import EPOCH_KEPT, sample
from roadbed.reliability.objectives.usecases import retire_service

SLACK: Final = 24 * 60

READ: Final = Reaction(
    name="objectives.read",
    kinds=frozenset({"service.deployed", "service.upgraded", "service.rolledback", "catalog.entity.registered"}),
    job="objectives.read",
)
RETIRE: Final = Reaction(name="objectives.retire", kinds=frozenset({"catalog.entity.removed"}), job="objectives.retire")


@job("objectives.sample", attempts=1, time_limit=60.0, every=10.0)
def sample_all(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Read every source once and evaluate every objective."""
    sample(ROADBED, now=timezone.now())


@job("objectives.journeys", attempts=1, time_limit=150.0, every=20.0, wanted=lambda _: live_journeys())
def evaluate_all_journeys(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Evaluate every journey from the minutes of its steps."""
    follow_journeys(ROADBED, now=timezone.now())


@job("objectives.follow", attempts=1, time_limit=150.0, every=30.0, wanted=lambda _: counted_elsewhere())
def follow_all(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Read the newest minutes of what Prometheus and its like count."""
    follow(ROADBED, now=timezone.now())


@job("objectives.fill", attempts=3, time_limit=280.0)
def fill_one(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Read the past of an objective from its source of counts; what is left when it ends is enqueued again."""
    fill(ROADBED, payload["series"], now=timezone.now())


@job("objectives.read", attempts=6, time_limit=120.0)
def read_one(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Read a service's objectives file at the commit that serves now."""
    read_repository(ROADBED, payload["subject"], now=timezone.now())


@job("objectives.retire")
def retire_one(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """End the objectives of a service that left the catalogue."""
    retire_service(ROADBED, payload["subject"], now=timezone.now())
    retire_journeys(ROADBED, payload["subject"], now=timezone.now())


@job("objectives.forget", attempts=1, time_limit=300.0, every=3600.0)
def forget_old(run: JobRun, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler takes both
    """Drop minutes that no window reaches, and epochs that are long over."""
    forget(now=timezone.now())


def forget(*, now: datetime) -> int:
    """Drop what no window needs; answers how many minutes' rows that were."""
    promised = [
        *_windows(Objective.objects.filter(removed_at=None)),
        *_windows(Journey.objects.filter(removed_at=None)),
    ]
    longest = max((window_kept(window, minutes).longest for window, minutes in promised), default=0)
    late.settle()
    live = Objective.objects.filter(removed_at=None).values_list("series", flat=True)
    Pull.objects.using(store.ALIAS).exclude(series__in=list(live)).delete()
    Counter.objects.using(store.ALIAS).filter(read_at__lt=now - EPOCH_KEPT).delete()
    before = minute_of(now) - max(longest + SLACK, settings.COUNTS_KEPT_DAYS * 24 * 60)
    changed.forget(before=before)
    # A slice begins up to its length before the window that it is of.
    slice_store.forget(before=before)
    broken.forget(before=before)
    return store.forget(before=before)


def _windows(rows: QuerySet[Any]) -> Iterable[tuple[dict[str, Any], int]]:
    return rows.values_list("window", "window_minutes")
