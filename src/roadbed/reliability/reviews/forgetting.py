"""How the reviews of a demo leave: those of incidents on its services."""

from __future__ import annotations

from roadbed.ground.demo.rules import Belongings, Gone
from roadbed.reliability.reviews.models import Action, Contribution, Factor, Reminder, Review


def forget(held: Belongings) -> Gone:
    """Delete them with their factors and actions; an action stands on its factor, so it goes first."""
    found = Review.objects.filter(service_uid__in=held.entities)
    actions = Action.objects.filter(review__in=found)
    subjects = frozenset(found.values_list("uid", flat=True)) | frozenset(actions.values_list("uid", flat=True))
    rows = Reminder.objects.filter(review__in=found).delete()[0]
    rows += Contribution.objects.filter(review__in=found).delete()[0]
    rows += actions.delete()[0]
    rows += Factor.objects.filter(review__in=found).delete()[0]
    return Gone(rows + found.delete()[0], subjects)
