"""Toil's share of a team's time, as goals, digests and the diagnostic measure it."""

from __future__ import annotations

from typing import Final

from django.urls import reverse

from roadbed.ground.asks import measures, news
from roadbed.ground.asks.measures import DOWN, ORGANIZATION, SHARE, SYSTEM, Asked, Metric, Reading
from roadbed.ground.asks.news import BAD, PLAIN, WARN, Line, Week
from roadbed.ground.people import queries as people
from roadbed.ground.shell import words
from roadbed.reliability.toil.models import Entry
from roadbed.reliability.toil.rules.measuring import ACT, chance_of, share_of
from roadbed.reliability.toil.rules.measuring import WARN as WARNED

TOIL: Final = Metric(
    "toil", "Toil, share of time", SHARE, DOWN, ("slo_attainment",),
    "It is easily had by logging less of it.", past=True, page="toil:toil",
)  # fmt: skip


def supply() -> None:
    """Hang them in."""
    measures.supply(TOIL, share)
    news.supply("toil", "Toil", told, rank=60)


def share(asked: Asked) -> Reading:
    """Hours of toil over hours available; where nobody logged and nothing was captured, nobody looked."""
    if asked.scope == SYSTEM:
        return Reading(None, why="Toil is logged by teams, not by systems.")
    rows = Entry.objects.filter(left_out_at=None, occurred_at__gte=asked.since, occurred_at__lt=asked.until)
    known = people.teams()
    if asked.scope == ORGANIZATION:
        heads = {member.uid for team in known for member in team.members}
    else:
        heads = {member.uid for team in known if team.name == asked.name for member in team.members}
        rows = rows.filter(task__team=asked.name)
    if not heads:
        return Reading(None, why="Nobody is in this team.")
    logged = list(rows.values_list("minutes", "is_toil"))
    if not logged:
        return Reading(None, why="Nothing was logged or captured in this time, which is not that there was none.")
    days = max(1, round((asked.until - asked.since).total_seconds() / 86400))
    counted = [minutes for minutes, is_toil in logged if is_toil]
    low, high = chance_of(counted)
    found, least, most = (share_of(spent, people=len(heads), days=days).share for spent in (sum(counted), low, high))
    return Reading(found, len(logged), least, most)


def told(week: Week) -> tuple[Line, ...]:
    """The share of the week; news where it asks for something to be done."""
    found = share(Asked("team", week.team, week.since, week.until, week.until))
    if found.value is None:
        return ()
    tone = BAD if found.value >= ACT else WARN if found.value >= WARNED else PLAIN
    text = f"{words.percent(found.value)} of the team's time, from {words.plural(found.n, 'entry', 'entries')}"
    return (Line(text, reverse("toil:toil"), tone, news=tone != PLAIN),)
