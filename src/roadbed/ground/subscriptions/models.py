"""Subscriptions with how far each has read, and the deliveries: the outbox, and afterwards the log."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


def new_uid() -> str:
    """A random identity."""
    return uuid.uuid4().hex


class Subscription(models.Model):
    """Who is sent which facts. What signs them is derived from the installation's key, this uid and `generation`."""

    ACTIVE, PAUSED = "active", "paused"

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    form = models.CharField(max_length=10)
    kinds = models.JSONField()
    environment = models.CharField(max_length=40, blank=True)
    service_uid = models.CharField(max_length=32, blank=True)
    service = models.CharField(max_length=160, blank=True)
    team = models.CharField(max_length=63, blank=True)
    generation = models.PositiveIntegerField(default=1)
    former_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=6, default=ACTIVE)
    paused_at = models.DateTimeField(null=True)
    paused_by = models.CharField(max_length=160, blank=True)
    paused_for = models.CharField(max_length=400, blank=True)
    position = models.BigIntegerField()
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    quiet_until = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    lane_by = models.CharField(max_length=120, blank=True)
    lane_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=160)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["active", "paused"]), name="subscription_state_known"),
            models.CheckConstraint(condition=Q(form__in=["roadbed", "cdevents"]), name="subscription_form_known"),
            models.UniqueConstraint(fields=["name"], condition=Q(removed_at=None), name="one_subscription_per_name"),
        ]


class Delivery(models.Model):
    """One fact for one subscription, once. A test message has no fact."""

    WAITING, SENDING, DELIVERED, FAILED = "waiting", "sending", "delivered", "failed"
    STATES = (WAITING, SENDING, DELIVERED, FAILED)

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="+")
    fact = models.CharField(max_length=32, blank=True)
    position = models.BigIntegerField()
    kind = models.CharField(max_length=60)
    state = models.CharField(max_length=9, default=WAITING)
    urgent = models.BooleanField(default=False)
    tries = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    next_at = models.DateTimeField()
    first_try_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    seconds = models.FloatField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    content_type = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "fact"], condition=~Q(fact=""), name="one_event_per_subscription_fact"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sending", "delivered", "failed"]), name="event_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["subscription", "state", "position"], name="event_to_send"),
            models.Index(fields=["urgent", "state"], name="event_urgent"),
            models.Index(fields=["subscription", "-id"], name="event_log"),
            models.Index(fields=["ended_at"], name="event_ended"),
        ]
