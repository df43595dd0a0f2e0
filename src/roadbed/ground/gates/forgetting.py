"""How the overrides and disputes of a demo leave; its answers are facts and leave with them."""

from __future__ import annotations

from roadbed.ground.demo.rules import Belongings, Gone
from roadbed.ground.gates.models import KindDispute, Override


def forget(held: Belongings) -> Gone:
    """Delete those of the demo's services."""
    rows = Override.objects.filter(service_uid__in=held.entities).delete()[0]
    return Gone(rows + KindDispute.objects.filter(service_uid__in=held.entities).delete()[0])
