"""Goals as they stand, how each was worded before, and what was measured for it day by day."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from roadbed.ground.asks.measures import DOWN, ORGANIZATION, SCOPES, UNITS, UP
from roadbed.organization.goals.rules.standing import STANDINGS


def new_uid() -> str:
    """A random identity."""
    return uuid.uuid4().hex


class Goal(models.Model):
    """What a team, a system or everybody means to reach in one metric. There is none on a person.

    The baseline was measured when it was set; null where there was no data then.
    """

    OPEN, CLOSED = "open", "closed"

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    scope = models.CharField(max_length=12)
    target_uid = models.CharField(max_length=63)
    name = models.CharField(max_length=63, blank=True)
    metric = models.CharField(max_length=40)
    unit = models.CharField(max_length=8)
    better = models.CharField(max_length=4)
    target = models.FloatField()
    days = models.PositiveSmallIntegerField()
    due = models.DateField()
    owner_uid = models.CharField(max_length=32)
    owner = models.CharField(max_length=160)
    reason = models.CharField(max_length=500)
    baseline = models.FloatField(null=True)
    baseline_low = models.FloatField(null=True)
    baseline_high = models.FloatField(null=True)
    baseline_n = models.PositiveIntegerField()
    baseline_why = models.CharField(max_length=300, blank=True)
    set_by = models.CharField(max_length=160)
    set_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=6, default=OPEN)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=160, blank=True)
    outcome = models.CharField(max_length=10, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "target_uid", "metric"], condition=Q(state="open"), name="one_open_goal_per_metric"
            ),
            models.CheckConstraint(condition=Q(scope__in=SCOPES), name="goal_scope_known"),
            models.CheckConstraint(condition=Q(unit__in=UNITS), name="goal_unit_known"),
            models.CheckConstraint(condition=Q(better__in=[UP, DOWN]), name="goal_direction_known"),
            models.CheckConstraint(condition=Q(target__gte=0), name="goal_target_not_negative"),
            models.CheckConstraint(
                condition=Q(scope=ORGANIZATION, name="") | (~Q(scope=ORGANIZATION) & ~Q(name="")),
                name="goal_names_whose_it_is",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None, outcome="")
                | (Q(state="closed", closed_at__isnull=False) & ~Q(outcome="") & ~Q(note="")),
                name="goal_closes_with_outcome_and_note",
            ),
        ]
        indexes = [models.Index(fields=["state", "scope", "name"], name="goal_state_scope")]


class Wording(models.Model):
    """A goal as it was set or changed; the newest is the one that stands."""

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="wordings")
    number = models.PositiveIntegerField()
    target = models.FloatField()
    due = models.DateField()
    owner = models.CharField(max_length=160)
    reason = models.CharField(max_length=500)
    why = models.CharField(max_length=500, blank=True)
    changed_by = models.CharField(max_length=160)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["goal", "number"], name="one_wording_per_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="wording_numbers_from_one"),
        ]


class Reading(models.Model):
    """What was measured for a goal on a day, and how it stood then; a later one of the same day replaces it."""

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="readings")
    day = models.DateField()
    at = models.DateTimeField()
    value = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    n = models.PositiveIntegerField()
    why = models.CharField(max_length=300, blank=True)
    standing = models.CharField(max_length=10)
    says = models.CharField(max_length=300)
    expected = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["goal", "day"], name="one_reading_per_day"),
            models.CheckConstraint(condition=Q(standing__in=STANDINGS), name="reading_standing_known"),
            models.CheckConstraint(
                condition=Q(low=None) | Q(high=None) | Q(low__lte=F("high")), name="reading_interval_in_order"
            ),
        ]
