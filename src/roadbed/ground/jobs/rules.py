"""When a job is tried again, and what a schedule's next time is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class JobKind:
    """How jobs of one name run.

    Attributes:
        handler: called with (JobRun, payload); idempotent, since a job can run again after its worker died.
        attempts: how often at most.
        backoff: seconds until the next attempt, by attempt; the last one repeats.
        time_limit: seconds; a worker with a job beyond it ends itself, because a thread cannot be ended alone.
    """

    name: str
    handler: Callable[..., Any]
    attempts: int = 5
    backoff: tuple[float, ...] = (2.0, 10.0, 60.0, 300.0)
    time_limit: float = 300.0


@dataclass(frozen=True, slots=True)
class Schedule:
    """A job that is enqueued every so many seconds, if it is wanted then.

    Attributes:
        wanted: what has to be there for it, asked when it is due: given the time, a queryset or several of which any
            may have rows, as `ground.prepared.Asked` takes them. None is always.
        checked: asked besides where rows alone do not tell; only reads.
    """

    name: str
    job: str
    every: float
    wanted: Callable[[Any], Any] | None = None
    checked: Callable[[datetime], bool] | None = None


def is_due(schedule: Schedule, *, due: datetime, now: datetime) -> bool:
    """Whether its time has come; a time that is further away than a step was set before the clock was set back."""
    return due <= now or due > now + timedelta(seconds=schedule.every)


def next_attempt(kind: JobKind, *, attempts: int, now: datetime) -> datetime | None:
    """When to try again after `attempts` failed ones, or None when that was the last."""
    if attempts >= kind.attempts:
        return None
    return now + timedelta(seconds=kind.backoff[min(attempts, len(kind.backoff)) - 1])


def next_time(schedule: Schedule, *, due: datetime, now: datetime) -> datetime:
    """The first time on the schedule's own grid after now; missed times are skipped, not made up for.

    A clock that was set back leaves `due` far ahead; then the grid starts again at now.
    """
    step = timedelta(seconds=schedule.every)
    if due > now + step:
        return now + step
    missed = max(0, (now - due) // step)
    return due + step * (missed + 1)
