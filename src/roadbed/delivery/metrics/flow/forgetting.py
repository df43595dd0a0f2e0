"""How the test reports and quarantines of a demo leave: those of its services."""

from __future__ import annotations

from roadbed.delivery.metrics.flow.models import Quarantine, SuiteReport
from roadbed.ground.demo.rules import Belongings, Gone


def forget(held: Belongings) -> Gone:
    """Delete them."""
    reports = SuiteReport.objects.filter(service_uid__in=held.entities).delete()[0]
    return Gone(reports + Quarantine.objects.filter(service_uid__in=held.entities).delete()[0])
