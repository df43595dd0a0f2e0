"""Reviews with their frozen timelines, their factors and their actions."""

from __future__ import annotations

import uuid

from django.db import models


def new_uid() -> str:
    """A random identity."""
    return uuid.uuid4().hex


class Review(models.Model):
    """The review of one incident: what was measured and told when it ended, and what people made of it since."""

    DRAFT, PUBLISHED = "draft", "published"

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    incident_uid = models.CharField(max_length=32, unique=True)
    number = models.PositiveIntegerField(unique=True)
    title = models.CharField(max_length=200)
    service_uid = models.CharField(max_length=32)
    service_name = models.CharField(max_length=130)
    owner = models.CharField(max_length=130, blank=True)
    environment = models.CharField(max_length=40)
    severity = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, default=DRAFT)
    started_at = models.DateTimeField()
    detected_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField()
    resolved_at = models.DateTimeField()
    lead = models.CharField(max_length=160, blank=True)
    budget = models.JSONField(default=list)
    timeline = models.JSONField(default=list)
    sections = models.JSONField(default=dict)
    drafted_at = models.DateTimeField()
    due = models.DateField()
    version = models.PositiveIntegerField(default=1)
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=["draft", "published"]), name="review_state_known")
        ]
        indexes = [models.Index(fields=["state", "-number"], name="review_state")]


class Factor(models.Model):
    """One condition without which it would have gone otherwise."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="factors")
    key = models.CharField(max_length=8)
    text = models.CharField(max_length=400)
    kind = models.CharField(max_length=20)
    evidence = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "key"], name="one_factor_per_key")]


class Action(models.Model):
    """One thing that is done about a factor, by one person, until a day, shown by evidence."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="actions")
    key = models.CharField(max_length=8)
    text = models.CharField(max_length=400)
    factor = models.ForeignKey(Factor, on_delete=models.PROTECT, related_name="actions")
    lever = models.CharField(max_length=20)
    owner_uid = models.CharField(max_length=32)
    owner_name = models.CharField(max_length=160)
    due = models.DateField()
    evidence = models.CharField(max_length=500)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=160, blank=True)
    closing_evidence = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "key"], name="one_action_per_key")]
        indexes = [models.Index(fields=["closed_at", "due"], name="action_open_due")]
