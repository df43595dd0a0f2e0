"""Rounds of asking, and sheets of answers, which hold nothing that says whose they are."""

from __future__ import annotations

import uuid

from django.db import models

from roadbed.ground.people.models import Team


def new_uid() -> str:
    """A random identity."""
    return uuid.uuid4().hex


class Round(models.Model):
    """A team, or everybody, is asked: by a link, until it is closed.

    Its answers come out in batches of five; `batches` counts those that did, `out` how many answers are in them.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    team = models.ForeignKey(Team, to_field="uid", null=True, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    members = models.PositiveIntegerField()
    batches = models.PositiveIntegerField(default=0)
    out = models.PositiveIntegerField(default=0)
    opened_by = models.CharField(max_length=160)
    opened_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["team", "-opened_at"], name="round_team_opened")]


class Sheet(models.Model):
    """Somebody's answers. No person, no address, no time of day: only the digest of a secret in their browser.

    Attributes:
        batch: with which batch of its round it came out; None while it waits, and outside rounds.
        share: digest of the read-only link, empty while nobody asked for one.
    """

    digest = models.CharField(max_length=64, unique=True)
    share = models.CharField(max_length=64, blank=True)
    round = models.ForeignKey(Round, null=True, on_delete=models.CASCADE, related_name="sheets")
    edition = models.CharField(max_length=10)
    answers = models.JSONField(default=dict)
    about = models.JSONField(default=dict)
    touched_on = models.DateField()
    submitted = models.BooleanField(default=False)
    batch = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["share"], condition=~models.Q(share=""), name="one_sheet_per_share"),
            models.CheckConstraint(
                condition=models.Q(batch=None) | models.Q(submitted=True), name="only_submitted_comes_out"
            ),
        ]
        indexes = [
            models.Index(fields=["round", "batch"], name="sheet_round_batch"),
            models.Index(fields=["submitted", "touched_on"], name="sheet_kept"),
        ]
