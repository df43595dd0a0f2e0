"""What watches the paging itself and what others let us watch: canaries of channels, heartbeats of jobs."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


def new_uid() -> str:
    """A random identity."""
    return uuid.uuid4().hex


class Heartbeat(models.Model):
    """Something that should be heard from regularly. `digest` is what is kept of its address."""

    NEW, UP, LATE, PAUSED = "new", "up", "late", "paused"

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    name = models.CharField(max_length=80)
    service_uid = models.CharField(max_length=32)
    digest = models.CharField(max_length=64, unique=True)
    key_version = models.PositiveIntegerField(default=1)
    interval_seconds = models.PositiveIntegerField()
    grace_seconds = models.PositiveIntegerField()
    severity = models.PositiveSmallIntegerField(default=2)
    state = models.CharField(max_length=8, default=NEW)
    beats = models.PositiveBigIntegerField(default=0)
    last_at = models.DateTimeField(null=True)
    late_at = models.DateTimeField(null=True)
    made_by = models.CharField(max_length=160)
    made_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["new", "up", "late", "paused"]), name="heartbeat_state_known"
            ),
            models.CheckConstraint(condition=Q(interval_seconds__gte=30), name="heartbeat_interval_long_enough"),
            models.UniqueConstraint(
                fields=["service_uid", "name"], condition=Q(removed_at=None), name="one_heartbeat_per_name"
            ),
        ]
        indexes = [models.Index(fields=["late_at"], condition=Q(state="up"), name="heartbeat_due")]


class Canary(models.Model):
    """A regular test of one kind of channel, through a channel that somebody verified."""

    kind = models.CharField(max_length=12, unique=True)
    channel = models.ForeignKey("paging.Channel", on_delete=models.CASCADE, related_name="+")
    every_seconds = models.PositiveIntegerField(default=86_400)
    next_at = models.DateTimeField()
    failing_since = models.DateTimeField(null=True)
    made_by = models.CharField(max_length=160)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(every_seconds__gte=3600), name="canary_hourly_at_most")]


class CanaryRun(models.Model):
    """One test message. `waiting_until` is when a provider that confirms should have done so."""

    SENDING, SENT, CONFIRMED, FAILED = "sending", "sent", "confirmed", "failed"

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    canary = models.ForeignKey(Canary, on_delete=models.CASCADE, related_name="runs")
    started_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=SENDING)
    provider_id = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=300, blank=True)
    waiting_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["sending", "sent", "confirmed", "failed"]), name="canary_run_state_known"
            ),
        ]
        indexes = [models.Index(fields=["canary", "started_at"], name="canary_runs")]
