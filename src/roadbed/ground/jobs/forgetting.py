"""How the jobs of a demo leave: those whose payload names one of its things."""

from __future__ import annotations

from roadbed.ground.demo.rules import Belongings, Gone
from roadbed.ground.jobs.models import Job


def forget(held: Belongings) -> Gone:
    """Delete them, unless one runs just now: then it finds nothing to do, and the next pass deletes it."""
    named = [
        pk
        for pk, payload in Job.objects.exclude(state=Job.RUNNING).values_list("pk", "payload")
        if any(isinstance(value, str) and value in held.uids for value in payload.values())
    ]
    return Gone(Job.objects.filter(pk__in=named).exclude(state=Job.RUNNING).delete()[0])
