"""Everything that the layers are told from, gathered once: records, figures of other rooms, answers of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from roadbed.ground.asks.advice import Standing
from roadbed.ground.asks.counted import MadeOnPaths, Paged
from roadbed.ground.asks.figures import DeliveryToday, ReliabilityToday
from roadbed.organization.layers.rules.layers import Service, Team


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What nobody can measure and somebody entered; None is unknown. `engineers` overrides the active people."""

    engineers: int | None = None
    contractual_uptime: bool | None = None
    consumer_scale: bool | None = None
    divergent_ci: bool | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """A vacancy; `team` is empty where none is named, `closed_at` None while it is open."""

    uid: str
    title: str
    team: str
    opened_by: str
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Known:
    """All of it.

    Attributes:
        people: uids of active people.
        delivered, relied, on_call, made, paged, standing: by other rooms; None where no room answers.
        deployers: of the newest deployments of 28 days: the service and who did it.
        own: how Roadbed's own objectives stand.
        roles: every vacancy ever entered; None where none ever was, so that nothing is claimed from silence.
        previous_stage: the stage that was noted last.
    """

    now: datetime
    people: frozenset[str]
    teams: tuple[Team, ...]
    services: tuple[Service, ...]
    delivered: DeliveryToday | None
    relied: ReliabilityToday | None
    own: ReliabilityToday | None
    on_call: frozenset[str] | None
    made: MadeOnPaths | None
    paged: tuple[Paged, ...] | None
    deployers: tuple[tuple[str, str], ...]
    standing: Standing | None
    roles: tuple[Role, ...] | None
    circumstances: Circumstances
    previous_stage: str
    itself: str = "roadbed"

    @property
    def owners(self) -> tuple[Team, ...]:
        """Teams that own a service."""
        return tuple(team for team in self.teams if team.services)

    @property
    def others(self) -> tuple[Service, ...]:
        """Services but for Roadbed itself."""
        return tuple(one for one in self.services if one.name != self.itself)

    @property
    def teams_of(self) -> Mapping[str, frozenset[str]]:
        """Names of the teams of each person."""
        found: dict[str, set[str]] = {}
        for team in self.teams:
            for uid in team.people:
                found.setdefault(uid, set()).add(team.name)
        return {uid: frozenset(names) for uid, names in found.items()}
