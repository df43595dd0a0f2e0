"""How the flags of a demo leave, with their settings and versions."""

from __future__ import annotations

from roadbed.delivery.flags.models import Flag, FlagVersion
from roadbed.ground.demo.rules import Belongings, Gone


def forget(held: Belongings) -> Gone:
    """Delete those of the demo's services."""
    rows = Flag.objects.filter(service_uid__in=held.entities).delete()[0]
    return Gone(rows + FlagVersion.objects.filter(service_uid__in=held.entities).delete()[0])
