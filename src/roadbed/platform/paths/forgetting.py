"""How the scaffolds of a demo leave; their repositories leave with the catalogue's."""

from __future__ import annotations

from roadbed.ground.demo.rules import Belongings, Gone
from roadbed.platform.paths.models import Scaffold


def forget(held: Belongings) -> Gone:
    """Delete those that made the demo's services."""
    return Gone(Scaffold.objects.filter(service_uid__in=held.entities).delete()[0])
