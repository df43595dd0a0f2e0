"""Time on call as it was, what was said afterwards about it, rules of pay by version, and sheets that were signed."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from roadbed.ground.people.models import Team


def new_uid() -> str:
    """A random identity."""
    return uuid.uuid4().hex


class Served(models.Model):
    """Who was on call in a team: written as time passes, so that a later schedule changes nothing of it.

    With `standby` it is who stood by as second at that time. In each of the two records the rows of a team follow one
    another; a gap is time of which nothing was decided. Nobody has an empty person.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    person_uid = models.CharField(max_length=32, blank=True)
    layer = models.CharField(max_length=254, blank=True)
    zone = models.CharField(max_length=64)
    standby = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="served_ends_after_it_starts"),
            models.UniqueConstraint(fields=["team", "standby", "starts_at"], name="one_served_per_instant"),
        ]
        indexes = [models.Index(fields=["team", "standby", "ends_at"], name="served_of_team")]


class Correction(models.Model):
    """Somebody other than the record has was on call, with the reason; taken back, it stays and counts no more."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    person_uid = models.CharField(max_length=32)
    why = models.CharField(max_length=200)
    standby = models.BooleanField(default=False)
    made_by = models.CharField(max_length=160)
    made_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="correction_ends_after_it_starts")
        ]
        indexes = [models.Index(fields=["team", "ends_at"], name="correction_of_team")]


class PayRules(models.Model):
    """A version of the organization's rules: what is night, weekend and holiday, and what an hour is worth."""

    version = models.PositiveIntegerField(unique=True)
    document = models.TextField()
    made_by = models.CharField(max_length=160)
    made_at = models.DateTimeField()


class SignedSheet(models.Model):
    """A team's sheet for a span as somebody signed it off; what changes later shows as differences to it.

    `standby_nobody` and `standby_unknown` are empty where nobody stands by, and in sheets from before it was counted.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    rules_version = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, blank=True)
    lines = models.JSONField()
    nobody = models.PositiveBigIntegerField()
    unknown = models.PositiveBigIntegerField()
    standby_nobody = models.PositiveBigIntegerField(null=True)
    standby_unknown = models.PositiveBigIntegerField(null=True)
    signed_by = models.CharField(max_length=160)
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "starts_at", "ends_at"], name="one_signature_per_span"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="sheet_ends_after_it_starts"),
        ]
