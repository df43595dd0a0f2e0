"""The status page's own records: what it shows, planned work, who is told by mail, and what was sent to whom."""

from __future__ import annotations

from django.db import models

from roadbed.reliability.incidents.parts import new_uid


class Component(models.Model):
    """A service under the name that the public knows it by. Only what stands here is on the public page."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    service_uid = models.CharField(max_length=32, unique=True)
    service_name = models.CharField(max_length=130)
    name = models.CharField(max_length=80, unique=True)
    description = models.CharField(max_length=300, blank=True)
    position = models.PositiveIntegerField(default=0)


class Maintenance(models.Model):
    """Planned work, told beforehand. `components` are uids."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    components = models.JSONField(default=list)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="maintenance_ends_after_it_starts"
            )
        ]
        indexes = [models.Index(fields=["ends_at"], name="maintenance_end")]


class Subscriber(models.Model):
    """A mail address that asked for updates; nothing is sent to it before its owner confirmed."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    email = models.CharField(max_length=254, unique=True)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["confirmed_at", "asked_at"], name="subscriber_confirmed")]


class Mailing(models.Model):
    """One mail about one thing to one address, once, whatever dies in between."""

    about = models.CharField(max_length=32)
    email = models.CharField(max_length=254)
    subscriber = models.CharField(max_length=32, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    given_up = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["about", "email"], name="one_mail_per_thing_and_address")]
        indexes = [models.Index(fields=["about", "sent_at"], name="mailing_unsent")]
