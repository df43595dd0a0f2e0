"""Objectives and their versions among the records; minutes, counters and evaluations among the samples."""

from __future__ import annotations

import uuid

from django.db import models

from roadbed.reliability.objectives.journeys.models import Journey, MinuteStates

__all__ = ["Journey", "MinuteStates"]


def new_uid() -> str:
    """A random identity that never changes while names do."""
    return uuid.uuid4().hex


class Objective(models.Model):
    """One promise of a service as it stands now; what it was before is in its versions."""

    REPOSITORY, APPLIED = "repository", "applied"

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    service_uid = models.CharField(max_length=32)
    service_name = models.CharField(max_length=63)
    owner = models.CharField(max_length=63, blank=True)
    name = models.CharField(max_length=130)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    target = models.DecimalField(max_digits=12, decimal_places=10)
    window_minutes = models.PositiveIntegerField()
    window = models.JSONField(default=dict)
    budgeting = models.JSONField(default=dict)
    alerts = models.CharField(max_length=400, default="roadbed")
    indicator = models.JSONField()
    series = models.PositiveIntegerField()
    origin = models.CharField(max_length=10, default=REPOSITORY)
    source_file = models.CharField(max_length=300, blank=True)
    source_line = models.PositiveIntegerField(null=True)
    source_commit = models.CharField(max_length=64, blank=True)
    source_location = models.CharField(max_length=500, blank=True)
    digest = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service_uid", "name"],
                condition=models.Q(removed_at=None),
                name="one_objective_per_name",
            ),
            models.CheckConstraint(
                condition=models.Q(target__gt=0) & models.Q(target__lt=1), name="objective_leaves_a_budget"
            ),
            models.CheckConstraint(condition=models.Q(window_minutes__gt=0), name="objective_has_a_window"),
        ]
        indexes = [models.Index(fields=["service_uid", "removed_at"], name="objective_service")]


class ObjectiveVersion(models.Model):
    """What an objective promised from one instant to the next, so that an edit leaves the past as it was."""

    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    target = models.DecimalField(max_digits=12, decimal_places=10)
    window_minutes = models.PositiveIntegerField()
    window = models.JSONField(default=dict)
    budgeting = models.JSONField(default=dict)
    alerts = models.CharField(max_length=400, default="roadbed")
    indicator = models.JSONField()
    series = models.PositiveIntegerField()
    source_commit = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    by = models.CharField(max_length=160)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["objective", "number"], name="one_version_per_number")]


class Exclusion(models.Model):
    """Time taken out of a promise, once or again and again; one that is withdrawn stays as a record."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    service_uid = models.CharField(max_length=32)
    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, null=True, related_name="exclusions")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    rrule = models.CharField(max_length=300, blank=True)
    zone = models.CharField(max_length=64, default="UTC")
    reason = models.CharField(max_length=500)
    by = models.CharField(max_length=160)
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="exclusion_has_a_length")
        ]
        indexes = [models.Index(fields=["service_uid", "withdrawn_at"], name="exclusion_service")]


class BudgetPolicy(models.Model):
    """One version of a budget policy as somebody applied it. Versions stay, so a decision's own can always be read."""

    name = models.CharField(max_length=63)
    number = models.PositiveIntegerField()
    text = models.TextField()
    digest = models.CharField(max_length=64)
    description = models.TextField(blank=True)
    selector = models.JSONField()
    is_default = models.BooleanField()
    by = models.CharField(max_length=160)
    why = models.CharField(max_length=500)
    applied_at = models.DateTimeField()
    current = models.BooleanField(default=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "number"], name="one_policy_per_version"),
            models.UniqueConstraint(fields=["name"], condition=models.Q(current=True), name="one_current_version"),
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(current=True) & models.Q(is_default=True),
                name="one_default_policy",
            ),
        ]


class Series(models.Model):
    """A number for one indicator of one objective; an objective whose indicator changes gets another."""

    created_at = models.DateTimeField()


class Standing(models.Model):
    """Which changes of an objective are already facts; written in the transaction of the fact itself."""

    objective = models.OneToOneField(Objective, on_delete=models.CASCADE, primary_key=True, related_name="standing")
    paging_since = models.DateTimeField(null=True)
    spent_since = models.DateTimeField(null=True)


