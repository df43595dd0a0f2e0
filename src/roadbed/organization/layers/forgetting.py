"""How the open roles of a demo leave: those of its teams."""

from __future__ import annotations

from roadbed.ground.demo.rules import Belongings, Gone
from roadbed.organization.layers.models import OpenRole


def forget(held: Belongings) -> Gone:
    """Delete them."""
    rows = OpenRole.objects.filter(team__uid__in=held.teams)
    uids = frozenset(rows.values_list("uid", flat=True))
    return Gone(rows.delete()[0], uids)
