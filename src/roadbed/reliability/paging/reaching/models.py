"""How a person wants to be paged: methods in order by urgency, quiet hours in their own zone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from roadbed.ground.people.models import Person


class Method(models.Model):
    """One notification method: this channel, so many seconds after the page."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    urgency = models.CharField(max_length=4)
    turn = models.PositiveSmallIntegerField()
    channel = models.ForeignKey("paging.Channel", on_delete=models.CASCADE, related_name="methods")
    after_seconds = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(urgency__in=["high", "low"]), name="method_urgency_known"),
            models.CheckConstraint(condition=Q(after_seconds__lte=3600), name="method_within_an_hour"),
            models.UniqueConstraint(fields=["person", "urgency", "turn"], name="one_method_per_turn"),
        ]


class Habits(models.Model):
    """A person's zone and quiet hours; `quiet` is a list of {days, from, to} on the wall clock of the zone."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    zone = models.CharField(max_length=64, default="UTC")
    quiet = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()


class Heard(models.Model):
    """A signed request that was obeyed, by its digest: the same one again does nothing."""

    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(db_index=True)
