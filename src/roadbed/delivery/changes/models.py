"""What the projection `deployments` keeps: each fact as it was told, and the deployments that they add up to."""

from __future__ import annotations

from django.db import models


class DeploymentFact(models.Model):
    """One fact of a deployment. Kept whole, so that a deployment can be added up again whatever arrives late."""

    database = "samples"

    uid = models.CharField(max_length=32, primary_key=True)
    deployment = models.CharField(max_length=64, db_index=True)
    kind = models.CharField(max_length=60)
    service_uid = models.CharField(max_length=64)
    environment = models.CharField(max_length=40)
    occurred_at = models.DateTimeField()
    actor_name = models.CharField(max_length=160)
    supersedes = models.CharField(max_length=32, blank=True, db_index=True)
    data = models.JSONField(default=dict)


class Deployed(models.Model):
    """One deployment or rollback, by anybody, as its facts that stand tell it."""

    database = "samples"

    uid = models.CharField(max_length=64, primary_key=True)
    service_uid = models.CharField(max_length=64)
    service = models.CharField(max_length=160)
    environment = models.CharField(max_length=40)
    outcome = models.CharField(max_length=10)
    kind = models.CharField(max_length=20, blank=True)
    version = models.CharField(max_length=120, blank=True)
    former = models.CharField(max_length=120, blank=True)
    commit = models.CharField(max_length=64, blank=True)
    former_commit = models.CharField(max_length=64, blank=True)
    by = models.CharField(max_length=10)
    actor_name = models.CharField(max_length=160)
    at = models.DateTimeField()
    seconds = models.FloatField(null=True)
    commits = models.JSONField(null=True)
    commit_count = models.PositiveIntegerField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["service_uid", "environment", "at"], name="deployed_service_at")]
