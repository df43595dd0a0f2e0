"""What was made from which path: one row per scaffold, from its start on, so that a killed one can be undone."""

from __future__ import annotations

import uuid

from django.db import models


def new_uid() -> str:
    """A random identity for a scaffold."""
    return uuid.uuid4().hex


class Scaffold(models.Model):
    """A service being made, made, or undone. Its name is taken while it is being made."""

    STARTED, DONE, UNDONE = "started", "done", "undone"

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    path = models.CharField(max_length=80)
    version = models.CharField(max_length=24)
    name = models.CharField(max_length=40)
    owner = models.CharField(max_length=63)
    state = models.CharField(max_length=8, default=STARTED)
    location = models.CharField(max_length=500, blank=True)
    commit = models.CharField(max_length=64, blank=True)
    service_uid = models.CharField(max_length=32, blank=True)
    fault = models.TextField(blank=True)
    actor = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(state="started"), name="one_scaffold_of_a_name_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["started", "done", "undone"]), name="scaffold_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["path", "state"], name="scaffold_path"),
            models.Index(fields=["service_uid"], name="scaffold_service"),
        ]
