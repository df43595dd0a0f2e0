"""Which team an alert goes to: the engaged SREs, else the owner, and never the platform for a product of others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PLATFORM: Final = "platform"
ENGAGEMENT, OWNER = "engagement", "owner"
NAMED, DOOR = "label", "integration"
BY_HAND: Final = "hand"
FULL, SHARED, CONSULT = "full", "shared", "consult"


@dataclass(frozen=True, slots=True)
class Side:
    """A team with the layer that its charter names; a team that does not exist has none."""

    team: str
    layer: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """The team, by what it was chosen, the reason in words, and what breached a boundary, if anything did."""

    team: str
    by: str
    said: str
    breach: str = ""


def decide(
    service: str,
    *,
    owner: Side,
    engaged: Side | None = None,
    kind: str = FULL,
    hours: str = "",
    owners_turn: bool = False,
) -> Decided:
    """Whom an alert about a service goes to.

    Args:
        service: its name.
        owner: who owns it.
        engaged: who is engaged on it.
        kind: how: `full`, `shared` by hours, or `consult`.
        hours: of a shared engagement, the owner's hours in words.
        owners_turn: whether the instant lies in them.

    A platform team answers for components of the platform, which are those that a platform team owns. Engaged on the
    product of another team it would be paged for what it does not own: the owner is paged instead, and it is told.
    """
    if engaged is None:
        return Decided(owner.team, OWNER, f"{service} has no SRE engagement, so its owner is paged: {owner.team}.")
    team = engaged.team
    if engaged.layer == PLATFORM and owner.layer != PLATFORM and kind != CONSULT:
        breach = (
            f"{team} is a platform team and engaged on {service}, which {owner.team} owns: the owner is paged. "
            f"Engage a team whose charter is reliability."
        )
        return Decided(owner.team, OWNER, breach, breach)
    if kind == CONSULT:
        said = f"{team} consults on {service} and is not paged, so its owner is: {owner.team}."
        return Decided(owner.team, OWNER, said)
    if kind == SHARED:
        turn = f"{team} shares the pages of {service} with {owner.team}, which has them {hours}"
        if owners_turn:
            return Decided(owner.team, OWNER, f"{turn}: it is paged.")
        return Decided(team, ENGAGEMENT, f"{turn}; now it is outside them, so {team} is paged.")
    said = f"{team} is engaged on {service} as SRE, so it is paged and not the owner, {owner.team}."
    return Decided(team, ENGAGEMENT, said)


def decide_unknown(*, named: str, named_known: bool, door: str, integration: str, said_service: str) -> Decided:
    """Whom an alert goes to that is about no service of the catalogue: the team of its label, else of its integration.

    Args:
        named: the team that its label `team` names.
        named_known: whether there is such a team.
        door: the team of the integration.
        integration: the integration's name.
        said_service: what the alert calls its service.
    """
    about = f"The catalogue has no service {said_service}" if said_service else "It names no service"
    if named and named_known:
        return Decided(named, NAMED, f"{about}; its label says team {named}, which is paged.")
    unknown = f" and no team {named}" if named else ""
    return Decided(door, DOOR, f"{about}{unknown}, so the team of the integration {integration} is paged: {door}.")
