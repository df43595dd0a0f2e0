"""Flags by service, what each is set to in each environment, and the version that readers compare."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from roadbed.delivery.flags.rules import FRACTIONAL_V2, KINDS, WHOLE


def new_uid() -> str:
    """A random identity."""
    return uuid.uuid4().hex


class Flag(models.Model):
    """A flag of one service. Its key is never given twice, even after it is archived: old code may still ask for it."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    service_uid = models.CharField(max_length=64)
    key = models.CharField(max_length=100)
    kind = models.CharField(max_length=12)
    algorithm = models.CharField(max_length=40, default=FRACTIONAL_V2)
    description = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=160)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service_uid", "key"], name="one_flag_per_key"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="flag_kind_known"),
        ]
        indexes = [models.Index(fields=["key", "id"], name="flags_by_key")]


class FlagState(models.Model):
    """What a flag is set to in one environment. Without a row the code's default stands."""

    flag = models.ForeignKey(Flag, on_delete=models.CASCADE, related_name="states")
    environment = models.CharField(max_length=40)
    enabled = models.BooleanField()
    share = models.PositiveIntegerField()
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=160)
    reason = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["flag", "environment"], name="one_state_per_environment"),
            models.CheckConstraint(condition=Q(share__lte=WHOLE), name="flag_share_within_the_whole"),
        ]


class FlagVersion(models.Model):
    """How often the flags of a service changed in an environment; the row without one counts what changes in all."""

    service_uid = models.CharField(max_length=64)
    environment = models.CharField(max_length=40, blank=True)
    number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service_uid", "environment"], name="one_version_of_flags")]
