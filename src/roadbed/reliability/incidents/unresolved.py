"""What incidents say of a service to who works on it: which are not resolved, and who leads them."""

from __future__ import annotations

from roadbed.ground.asks.runbooks import UnresolvedIncident, UnresolvedIncidents
from roadbed.reliability.incidents import queries


def unresolved(asked: UnresolvedIncidents) -> tuple[UnresolvedIncident, ...]:
    """The severest first."""
    found = []
    for view in queries.open_of(asked.service_uid):
        lead = next((role for role in view.roles if role.role == "lead"), None)
        uid, name = (lead.person_uid, lead.person) if lead else ("", "")
        found.append(UnresolvedIncident(view.uid, view.name, view.title, view.environment, uid, name))
    return tuple(found)
