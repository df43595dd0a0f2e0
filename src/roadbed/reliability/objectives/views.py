"""The page of one objective: what is left, what burns, what was measured, what it decides, and how it came so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from roadbed.ground.people.rules import may
from roadbed.ground.shell import doors
from roadbed.reliability.objectives import burn_chart, charting, decided, queries, showing, showing_decided
from roadbed.reliability.objectives.burn_down import burn_down
from roadbed.reliability.objectives.burning import burn_rates
from roadbed.reliability.objectives.gate import decision_of, service_named
from roadbed.reliability.objectives.marks import Marks
from roadbed.reliability.objectives.policy_views import outcome_badge
from roadbed.reliability.objectives.rules.policy.deciding import Change
from roadbed.reliability.objectives.rules.policy.wording import in_words as in_words_of
from roadbed.reliability.objectives.rules.targets import Target
from roadbed.reliability.objectives.rules.windows import in_words
from roadbed.reliability.objectives.rules.words import promise

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from roadbed.reliability.objectives.answers import ObjectivePage, ObjectiveView
    from roadbed.reliability.objectives.burn_down import BurnDown

DECISIONS: Final = 6
CAUSES: Final = 10
PAGED: Final = 50


@require_safe
@doors.page
def show(request: HttpRequest, uid: str) -> HttpResponse:
    """One objective."""
    now = timezone.localtime()
    page = queries.require_objective(uid)
    view = page.view
    spent = queries.attribution(uid)
    may_write = may(doors.caller(request), "objective.write", team=view.owner).allowed
    context = {
        "page": page,
        "view": view,
        "badge": showing.badge(view.standing),
        "promise": promise(Target.exactly(view.target), view.title, view.window_words),
        "stats": showing.stats(page, now=now),
        "filling_title": "Its past is being read from the source",
        "filling": showing.filling(page.counts),
        "pairs": showing.pairs(page),
        "guarded": showing.guarded([standing for standing, _ in page.pairs]),
        "sources": sorted({standing.source for standing, _ in page.pairs}),
        "span": view.window_words,
        "adjusted": showing.adjusted(page),
        "exclusions": [(one, charting.times_in_words(one)) for one in page.exclusions],
        "may_write": may_write and page.removed_at is None,
        "policy": _policy(view, now),
        "decisions": showing_decided.events(decided.decisions_of(uid, view.service_uid, limit=DECISIONS).items),
        "spent": spent,
        "spent_rest": sum(one.bad for one in spent.causes[CAUSES:]) if spent else 0,
        "now": now,
        **_charts(request, page),
    }
    return render(request, "objectives/objective.html", context)


def _charts(request: HttpRequest, page: ObjectivePage) -> dict[str, Any]:
    """The three charts and the strip, over the span and for the alert that are asked for."""
    view, asked = page.view, {name: request.GET.get(name, "")[:60] for name in ("span", "alert")}
    whole = burn_down(view.uid)
    spans = charting.spans(view, whole, asked=asked["span"])
    shown = next(span for span in spans if span.current)
    drawn = burn_down(view.uid, last_minutes=shown.minutes) if whole and shown.minutes < view.window_minutes else whole
    alert, alerts = _alerts(page, asked)
    rates = burn_rates(view.uid, pair=alert) if alert else None
    of_rates = burn_down(view.uid, points=2, last_minutes=rates.minutes) if rates else None
    marks = _marks(view, drawn, of_rates)
    return {
        "chart": charting.burn_down(drawn, marks, unit=view.unit),
        "spans": [(span, f"?{urlencode({'span': span.name, 'alert': alert})}#h-bd") for span in spans],
        "rates": burn_chart.burn_rates(rates, of_rates, marks) if rates else None,
        "alerts": alerts,
        "events": burn_chart.events(drawn, marks),
        "coverage": charting.coverage(view, drawn),
        "shown": in_words(drawn.window_minutes if drawn else view.window_minutes).removeprefix("1 "),
        "stretches": charting.stretches_in_words(whole),
    }


def _alerts(page: ObjectivePage, asked: dict[str, str]) -> tuple[str, list[tuple[str, str, bool]]]:
    """The alert whose burn is drawn, and all of them with where each leads: unasked one that fires, else the first."""
    standings = [standing for standing, _ in page.pairs if standing.reachable]
    firing = [standing.name for standing in standings if standing.firing]
    names = [standing.name for standing in standings]
    chosen = asked["alert"] if asked["alert"] in names else next(iter([*firing, *names]), "")
    kept = {"span": asked["span"]} if asked["span"] else {}
    return chosen, [(name, f"?{urlencode({**kept, 'alert': name})}#h-br", name == chosen) for name in names]


def _marks(view: ObjectiveView, *drawn: BurnDown | None) -> Marks:
    known = [one for one in drawn if one is not None]
    if not known:
        return Marks()
    return Marks.of(
        view.service_uid, since=min(one.start for one in known), until=max(one.end for one in known)
    )  # fmt: skip


def _policy(view: ObjectiveView, now: datetime) -> dict[str, object]:
    """The policy that decides for the objective's service, with the rule that would answer for a feature now."""
    plan, answer = decision_of(view, service_named(view.service_uid, view.service_name), Change("feature"), now)
    rules = [
        (
            outcome_badge(rule.outcome),
            rule.name == answer.rule,
            rule.name.replace("-", " ").capitalize(),
            in_words_of(rule.when),
        )
        for rule in plan.policy.rules
    ]
    return {"name": plan.policy.name, "version": plan.version, "rules": rules, "answer": answer,
            "badge": outcome_badge(answer.outcome)}  # fmt: skip


@require_safe
@doors.page
def show_decisions(request: HttpRequest, uid: str) -> HttpResponse:
    """Everything that the gate decided by one objective's budget."""
    view = queries.require_objective(uid).view
    page = decided.decisions_of(uid, view.service_uid, cursor=request.GET.get("cursor", ""), limit=PAGED)
    context = {
        "view": view,
        "rows": [
            (showing_decided.badge(one), one, showing_decided.subject(one), showing_decided.word(one))
            for one in page.items
        ],
        "next_url": f"?{urlencode({'cursor': page.next_cursor})}" if page.next_cursor else "",
        "now": timezone.localtime(),
    }
    return render(request, "objectives/decisions.html", context)
