"""How often a person's calendar link was replaced: an older one leads nowhere any more."""

from __future__ import annotations

from django.db import models

from roadbed.ground.people.models import Person


class CalendarLink(models.Model):
    """The turn of a person's link; the link itself is derived from it and never stored."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    turn = models.PositiveIntegerField()
    replaced_at = models.DateTimeField()
