"""Incidents as they stand now; what happened in them is in the ledger."""

from __future__ import annotations

import uuid

from django.db import models


def new_uid() -> str:
    """A random identity."""
    return uuid.uuid4().hex


class Incident(models.Model):
    """One harm to the customers of one service in one environment."""

    OPEN, MITIGATED, RESOLVED = "open", "mitigated", "resolved"

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    number = models.PositiveIntegerField(unique=True)
    title = models.CharField(max_length=200)
    service_uid = models.CharField(max_length=32)
    service_name = models.CharField(max_length=130)
    owner = models.CharField(max_length=130, blank=True)
    environment = models.CharField(max_length=40)
    severity = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, default=OPEN)
    started_at = models.DateTimeField()
    detected_at = models.DateTimeField()
    mitigated_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    roles = models.JSONField(default=dict)
    alerts = models.JSONField(default=list)
    cause_deployment = models.CharField(max_length=64, blank=True)
    opened_by = models.CharField(max_length=160)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service_uid", "environment"],
                condition=~models.Q(status="resolved"),
                name="one_open_incident_per_service",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["open", "mitigated", "resolved"]), name="incident_status_known"
            ),
            models.CheckConstraint(
                condition=models.Q(severity__gte=1) & models.Q(severity__lte=4), name="incident_severity_known"
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-number"], name="incident_status"),
            models.Index(fields=["service_uid", "-number"], name="incident_service"),
        ]
