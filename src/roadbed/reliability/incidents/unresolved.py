"""What incidents say to who works on a service: which are not resolved, who leads them, which one a page is of."""

from __future__ import annotations

from roadbed.ground.asks.incidents import IncidentNamed, IncidentOfPage
from roadbed.ground.asks.runbooks import UnresolvedIncident, UnresolvedIncidents
from roadbed.reliability.incidents import queries
from roadbed.reliability.incidents.seeing import touching

LOOKED_AT = 50


def unresolved(asked: UnresolvedIncidents) -> tuple[UnresolvedIncident, ...]:
    """The severest first."""
    found = []
    for view in queries.open_of(asked.service_uid):
        lead = next((role for role in view.roles if role.role == "lead"), None)
        uid, name = (lead.person_uid, lead.person) if lead else ("", "")
        found.append(UnresolvedIncident(view.uid, view.name, view.title, view.environment, uid, name))
    return tuple(found)


def incident_of_page(asked: IncidentOfPage) -> IncidentNamed | None:
    """The newest incident of the service that holds the page; one that was merged is told by what it is part of."""
    rows = touching(asked.service_uid).select_related("merged_into").order_by("-number")[:LOOKED_AT]
    held = (row for row in rows if any(one["alert"] == asked.page for one in row.alerts))
    row = next(held, None)
    if row is None:
        return None
    view = queries.masked(queries.view_of(row.merged_into or row))
    return IncidentNamed(view.name, view.title, view.status, view.lead)
