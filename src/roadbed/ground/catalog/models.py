"""Entities with their relations, the files they are read from, what is wrong with those, and SRE engagements."""

from __future__ import annotations

import uuid

from django.db import models

from roadbed.ground.people.models import Team


def new_uid() -> str:
    """A random identity that never changes while names do."""
    return uuid.uuid4().hex


class Location(models.Model):
    """A file that entities are read from: a repository and a path in it.

    It is read again with the rights of whoever registered it, so a change of the file can never do more.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    location = models.CharField(max_length=500)
    path = models.CharField(max_length=300)
    parent = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    role = models.CharField(max_length=12)
    teams = models.JSONField(default=list)
    digest = models.CharField(max_length=64, blank=True)
    commit = models.CharField(max_length=64, blank=True)
    active = models.BooleanField(default=True)
    added_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    next_check_at = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["location", "path"], name="one_location_per_file")]
        indexes = [models.Index(fields=["active", "next_check_at"], name="location_due")]


class Entity(models.Model):
    """One entity. What lists filter and show stands in columns of its own, so that no list reads a document."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    ref = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=12)
    namespace = models.CharField(max_length=63)
    name = models.CharField(max_length=63)
    key = models.CharField(max_length=63)
    title = models.TextField(blank=True)
    description = models.TextField(blank=True)
    type = models.TextField(blank=True)
    lifecycle = models.TextField(blank=True)
    system = models.CharField(max_length=130, blank=True)
    tier = models.TextField(blank=True)
    owner = models.CharField(max_length=200, blank=True)
    owner_team = models.ForeignKey(
        Team, to_field="uid", null=True, on_delete=models.PROTECT, related_name="+", db_column="owner_team_uid"
    )
    tags = models.TextField(blank=True)
    search = models.TextField(blank=True)
    metadata = models.JSONField(default=dict)
    spec = models.JSONField(default=dict)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    line = models.PositiveIntegerField(default=1)
    digest = models.CharField(max_length=64)
    registered_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    orphaned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind="Component") | models.Q(owner_team__isnull=False), name="service_has_owner"
            ),
        ]
        indexes = [
            models.Index(fields=["key", "id"], name="entity_key"),
            models.Index(fields=["kind", "key", "id"], name="entity_kind_key"),
        ]


class Relation(models.Model):
    """One relation as its source states it. A target that is not registered stays as text, and is shown so."""

    source = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="+")
    type = models.CharField(max_length=20)
    target = models.CharField(max_length=200)
    field = models.CharField(max_length=60)
    line = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "type", "target"], name="one_relation_once")]
        indexes = [models.Index(fields=["target", "type"], name="relation_target")]


class IngestError(models.Model):
    """What is wrong with a location's file now; cleared when it is mended."""

    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="+")
    line = models.PositiveIntegerField(null=True)
    field = models.CharField(max_length=300, blank=True)
    message = models.TextField()
    remedy = models.TextField(blank=True)
    since = models.DateTimeField()


class Engagement(models.Model):
    """An SRE team engaged on a service from one day to another; at most one at a time.

    Attributes:
        kind: whether its team is paged: always (`full`), outside the owner's hours (`shared`), or never (`consult`).
        owner_hours: of a shared one, when the owner is paged: days (0 is Monday), from, to, zone.
    """

    FULL, SHARED, CONSULT = "full", "shared", "consult"

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    service = models.ForeignKey(Entity, to_field="uid", on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, to_field="uid", on_delete=models.PROTECT, related_name="+")
    started_on = models.DateField()
    ended_on = models.DateField(null=True)
    entry_review = models.TextField(blank=True)
    objectives = models.JSONField(default=list)
    hand_back = models.JSONField(default=list)
    end_reason = models.TextField(blank=True)
    kind = models.CharField(max_length=8, default=FULL)
    owner_hours = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["full", "shared", "consult"]), name="engagement_kind_known"
            ),
            models.UniqueConstraint(
                fields=["service"], condition=models.Q(ended_on=None), name="one_open_engagement_per_service"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_on=None) | models.Q(ended_on__gte=models.F("started_on")),
                name="engagement_ends_after_start",
            ),
        ]
        indexes = [models.Index(fields=["service", "started_on"], name="engagement_service")]
