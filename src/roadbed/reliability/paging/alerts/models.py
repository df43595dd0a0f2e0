"""Integrations, the alerts that came through them, silences, and every decision with its reasons."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from roadbed.ground.people.models import Team
from roadbed.reliability.paging.rules.alerts.values import ERROR, KINDS


def new_uid() -> str:
    """A random identity."""
    return uuid.uuid4().hex


class Integration(models.Model):
    """A door for one monitoring system, with a key kept as a digest, for a service or a team.

    Attributes:
        pages_at: the least severity that pages, 1 to 4; what is less is listed.
        quiet_seconds: an alert that its sender has not repeated for so long is over; None for senders that do not.
        silent_seconds: it is told to be silent when nothing came for so long; None where silence is usual.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    name = models.CharField(max_length=50, unique=True)
    kind = models.CharField(max_length=12)
    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="+")
    service_uid = models.CharField(max_length=32, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    former_digest = models.CharField(max_length=64, blank=True)
    former_until = models.DateTimeField(null=True)
    hint = models.CharField(max_length=8)
    pages_at = models.PositiveSmallIntegerField(default=ERROR)
    quiet_seconds = models.PositiveIntegerField(null=True)
    silent_seconds = models.PositiveIntegerField(null=True)
    mapping = models.JSONField(default=dict)
    certificate = models.TextField(blank=True)
    confirmation = models.JSONField(default=dict)
    last_seen_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=160)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="integration_kind_known"),
            models.CheckConstraint(condition=Q(pages_at__gte=1, pages_at__lte=4), name="integration_pages_at_known"),
            models.CheckConstraint(
                condition=Q(team__isnull=False) | ~Q(service_uid=""), name="integration_has_team_or_service"
            ),
        ]
        indexes = [
            models.Index(fields=["former_digest"], condition=~Q(former_digest=""), name="integration_former"),
        ]


class Signal(models.Model):
    """One alert of another system in one episode: what it says, what Roadbed did with it, and which page it is in.

    Attributes:
        key: the digest of what its sender calls it by.
        stance: whether it pages, is held back, or is only listed.
        held_by: `silence:UID` or `dependency:UID of the page` while it is held back.
        page: the page that it opened or joined.
    """

    FIRING, ACKNOWLEDGED, RESOLVED = "firing", "acknowledged", "resolved"
    PAGES, HELD, LISTED = "pages", "held", "listed"
    BY_SENDER, BY_QUIET, BY_ABSENCE, BY_EPISODE, BY_PERSON = "sender", "quiet", "absence", "episode", "person"

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="signals")
    key = models.CharField(max_length=64)
    given_key = models.CharField(max_length=255)
    group = models.CharField(max_length=64, blank=True)
    title = models.CharField(max_length=200)
    severity = models.PositiveSmallIntegerField()
    labels = models.JSONField(default=dict)
    annotations = models.JSONField(default=dict)
    link = models.CharField(max_length=500, blank=True)
    service_uid = models.CharField(max_length=32, blank=True)
    service = models.CharField(max_length=140, blank=True)
    environment = models.CharField(max_length=40)
    team = models.CharField(max_length=63, blank=True)
    state = models.CharField(max_length=12, default=FIRING)
    stance = models.CharField(max_length=8)
    held_by = models.CharField(max_length=60, blank=True)
    page = models.ForeignKey("paging.Alert", null=True, on_delete=models.SET_NULL, related_name="signals")
    began_at = models.DateTimeField(null=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.CharField(max_length=8, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["integration", "key"], condition=Q(resolved_at=None), name="one_open_signal_per_key"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["firing", "acknowledged", "resolved"]), name="signal_state_known"
            ),
            models.CheckConstraint(condition=Q(stance__in=["pages", "held", "listed"]), name="signal_stance_known"),
            models.CheckConstraint(
                condition=Q(state="resolved", resolved_at__isnull=False)
                | (~Q(state="resolved") & Q(resolved_at__isnull=True)),
                name="signal_resolved_at_its_end",
            ),
        ]
        indexes = [
            models.Index(fields=["integration", "key", "-id"], name="signal_key"),
            models.Index(fields=["integration", "group"], condition=Q(resolved_at=None), name="signal_group"),
            models.Index(fields=["stance"], condition=Q(resolved_at=None), name="signal_open_stance"),
            models.Index(fields=["service_uid", "-id"], name="signal_service"),
            models.Index(fields=["resolved_at"], name="signal_resolved"),
        ]


class Silence(models.Model):
    """Alerts that page nobody for a while, or again and again where `rrule` says so."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    matchers = models.JSONField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    rrule = models.CharField(max_length=300, blank=True)
    zone = models.CharField(max_length=64, default="UTC")
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=160)
    by_uid = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="silence_ends_after_it_starts")
        ]
        indexes = [models.Index(fields=["ends_at"], condition=Q(ended_at=None), name="silence_open")]


class HeldTrouble(models.Model):
    """A trouble of a fact, as a burning budget, that a silence holds back. It is paged if it outlasts the silence.

    `labels` are what matchers are held against; `held_by` is `silence:UID`.
    """

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    fact = models.CharField(max_length=32, unique=True)
    service_uid = models.CharField(max_length=32)
    service = models.CharField(max_length=140)
    what = models.CharField(max_length=200)
    labels = models.JSONField(default=dict)
    held_by = models.CharField(max_length=60)
    held_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["service_uid", "what"], condition=Q(ended_at=None), name="held_trouble_open")]


class Decision(models.Model):
    """What was decided about an alert or a page at an instant, and why. Never changed."""

    PAGED, JOINED, HELD, LISTED, RELEASED, WORSENED = "paged", "joined", "held", "listed", "released", "worsened"
    RESOLVED, ACKNOWLEDGED, SILENCED = "resolved", "acknowledged", "silenced"

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=12)
    signal = models.ForeignKey(Signal, null=True, on_delete=models.CASCADE, related_name="decisions")
    page = models.ForeignKey("paging.Alert", null=True, on_delete=models.CASCADE, related_name="decisions")
    trouble = models.ForeignKey(HeldTrouble, null=True, on_delete=models.CASCADE, related_name="decisions")
    service = models.CharField(max_length=140, blank=True)
    title = models.CharField(max_length=200)
    team = models.CharField(max_length=63, blank=True)
    reasons = models.JSONField()
    on_call = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(signal__isnull=False) | Q(page__isnull=False) | Q(trouble__isnull=False),
                name="decision_is_about_something",
            )
        ]
        indexes = [models.Index(fields=["at"], name="decision_at")]
