"""How people and teams of a demo leave; a team that owns something of the user's own stays, and says so."""

from __future__ import annotations

from django.db.models import ProtectedError

from roadbed.ground.demo.rules import Belongings, Gone
from roadbed.ground.people.models import Person, Team


def forget(held: Belongings) -> Gone:
    """Delete them with their memberships, tokens and links."""
    rows = Person.objects.filter(uid__in=held.people).delete()[0]
    kept = []
    for team in Team.objects.filter(uid__in=held.teams).order_by("name"):
        try:
            rows += team.delete()[0]
        except ProtectedError as fault:
            names = sorted({str(getattr(one, "name", "an engagement")) for one in fault.protected_objects})
            kept.append(f"the team {team.name}, which {', '.join(names[:5])} stands on")
    return Gone(rows, kept=tuple(kept))
