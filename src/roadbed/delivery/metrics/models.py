"""What the projection `delivery-metrics` keeps: facts as they were told, and each service's history judged."""

from __future__ import annotations

from django.db import models

from roadbed.delivery.metrics.flow import models as flow

__all__ = ["Stale", "Told", "Trouble", "Verdict", "flow"]


class Told(models.Model):
    """One fact that is told of something else than a deployment, kept so that a service can be judged again.

    `key` is the deployment or incident that it is about, `names` the deployment that an incident names as its cause.
    """

    database = "samples"

    uid = models.CharField(max_length=32, primary_key=True)
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=64, db_index=True)
    service_uid = models.CharField(max_length=64)
    names = models.CharField(max_length=64, blank=True, db_index=True)
    environment = models.CharField(max_length=40)
    occurred_at = models.DateTimeField()
    supersedes = models.CharField(max_length=32, blank=True, db_index=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["service_uid", "kind"], name="told_service_kind"),
            models.Index(fields=["kind", "occurred_at"], name="told_kind_at"),
        ]


class Stale(models.Model):
    """A service whose history has facts that were not judged yet; `mark` is another with each of its news."""

    database = "samples"

    service_uid = models.CharField(max_length=64, primary_key=True)
    mark = models.BigIntegerField(default=0)


class Verdict(models.Model):
    """One deployment to production as it was judged."""

    database = "samples"

    uid = models.CharField(max_length=64)
    service_uid = models.CharField(max_length=64)
    service = models.CharField(max_length=160)
    at = models.DateTimeField()
    version = models.CharField(max_length=120, blank=True)
    commit = models.CharField(max_length=64, blank=True)
    by = models.CharField(max_length=10)
    label = models.CharField(max_length=10)
    label_by = models.TextField(blank=True)
    failed_by = models.TextField(blank=True)
    restored_at = models.DateTimeField(null=True)
    first = models.BooleanField()
    linked = models.BooleanField(null=True)
    partial = models.BooleanField()
    carried = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["uid", "service_uid"], name="one_verdict_of_a_deployment")]
        indexes = [
            models.Index(fields=["service_uid", "at"], name="verdict_service_at"),
            models.Index(fields=["at"], name="verdict_at"),
        ]


class Trouble(models.Model):
    """One incident in production, open until it is resolved."""

    database = "samples"

    uid = models.CharField(max_length=64)
    number = models.PositiveIntegerField(null=True)
    service_uid = models.CharField(max_length=64)
    service = models.CharField(max_length=160)
    started_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    deployment = models.CharField(max_length=64, blank=True)
    why = models.TextField(blank=True)
    elsewhere = models.TextField(blank=True)
    mended_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service_uid", "uid"], name="one_trouble_per_incident")]
        indexes = [models.Index(fields=["service_uid", "started_at"], name="trouble_service_at")]


class Rollup(models.Model):
    """Four weeks of a service in columns, as `rollups.columns` packs them.

    `digest` is of the rows that it was made of, so that four weeks in which nothing changed are not written again;
    `first` is when its first deployment finished, in microseconds since 1970.
    """

    database = "samples"

    service_uid = models.CharField(max_length=64)
    block = models.IntegerField()
    digest = models.CharField(max_length=32)
    first = models.BigIntegerField(null=True)
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service_uid", "block"], name="one_rollup_per_four_weeks")]
        indexes = [
            models.Index(fields=["block", "service_uid", "digest"], name="rollup_block"),
            models.Index(fields=["service_uid", "first"], name="rollup_first"),
        ]
