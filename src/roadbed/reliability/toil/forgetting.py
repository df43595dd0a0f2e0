"""How the toil of a demo leaves: tasks and entries of its teams, entries of its people."""

from __future__ import annotations

from roadbed.ground.demo.rules import Belongings, Gone
from roadbed.reliability.toil.models import Entry, Task


def forget(held: Belongings) -> Gone:
    """Delete them. A task of a team that stays goes with its last entry, if that was of the demo's people."""
    entries = Entry.objects.filter(task__team_uid__in=held.teams) | Entry.objects.filter(person_uid__in=held.people)
    found = dict(entries.values_list("pk", "task_id"))
    rows = Entry.objects.filter(pk__in=list(found)).delete()[0]
    bare = Task.objects.filter(pk__in=set(found.values()), entries=None)
    rows += Task.objects.filter(pk__in=list(bare.values_list("pk", flat=True))).delete()[0]
    return Gone(rows + Task.objects.filter(team_uid__in=held.teams).delete()[0])
