"""What nobody can measure about an organization: circumstances and open roles as entered, and its stage over time."""

from __future__ import annotations

import uuid

from django.db import models

from roadbed.ground.people.models import Team


def new_uid() -> str:
    """A random identity."""
    return uuid.uuid4().hex


class Entered(models.Model):
    """One row: the circumstances. Null is unknown."""

    engineers = models.PositiveIntegerField(null=True)
    contractual_uptime = models.BooleanField(null=True)
    consumer_scale = models.BooleanField(null=True)
    divergent_ci = models.BooleanField(null=True)
    changed_by = models.CharField(max_length=160)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="circumstances_once")]


class OpenRole(models.Model):
    """A vacancy, by the title in its advert."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    title = models.CharField(max_length=120)
    team = models.ForeignKey(Team, to_field="uid", null=True, on_delete=models.CASCADE, related_name="+")
    opened_by = models.CharField(max_length=160)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)


class StageNoted(models.Model):
    """The stage of the organization from an instant on: what the hysteresis of the next one starts from."""

    stage = models.CharField(max_length=10)
    engineers = models.PositiveIntegerField()
    noted_at = models.DateTimeField()
