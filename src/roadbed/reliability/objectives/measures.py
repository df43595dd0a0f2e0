"""How many objectives keep their promise, as goals and digests measure it, and the news of a team's budgets."""

from __future__ import annotations

from typing import Final

from django.urls import reverse

from roadbed.ground.asks import measures, news
from roadbed.ground.asks.figures import ReliabilityFigures
from roadbed.ground.asks.measures import SHARE, SYSTEM, TEAM, UP, Asked, Metric, Reading
from roadbed.ground.asks.news import BAD, WARN, Line, Week
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.ledger import queries as ledger
from roadbed.ground.shell import words
from roadbed.reliability.objectives.models import Evaluated, Objective
from roadbed.reliability.objectives.today import reliability_figures

ATTAINED: Final = Metric(
    "slo_attainment", "Objectives with budget left", SHARE, UP, ("frequency",),
    "It is easily had by promising less, or by not deploying.", page="objectives:list",
)  # fmt: skip
_TROUBLE: Final = {"spent": (BAD, "its budget is spent"), "burning": (WARN, "it burns"), "at-risk": (WARN, "at risk")}
_MOVES: Final = ("budget.exhausted", "budget.burn.started")


def supply() -> None:
    """Hang them in."""
    measures.supply(ATTAINED, attained)
    news.supply("budgets", "Error budgets", budgets, rank=30)


def attained(asked: Asked) -> Reading:
    """Objectives whose budget can be told and is not spent: all are counted, so that the figure is its own interval."""
    uids = None
    if asked.scope in (TEAM, SYSTEM):
        place = 1 if asked.scope == TEAM else 2
        uids = tuple(uid for uid, one in catalog.owners_and_systems().items() if one[place] == asked.name)
    found = reliability_figures(ReliabilityFigures(uids))
    if found.within is None:
        why = "No objective is promised." if not found.objectives else "No budget can be told now."
        return Reading(None, why=why)
    share = found.within / found.told
    return Reading(share, found.told, share, share)


def budgets(week: Week) -> tuple[Line, ...]:
    """Each objective in trouble; it is news where it got there within the week."""
    rows = Objective.objects.filter(removed_at=None, service_uid__in=list(week.services))
    listed = {uid: (title, service) for uid, title, service in rows.values_list("uid", "title", "service_uid")}
    moved = ledger.facts_between(list(week.services), kinds=_MOVES, since=week.since, until=week.until)
    fresh = {str(fact.data.get("objective", "")) for fact in moved}
    found = Evaluated.objects.filter(objective__in=list(listed), standing__in=list(_TROUBLE))
    lines = []
    for uid, standing, left in found.values_list("objective", "standing", "remaining"):
        title, service = listed[uid]
        tone, said = _TROUBLE[standing]
        left_said = f"{words.percent(left)} left" if left is not None and left > 0 else said
        text = f"{week.services[service]}, {title}: {said}" + (f", {left_said}" if left_said != said else "")
        lines.append(Line(text, reverse("objectives:objective", args=[uid]), tone, news=uid in fresh))
    return tuple(sorted(lines, key=lambda one: (one.tone != BAD, one.text)))
