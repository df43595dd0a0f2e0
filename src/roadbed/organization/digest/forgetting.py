"""How the digests of a demo leave: what its people wanted and got, and what its teams had set."""

from __future__ import annotations

from roadbed.ground.demo.rules import Belongings, Gone
from roadbed.organization.digest.models import Issue, Preference, TeamDefault


def forget(held: Belongings) -> Gone:
    """Delete them."""
    rows = Issue.objects.filter(person__uid__in=held.people).delete()[0]
    rows += Preference.objects.filter(person__uid__in=held.people).delete()[0]
    return Gone(rows + TeamDefault.objects.filter(team__uid__in=held.teams).delete()[0])
