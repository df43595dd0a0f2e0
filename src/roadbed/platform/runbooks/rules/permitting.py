"""Who may run which step: one table over how a person stands to the service, and the reason in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from roadbed.ground.people.rules import Permission
from roadbed.platform.runbooks.rules.shapes import OPERATE, READ


@dataclass(frozen=True, slots=True)
class Stand:
    """How a person stands to a service at this moment.

    Attributes:
        person: their name; `service`, `team`: of what, and of whom it is.
        member: in the team that owns it.
        engaged: in the SRE team that is engaged on it.
        on_call: on call for the team that answers for it.
        duty: who is on call for that team; empty where nobody is.
        leads: leads an open incident of it.
        platform: of the platform, while the service is none of the platform's.
        role: admin, member or viewer.
    """

    person: str
    service: str
    team: str
    member: bool = False
    engaged: bool = False
    on_call: bool = False
    duty: str = ""
    leads: bool = False
    platform: bool = False
    role: str = "member"


ANSWERS: Final = ("member", "engaged", "on_call", "leads")
TABLE: Final = {READ: ("member", "engaged", "on_call", "leads"), OPERATE: ("on_call", "leads")}
"""By need: how one must stand to the service. Any one of them is enough."""

WITHOUT_DUTY: Final = ("member", "engaged")
"""Who may operate as well while nobody is on call: a team that needs no rotation has one hat for everybody."""

_WORDS: Final = {
    "member": "a member of {team}",
    "engaged": "of the SRE team that is engaged on {service}",
    "on_call": "on call for {service}",
    "leads": "the lead of its incident",
}


def may_run(needs: str, stand: Stand) -> Permission:
    """Whether a person may run a step with this need, or tick one off that is done by hand."""
    if stand.role not in ("admin", "member"):
        return Permission(allowed=False, reason=f"a {stand.role} looks and runs nothing")
    if stand.platform and not stand.member and not stand.engaged:
        return Permission(
            allowed=False,
            reason=f"{stand.person} is of the platform, which answers for itself and not for {stand.service}",
        )
    ways = TABLE[needs] if needs == READ or stand.duty else (*TABLE[needs], *WITHOUT_DUTY)
    held = next((way for way in ways if getattr(stand, way)), None)
    if held is not None:
        said = _WORDS[held].format(team=stand.team, service=stand.service)
        also = ", and nobody is on call" if needs == OPERATE and held in WITHOUT_DUTY else ""
        return Permission(allowed=True, reason=f"{stand.person} is {said}{also}")
    if needs == OPERATE and (stand.member or stand.engaged):
        why = f"{stand.duty} is on call for {stand.service}: a step that changes something is theirs, or the lead's"
        return Permission(allowed=False, reason=why)
    return Permission(allowed=False, reason=f"{stand.person} does not answer for {stand.service}; {stand.team} does")
