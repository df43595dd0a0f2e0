"""Incidents as they stand now; what happened in them is in the ledger. What hangs on one is in `parts.py`."""

from __future__ import annotations

import uuid

from django.db import models

from roadbed.reliability.incidents.parts import (
    Affected,
    Judged,
    Participant,
    Pinned,
    Sealed,
    SeverityWords,
    Task,
    Update,
)
from roadbed.reliability.incidents.status.models import Component, Mailing, Maintenance, Subscriber

__all__ = [
    "Affected", "Component", "Incident", "Judged", "Mailing", "Maintenance", "Participant", "Pinned", "Sealed",
    "SeverityWords", "Subscriber", "Task", "Update",
]  # fmt: skip


def new_uid() -> str:
    """A random identity."""
    return uuid.uuid4().hex


class Incident(models.Model):
    """One harm to customers; `service_uid` is where it was seen first, further services are in `Affected`.

    Attributes:
        status: what customers feel: open while they are harmed, mitigated, resolved.
        stage: what people do about it: triggered, investigating, identified, monitoring, resolved.
        ended_at: when harm ended, where it was not the instant of mitigation.
        times: by name of a time, who corrected it with which evidence, and the fact that says so.
        source, source_url: the system that told of it; empty for what Roadbed saw or people declared.
        version: counts changes, so that of two people who edit at once the second is told.
        merged_into: the incident that this one became part of; `before` is what undoing brings back.
    """

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
    stage = models.CharField(max_length=14, default="investigating")
    ended_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    times = models.JSONField(default=dict)
    source = models.CharField(max_length=60, blank=True)
    source_url = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)
    private = models.BooleanField(default=False)
    next_update_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="merged")
    before = models.JSONField(default=dict)
    public = models.BooleanField(default=False)
    public_title = models.CharField(max_length=200, blank=True)
    room = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service_uid", "environment"],
                condition=~models.Q(status="resolved") & models.Q(source=""),
                name="one_open_incident_per_service",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["open", "mitigated", "resolved"]), name="incident_status_known"
            ),
            models.CheckConstraint(
                condition=models.Q(severity__gte=1) & models.Q(severity__lte=4), name="incident_severity_known"
            ),
            models.CheckConstraint(
                condition=models.Q(status="open", stage__in=["triggered", "investigating", "identified"])
                | models.Q(status="mitigated", stage="monitoring")
                | models.Q(status="resolved", stage="resolved"),
                name="incident_stage_fits_status",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(ended_at__gte=models.F("started_at")),
                name="harm_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=models.Q(private=False) | models.Q(public=False), name="private_incident_is_not_public"
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-number"], name="incident_status"),
            models.Index(fields=["service_uid", "-number"], name="incident_service"),
            models.Index(fields=["next_update_at"], name="incident_update_due"),
        ]
