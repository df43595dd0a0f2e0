"""Runbooks with every version of theirs, what could not be read, and every run of a step."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from roadbed.ground.people.models import Person


def new_uid() -> str:
    """A random identity."""
    return uuid.uuid4().hex


class Runbook(models.Model):
    """A service's runbook as it stands now, with what lists and matching need of its newest version."""

    REPOSITORY, PUT = "repository", "put"

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    service_uid = models.CharField(max_length=32)
    service = models.CharField(max_length=140)
    owner = models.CharField(max_length=63, blank=True)
    slug = models.CharField(max_length=80)
    origin = models.CharField(max_length=10)
    path = models.CharField(max_length=300, blank=True)
    title = models.CharField(max_length=200)
    version = models.PositiveIntegerField()
    serves = models.JSONField(default=dict)
    steps = models.PositiveSmallIntegerField(default=0)
    runnable = models.PositiveSmallIntegerField(default=0)
    errors = models.PositiveSmallIntegerField(default=0)
    warnings = models.PositiveSmallIntegerField(default=0)
    gone = models.JSONField(default=list)
    unread = models.JSONField(null=True)
    written_at = models.DateTimeField()
    stated_review = models.DateField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.CharField(max_length=160, blank=True)
    run_at = models.DateTimeField(null=True)
    run_failed = models.BooleanField(default=False)
    deployments = models.PositiveIntegerField(null=True)
    reminded_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service_uid", "slug"], name="one_runbook_per_name"),
            models.CheckConstraint(condition=Q(origin__in=["repository", "put"]), name="runbook_origin_known"),
            models.CheckConstraint(condition=Q(version__gte=1), name="runbook_has_a_version"),
        ]
        indexes = [models.Index(fields=["service", "slug", "id"], name="runbook_listed")]


class Reminder(models.Model):
    """One person is told that one runbook went stale: once each time it does, by one mail for all that wait."""

    runbook = models.ForeignKey(Runbook, on_delete=models.CASCADE, related_name="reminders")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    noted_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["runbook", "person", "noted_at"], name="one_reminder_per_staleness")
        ]
        indexes = [models.Index(fields=["person"], condition=Q(mailed_at=None), name="reminder_waits")]


class Unreminded(models.Model):
    """Somebody who wants no mails about stale runbooks."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()


class Version(models.Model):
    """One version of a runbook's text; none ever changes."""

    runbook = models.ForeignKey(Runbook, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    text = models.TextField()
    commit = models.CharField(max_length=64, blank=True)
    location = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=160)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["runbook", "number"], name="one_text_per_version")]


class Reading(models.Model):
    """How the reading of a service's repository went last, so that a file that never was a runbook is seen too."""

    service_uid = models.CharField(max_length=32, unique=True)
    commit = models.CharField(max_length=64, blank=True)
    follows = models.BooleanField(default=False)
    at = models.DateTimeField()
    faults = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["at"], condition=Q(follows=True), name="reading_due")]


class Review(models.Model):
    """Somebody read it and said that it is still right."""

    runbook = models.ForeignKey(Runbook, on_delete=models.CASCADE, related_name="reviews")
    version = models.PositiveIntegerField()
    note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    person_uid = models.CharField(max_length=32)
    person = models.CharField(max_length=160)


class Run(models.Model):
    """One run of one step, with the exact command, who confirmed it, and what came of it.

    `waiting` and `running` are under way. `unknown` began on a worker that died: nobody can tell how far it came, and
    it never runs again by itself.
    """

    WAITING, RUNNING = "waiting", "running"
    SUCCEEDED, FAILED, TIMED_OUT, KILLED, UNKNOWN = "succeeded", "failed", "timed-out", "killed", "unknown"
    DONE, SHOWN = "done", "shown"
    UNDER_WAY = (WAITING, RUNNING)

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    runbook = models.ForeignKey(Runbook, on_delete=models.CASCADE, related_name="runs")
    version = models.PositiveIntegerField()
    step = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    needs = models.CharField(max_length=8)
    service_uid = models.CharField(max_length=32)
    environment = models.CharField(max_length=40)
    workload = models.CharField(max_length=63, blank=True)
    incident_uid = models.CharField(max_length=32, blank=True)
    incident = models.CharField(max_length=20, blank=True)
    parameters = models.JSONField(default=dict)
    command = models.TextField(blank=True)
    dry_run = models.BooleanField(default=False)
    by_hand = models.BooleanField(default=False)
    local = models.BooleanField(default=False)
    caller = models.JSONField(default=dict)
    person_uid = models.CharField(max_length=32)
    person = models.CharField(max_length=160)
    state = models.CharField(max_length=9, default=WAITING)
    worker = models.CharField(max_length=200, blank=True)
    token = models.CharField(max_length=32, blank=True)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    exit_code = models.IntegerField(null=True)
    minutes = models.PositiveIntegerField(null=True)
    note = models.CharField(max_length=500, blank=True)
    output = models.TextField(blank=True)
    output_bytes = models.BigIntegerField(default=0)
    truncated = models.BooleanField(default=False)
    kill_asked_at = models.DateTimeField(null=True)
    kill_asked_by = models.CharField(max_length=160, blank=True)
    source_id = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - unique where there is one

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service_uid", "environment"],
                condition=Q(state__in=["waiting", "running"]),
                name="one_step_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "waiting", "running", "succeeded", "failed", "timed-out", "killed", "unknown", "done", "shown",
                    ]
                ),
                name="run_state_known",
            ),
            models.CheckConstraint(condition=Q(needs__in=["read", "operate"]), name="run_needs_known"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running"]) | Q(finished_at__isnull=False), name="run_over_has_an_end"
            ),
            models.CheckConstraint(condition=~Q(state="done") | Q(by_hand=True), name="only_by_hand_is_ticked"),
            models.CheckConstraint(condition=~Q(state="shown") | Q(dry_run=True), name="only_dry_is_only_shown"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["runbook", "-asked_at"], name="run_of_runbook"),
            models.Index(fields=["incident_uid"], condition=~Q(incident_uid=""), name="run_of_incident"),
        ]
