"""Which gaps a team was told of how long ahead."""

from __future__ import annotations

from django.db import models

from roadbed.ground.people.models import Team


class GapTold(models.Model):
    """One gap, one distance: told once, whichever worker saw it."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64, unique=True)
    rule = models.CharField(max_length=30)
    person = models.CharField(max_length=160, blank=True)
    why = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    hours = models.PositiveSmallIntegerField()
    told_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["ends_at"], name="gap_told_ends")]
