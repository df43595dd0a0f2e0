"""The organization's picture: people, teams, services and engagements of today with figures, advice and roles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from roadbed.ground.asks.advice import Advice, Standing
from roadbed.organization.layers import gathering, measuring
from roadbed.organization.layers.rules import layers as rules
from roadbed.organization.layers.rules.advising import advise
from roadbed.organization.layers.rules.known import Circumstances, Known, Role
from roadbed.organization.layers.rules.layers import Layer, Measure
from roadbed.organization.layers.rules.signals import signals, strength


@dataclass(frozen=True, slots=True)
class Strength:
    """One side of the quadrant as it is measured, beside what people answered; None is no data."""

    measured: float | None
    evidence: tuple[str, ...]
    answered: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Picture:
    """The organization as it stands.

    Attributes:
        people: active people; `small` is whether they are so few that layers are not shown.
        layers: the three; for a small organization they are still reckoned, and shown as one list.
        scores: what people answered, by the layer's key.
        as_of: the oldest instant that any figure rests on; None where one of them was never reckoned.
    """

    people: int
    teams: int
    services: int
    small: bool
    layers: tuple[Layer, ...]
    as_of: datetime | None
    advice: Advice
    sre: Strength
    platform: Strength
    answered: int
    asked: int
    answered_until: datetime | None
    scores: dict[str, float | None]
    roles: tuple[Role, ...]
    circumstances: Circumstances

    @property
    def measures(self) -> tuple[Measure, ...]:
        """All of them, for the one team of a small organization; those that nothing supplies left out."""
        return tuple(one for layer in self.layers for one in layer.measures if not one.supplier)


def picture(*, now: datetime) -> Picture:
    """Who answers for what, what it is measured on today, where it is thin, what that asks for."""
    known = gathering.known(now=now)
    delivered, relied = known.delivered, known.relied
    instants = [today.as_of for today in (delivered, relied) if today is not None]
    standing = known.standing
    return Picture(
        people=len(known.people),
        teams=len(known.teams),
        services=len(known.services),
        small=rules.is_small(len(known.people)),
        layers=(
            rules.delivery(known.teams, measuring.of_delivery(delivered), delivered.silent if delivered else ()),
            rules.reliability(
                known.teams,
                known.services,
                measuring.of_reliability(known),
                frozenset(relied.services if relied else ()),
                known.on_call,
            ),
            rules.platform(
                known.teams, len(known.people), measuring.of_platform(known), measuring.off_the_paths(known)
            ),
        ),
        as_of=min((at for at in instants if at is not None), default=None),
        advice=advise(signals(known)),
        sre=_strength(known, "sre"),
        platform=_strength(known, "platform"),
        answered=standing.people if standing else 0,
        asked=standing.asked if standing else 0,
        answered_until=standing.until if standing else None,
        scores=_scores(standing),
        roles=tuple(one for one in known.roles or () if one.closed_at is None),
        circumstances=known.circumstances,
    )


def _strength(known: Known, dimension: str) -> Strength:
    measured, evidence = strength(known, dimension)
    standing = known.standing
    answered = standing.scores.get(dimension) if standing else None
    low, high = standing.spread.get(dimension, (None, None)) if standing else (None, None)
    return Strength(measured, evidence, answered, low, high)


def _scores(standing: Standing | None) -> dict[str, float | None]:
    """A layer's score by the dimensions that are its: delivery has two, of which the mean counts."""
    found = standing.scores if standing else {}
    throughput, stability = found.get("throughput"), found.get("stability")
    both = None if throughput is None or stability is None else (throughput + stability) / 2
    return {rules.DELIVERY: both, rules.RELIABILITY: found.get("sre"), rules.PLATFORM: found.get("platform")}
