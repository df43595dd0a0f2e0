"""How the pages of a demo leave: alerts of its services with their deliveries, channels and rotations of its people."""

from __future__ import annotations

from django.db.models import Q

from roadbed.ground.demo.rules import Belongings, Gone
from roadbed.reliability.paging.models import (
    Alert,
    Channel,
    Correction,
    Cover,
    Delivery,
    Leave,
    Recipient,
    Rotation,
    Schedule,
    Served,
    SignedSheet,
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
    rows += channels.delete()[0]
    for model in (Rotation, Schedule, Cover, Served, Correction, SignedSheet):
        rows += model.objects.filter(team__uid__in=held.teams).delete()[0]
    rows += Cover.objects.filter(Q(person__uid__in=held.people) | Q(other__uid__in=held.people)).delete()[0]
    rows += Leave.objects.filter(person__uid__in=held.people).delete()[0]
    return Gone(rows, subjects)
