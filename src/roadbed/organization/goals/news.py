"""How the goals of a team stand, for whoever writes about its week."""

from __future__ import annotations

from typing import Final

from django.urls import reverse

from roadbed.ground.asks import news
from roadbed.ground.asks.measures import TEAM
from roadbed.ground.asks.news import BAD, GOOD, PLAIN, WARN, Line, Week
from roadbed.ground.ledger import queries as ledger
from roadbed.ground.people import queries as people
from roadbed.organization.goals import queries
from roadbed.organization.goals.rules.standing import MISSED, OFF_TRACK, REACHED, UNCLEAR

TONES: Final = {REACHED: GOOD, OFF_TRACK: WARN, MISSED: BAD, UNCLEAR: PLAIN}
MOVES: Final = ("goal.set", "goal.changed", "goal.moved")


def supply() -> None:
    """Hang them in."""
    news.supply("goals", "Goals", told, rank=20)


def told(week: Week) -> tuple[Line, ...]:
    """Each open goal; it is news where it was set, worded anew or moved within the week."""
    found = queries.goals_of(TEAM, week.team)
    team = people.team(week.team) if found else None
    if team is None:
        return ()
    moved = ledger.facts_between([team.uid], kinds=MOVES, since=week.since, until=week.until)
    fresh = {str(fact.data.get("goal", "")) for fact in moved}
    lines = []
    for one in found:
        figure = one.today.said if one.today else "No data"
        word = one.today.word if one.today else "No data"
        text = f"{one.title} {one.direction} {one.target_said} by {one.due:%-d %B %Y}: {word.lower()}, now {figure}"
        lines.append(
            Line(text, reverse("goals:goal", args=[one.uid]), TONES.get(one.standing, PLAIN), one.uid in fresh)
        )
    return tuple(lines)
