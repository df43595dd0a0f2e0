"""Journeys and their versions among the records; how they stand, and the minutes of their steps, among the samples."""

from __future__ import annotations

import uuid

from django.db import models


def new_journey_uid() -> str:
    """A random identity that never changes while names do."""
    return uuid.uuid4().hex


class Journey(models.Model):
    """One promise over several services as it stands now; what it was before is in its versions."""

    REPOSITORY, APPLIED = "repository", "applied"

    uid = models.CharField(max_length=32, unique=True, default=new_journey_uid, editable=False)
    name = models.CharField(max_length=63)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    owner = models.CharField(max_length=63)
    target = models.DecimalField(max_digits=12, decimal_places=10)
    window_minutes = models.PositiveIntegerField()
    window = models.JSONField(default=dict)
    method = models.CharField(max_length=10)
    alerts = models.CharField(max_length=400)
    steps = models.JSONField()
    origin = models.CharField(max_length=10, default=APPLIED)
    service_uid = models.CharField(max_length=32, blank=True)
    source_file = models.CharField(max_length=300, blank=True)
    source_line = models.PositiveIntegerField(null=True)
    source_commit = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=models.Q(removed_at=None), name="one_journey_per_name"),
            models.CheckConstraint(
                condition=models.Q(target__gt=0) & models.Q(target__lt=1), name="journey_leaves_a_budget"
            ),
            models.CheckConstraint(condition=models.Q(window_minutes__gt=0), name="journey_has_a_window"),
        ]
        indexes = [models.Index(fields=["owner", "removed_at"], name="journey_owner")]


class JourneyVersion(models.Model):
    """What a journey promised from one instant to the next, as data and by whom."""

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    source_commit = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    by = models.CharField(max_length=160)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["journey", "number"], name="one_journey_version_per_number")]


class JourneyStanding(models.Model):
    """Which changes of a journey are already facts, and about which service the burn was told."""

    journey = models.OneToOneField(Journey, on_delete=models.CASCADE, primary_key=True, related_name="standing")
    paging_since = models.DateTimeField(null=True)
    paging_subject = models.CharField(max_length=32, blank=True)
    spent_since = models.DateTimeField(null=True)


class JourneyEvaluated(models.Model):
    """How a journey stood at its last evaluation; `figures` is everything that is shown of it."""

    database = "samples"

    journey = models.CharField(max_length=32, primary_key=True)
    standing = models.CharField(max_length=12)
    as_of = models.DateTimeField()
    minute = models.IntegerField()
    remaining = models.FloatField(null=True)
    attainment = models.FloatField(null=True)
    coverage = models.FloatField(null=True)
    paging = models.BooleanField(default=False)
    figures = models.JSONField(default=dict)


class MinuteStates(models.Model):
    """The states of a stretch of one series' minutes, one bit a minute, the oldest lowest; made of its sums, once.

    A writer that changes a minute of the stretch deletes it in the same transaction, so that it is made anew.
    """

    database = "samples"

    series = models.IntegerField()
    first = models.IntegerField()
    until = models.IntegerField()
    measured = models.BinaryField()
    idle = models.BinaryField()
    bad = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "first", "until"], name="one_states_per_stretch")]
        indexes = [models.Index(fields=["until"], name="minutestates_until")]
