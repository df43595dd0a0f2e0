"""How somebody stands to a service at this moment: owner, engaged, on call, lead, or of the platform."""

from __future__ import annotations

from datetime import datetime

from roadbed.ground import asks
from roadbed.ground.asks.runbooks import UnresolvedIncident, UnresolvedIncidents
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.catalog.queries import ServiceView
from roadbed.ground.errors import NotFound, Place
from roadbed.ground.people.models import Team
from roadbed.ground.people.rules import Caller
from roadbed.platform.runbooks.rules.permitting import Stand

PLATFORM = "platform"


def stand_of(caller: Caller, service: ServiceView, *, now: datetime) -> Stand:
    """Asked anew each time: a shift ends, an engagement is handed back, a lead is relieved."""
    engaged = next(iter(catalog.engagements(service.uid, on=now.date())), None)
    answers = engaged.team if engaged else service.owner
    duty = asks.put(asks.WhoIsOnCall(answers, now))
    # While SREs are engaged they are paged first, and the owner's on-call after them.
    behind = asks.put(asks.WhoIsOnCall(service.owner, now)) if engaged else None
    layers = dict(Team.objects.filter(name__in=[*caller.teams, service.owner]).values_list("name", "layer"))
    return Stand(
        person=caller.name,
        service=service.name,
        team=service.owner,
        member=service.owner in caller.teams,
        engaged=engaged is not None and engaged.team in caller.teams,
        on_call=any(one is not None and one.person_uid == caller.uid for one in (duty, behind)),
        duty=next((one.name for one in (duty, behind) if one is not None), ""),
        leads=any(one.lead_uid == caller.uid for one in incidents_of(service.uid)),
        platform=layers.get(service.owner) != PLATFORM and any(layers.get(team) == PLATFORM for team in caller.teams),
        role=caller.role,
    )


def incidents_of(service_uid: str) -> tuple[UnresolvedIncident, ...]:
    """Its incidents that are not resolved."""
    return asks.put(UnresolvedIncidents(service_uid))


def is_open_on(service_uid: str, said: str) -> bool:
    """Whether a run could be recorded on the incident that is said; also where none is said."""
    said = said.lower()
    return said in ("", "none") or any(said in (one.uid, one.name.lower()) for one in incidents_of(service_uid))


def incident_of(service: ServiceView, said: str, environment: str) -> tuple[str, str]:
    """Uid and name of the incident that a run belongs to: as said, `none`, or the severest that is open there.

    Raises:
        NotFound: when the one that is said is not open on the service.
    """
    if said.lower() == "none":
        return "", ""
    known = incidents_of(service.uid)
    if not said:
        open_here = next((one for one in known if one.environment == environment), None)
        return (open_here.uid, open_here.name) if open_here else ("", "")
    found = next((one for one in known if said.lower() in (one.uid, one.name.lower())), None)
    if found is None:
        open_now = ", ".join(one.name for one in known) or "none"
        raise NotFound(
            f"{said[:40]} is not open on {service.name}.",
            remedy=f"Open now: {open_now}. Leave it out to take that one.",
            place=Place(field="incident"),
        )
    return found.uid, found.name
