"""Sources with their secrets; and, apart from them, what the room's two projections keep of the facts."""

from __future__ import annotations

import uuid

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
    source = models.CharField(max_length=60, blank=True)
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
    source = models.CharField(max_length=60, blank=True)
    artifact = models.CharField(max_length=300, blank=True)
    repository = models.CharField(max_length=300, blank=True)
    method = models.CharField(max_length=20, blank=True)
    confidence = models.FloatField(null=True)
    evidence = models.JSONField(default=list)
    by_hand = models.BooleanField(default=False)
    link_uid = models.CharField(max_length=32, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["service_uid", "environment", "at"], name="deployed_service_at"),
            models.Index(fields=["at"], name="deployed_at"),
        ]


def new_uid() -> str:
    """A random identity."""
    return uuid.uuid4().hex


class Source(models.Model):
    """Somebody outside who posts what happened. The secret is sealed with the master key, and so is the former one."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    name = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=20)
    sealed = models.BinaryField()
    generation = models.PositiveIntegerField(default=1)
    former_sealed = models.BinaryField(null=True)
    former_until = models.DateTimeField(null=True)
    deploys = models.JSONField(default=list)
    environment = models.CharField(max_length=40, default="production")
    ahead_seconds = models.FloatField(null=True)
    ahead_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=160)
    archived_at = models.DateTimeField(null=True)


class Backfill(models.Model):
    """How far the past of one repository was taken in by one way, so that it goes on where it stopped."""

    way = models.CharField(max_length=20)
    repository = models.CharField(max_length=300)
    cursor = models.CharField(max_length=400, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    finished = models.BooleanField(default=False)
    trouble = models.CharField(max_length=400, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["way", "repository"], name="one_backfill_per_way")]


class SeenCommit(models.Model):
    """A commit as the best-informed fact tells it: Git itself before a push, the earlier before the later.

    `repository` is a digest of its name; `parents` and `paths` are null where nobody told them. `position` is that of
    the fact, so that who has read so far reads only what came since.
    """

    database = "samples"

    repository = models.CharField(max_length=32)
    sha = models.CharField(max_length=64)
    rank = models.CharField(max_length=80)
    subject = models.CharField(max_length=200)
    body = models.CharField(max_length=600, blank=True)
    author = models.CharField(max_length=100, blank=True)
    bot = models.BooleanField(default=False)
    authored_at = models.DateTimeField()
    committed_at = models.DateTimeField()
    parents = models.JSONField(null=True)
    paths = models.JSONField(null=True)
    position = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["repository", "sha"], name="one_seen_commit")]
        indexes = [
            models.Index(fields=["repository", "committed_at"], name="seen_commit_at"),
            models.Index(fields=["repository", "position"], name="seen_commit_position"),
        ]


class SeenEdge(models.Model):
    """One commit after another on a branch, as a push tells it; a set, so that no order of arrival matters."""

    database = "samples"

    repository = models.CharField(max_length=32)
    child = models.CharField(max_length=64)
    parent = models.CharField(max_length=64)
    position = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["repository", "child", "parent"], name="one_seen_edge")]
        indexes = [models.Index(fields=["repository", "position"], name="seen_edge_position")]


class SeenChange(models.Model):
    """One happening of a pull or merge request. What a request was is read from all of its rows."""

    database = "samples"

    uid = models.CharField(max_length=32, primary_key=True)
    repository = models.CharField(max_length=32)
    number = models.CharField(max_length=40)
    state = models.CharField(max_length=10)
    at = models.DateTimeField()
    title = models.CharField(max_length=500, blank=True)
    author = models.CharField(max_length=100, blank=True)
    bot = models.BooleanField(default=False)
    head = models.CharField(max_length=64, blank=True)
    merge = models.CharField(max_length=64, blank=True)
    opened_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["repository", "number"], name="seen_change_number"),
            models.Index(fields=["repository", "merge"], name="seen_change_merge"),
            models.Index(fields=["at"], name="seen_change_at"),
        ]


class SeenArtifact(models.Model):
    """What an artifact was built of. Several facts may tell; the earliest, then the least uid, is believed."""

    database = "samples"

    uid = models.CharField(max_length=65, primary_key=True)
    artifact = models.CharField(max_length=300, db_index=True)
    repository = models.CharField(max_length=300, blank=True)
    commit = models.CharField(max_length=64, blank=True)
    change = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()


class Repository(models.Model):
    """A repository that facts speak of, by the digest of its name; and services that somebody said live in it."""

    database = "samples"

    digest = models.CharField(max_length=32, primary_key=True)
    name = models.CharField(max_length=300)


class Resident(models.Model):
    """A service that somebody said lives in a repository, beside what the catalogue says."""

    database = "samples"

    repository = models.CharField(max_length=32)
    service_uid = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["repository", "service_uid"], name="one_resident")]


class ToLink(models.Model):
    """What has to be linked anew, since something was told of it: `service:` or `repository:` and its uid or digest.

    With `past-` before it, what was told lies back, so that links of long ago may change as well.
    """

    database = "samples"

    what = models.CharField(max_length=80, primary_key=True)
