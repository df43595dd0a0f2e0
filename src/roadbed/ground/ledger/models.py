"""The append-only record of facts, the inbox of raw payloads, and where each reader has got to."""

from __future__ import annotations

from django.db import models


class Fact(models.Model):
    """One thing that happened. Never updated, never deleted; corrected by a fact that supersedes it."""

    position = models.BigAutoField(primary_key=True)
    uid = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=64)
    environment = models.CharField(max_length=40, blank=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=160)
    source = models.CharField(max_length=60)
    source_id = models.CharField(max_length=200)
    supersedes = models.CharField(max_length=32, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "source_id"], name="one_fact_per_source_id")]
        indexes = [
            models.Index(fields=["subject", "occurred_at"], name="fact_subject_at"),
            models.Index(fields=["kind", "position"], name="fact_kind_position"),
            # Few facts correct others, and who judges a history asks for those few.
            models.Index(fields=["supersedes"], condition=models.Q(supersedes__gt=""), name="fact_supersedes"),
        ]


class InboxItem(models.Model):
    """What arrived from outside, stored raw before it is read; what cannot be read stays, visible and replayable."""

    RECEIVED, READ, FAILED = "received", "read", "failed"

    uid = models.CharField(max_length=32, unique=True)
    source = models.CharField(max_length=60)
    delivery_id = models.CharField(max_length=200)
    received_at = models.DateTimeField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    state = models.CharField(max_length=10, default=RECEIVED)
    error = models.TextField(blank=True)
    read_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "delivery_id"], name="one_delivery_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["received", "read", "failed"]), name="inbox_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="inbox_state"),
            models.Index(fields=["source", "-id"], name="inbox_source"),
        ]


class ReactionCursor(models.Model):
    """How far a reaction has read; it starts at the present, never at the beginning."""

    name = models.CharField(max_length=80, primary_key=True)
    position = models.BigIntegerField()
    updated_at = models.DateTimeField()


class ProjectionCursor(models.Model):
    """How far a projection has read, in the same database as its tables so that both move in one transaction."""

    database = "samples"

    name = models.CharField(max_length=80, primary_key=True)
    position = models.BigIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    rebuilding_to = models.BigIntegerField(null=True)
    updated_at = models.DateTimeField()
