"""How the goals of a demo leave: those of its teams, those that its people look after, and those of its systems."""

from __future__ import annotations

from roadbed.ground.demo.rules import Belongings, Gone
from roadbed.organization.goals.models import Goal


def forget(held: Belongings) -> Gone:
    """Delete them with their readings and wordings."""
    rows = Goal.objects.filter(target_uid__in=held.teams) | Goal.objects.filter(owner_uid__in=held.people)
    return Gone(Goal.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).delete()[0])
