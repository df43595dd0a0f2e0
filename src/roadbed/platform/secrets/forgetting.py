"""How the secrets of a demo leave, with their versions."""

from __future__ import annotations

from roadbed.ground.demo.rules import Belongings, Gone
from roadbed.platform.secrets.models import Secret


def forget(held: Belongings) -> Gone:
    """Delete those of the demo's services."""
    return Gone(Secret.objects.filter(service_uid__in=held.entities).delete()[0])
