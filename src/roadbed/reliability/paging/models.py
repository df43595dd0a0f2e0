"""Rotations, channels, alerts with what was frozen with them, and the outbox of pages."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from roadbed.ground.people.models import Person, Team
from roadbed.reliability.paging.ahead.models import GapTold
from roadbed.reliability.paging.calendars.models import CalendarFeed, CalendarLink
from roadbed.reliability.paging.load.models import Correction, PayRules, Served, SignedSheet
from roadbed.reliability.paging.policies.models import EscalationPolicy
from roadbed.reliability.paging.reaching.models import Habits, Heard, Method
from roadbed.reliability.paging.reaching.showing import shown_address
from roadbed.reliability.paging.rules.escalation import STEP_SECONDS
from roadbed.reliability.paging.swaps.models import ShiftRequest
from roadbed.reliability.paging.watching.models import Canary, CanaryRun, Heartbeat

__all__ = [
    "Alert",
    "CalendarFeed",
    "CalendarLink",
    "Canary",
    "CanaryRun",
    "Channel",
    "Correction",
    "Cover",
    "Decision",
    "Delivery",
    "EscalationPolicy",
    "GapTold",
    "Habits",
    "Heard",
    "Heartbeat",
    "HeldTrouble",
    "Integration",
    "Leave",
    "Method",
    "PayRules",
    "Recipient",
    "Rotation",
    "Schedule",
    "Served",
    "ShiftRequest",
    "Signal",
    "SignedSheet",
    "Silence",
]  # fmt: skip


def new_uid() -> str:
    """A random identity."""
    return uuid.uuid4().hex


class Rotation(models.Model):
    """A team's weekly rotation: people in order, the hand-over on a wall clock."""

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="+")
    people = models.JSONField(default=list)
    weekday = models.PositiveSmallIntegerField()
    at = models.TimeField()
    zone = models.CharField(max_length=64)
    anchor = models.DateField()
    step_seconds = models.PositiveIntegerField(default=STEP_SECONDS)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(weekday__lte=6), name="rotation_weekday_known")]


class Schedule(models.Model):
    """A team's on-call schedule as it was written. It takes the place of a rotation."""

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="+")
    document = models.TextField()
    step_seconds = models.PositiveIntegerField(default=STEP_SECONDS)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()


class Cover(models.Model):
    """Somebody who takes a team's shifts for a while, or exchanges them with `other`; with `standby` stands by."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    standby = models.BooleanField(default=False)
    calendar = models.CharField(max_length=100, blank=True)
    made_by = models.CharField(max_length=160)
    made_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="cover_ends_after_it_starts")
        ]
        indexes = [models.Index(fields=["team", "ends_at"], name="cover_of_team")]


class Leave(models.Model):
    """Somebody who is away for a while, in every team."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    why = models.CharField(max_length=200)
    calendar = models.CharField(max_length=100, blank=True)
    made_by = models.CharField(max_length=160)
    made_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="leave_ends_after_it_starts")
        ]
        indexes = [models.Index(fields=["person", "ends_at"], name="leave_of_person")]


class Channel(models.Model):
    """A way to a person. A webhook's secret is derived from the installation's key and this uid, never stored.

    `address` is what may be shown; of an address that is a secret itself the whole is in `sealed`. `mark` is the same
    for the same address, and empty in rows from before addresses were sealed, which a job mends.

    The code that verifies it is derived as well, from `code_nonce`; what is kept is when it went out and how often it
    was tried.
    """

    SMTP, WEBHOOK, SLACK, SLACK_HOOK, NTFY = "smtp", "webhook", "slack", "slack_hook", "ntfy"
    SMS, VOICE, PUSH = "sms", "voice", "push"
    KINDS = (SMTP, WEBHOOK, SLACK, SLACK_HOOK, NTFY, SMS, VOICE, PUSH)

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12)
    address = models.CharField(max_length=500)
    sealed = models.BinaryField(null=True)
    mark = models.CharField(max_length=64, blank=True)
    server = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    verified_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    code_nonce = models.CharField(max_length=32, blank=True)
    code_sent_at = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    tests = models.PositiveSmallIntegerField(default=0)
    tests_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["smtp", "webhook", "slack", "slack_hook", "ntfy", "sms", "voice", "push"]),
                name="channel_kind_known",
            ),
            models.UniqueConstraint(
                fields=["person", "kind", "mark"],
                condition=Q(removed_at=None) & ~Q(mark=""),
                name="one_channel_per_address",
            ),
        ]

    @property
    def shown(self) -> str:
        """The address as it may be shown."""
        return self.address if self.sealed is not None else shown_address(self.kind, self.address)


