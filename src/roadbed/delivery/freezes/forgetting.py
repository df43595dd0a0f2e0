"""How the freezes of a demo leave: those of its services and teams."""

from __future__ import annotations

from roadbed.delivery.freezes.models import Freeze
from roadbed.ground.demo.rules import Belongings, Gone


def forget(held: Belongings) -> Gone:
    """Delete them."""
    return Gone(Freeze.objects.filter(target_uid__in=held.uids).delete()[0])
