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
from roadbed.ground.shell.components import Badge, Stat, State
from roadbed.reliability.objectives import charting, queries, showing
from roadbed.reliability.objectives.burn_down import burn_down
from roadbed.reliability.objectives.rules.evaluation import IDLE, LOW_BUDGET
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
        "policy": _policy(view),
        "spent": queries.attribution(uid),
        "now": now,
    }
    return render(request, "objectives/objective.html", context)


def _deployments(view: ObjectiveView, since: datetime | None) -> list[datetime]:
    if since is None:
        return []
    facts = facts_of(view.service_uid, kinds=DEPLOYED)
    return sorted(fact.occurred_at for fact in facts if fact.occurred_at >= since)


def _policy(view: ObjectiveView) -> list[tuple[Badge, bool, str]]:
    """The gate's rule as a list, with the line that counts now."""
    left, low = view.remaining, f"{LOW_BUDGET:.0%}"
    refused = view.paging or (left is not None and left <= 0)
    unknown = left is None and not refused and view.standing != IDLE
    warned = not refused and left is not None and left < LOW_BUDGET
    return [
        (Badge("good", f"Above {low}", plain=True), not (refused or unknown or warned), "Every change passes."),
        (Badge("warn", f"0–{low}", plain=True), warned, "Feature changes pass with a warning."),
        (Badge("bad", "Spent, burning", plain=True), refused, "Feature changes are refused. Fixes and rollbacks pass."),
        (Badge("unknown", "No data", plain=True), unknown, "The gate says that nobody can tell."),
    ]
