"""Who wants digests and when, and the one that each person got, or was spared, in each week."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from roadbed.ground.people.models import Person, Team


def new_uid() -> str:
    """A random identity."""
    return uuid.uuid4().hex


class Preference(models.Model):
    """One person's word. `on` of null leaves it to their teams."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    on = models.BooleanField(null=True)
    weekday = models.PositiveSmallIntegerField(default=0)
    hour = models.PositiveSmallIntegerField(default=8)
    zone = models.CharField(max_length=60, default="UTC")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6) & Q(hour__lte=23), name="digest_hour_on_the_clock")
        ]


class TeamDefault(models.Model):
    """A team whose members get digests unless they say otherwise. Without a row they do not."""

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="+")
    changed_by = models.CharField(max_length=160)
    changed_at = models.DateTimeField()


class Issue(models.Model):
    """One person's digest of one week. Marked as being sent before it goes out, so that it never goes out twice."""

    WAITING, SENDING, SENT, EMPTY, FAILED, UNKNOWN = "waiting", "sending", "sent", "empty", "failed", "unknown"
    STATES = (WAITING, SENDING, SENT, EMPTY, FAILED, UNKNOWN)

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    week = models.CharField(max_length=8)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, default=WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    subject = models.CharField(max_length=300, blank=True)
    error = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "week"], name="one_digest_per_person_and_week"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sending", "sent", "empty", "failed", "unknown"]),
                name="digest_state_known",
            ),
        ]