class MeasurementStanding(models.Model):
    """Since when a source of counts is silent, as far as a fact says so."""

    source = models.CharField(max_length=200, primary_key=True)
    service_uid = models.CharField(max_length=32)
    lost_since = models.DateTimeField()


class ReadError(models.Model):
    """Why a service's objectives file could not be taken over; the former objectives stand."""

    service_uid = models.CharField(max_length=32, primary_key=True)
    file = models.CharField(max_length=300)
    commit = models.CharField(max_length=64, blank=True)
    errors = models.JSONField(default=list)
    at = models.DateTimeField()


class Minute(models.Model):
    """Everything of one series up to the end of one minute; any window is the difference of two rows."""

    database = "samples"

    pk = models.CompositePrimaryKey("minute", "series")
    minute = models.IntegerField()
    series = models.IntegerField()
    good = models.BigIntegerField()
    total = models.BigIntegerField()
    measured = models.IntegerField()
    idle = models.IntegerField()
    bad_minutes = models.IntegerField()


class Late(models.Model):
    """What came late for a minute: to be added to every stored sum from that minute up to, not including, `until`.

    Rows written since hold it already. Adding when reading keeps a late count as cheap as one in time.
    """

    database = "samples"

    series = models.IntegerField()
    minute = models.IntegerField()
    until = models.IntegerField()
    good = models.BigIntegerField()
    total = models.BigIntegerField()
    measured = models.IntegerField()
    idle = models.IntegerField()
    bad_minutes = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["series"], name="late_series")]


class Head(models.Model):
    """The newest minute of a series, with what it holds itself."""

    database = "samples"

    series = models.IntegerField(primary_key=True)
    first = models.IntegerField()
    minute = models.IntegerField()
    good = models.BigIntegerField()
    total = models.BigIntegerField()
    measured = models.IntegerField()
    idle = models.IntegerField()
    bad_minutes = models.IntegerField()
    own_good = models.BigIntegerField()
    own_total = models.BigIntegerField()
    own_state = models.CharField(max_length=10)
    read_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)


class Counter(models.Model):
    """The last reading of one source in one epoch; moved in the transaction that adds its difference."""

    database = "samples"

    source = models.CharField(max_length=200)
    epoch = models.CharField(max_length=100)
    values = models.JSONField()
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "epoch"], name="one_counter_per_epoch")]
        indexes = [models.Index(fields=["read_at"], name="counter_read_at")]


class Source(models.Model):
    """Where counts come from, when it last answered, and what is wrong with it now."""

    database = "samples"

    name = models.CharField(max_length=200, primary_key=True)
    service_uid = models.CharField(max_length=32)
    read_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)
    problem_since = models.DateTimeField(null=True)


class Pull(models.Model):
    """How far a series is read from its source of counts: every minute before `cursor` stands.

    `held` is the series up to the minute before the cursor, from which later minutes are written anew each time.
    """

    database = "samples"

    series = models.IntegerField(primary_key=True)
    objective = models.CharField(max_length=32)
    first = models.IntegerField()
    cursor = models.IntegerField()
    held = models.CharField(max_length=120, blank=True)
    begun_at = models.DateTimeField()
    filled_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=700, blank=True)
    remedy = models.CharField(max_length=400, blank=True)

    class Meta:
        indexes = [models.Index(fields=["objective"], name="pull_objective")]


class Evaluated(models.Model):
    """How an objective stood at its last evaluation: the one row that lists, gate and pages read."""

    database = "samples"

    objective = models.CharField(max_length=32, primary_key=True)
    service_uid = models.CharField(max_length=32)
    standing = models.CharField(max_length=12)
    as_of = models.DateTimeField()
    minute = models.IntegerField()
    remaining = models.FloatField(null=True)
    attainment = models.FloatField(null=True)
    coverage = models.FloatField(null=True)
    paging = models.BooleanField(default=False)
    measured_at = models.DateTimeField(null=True)
    kept = models.TextField(default="")

    class Meta:
        indexes = [models.Index(fields=["service_uid"], name="evaluated_service")]
