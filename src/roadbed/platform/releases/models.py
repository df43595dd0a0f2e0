"""Workloads, their releases, the deployments that made them live with their log, and how each workload is now."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


def new_uid() -> str:
    """A random identity."""
    return uuid.uuid4().hex


class Workload(models.Model):
    """A service in one environment, under the name that the runtime knows it by."""

    name = models.CharField(max_length=63, unique=True)
    service_uid = models.CharField(max_length=64)
    environment = models.CharField(max_length=40)
    serving = models.PositiveIntegerField(null=True)
    switched_at = models.DateTimeField(null=True)
    stopped = models.BooleanField(default=False)
    live_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service_uid", "environment"], name="one_workload_per_environment")
        ]


class Release(models.Model):
    """What a commit was built into: code, configuration, and the versions of the secrets it was given."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    workload = models.ForeignKey(Workload, on_delete=models.CASCADE, related_name="releases")
    number = models.PositiveIntegerField()
    commit = models.CharField(max_length=64)
    subject = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8, default="building")
    withdrawn = models.BooleanField(default=False)
    build = models.TextField(blank=True)
    run = models.TextField()
    health_path = models.CharField(max_length=2000)
    metrics_path = models.CharField(max_length=2000, blank=True)
    memory_mb = models.PositiveIntegerField(default=0)
    configuration = models.JSONField(default=dict)
    configuration_digest = models.CharField(max_length=64)
    secret_names = models.JSONField(default=list)
    secret_versions = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=160)
    live_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workload", "number"], name="one_release_per_number"),
            models.CheckConstraint(
                condition=Q(state__in=["building", "good", "failed", "pruned"]), name="release_state_known"
            ),
        ]


class Deployment(models.Model):
    """One attempt to change what serves, ours or another CD's, with everything it was decided by."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    verb = models.CharField(max_length=8)
    service_uid = models.CharField(max_length=64)
    service_name = models.CharField(max_length=160)
    environment = models.CharField(max_length=40)
    workload = models.CharField(max_length=63)
    kind = models.CharField(max_length=20)
    ref = models.CharField(max_length=250, blank=True)
    commit = models.CharField(max_length=64, blank=True)
    version = models.CharField(max_length=120, blank=True)
    former = models.CharField(max_length=120, blank=True)
    number = models.PositiveIntegerField(null=True)
    asked_number = models.PositiveIntegerField(null=True)
    reason = models.TextField(blank=True)
    caller = models.JSONField(default=dict)
    requested_by = models.CharField(max_length=160)
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=9, default="requested")
    attempt = models.PositiveSmallIntegerField(default=0)
    step = models.CharField(max_length=10, blank=True)
    steps = models.JSONField(default=list)
    verdict = models.JSONField(null=True)
    failure = models.JSONField(null=True)
    url = models.CharField(max_length=500, blank=True)
    local = models.BooleanField(default=False)
    external = models.BooleanField(default=False)
    source = models.CharField(max_length=60, blank=True)
    source_id = models.CharField(max_length=200, blank=True)
    journal_uid = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - unique where it is known

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workload", "verb"],
                condition=Q(state__in=["requested", "running"]),
                name="one_running_deployment",
            ),
            models.UniqueConstraint(
                fields=["source", "source_id"], condition=~Q(source=""), name="one_report_per_source_id"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["requested", "running", "succeeded", "refused", "failed"]),
                name="deployment_state_known",
            ),
            models.CheckConstraint(
                condition=Q(verb__in=["deploy", "rollback", "report"]), name="deployment_verb_known"
            ),
        ]
        indexes = [models.Index(fields=["service_uid", "-requested_at", "-id"], name="deployment_service_at")]


class DeploymentLine(models.Model):
    """One line of a deployment's log."""

    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, related_name="lines")
    at = models.DateTimeField()
    step = models.CharField(max_length=10)
    text = models.CharField(max_length=2000)

    class Meta:
        indexes = [models.Index(fields=["deployment", "id"], name="deployment_line_order")]


class JournalCursor(models.Model):
    """How far the runtime's own journal was read into facts."""

    runtime = models.CharField(max_length=20, primary_key=True)
    uid = models.CharField(max_length=64, blank=True)
    updated_at = models.DateTimeField()


class WorkloadHealth(models.Model):
    """How a workload was when the runtime was last asked; kept beside the samples, since it is written all the time."""

    database = "samples"

    workload = models.CharField(max_length=63, primary_key=True)
    service_uid = models.CharField(max_length=64, db_index=True)
    environment = models.CharField(max_length=40)
    state = models.CharField(max_length=12)
    since = models.DateTimeField()
    up = models.BooleanField(null=True)
    restarts = models.PositiveIntegerField(default=0)
    number = models.PositiveIntegerField(null=True)
    commit = models.CharField(max_length=64, blank=True)
    url = models.CharField(max_length=200, blank=True)
    user = models.CharField(max_length=64, blank=True)
    pid = models.PositiveIntegerField(null=True)
    started_at = models.DateTimeField(null=True)
    adopted = models.BooleanField(default=False)
    detail = models.TextField(blank=True)
    as_of = models.DateTimeField()
