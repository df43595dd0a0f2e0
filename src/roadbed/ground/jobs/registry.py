"""Which jobs and schedules there are; rooms register theirs when config wires them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from roadbed.ground.jobs.rules import JobKind, Schedule

_kinds: dict[str, JobKind] = {}
_schedules: dict[str, Schedule] = {}


class Abandon(Exception):  # noqa: N818 - an outcome, not a fault of the worker
    """Raised by a job that can never come out: it fails at once, with the reason, and is not tried again."""


def job(
    name: str,
    *,
    attempts: int = 5,
    backoff: tuple[float, ...] = (2.0, 10.0, 60.0, 300.0),
    time_limit: float = 300.0,
    every: float | None = None,
    wanted: Callable[[Any], Any] | None = None,
    checked: Callable[[datetime], bool] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a handler `(run: JobRun, payload: dict) -> None` under a name like `releases.deploy`.

    With `every`, it is also enqueued each so many seconds, one at a time; with `wanted` and `checked`, only when
    there is something for it (see `Schedule`).
    """

    def registering(handler: Callable[..., Any]) -> Callable[..., Any]:
        _kinds[name] = JobKind(name=name, handler=handler, attempts=attempts, backoff=backoff, time_limit=time_limit)
        if every is not None:
            _schedules[name] = Schedule(name=name, job=name, every=every, wanted=wanted, checked=checked)
        return handler

    return registering


def kind_of(name: str) -> JobKind | None:
    """The job's kind, None when this process does not know it (an older or newer worker may)."""
    return _kinds.get(name)


def known() -> tuple[str, ...]:
    """Names of all jobs that this process can run."""
    return tuple(sorted(_kinds))


def schedules() -> tuple[Schedule, ...]:
    """All schedules."""
    return tuple(_schedules[name] for name in sorted(_schedules))
