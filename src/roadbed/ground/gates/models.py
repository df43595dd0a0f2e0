"""Overrides of the gate, and declared kinds that wait for a second person. Verdicts are facts and have no table."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from roadbed.ground.gates.rules import LONGEST_OVERRIDE


def new_uid() -> str:
    """A random identity."""
    return uuid.uuid4().hex


class Override(models.Model):
    """One person's word that a refused change goes out all the same, until it runs out."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    service_uid = models.CharField(max_length=64)
    service_name = models.CharField(max_length=160)
    environment = models.CharField(max_length=40)
    commit = models.CharField(max_length=64)
    decision = models.CharField(max_length=32, blank=True)
    reason = models.CharField(max_length=1000)
    person_uid = models.CharField(max_length=64)
    person = models.CharField(max_length=160)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    seconds = models.PositiveIntegerField()
    used = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["service_uid", "expires_at"], name="override_service_expires")]
        constraints = [
            models.CheckConstraint(
                condition=Q(seconds__gt=0) & Q(seconds__lte=int(LONGEST_OVERRIDE.total_seconds())),
                name="override_at_most_four_hours",
            )
        ]


class KindDispute(models.Model):
    """A declared kind milder than the derived one. Until another person confirms it, the severer kind applies."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    service_uid = models.CharField(max_length=64)
    service_name = models.CharField(max_length=160)
    commit = models.CharField(max_length=64)
    declared = models.CharField(max_length=20)
    derived = models.CharField(max_length=20)
    evidence = models.JSONField(default=list)
    declared_by_uid = models.CharField(max_length=64)
    declared_by = models.CharField(max_length=160)
    declared_at = models.DateTimeField()
    confirmed_by_uid = models.CharField(max_length=64, blank=True)
    confirmed_by = models.CharField(max_length=160, blank=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service_uid", "commit", "declared"], name="one_dispute_per_change"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | ~Q(confirmed_by_uid=F("declared_by_uid")), name="confirmed_by_another"
            ),
        ]
