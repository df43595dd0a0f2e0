"""How the toil of a demo leaves: tasks and entries of its teams, entries of its people."""

from __future__ import annotations

from roadbed.ground.demo.rules import Belongings, Gone
from roadbed.reliability.toil.models import Entry, Task


def forget(held: Belongings) -> Gone:
    """Delete them; a task takes its entries along."""
    entries = Entry.objects.filter(task__team_uid__in=held.teams) | Entry.objects.filter(person_uid__in=held.people)
    rows = Entry.objects.filter(pk__in=list(entries.values_list("pk", flat=True))).delete()[0]
    return Gone(rows + Task.objects.filter(team_uid__in=held.teams).delete()[0])
