"""How often a person's calendar link was replaced, and calendars by URL that are read again and again."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from roadbed.ground.people.models import Person, Team


def new_uid() -> str:
    """A random identity."""
    return uuid.uuid4().hex


class CalendarLink(models.Model):
    """The turn of a person's link; the link itself is derived from it and never stored."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    turn = models.PositiveIntegerField()
    replaced_at = models.DateTimeField()


class CalendarFeed(models.Model):
    """A calendar by its URL, whose events are a team's leave or overrides. What was read last stays until it changes.

    `url` is what may be shown of the one in `sealed`.
    `problem` says why the last reading failed; `read_at` is when one last succeeded.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=9)
    name = models.CharField(max_length=60)
    url = models.CharField(max_length=500)
    sealed = models.BinaryField(null=True)
    etag = models.CharField(max_length=200, blank=True)
    tried_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    taken = models.PositiveIntegerField(null=True)
    passed_over = models.JSONField(default=list)
    made_by = models.CharField(max_length=160)
    made_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["leave", "overrides"]), name="calendar_feed_kind_known"),
            models.UniqueConstraint(
                fields=["team", "name"], condition=Q(removed_at=None), name="one_calendar_feed_per_name"
            ),
        ]
