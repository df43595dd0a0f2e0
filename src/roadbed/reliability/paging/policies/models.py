"""The escalation policy of a team as it was written."""

from __future__ import annotations

from django.db import models

from roadbed.ground.people.models import Team


class EscalationPolicy(models.Model):
    """A team's own steps; without a row the team has Roadbed's."""

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="+")
    document = models.TextField()
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=160)
