"""The pages of budget policies: those that decide now, and one with its rules, versions and last decisions."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from roadbed.ground.errors import Invalid, Place
from roadbed.ground.gates import queries as gates
from roadbed.ground.gates import showing as decisions
from roadbed.ground.shell import doors
from roadbed.ground.shell.components import Badge, Line, State
from roadbed.reliability.objectives import listing, policies

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from roadbed.ground.gates.queries import Decision

OUTCOMES: Final[Mapping[str, tuple[State, str]]] = decisions.OUTCOMES
LOOKED_AT: Final = 200
SHOWN: Final = 20
OFFERED: Final = 200
LONGEST_NUMBER: Final = 9


@require_safe
@doors.page
def show_all(request: HttpRequest) -> HttpResponse:
    """The policies that decide now."""
    context = {"policies": policies.policies(), "now": timezone.localtime()}
    return render(request, "objectives/policies.html", context)


@require_safe
@doors.page
def show(request: HttpRequest, name: str) -> HttpResponse:
    """One policy in one of its versions."""
    asked = request.GET.get("version", "")
    if asked and not (asked.isdecimal() and len(asked) <= LONGEST_NUMBER):
        raise Invalid(f"{asked[:20]!r} is no version.", remedy="Give its number.", place=Place(field="version"))
    shown = policies.policy(name, int(asked) if asked else None)
    used, looked_at = last_uses(name)
    versions = policies.history(name)
    before = next((one for one in versions if one.number < shown.number), None)
    context = {
        "policy": shown,
        "rules": [(outcome_badge(rule.outcome), rule) for rule in shown.rules],
        "versions": versions,
        "before": before,
        "diff": lines_between(before.text, shown.text) if before else (),
        "objectives": [f"{row.service}/{row.name}" for row in listing.rows()[:OFFERED]],
        "used": [(decisions.badge(decision), decision, rules) for decision, rules in used],
        "looked_at": looked_at,
        "now": timezone.localtime(),
    }
    return render(request, "objectives/policy.html", context)


def lines_between(before: str, after: str) -> tuple[Line, ...]:
    """What was written otherwise, each change with three lines around it."""
    found: list[Line] = []
    number = 0
    for text in difflib.unified_diff(before.splitlines(), after.splitlines(), n=3, lineterm=""):
        if text.startswith(("---", "+++")) and not found:
            continue
        if text.startswith("@@"):
            number = int(text.split("+")[1].split(",")[0].split(" ")[0]) - 1
            found.append(Line("hunk", text))
            continue
        gone = text.startswith("-")
        number += not gone
        kind: Literal["add", "del", "same"] = "del" if gone else "add" if text.startswith("+") else "same"
        found.append(Line(kind, text[1:], None if gone else number))
    return tuple(found)


def outcome_badge(outcome: str, word: str = "") -> Badge:
    """An answer as it is shown."""
    state, said = OUTCOMES[outcome]
    return Badge(state, word or said, plain=True)


def last_uses(name: str) -> tuple[list[tuple[Decision, str]], int]:
    """The last decisions in which a policy answered, with its rules, among how many that were looked at."""
    page = gates.decisions(limit=LOOKED_AT).items
    found = []
    for decision in page:
        rules = dict.fromkeys(
            str(reason.get("rule", ""))
            for reason in decision.data.get("reasons", ())
            if (reason.get("figures") or {}).get("policy") == name
        )
        if rules:
            found.append((decision, ", ".join(rules)))
    return found[:SHOWN], len(page)


def address_of_rule(reason: Mapping[str, Any]) -> str:
    """Where the policy of a reason can be read, in the version that decided; empty where no policy did."""
    figures = reason.get("figures") or {}
    if not figures.get("policy"):
        return ""
    return f"{reverse('objectives:policy', args=[figures['policy']])}?version={figures.get('policy_version')}"
