"""The pages of objectives: all of them, the ones that need somebody first, and one with its burn-down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from roadbed.ground.ledger.queries import facts_of
from roadbed.ground.people.queries import teams
from roadbed.ground.shell import doors
from roadbed.ground.shell.components import Stat, State
from roadbed.reliability.objectives import charting, queries, showing
from roadbed.reliability.objectives.burn_down import burn_down
from roadbed.reliability.objectives.gate import decision_of, service_named
from roadbed.reliability.objectives.policy_views import outcome_badge
from roadbed.reliability.objectives.rules.policy.deciding import Change
from roadbed.reliability.objectives.rules.targets import Target
from roadbed.reliability.objectives.rules.windows import in_words
from roadbed.reliability.objectives.rules.words import STANDING_WORDS, promise

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from roadbed.reliability.objectives.answers import ObjectiveView

DEPLOYED: Final = ("service.deployed", "service.upgraded", "service.rolledback")
COUNTED: Final[tuple[tuple[str, tuple[str, ...], State], ...]] = (
    ("Within budget", ("within",), "good"),
    ("At risk", ("at-risk",), "warn"),
    ("Burning or spent", ("burning", "spent"), "bad"),
    ("No data", ("unmeasured", "broken"), "unknown"),
    ("Idle", ("idle",), "idle"),
)
SHOWN: Final = 50


@require_safe
@doors.page
def show_all(request: HttpRequest) -> HttpResponse:
    """All objectives, filtered by a GET form."""
    given = {name: request.GET.get(name, "") for name in ("q", "standing", "owner")}
    page = queries.objectives(
        text=given["q"],
        standing=given["standing"],
        owner=given["owner"],
        cursor=request.GET.get("cursor", ""),
        limit=SHOWN,
    )
    counts = queries.standings()
    context = {
        **given,
        "page": page,
        "rows": [
            {"view": view, "badge": showing.badge(view.standing), "left_state": showing.left_state(view)}
            for view in page.items
        ],
        "counts": {"all": sum(counts.values())},
        "stats": _stats(counts),
        "standings": tuple(STANDING_WORDS.items()),
        "teams": [team.name for team in teams()],
        "more_url": f"?{urlencode({**given, 'cursor': page.next_cursor})}" if page.next_cursor else "",
    }
    return render(request, "objectives/list.html", context)


def _stats(counts: dict[str, int]) -> tuple[Stat, ...]:
    whole = sum(counts.values())
    found = []
    for label, standings, state in COUNTED:
        number = sum(counts.get(standing, 0) for standing in standings)
        found.append(Stat(label, str(number), note=f"of {whole}", state=state, tone=number > 0 and state != "good"))
    return tuple(found)


@require_safe
@doors.page
def show(request: HttpRequest, uid: str) -> HttpResponse:
    """One objective: what is left, what burns, what was measured, what it decides."""
    now = timezone.localtime()
    page = queries.require_objective(uid)
    view = page.view
    whole = burn_down(uid)
    spans = charting.spans(view, whole, asked=request.GET.get("span", ""))
    shown = next(span for span in spans if span.current)
    drawn = burn_down(uid, last_minutes=shown.minutes) if whole and shown.minutes < view.window_minutes else whole
    pairs = showing.pairs(page)
    context = {
        "page": page,
        "view": view,
        "badge": showing.badge(view.standing),
        "promise": promise(Target.exactly(view.target), view.title, view.window_words),
        "stats": showing.stats(page, now=now),
        "chart": charting.burn_down(drawn, _deployments(view, drawn.start if drawn else None)),
        "spans": spans,
        "coverage": charting.coverage(view, drawn),
        "shown": in_words(drawn.window_minutes if drawn else view.window_minutes),
        "filling_title": "Its past is being read from the source",
        "filling": showing.filling(page.counts),
        "excluded": charting.exclusions_in_words(page.exclusions),
        "stretches": charting.stretches_in_words(whole),
        "pairs": pairs,
        "sources": sorted({standing.source for standing, _ in page.pairs}),
        "span": view.window_words,
        "policy": _policy(view, now),
        "spent": queries.attribution(uid),
        "now": now,
    }
    return render(request, "objectives/objective.html", context)


def _deployments(view: ObjectiveView, since: datetime | None) -> list[datetime]:
    if since is None:
        return []
    facts = facts_of(view.service_uid, kinds=DEPLOYED)
    return sorted(fact.occurred_at for fact in facts if fact.occurred_at >= since)


def _policy(view: ObjectiveView, now: datetime) -> dict[str, object]:
    """The policy that decides for the objective's service, with the rule that would answer for a feature now."""
    plan, answer = decision_of(view, service_named(view.service_uid, view.service_name), Change("feature"), now)
    rules = [
        (
            outcome_badge(rule.outcome),
            rule.name == answer.rule,
            rule.name.replace("-", " ").capitalize(),
            rule.when.text,
        )
        for rule in plan.policy.rules
    ]
    return {"name": plan.policy.name, "version": plan.version, "rules": rules, "answer": answer,
            "badge": outcome_badge(answer.outcome)}  # fmt: skip
