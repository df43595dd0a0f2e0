"""What other rooms know of one service, as its page shows it: who is on call, what is open, which flags it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from roadbed.delivery.flags import queries as flags
from roadbed.ground.shell.components import Badge
from roadbed.platform.runbooks import covering, showing
from roadbed.platform.runbooks import queries as runbooks
from roadbed.reliability.incidents import queries as incidents
from roadbed.reliability.paging import queries as paging

if TYPE_CHECKING:
    from datetime import datetime

    from roadbed.reliability.incidents.values import IncidentView
    from roadbed.reliability.paging.answers import TeamOnCall

PRODUCTION = "production"
MOST_GAPS = 6


@dataclass(frozen=True, slots=True)
class FlagLine:
    """A flag with what it does in production."""

    key: str
    url: str
    badge: Badge


def on_call(team: str, *, now: datetime) -> TeamOnCall | None:
    """The team that is paged for it; None where the team is gone."""
    return paging.team_on_call(team, now=now) if team else None


def worst_incident(service_uid: str) -> IncidentView | None:
    """The severest incident that is open on it."""
    return next(iter(incidents.open_of(service_uid)), None)


def incident_alert(found: IncidentView) -> dict[str, str]:
    """The incident as the one alert of a page."""
    lead = f"{found.lead} leads it." if found.lead else "" if found.private else "Nobody leads it."
    return {
        "title": f"{found.name}, severity {found.severity}: {found.title}",
        "detail": f"{found.status.capitalize()}. {lead}".strip(),
        "url": reverse("incidents:incident", args=[found.name]),
        "action": "Go to the incident",
    }


def flag_lines(service_uid: str) -> tuple[FlagLine, ...]:
    """Its flags, by key."""
    return tuple(
        FlagLine(view.key, reverse("flags:flag", args=[view.uid]), _badge(view.state_in(PRODUCTION)))
        for view in flags.flags_of(service_uid)
    )


def runbook_lines(service_uid: str, *, now: datetime) -> dict[str, Any]:
    """Its runbooks with whether each can be trusted, and what can page and has none."""
    rows = runbooks.of_service(service_uid, now=now)
    return {
        "runbooks": [{"view": row, "badge": showing.trust(row)} for row in rows],
        "gaps": covering.coverage(service_uid=service_uid, now=now).uncovered[:MOST_GAPS],
    }


def _badge(state: flags.StateView) -> Badge:
    if state.changed_at is None:
        return Badge("idle", "Not set", plain=True)
    return Badge("info" if state.share else "idle", state.state.capitalize(), "flag", plain=True)
