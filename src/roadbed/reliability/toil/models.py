"""Pieces of work that were toil, and the tasks that they make up, with what their automation would take."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


def new_uid() -> str:
    """A random identity."""
    return uuid.uuid4().hex


class Task(models.Model):
    """One kind of work of one team, by the key of its words: a candidate, then planned, then done."""

    OPEN, PLANNED, DONE = "open", "planned", "done"

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    team_uid = models.CharField(max_length=32)
    team = models.CharField(max_length=63)
    key = models.CharField(max_length=120)
    what = models.CharField(max_length=120)
    category = models.CharField(max_length=20)
    state = models.CharField(max_length=8, default=OPEN)
    build_low = models.FloatField(null=True)
    build_high = models.FloatField(null=True)
    upkeep = models.FloatField(null=True)
    owner_uid = models.CharField(max_length=32, blank=True)
    owner = models.CharField(max_length=160, blank=True)
    due = models.DateField(null=True)
    link = models.CharField(max_length=300, blank=True)
    planned_at = models.DateTimeField(null=True)
    cost_then = models.FloatField(null=True)
    done_at = models.DateTimeField(null=True)
    built_hours = models.FloatField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team_uid", "key"], name="one_task_per_team_and_words"),
            models.CheckConstraint(condition=Q(state__in=["open", "planned", "done"]), name="task_state_known"),
        ]


class Entry(models.Model):
    """One piece of work: logged by hand, or captured from facts. Left out, it stays and counts no more.

    `reference` is another system's name for a request; `assumed` says that nobody measured its minutes.
    """

    LOGGED, NO_FIX, AGAIN, RUN, REQUEST = "logged", "page", "repeat", "runbook", "request"

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="entries")
    person_uid = models.CharField(max_length=32)
    person = models.CharField(max_length=160)
    minutes = models.PositiveIntegerField()
    source = models.CharField(max_length=8, default=LOGGED)
    fact = models.CharField(max_length=32, unique=True, null=True)  # noqa: DJ001 - unique where there is one
    reference = models.CharField(max_length=160, unique=True, null=True)  # noqa: DJ001 - unique where there is one
    assumed = models.BooleanField(default=False)
    passed = models.JSONField(default=list)
    is_toil = models.BooleanField()
    occurred_at = models.DateTimeField()
    left_out_at = models.DateTimeField(null=True)
    left_out_by = models.CharField(max_length=160, blank=True)
    left_out_for = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gte=1), name="entry_took_time"),
            models.CheckConstraint(
                condition=Q(source__in=["logged", "page", "repeat", "runbook", "request"]), name="entry_source_known"
            ),
        ]
        indexes = [
            models.Index(fields=["occurred_at"], name="entry_occurred"),
            models.Index(fields=["task", "occurred_at"], name="entry_of_task"),
        ]