class Alert(models.Model):
    """One trouble of one service, open once, with the policy and the reasons of the moment when it opened.

    `first_cycle` is the round in which it was paged from the first step, the last time. While somebody has it,
    `again_at` is when it is paged again; `snoozed_by` is who chose that, empty where the acknowledgement runs out.
    """

    PAGING, ACKNOWLEDGED, EXHAUSTED, CLOSED = "paging", "acknowledged", "exhausted", "closed"

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    service_uid = models.CharField(max_length=32)
    service = models.CharField(max_length=140)
    environment = models.CharField(max_length=40)
    what = models.CharField(max_length=200)
    fact = models.CharField(max_length=32, unique=True)
    fact_position = models.BigIntegerField()
    objective_uid = models.CharField(max_length=32, blank=True)
    title = models.CharField(max_length=200)
    severity = models.PositiveSmallIntegerField()
    figures = models.JSONField(default=dict)
    team = models.CharField(max_length=63, blank=True)
    by = models.CharField(max_length=12, blank=True)
    why = models.JSONField(default=list)
    policy = models.JSONField()
    state = models.CharField(max_length=12, default=PAGING)
    cycle = models.PositiveSmallIntegerField(default=0)
    step = models.SmallIntegerField(default=-1)
    next_step_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=64, blank=True)
    acknowledged_name = models.CharField(max_length=160, blank=True)
    first_cycle = models.PositiveSmallIntegerField(default=0)
    again_at = models.DateTimeField(null=True)
    snoozed_by = models.CharField(max_length=160, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_for = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(again_at=None, snoozed_by="") | Q(again_at__isnull=False, state="acknowledged"),
                name="alert_again_while_acknowledged",
            ),
            models.UniqueConstraint(
                fields=["service_uid", "what"], condition=Q(closed_at=None), name="one_open_alert_per_trouble"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["paging", "acknowledged", "exhausted", "closed"]), name="alert_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["next_step_at"], condition=Q(state="paging"), name="alert_due"),
            models.Index(fields=["again_at"], condition=Q(state="acknowledged"), name="alert_again"),
            models.Index(fields=["opened_at"], name="alert_opened"),
        ]


class Recipient(models.Model):
    """A person whom an alert paged, with the digest of the link that is theirs alone."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="recipients")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    paged_at = models.DateTimeField()
    reason = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "person"], name="one_link_per_recipient")]


class Delivery(models.Model):
    """One attempt to bring one page through one channel: the outbox, and afterwards the delivery log.

    `turn` is the place among the person's notification methods. `confirmed_at` is when the provider said that it
    arrived, `answered_at` when its token was used up. While it is being sent, `lease_by` sends it, until `lease_until`
    if it does not say that it goes on.
    """

    WAITING, SENDING, SENT, FAILED, DROPPED = "waiting", "sending", "sent", "failed", "dropped"

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="deliveries")
    recipient = models.ForeignKey(Recipient, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="deliveries")
    cycle = models.PositiveSmallIntegerField()
    step = models.PositiveSmallIntegerField()
    turn = models.PositiveSmallIntegerField(default=0)
    attempt = models.PositiveSmallIntegerField(default=1)
    key = models.CharField(max_length=64)
    state = models.CharField(max_length=8, default=WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sending_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    provider_id = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=300, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    lease_by = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["alert", "cycle", "step", "recipient", "channel", "turn", "attempt"],
                name="one_delivery_per_attempt",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sending", "sent", "failed", "dropped"]), name="delivery_state_known"
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="delivery_state_due")]


# It points at pages, so that it comes after them.
from roadbed.reliability.paging.alerts.models import Decision, HeldTrouble, Integration, Signal, Silence  # noqa: E402
