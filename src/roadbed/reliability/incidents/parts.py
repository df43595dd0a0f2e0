"""What hangs on an incident: further services, people, tasks, updates, and what people say of its timeline."""

from __future__ import annotations

import uuid
from typing import Final

from django.db import models

INCIDENT: Final = "incidents.Incident"


def new_uid() -> str:
    """A random identity."""
    return uuid.uuid4().hex


class Affected(models.Model):
    """A further service that the incident harms. `brought_by` is the merged incident that brought it."""

    incident = models.ForeignKey(INCIDENT, on_delete=models.CASCADE, related_name="affected")
    service_uid = models.CharField(max_length=32)
    service_name = models.CharField(max_length=130)
    owner = models.CharField(max_length=130, blank=True)
    brought_by = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "service_uid"], name="one_row_per_affected_service")]
        indexes = [models.Index(fields=["service_uid"], name="affected_service")]


class Participant(models.Model):
    """Somebody who may see a private incident; who follows is sent its updates by mail."""

    incident = models.ForeignKey(INCIDENT, on_delete=models.CASCADE, related_name="participants")
    person_uid = models.CharField(max_length=32)
    name = models.CharField(max_length=160)
    follows = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "person_uid"], name="one_row_per_participant")]
        indexes = [models.Index(fields=["person_uid"], name="participant_person")]


class Task(models.Model):
    """A piece of work inside the incident. `done_at` and `done_by` are set together."""

    incident = models.ForeignKey(INCIDENT, on_delete=models.CASCADE, related_name="tasks")
    number = models.PositiveIntegerField()
    text = models.CharField(max_length=300)
    owner_uid = models.CharField(max_length=32, blank=True)
    owner_name = models.CharField(max_length=160, blank=True)
    due_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=160, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "number"], name="one_task_per_number")]


class Update(models.Model):
    """What stakeholders were told. A public one is on the status page; none is changed after it went out."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    incident = models.ForeignKey(INCIDENT, on_delete=models.CASCADE, related_name="updates")
    text = models.TextField()
    stage = models.CharField(max_length=14)
    public = models.BooleanField(default=False)
    posted_at = models.DateTimeField()
    posted_by = models.CharField(max_length=160)

    class Meta:
        indexes = [models.Index(fields=["incident", "-posted_at"], name="update_of_incident")]


class Pinned(models.Model):
    """A line of the timeline that people pinned, hid, or moved here from the incident it was split from."""

    PINNED, HIDDEN, MOVED, AWAY = "pinned", "hidden", "moved", "away"

    incident = models.ForeignKey(INCIDENT, on_delete=models.CASCADE, related_name="marks")
    fact = models.CharField(max_length=32)
    kind = models.CharField(max_length=8)
    reason = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=160)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "fact"], name="one_mark_per_line"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["pinned", "hidden", "moved", "away"]), name="mark_kind_known"
            ),
        ]


class Judged(models.Model):
    """What a person found out about a suspect: it was the cause, or it was not."""

    incident = models.ForeignKey(INCIDENT, on_delete=models.CASCADE, related_name="judged")
    fact = models.CharField(max_length=32)
    verdict = models.CharField(max_length=10)
    reason = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=160)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "fact"], name="one_verdict_per_suspect"),
            models.CheckConstraint(condition=models.Q(verdict__in=["confirmed", "dismissed"]), name="verdict_known"),
        ]


class Sealed(models.Model):
    """What a fact of a private incident says, kept out of the ledger, which everybody who is signed in may read."""

    incident = models.ForeignKey(INCIDENT, on_delete=models.CASCADE, related_name="sealed")
    fact = models.CharField(max_length=32, unique=True)
    data = models.JSONField()


class SeverityWords(models.Model):
    """What the organization means by a severity; without a row the built-in words count."""

    number = models.PositiveSmallIntegerField(primary_key=True)
    title = models.CharField(max_length=120)
    definition = models.TextField(blank=True)
    update_minutes = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(number__gte=1) & models.Q(number__lte=4), name="severity_words_number_known"
            )
        ]
