"""How the pages of a demo leave: alerts of its services with their deliveries, channels and rotations of its people."""

from __future__ import annotations

from django.db.models import Q

from roadbed.ground.demo.rules import Belongings, Gone
from roadbed.ground.ledger.models import InboxItem
from roadbed.reliability.paging.alerts.integrating import source_of
from roadbed.reliability.paging.models import (
    Alert,
    Canary,
    CanaryRun,
    Channel,
    Correction,
    Cover,
    Delivery,
    EscalationPolicy,
    Habits,
    Heartbeat,
    HeldTrouble,
    Integration,
    Leave,
    Method,
    Recipient,
    Rotation,
    Schedule,
    Served,
    ShiftRequest,
    SignedSheet,
    Silence,
)


def forget(held: Belongings) -> Gone:
    """Delete them. Jobs name deliveries and channels, so these are told on."""
    alerts = Alert.objects.filter(service_uid__in=held.entities)
    deliveries = Delivery.objects.filter(alert__in=alerts) | Delivery.objects.filter(
        recipient__person__uid__in=held.people
    )
    channels = Channel.objects.filter(person__uid__in=held.people)
    subjects = frozenset(deliveries.values_list("uid", flat=True)) | frozenset(channels.values_list("uid", flat=True))
    rows = Delivery.objects.filter(pk__in=list(deliveries.values_list("pk", flat=True))).delete()[0]
    rows += Recipient.objects.filter(alert__in=alerts).delete()[0]
    rows += Recipient.objects.filter(person__uid__in=held.people).delete()[0]
    rows += alerts.delete()[0]
    beats = Heartbeat.objects.filter(service_uid__in=held.entities)
    runs = CanaryRun.objects.filter(canary__channel__in=channels)
    subjects |= frozenset(beats.values_list("uid", flat=True)) | frozenset(runs.values_list("uid", flat=True))
    rows += runs.delete()[0] + Canary.objects.filter(channel__in=channels).delete()[0] + beats.delete()[0]
    for ours in (Method, Habits):
        rows += ours.objects.filter(person__uid__in=held.people).delete()[0]
    rows += channels.delete()[0]
    for model in (Rotation, Schedule, EscalationPolicy, Cover, ShiftRequest, Served, Correction, SignedSheet):
        rows += model.objects.filter(team__uid__in=held.teams).delete()[0]
    rows += Cover.objects.filter(Q(person__uid__in=held.people) | Q(other__uid__in=held.people)).delete()[0]
    rows += ShiftRequest.objects.filter(
        Q(asker__uid__in=held.people) | Q(asked__uid__in=held.people) | Q(taken_by__uid__in=held.people)
    ).delete()[0]
    rows += HeldTrouble.objects.filter(service_uid__in=held.entities).delete()[0]
    rows += Leave.objects.filter(person__uid__in=held.people).delete()[0]
    return _doors(held) + Gone(rows, subjects)


def _doors(held: Belongings) -> Gone:
    """Its integrations with the alerts that came through them, and the silences of its people."""
    doors = Integration.objects.filter(Q(team__uid__in=held.teams) | Q(service_uid__in=held.entities))
    silences = Silence.objects.filter(by_uid__in=held.people)
    subjects = frozenset(doors.values_list("uid", flat=True)) | frozenset(silences.values_list("uid", flat=True))
    rows = InboxItem.objects.filter(source__in=[source_of(row.name) for row in doors]).delete()[0]
    return Gone(rows + doors.delete()[0] + silences.delete()[0], subjects)
