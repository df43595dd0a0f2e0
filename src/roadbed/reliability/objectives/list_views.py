"""The page of all objectives: figures, the map by team, and the list, filtered by a GET form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.shortcuts import render
from django.views.decorators.http import require_safe

from roadbed.ground.catalog.queries import systems_and_tiers
from roadbed.ground.shell import doors, words
from roadbed.ground.shell.components import Stat, State
from roadbed.reliability.objectives import density, listing, showing
from roadbed.reliability.objectives.rules.words import STANDING_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from django.http import HttpRequest, HttpResponse

    from roadbed.reliability.objectives.listing import Row, Wanted

FILTERS: Final = ("q", "owner", "tier", "system", "standing", "group", "sort")
COUNTED: Final[tuple[tuple[str, tuple[str, ...], State], ...]] = (
    ("Within budget", ("within",), "good"),
    ("At risk", ("at-risk",), "warn"),
    ("Burning or spent", ("burning", "spent"), "bad"),
    ("No data", ("unmeasured", "broken"), "unknown"),
    ("Idle", ("idle",), "idle"),
)
PILLS: Final = (
    ("", "All"),
    (listing.NEEDS, "Needs a look"),
    (listing.BURNS, "Burning now"),
    (listing.UNCOVERED, "Low coverage"),
    (listing.MINE, "Mine"),
)
COLUMNS: Final = (
    ("name", "Service", "", "ascending"),
    ("", "Objective", "", ""),
    ("", "Team", "", ""),
    ("", "Target", "n", ""),
    ("", "Measured", "n", ""),
    ("left", "Budget left", "", "ascending"),
    ("", "Burn, 1 h", "n", ""),
    ("coverage", "Coverage", "n", "ascending"),
    ("worst", "State", "", "descending"),
    ("", "As of", "n", ""),
)
SHOWN: Final = 50
MAPPED_FROM: Final = 12
"""Fewer objectives are seen at once in the list."""


@require_safe
@doors.page
def show_all(request: HttpRequest) -> HttpResponse:
    """All objectives, filtered by a GET form."""
    given = {name: request.GET.get(name, "").strip()[:130] for name in FILTERS}
    given["sort"] = given["sort"] or "worst"
    teams = doors.caller(request).teams
    wanted = listing.Wanted(
        text=given["q"], owner=given["owner"], tier=given["tier"], system=given["system"],
        standing=given["standing"], group=given["group"], sort=given["sort"], teams=teams,
    ).checked()  # fmt: skip
    placed = systems_and_tiers()
    held = listing.rows(placed)
    page = listing.shown(held, wanted, cursor=request.GET.get("cursor", ""), limit=SHOWN)
    fitting = listing.filtered(held, wanted, grouped=False)
    context = {
        **given,
        "rows": [_drawn(one) for one in listing.listed(page.rows)],
        "page": page,
        "last": page.first + len(page.rows) - 1,
        "whole": len(held),
        "said": _said(held),
        "as_of": min((row.as_of for row in held if row.as_of), default=None),
        "stats": _stats(held, placed.keys()),
        "groups": density.groups(held) if len(held) > MAPPED_FROM else (),
        "pills": _pills(given, fitting, wanted),
        "columns": _columns(given),
        "standings": tuple(STANDING_WORDS.items()),
        "next_url": _url(given, cursor=page.next_cursor) if page.next_cursor else "",
        "previous_url": _url(given, cursor=page.previous_cursor) if page.previous_cursor is not None else "",
        "is_filtered": any(value for name, value in given.items() if name != "sort"),
        **_choices(held),
    }
    return render(request, "objectives/list.html", context)


def _drawn(one: listing.Listed) -> dict[str, Any]:
    row = one.row
    return {
        "view": row,
        "held": one,
        "badge": showing.badge(row.standing, plain=True),
        "state": showing.STATES[row.standing],
        "left_state": showing.left_state(row.standing, row.remaining),
        "since": showing.silent_since(row.standing, measured_at=one.measured_at, as_of=row.as_of),
    }


def _choices(held: Sequence[Row]) -> dict[str, list[str]]:
    """What can be chosen: only what some objective has."""
    return {
        "owners": sorted({row.owner for row in held if row.owner}),
        "tiers": sorted({row.tier for row in held if row.tier}),
        "systems": sorted({row.system for row in held if row.system}),
    }


def _said(held: Sequence[Row]) -> str:
    services, teams = {row.service_uid for row in held}, {row.owner for row in held if row.owner}
    return (
        f"{words.plural(len(held), 'objective')} of {words.plural(len(services), 'service')} "
        f"in {words.plural(len(teams), 'team')}."
    )


def _stats(held: Sequence[Row], services: AbstractSet[str]) -> tuple[Stat, ...]:
    counts, whole = listing.by_standing(held), len(held)
    found = []
    for label, standings, state in COUNTED:
        number = sum(counts[standing] for standing in standings)
        found.append(Stat(label, str(number), note=f"of {whole}", state=state, tone=number > 0 and state != "good"))
    without = len(services - {row.service_uid for row in held})
    return (*found, Stat("Services without one", str(without), note=f"of {words.count(len(services))}"))


def _pills(given: dict[str, str], fitting: Sequence[Row], wanted: Wanted) -> list[tuple[str, str, bool]]:
    counts = {"": len(fitting), **listing.counted(fitting, wanted.teams)}
    return [
        (f"{word} {words.count(counts[group])}", _url(given, group=group), given["group"] == group)
        for group, word in PILLS
        if group != listing.MINE or wanted.teams
    ]


def _columns(given: dict[str, str]) -> list[tuple[str, str, str, str]]:
    """Each head with its class, where it leads, and how the list is sorted by it now."""
    return [
        (word, kind, _url(given, sort=sort) if sort else "", order if sort and sort == given["sort"] else "")
        for sort, word, kind, order in COLUMNS
    ]


def _url(given: dict[str, str], **changed: str | None) -> str:
    asked = {name: value for name, value in {**given, **changed}.items() if value}
    if asked.get("sort") == "worst":
        del asked["sort"]
    return f"?{urlencode(asked)}"
