"""What incidents register with the ground: a gate, an answer, four reactions and a place in the sidebar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roadbed.ground import asks
from roadbed.ground.asks.incidents import IncidentOfPage
from roadbed.ground.asks.runbooks import UnresolvedIncidents
from roadbed.ground.demo import forgetting
from roadbed.ground.gates import usecases as gates
from roadbed.ground.ledger import reactions
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import Caller
from roadbed.ground.shell import nav
from roadbed.reliability.incidents import jobs, news, queries
from roadbed.reliability.incidents.forgetting import forget
from roadbed.reliability.incidents.gate import open_incident
from roadbed.reliability.incidents.unresolved import incident_of_page, unresolved

if TYPE_CHECKING:
    from django.http import HttpRequest


def wire() -> None:
    """Hold features back while an incident is severe, and follow what pages tell."""
    forgetting.register("incidents", forget)
    gates.register("open-incident", open_incident)
    asks.answer_with(asks.TellIncident, queries.tell)
    news.supply()
    asks.answer_with(UnresolvedIncidents, unresolved)
    asks.answer_with(IncidentOfPage, incident_of_page)
    for reaction in (jobs.OPENED, jobs.CLOSED, jobs.LED, jobs.TOLD):
        reactions.register(reaction)
    nav.add(nav.Entry("Incidents", "urgent", "incidents:list", course="reliability", count=_waiting))


def _waiting(request: HttpRequest) -> int:
    user = request.user
    # Who sees which incident hangs on no team, so that none is read for each page's sidebar.
    asking = Caller(user.uid, user.name, user.role) if isinstance(user, Person) else None
    return queries.count_open(asking)
