"""Replies kept for their Idempotency-Key, so that a write repeated by a shaky client happens once."""

from __future__ import annotations

from django.db import models


class KeptReply(models.Model):
    """The first reply to a key. `status` is null while the first request still runs."""

    caller = models.CharField(max_length=64)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(default=bytes)
    content_type = models.CharField(max_length=100, default="application/json")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="one_reply_per_key")]
        indexes = [models.Index(fields=["created_at"], name="kept_reply_age")]
