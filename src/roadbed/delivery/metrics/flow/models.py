"""What the projections of flow keep: changes, branches, builds, days; tests and beginnings."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q


def new_uid() -> str:
    """A random identity."""
    return uuid.uuid4().hex


class FlowRepository(models.Model):
    """A repository that facts tell of. `trunk` is empty where nobody told its main branch."""

    database = "samples"

    digest = models.CharField(max_length=64, primary_key=True)
    name = models.CharField(max_length=300, db_index=True)
    trunk = models.CharField(max_length=200, blank=True)
    trunk_rank = models.CharField(max_length=80, blank=True)
    reviews_told = models.BooleanField(default=False)


class FlowChange(models.Model):
    """A pull or merge request as all of its facts tell it. People are aliases, which say nobody's name."""

    database = "samples"

    repository = models.CharField(max_length=64)
    number = models.CharField(max_length=40)
    branch = models.CharField(max_length=200, blank=True)
    base = models.CharField(max_length=200, blank=True)
    said = models.JSONField(default=dict)
    reviews = models.JSONField(default=dict)
    author = models.CharField(max_length=12, blank=True)
    bot = models.BooleanField(default=False)
    began_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    merged_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    lines = models.BigIntegerField(null=True)
    files = models.BigIntegerField(null=True)
    commits = models.BigIntegerField(null=True)
    merge = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["repository", "number"], name="one_flow_change")]
        indexes = [
            models.Index(fields=["repository", "branch"], name="flow_change_branch"),
            models.Index(fields=["repository", "merged_at"], name="flow_change_merged"),
            models.Index(fields=["merged_at", "id"], name="flow_change_at"),
            models.Index(fields=["repository", "merge"], name="flow_change_merge"),
        ]


class FlowPush(models.Model):
    """One happening of a branch: pushed, created or deleted."""

    database = "samples"

    uid = models.CharField(max_length=32, primary_key=True)
    repository = models.CharField(max_length=64)
    branch = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)
    at = models.DateTimeField()
    first_at = models.DateTimeField(null=True)
    head = models.CharField(max_length=64, blank=True)
    author = models.CharField(max_length=12, blank=True)
    bot = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["repository", "branch", "at"], name="flow_push_branch")]


class FlowBranch(models.Model):
    """A branch that is open now, other than the trunk."""

    database = "samples"

    repository = models.CharField(max_length=64)
    branch = models.CharField(max_length=200)
    began_at = models.DateTimeField()
    last_at = models.DateTimeField()
    number = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["repository", "branch"], name="one_flow_branch")]
        indexes = [models.Index(fields=["began_at"], name="flow_branch_began")]


class FlowBuild(models.Model):
    """A run of a pipeline, or of a part of one; `finished_at` is null while its end was not told."""

    database = "samples"

    run = models.CharField(max_length=64, primary_key=True)
    repository = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    branch = models.CharField(max_length=200, blank=True)
    part = models.CharField(max_length=10, blank=True)
    commit = models.CharField(max_length=64, blank=True)
    url = models.CharField(max_length=500, blank=True)
    rank = models.CharField(max_length=80, blank=True)
    queued_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    waited = models.FloatField(null=True)
    outcome = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["repository", "finished_at"], name="flow_build_finished"),
            models.Index(fields=["finished_at", "run"], name="flow_build_at"),
            models.Index(fields=["repository", "name", "finished_at"], name="flow_build_name"),
        ]


class FlowRed(models.Model):
    """A time in which a pipeline of the trunk was red."""

    database = "samples"

    run = models.CharField(max_length=64, primary_key=True)
    repository = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["repository", "since"], name="flow_red_since")]


class FlowDay(models.Model):
    """One repository's day added up; where `stale` is set, facts came since."""

    database = "samples"

    repository = models.CharField(max_length=64)
    day = models.DateField()
    told = models.JSONField(default=dict)
    stale = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["repository", "day"], name="one_flow_day")]
        indexes = [
            models.Index(fields=["day", "repository"], name="flow_day_day"),
            models.Index(fields=["day"], condition=Q(stale=True), name="flow_day_stale"),
        ]


class FlowFirst(models.Model):
    """The first time that somebody, by alias, did something; nothing is kept of the second."""

    database = "samples"

    who = models.CharField(max_length=12)
    what = models.CharField(max_length=12)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["who", "what"], name="one_flow_first")]


class FlowJoin(models.Model):
    """When a person first joined a team."""

    database = "samples"

    person = models.CharField(max_length=64)
    team = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "team"], name="one_flow_join")]
        indexes = [models.Index(fields=["at"], name="flow_join_at")]


class SuiteReport(models.Model):
    """A report of a run of tests as it was accepted; `cases` are its tests, compressed. A record, no projection."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    service_uid = models.CharField(max_length=64)
    commit = models.CharField(max_length=64)
    build = models.CharField(max_length=200, blank=True)
    attempt = models.PositiveIntegerField(default=1)
    shard = models.CharField(max_length=100, blank=True)
    branch = models.CharField(max_length=200, blank=True)
    ran_at = models.DateTimeField()
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=160)
    tests = models.PositiveIntegerField()
    failed = models.PositiveIntegerField()
    skipped = models.PositiveIntegerField()
    seconds = models.FloatField(null=True)
    cases = models.BinaryField()

    class Meta:
        indexes = [
            models.Index(fields=["service_uid", "commit"], name="test_report_commit"),
            models.Index(fields=["service_uid", "received_at"], name="test_report_at"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(commit=""), name="test_report_names_a_commit"),
            models.CheckConstraint(condition=Q(attempt__gte=1), name="test_report_attempt_from_one"),
        ]


class Quarantine(models.Model):
    """A decision that a test's failures stop nobody until a day, with its reason."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    service_uid = models.CharField(max_length=64)
    test = models.CharField(max_length=500)
    reason = models.CharField(max_length=300)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    by = models.CharField(max_length=160)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=160, blank=True)

    class Meta:
        indexes = [models.Index(fields=["service_uid", "ends_at"], name="test_quarantine_until")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="quarantine_ends_after_begin"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(test=""), name="quarantine_has_a_reason"),
        ]


class SeenTest(models.Model):
    """A test that reports told of. Instants are of reports; `file` is where its code is, as far as told."""

    database = "samples"

    service_uid = models.CharField(max_length=64)
    key = models.CharField(max_length=32)
    name = models.CharField(max_length=500)
    file = models.CharField(max_length=300, blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service_uid", "key"], name="one_test_seen")]


class WeekOfTest(models.Model):
    """A test's week, from Monday: on how many commits it ran, failed and flaked, and what it cost."""

    database = "samples"

    service_uid = models.CharField(max_length=64)
    key = models.CharField(max_length=32)
    week = models.DateField()
    commits = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)
    flaked = models.IntegerField(default=0)
    runs = models.IntegerField(default=0)
    seconds = models.FloatField(default=0)
    timed = models.IntegerField(default=0)
    lost = models.FloatField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service_uid", "key", "week"], name="one_test_week")]
        indexes = [
            models.Index(fields=["service_uid", "week"], name="test_week_week"),
            models.Index(fields=["week"], condition=Q(flaked__gt=0), name="test_week_flaked"),
        ]


class ReadReport(models.Model):
    """A report that is in the tables of tests."""

    database = "samples"

    uid = models.CharField(max_length=32, primary_key=True)
    service_uid = models.CharField(max_length=64)
    commit = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["service_uid", "commit"], name="test_read_commit")]
