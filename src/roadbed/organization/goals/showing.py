"""How goals look: a badge for each standing, the blocks that they hang into a team's and a service's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from roadbed.ground.asks.measures import SYSTEM, TEAM
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.people.rules import may
from roadbed.ground.shell import doors
from roadbed.ground.shell.components import Badge
from roadbed.organization.goals import queries
from roadbed.organization.goals.rules.standing import MISSED, NO_DATA, OFF_TRACK, ON_TRACK, REACHED, UNCLEAR, WORDS
from roadbed.organization.goals.usecases import WITHDRAWN

if TYPE_CHECKING:
    from django.http import HttpRequest

    from roadbed.organization.goals.queries import GoalPage, GoalView

BADGES: Final = {
    REACHED: Badge("good", WORDS[REACHED]),
    ON_TRACK: Badge("good", WORDS[ON_TRACK]),
    UNCLEAR: Badge("info", WORDS[UNCLEAR]),
    OFF_TRACK: Badge("warn", WORDS[OFF_TRACK]),
    MISSED: Badge("bad", WORDS[MISSED]),
    NO_DATA: Badge("unknown", WORDS[NO_DATA]),
    WITHDRAWN: Badge("idle", "Withdrawn", "circle-off", plain=True),
}


def row_of(view: GoalView) -> dict[str, Any]:
    """A goal as a row of a table."""
    return {"view": view, "badge": BADGES[view.standing]}


def line_of(page: GoalPage) -> str:
    """What the small chart of the readings says aloud."""
    known = [one for one in page.readings if one.value is not None]
    if not known:
        return "No reading has a figure"
    return f"{len(known)} readings, from {known[0].said} on {known[0].day:%-d %B} to {known[-1].said}"


def on_team(request: HttpRequest, name: str) -> SafeString:
    """The goals of a team, and the way to set one for who may."""
    return _block(request, queries.goals_of(TEAM, name), TEAM, name)


def on_service(request: HttpRequest, name: str) -> SafeString:
    """The goals that a service is part of: those of its team and of its system; none where there are none."""
    known = catalog.owners_and_systems([name]).get(name)
    if known is None:
        return SafeString("")
    _, owner, system = known
    found = queries.goals_of(TEAM, owner) + (queries.goals_of(SYSTEM, system) if system else ())
    return _block(request, found, TEAM, owner) if found else SafeString("")


def _block(request: HttpRequest, found: tuple[GoalView, ...], scope: str, name: str) -> SafeString:
    context = {
        "rows": [row_of(one) for one in found],
        "scope": scope,
        "name": name,
        "may_set": may(doors.caller(request), "goal.write", team=name).allowed,
        "now": timezone.localtime(),
    }
    return SafeString(render_to_string("goals/block.html", context, request))
