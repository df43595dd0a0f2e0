"""Requests for shifts: who asks whom, for which time, against which, and what came of it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from roadbed.ground.people.models import Person, Team


def new_uid() -> str:
    """A random identity."""
    return uuid.uuid4().hex


class ShiftRequest(models.Model):
    """Somebody asks a person, or anyone of the team where `asked` is empty, to take time of theirs.

    With `back_starts_at` it is a trade: whoever accepts gives that time of their own. An override is made only when
    it is accepted; `declined_by` are the uids of those who said no. `standby` is time in which they stand by.
    """

    OPEN, ACCEPTED, DECLINED, WITHDRAWN, EXPIRED = "open", "accepted", "declined", "withdrawn", "expired"

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    asker = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    asked = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    back_starts_at = models.DateTimeField(null=True)
    back_ends_at = models.DateTimeField(null=True)
    standby = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=9, default=OPEN)
    declined_by = models.JSONField(default=list)
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="request_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(back_starts_at=None, back_ends_at=None)
                | Q(back_ends_at__gt=F("back_starts_at"), asked__isnull=False),
                name="request_trades_whole_with_one",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "accepted", "declined", "withdrawn", "expired"]),
                name="request_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="request_closed_at_its_end",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", taken_by__isnull=False) | (~Q(state="accepted") & Q(taken_by=None)),
                name="request_accepted_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["team", "asker", "starts_at", "standby"],
                condition=Q(state="open"),
                name="one_open_request_per_shift",
            ),
        ]
        indexes = [models.Index(fields=["starts_at"], condition=Q(state="open"), name="request_open")]
