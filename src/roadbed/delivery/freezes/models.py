"""Freezes: what is frozen, where, from when until when, why and by whom."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from roadbed.delivery.freezes.rules import SCOPES


def new_uid() -> str:
    """A random identity."""
    return uuid.uuid4().hex


class Freeze(models.Model):
    """A time in which the changes of a service, a team's services, or everybody's wait."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    scope = models.CharField(max_length=12, choices=[(scope, scope) for scope in SCOPES])
    target = models.CharField(max_length=160, blank=True)
    target_uid = models.CharField(max_length=64, blank=True)
    environment = models.CharField(max_length=40)
    reason = models.CharField(max_length=300)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    declared_by = models.CharField(max_length=160)
    declared_at = models.DateTimeField()
    lifted_by = models.CharField(max_length=160, blank=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["ends_at"], name="freeze_ends_at")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="freeze_ends_after_start"),
            models.CheckConstraint(condition=Q(scope__in=SCOPES), name="freeze_scope_known"),
            models.CheckConstraint(
                condition=Q(scope="everything", target_uid="") | (~Q(scope="everything") & ~Q(target_uid="")),
                name="freeze_names_its_target",
            ),
        ]
