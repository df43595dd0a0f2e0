"""How the rounds of a demo leave: those of its teams, and those that were opened while it was made."""

from __future__ import annotations

from roadbed.ground.demo.rules import Belongings, Gone
from roadbed.ground.ledger.models import Fact
from roadbed.organization.diagnostic.models import Round


def forget(held: Belongings) -> Gone:
    """Delete them with their sheets. A round of everybody names no team, so the fact of its opening tells it."""
    made = Fact.objects.filter(kind="diagnostic.opened", position__gte=held.first, position__lte=held.last)
    rows = Round.objects.filter(team__uid__in=held.teams) | Round.objects.filter(
        uid__in=list(made.values_list("subject", flat=True))
    )
    uids = frozenset(rows.values_list("uid", flat=True))
    return Gone(Round.objects.filter(uid__in=uids).delete()[0], uids)
