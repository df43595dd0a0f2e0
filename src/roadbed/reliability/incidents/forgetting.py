"""How the incidents of a demo leave: those on its services."""

from __future__ import annotations

from roadbed.ground.demo.rules import Belongings, Gone
from roadbed.reliability.incidents.models import Incident


def forget(held: Belongings) -> Gone:
    """Delete them; their facts are about themselves and follow."""
    found = Incident.objects.filter(service_uid__in=held.entities)
    subjects = frozenset(found.values_list("uid", flat=True))
    return Gone(found.delete()[0], subjects)
