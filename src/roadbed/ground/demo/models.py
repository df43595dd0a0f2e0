"""The one demo that a Roadbed can hold, and what belongs to it by uid."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from roadbed.ground.demo.rules import KINDS, MAKING, STATES

ONLY = 1


class Demo(models.Model):
    """The demo. Its facts are those from `first_position` to `last_position`, and all that its things caused since."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    organization = models.CharField(max_length=120)
    state = models.CharField(max_length=10, default=MAKING)
    made_at = models.DateTimeField()
    seconds = models.FloatField(null=True)
    first_position = models.BigIntegerField(default=0)
    last_position = models.BigIntegerField(default=0)
    running = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=ONLY), name="one_demo"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="demo_state_known"),
        ]


class Belonging(models.Model):
    """One thing of the demo. Rows of other rooms that name it are the demo's too."""

    kind = models.CharField(max_length=12)
    uid = models.CharField(max_length=500)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "uid"], name="one_belonging_once"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="belonging_kind_known"),
        ]
