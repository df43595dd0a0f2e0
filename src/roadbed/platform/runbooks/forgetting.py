"""How the runbooks of a demo leave, with their versions and runs."""

from __future__ import annotations

from roadbed.ground.demo.rules import Belongings, Gone
from roadbed.platform.runbooks.models import Reading, Reminder, Run, Runbook, Unreminded


def forget(held: Belongings) -> Gone:
    """Delete those of the demo's services."""
    rows = Run.objects.filter(service_uid__in=held.entities).delete()[0]
    rows += Unreminded.objects.filter(person__uid__in=held.people).delete()[0]
    rows += Reminder.objects.filter(person__uid__in=held.people).delete()[0]
    rows += Runbook.objects.filter(service_uid__in=held.entities).delete()[0]
    return Gone(rows + Reading.objects.filter(service_uid__in=held.entities).delete()[0])
