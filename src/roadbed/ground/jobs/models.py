"""Jobs with their leases, and schedules with their next time."""

from __future__ import annotations

import uuid

from django.db import models


def new_uid() -> str:
    """A random identity for a job."""
    return uuid.uuid4().hex


class Job(models.Model):
    """One piece of work. Claimed by a conditional update; the lease runs out when its worker dies."""

    WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    name = models.CharField(max_length=80)
    payload = models.JSONField(default=dict)
    key = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8, default=WAITING)
    run_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=5)
    lease_until = models.DateTimeField(null=True)
    lease_by = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=models.Q(state__in=["waiting", "running"]) & ~models.Q(key=""),
                name="one_active_job_per_key",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "running", "done", "failed"]), name="job_state_known"
            ),
        ]
        indexes = [models.Index(fields=["state", "run_at"], name="job_state_run_at")]


class ScheduleState(models.Model):
    """When a schedule is due next; claimed by a conditional update so that two workers enqueue once."""

    name = models.CharField(max_length=80, primary_key=True)
    next_at = models.DateTimeField()


class Pulse(models.Model):
    """That a process of a name (`pager`, `worker`) is at work: written by its loop every few seconds.

    `began_at` is when the process that writes it now began, `former_at` when the one before it wrote last.
    """

    name = models.CharField(max_length=20, primary_key=True)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    began_at = models.DateTimeField()
    former_at = models.DateTimeField(null=True)
