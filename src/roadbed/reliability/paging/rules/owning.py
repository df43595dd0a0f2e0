"""Which team an alert goes to: the engaged SREs, else the owner, and never the platform for a product of others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PLATFORM: Final = "platform"
ENGAGEMENT, OWNER = "engagement", "owner"


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


def decide(service: str, *, owner: Side, engaged: Side | None = None) -> Decided:
    """Whom an alert about a service goes to.

    A platform team answers for components of the platform, which are those that a platform team owns. Engaged on the
    product of another team it would be paged for what it does not own: the owner is paged instead, and it is told.
    """
    if engaged is None:
        return Decided(owner.team, OWNER, f"{service} has no SRE engagement, so its owner is paged: {owner.team}.")
    if engaged.layer == PLATFORM and owner.layer != PLATFORM:
        breach = (
            f"{engaged.team} is a platform team and engaged on {service}, which {owner.team} owns: the owner is paged. "
            f"Engage a team whose charter is reliability."
        )
        return Decided(owner.team, OWNER, breach, breach)
    said = f"{engaged.team} is engaged on {service} as SRE, so it is paged and not the owner, {owner.team}."
    return Decided(engaged.team, ENGAGEMENT, said)
