"""The verbs of jobs: enqueue, claim, finish, reap, keep the schedules."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from roadbed.ground import waking
from roadbed.ground.errors import Conflict, NotFound
from roadbed.ground.jobs import registry
from roadbed.ground.jobs.leases import LEASE
from roadbed.ground.jobs.models import Job, Pulse, ScheduleState
from roadbed.ground.jobs.rules import JobKind, Schedule, is_due, next_attempt, next_time
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import Caller, authorise
from roadbed.ground.prepared import Asked, Prepared

CLOCKS_DIFFER = timedelta(seconds=5)
"""What the clocks of two machines may differ by."""
_DUE = Asked({"jobs": lambda now: Job.objects.filter(state=Job.WAITING, run_at__lte=now)})
_HOLDERS = Prepared(lambda: Job.objects.filter(state=Job.RUNNING).values_list("lease_by").distinct())
_NEXT = Prepared(lambda: ScheduleState.objects.values_list("name", "next_at"))


@dataclass(frozen=True, slots=True)
class JobRun:
    """What a handler knows of its own run."""

    uid: str
    name: str
    payload: dict[str, Any]
    attempt: int
    last_attempt: bool
    lease_by: str


def enqueue(name: str, payload: dict[str, Any], *, now: datetime, key: str = "", run_at: datetime | None = None) -> str:
    """Add a job to the open transaction, or in one of its own; answers its uid.

    With a key, a job of that key that still waits or runs is answered instead of adding another.
    """
    kind = registry.kind_of(name)
    job = Job(
        name=name,
        payload=payload,
        key=key,
        run_at=run_at or now,
        created_at=now,
        max_attempts=kind.attempts if kind else 5,
    )
    if not key:
        job.save(force_insert=True)
        waking.ring()
        return job.uid
    try:
        with transaction.atomic(using="default"):
            job.save(force_insert=True)
            waking.ring()
    except IntegrityError:
        existing = Job.objects.filter(key=key, state__in=[Job.WAITING, Job.RUNNING]).first()
        if existing is None:
            raise
        return existing.uid
    return job.uid


def claim(worker: str, *, now: datetime, names: Iterable[str]) -> JobRun | None:
    """Take the job that has waited longest, by a conditional update; None when nothing is due."""
    # Most turns find nothing.
    if not _DUE(now):
        return None
    due = Job.objects.filter(state=Job.WAITING, run_at__lte=now, name__in=list(names)).order_by("run_at", "id")
    for job in due[:10]:
        taken = Job.objects.filter(pk=job.pk, state=Job.WAITING).update(
            state=Job.RUNNING, lease_by=worker, lease_until=now + LEASE, attempts=job.attempts + 1
        )
        if taken == 1:
            attempt = job.attempts + 1
            return JobRun(
                uid=job.uid,
                name=job.name,
                payload=job.payload,
                attempt=attempt,
                last_attempt=attempt >= job.max_attempts,
                lease_by=worker,
            )
    return None


def renew(runs: Iterable[JobRun], *, now: datetime) -> None:
    """Extend the leases of running jobs."""
    for run in runs:
        Job.objects.filter(uid=run.uid, state=Job.RUNNING, lease_by=run.lease_by).update(lease_until=now + LEASE)


def finish(run: JobRun, *, now: datetime) -> bool:
    """Mark a job done, unless the lease was lost meanwhile; answers whether it was ours to finish."""
    return bool(
        Job.objects.filter(uid=run.uid, state=Job.RUNNING, lease_by=run.lease_by, attempts=run.attempt).update(
            state=Job.DONE, finished_at=now, lease_until=None, error=""
        )
    )


def fail(run: JobRun, kind: JobKind, *, error: str, now: datetime, final: bool = False) -> bool:
    """Put a job back with backoff, or mark it failed when that was its last attempt."""
    again = None if final else next_attempt(kind, attempts=run.attempt, now=now)
    values: dict[str, Any] = {"error": error[:8000], "lease_until": None, "lease_by": ""}
    if again is None:
        values |= {"state": Job.FAILED, "finished_at": now}
    else:
        values |= {"state": Job.WAITING, "run_at": again}
    rows = Job.objects.filter(uid=run.uid, state=Job.RUNNING, lease_by=run.lease_by, attempts=run.attempt)
    return bool(rows.update(**values))


def reap(
    *,
    now: datetime,
    dead_workers: Iterable[str] = (),
    ran_out: Callable[[str, datetime], bool] = lambda *_: True,
) -> int:
    """Give back jobs whose lease ran out or whose worker is known to be dead; they run again, or fail at their last.

    `ran_out` is asked, with a job's uid and the lease's end, whether to believe the clock.
    """
    dead = frozenset(dead_workers)
    lost = Job.objects.filter(state=Job.RUNNING, lease_until__lt=now) | Job.objects.filter(
        state=Job.RUNNING, lease_by__in=list(dead)
    )
    reaped = 0
    for job in lost:
        if job.lease_by not in dead and not ran_out(job.uid, job.lease_until or now):
            continue
        given_up = job.attempts >= job.max_attempts
        values: dict[str, Any] = {
            "state": Job.FAILED if given_up else Job.WAITING,
            "lease_by": "",
            "lease_until": None,
            "error": f"the worker {job.lease_by} died or lost its lease during attempt {job.attempts}",
        }
        values |= {"finished_at": now} if given_up else {"run_at": now}
        rows = Job.objects.filter(pk=job.pk, state=Job.RUNNING, lease_by=job.lease_by, attempts=job.attempts)
        reaped += rows.update(**values)
    return reaped


def catch_up_with_clock(*, now: datetime) -> int:
    """After the clock was set back: what was enqueued in what is now the future waits no longer than it was to wait."""
    ahead = Job.objects.filter(state=Job.WAITING, run_at__gt=now, created_at__gt=now + CLOCKS_DIFFER)
    for job in ahead:
        wait = max(timedelta(0), job.run_at - job.created_at)
        Job.objects.filter(pk=job.pk, state=Job.WAITING).update(created_at=now, run_at=now + wait)
    return len(ahead)


def pulse(name: str, worker: str, *, now: datetime) -> None:
    """Say that a process of this name is at work; of several the newest to say so counts."""
    if Pulse.objects.filter(name=name, by=worker).update(at=now):
        return
    if not Pulse.objects.filter(name=name).update(by=worker, former_at=F("at"), began_at=now, at=now):
        Pulse.objects.get_or_create(name=name, defaults={"by": worker, "at": now, "began_at": now})


def leaseholders() -> tuple[str, ...]:
    """Workers that hold a lease now."""
    return tuple(holder for (holder,) in _HOLDERS.rows())


def keep_schedules(*, now: datetime, accepts: Callable[[str], bool] = lambda _: True) -> int:
    """Enqueue what is due of the jobs that are accepted; one that still waits or runs is not doubled."""
    enqueued = 0
    known = dict(_NEXT.rows())
    schedules = tuple(one for one in registry.schedules() if accepts(one.job))
    wanted = _wanted(schedules)(now)
    for schedule in schedules:
        due = known.get(schedule.name)
        if due is None:
            state, _ = ScheduleState.objects.get_or_create(name=schedule.name, defaults={"next_at": now})
            due = state.next_at
        if not is_due(schedule, due=due, now=now) or (schedule.wanted is not None and schedule.name not in wanted):
            continue
        if schedule.checked is not None and not schedule.checked(now):
            continue
        with transaction.atomic(using="default"):
            following = next_time(schedule, due=due, now=now)
            if ScheduleState.objects.filter(name=schedule.name, next_at=due).update(next_at=following) == 1:
                enqueue(schedule.job, {}, key=f"schedule:{schedule.name}", now=now)
                enqueued += 1
    return enqueued


@lru_cache(maxsize=8)
def _wanted(schedules: tuple[Schedule, ...]) -> Asked:
    return Asked({one.name: one.wanted for one in schedules if one.wanted is not None})


def retry_job(caller: Caller, uid: str, *, now: datetime) -> None:
    """Run a failed job again, from its first attempt."""
    authorise(caller, "job.retry")
    try:
        with unit(caller, now=now) as writing:
            rows = Job.objects.filter(uid=uid, state=Job.FAILED)
            if not rows.update(state=Job.WAITING, attempts=0, run_at=now, finished_at=None):
                raise NotFound(f"No failed job {uid[:40]}.", remedy="`roadbed jobs list --state failed` lists them.")
            writing.record("job.retried", uid)
    except IntegrityError as fault:
        raise Conflict("Another job with the same key waits or runs already.", remedy="Let that one end.") from fault


def forget_finished(*, before: datetime) -> int:
    """Delete jobs that came out before an instant; failed ones stay until somebody looks."""
    return Job.objects.filter(state=Job.DONE, finished_at__lt=before).delete()[0]


def withdraw_waiting(caller: Caller, *, now: datetime) -> int:
    """Take back every job that waits, for who has done their work already; answers how many."""
    authorise(caller, "job.retry")
    with unit(caller, now=now):
        return Job.objects.filter(state=Job.WAITING).delete()[0]
