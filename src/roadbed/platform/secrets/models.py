"""Secrets by service and environment, and their versions, of which the database holds only ciphertext."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


def new_uid() -> str:
    """A random identity."""
    return uuid.uuid4().hex


class Secret(models.Model):
    """A name for which a service has had values. Removing it ends its newest version; the record stays."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    service_uid = models.CharField(max_length=64)
    environment = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    current = models.PositiveIntegerField(null=True)
    newest = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service_uid", "environment", "name"], name="one_secret_per_name"),
            models.CheckConstraint(
                condition=Q(current=None) | Q(current__lte=models.F("newest")), name="current_version_exists"
            ),
        ]


class SecretVersion(models.Model):
    """One value, encrypted to the data folder's key."""

    secret = models.ForeignKey(Secret, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    ciphertext = models.BinaryField()
    recipient = models.CharField(max_length=100)
    written_at = models.DateTimeField()
    written_by = models.CharField(max_length=160)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["secret", "number"], name="one_value_per_version")]
