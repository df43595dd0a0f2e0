"""The question for advice about an organization: what is known of it, and what its size and evidence ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from roadbed.ground.asks import Ask


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of an organization. None is unknown, and no rule takes it for a no.

    Attributes:
        engineers: how many ship software.
        previous_stage: the stage as it was advised before, for the hysteresis; empty for none.
        divergent_ci: teams build and deploy each in their own way.
        slow_first_deploy: a new service takes more than ten days into production.
        busy_seniors: seniors spend more than three hours a week on repeated infrastructure answers.
        sre_share: share of application teams that practise SRE, from 0 to 1: an objective, and a budget that counts.
        strict_slos: a promise of 99.9% or more is kept somewhere.
        consumer_scale, contractual_uptime: millions of users; uptime in a contract.
        golden_path: share of services on the golden path, from 0 to 1.
        sre_score, platform_score: strength from 0 to 10.
        sre_heads, platform_heads: people in SRE and platform teams.
        platform_owned: somebody answers for what teams use to ship, by name.
        team_names, open_roles: as people call them; None where nobody said, empty for none.
        delivery_teams: teams whose charter owns delivery, or whose name says DevOps.
        teams_deploy: application teams deploy their own services.
        teams_on_call: application teams are on call for their own services.
        platform_paged: what the platform was paged for that it does not own; None where nobody counts.
        sources: by the name of an attribute, where it comes from, in words.
    """

    engineers: int | None = None
    previous_stage: str = ""
    divergent_ci: bool | None = None
    slow_first_deploy: bool | None = None
    busy_seniors: bool | None = None
    sre_share: float | None = None
    strict_slos: bool | None = None
    consumer_scale: bool | None = None
    contractual_uptime: bool | None = None
    golden_path: float | None = None
    sre_score: float | None = None
    platform_score: float | None = None
    sre_heads: int | None = None
    platform_heads: int | None = None
    platform_owned: bool | None = None
    team_names: tuple[str, ...] | None = None
    open_roles: tuple[str, ...] | None = None
    delivery_teams: tuple[str, ...] | None = None
    teams_deploy: bool | None = None
    teams_on_call: bool | None = None
    platform_paged: tuple[str, ...] | None = None
    sources: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StageAdvice:
    """What the size asks for.

    Attributes:
        stage: by head count, with the hysteresis; `advised` is the stage whose advice is given, which differs where
            strong signals shift it.
        rule: which rule fired.
        held: whether the hysteresis kept an earlier stage.
        interpolated: whether the source leaves a gap here that was filled in between.
        next: what changes at the next edge; empty at the last.
    """

    stage: str
    advised: str
    rule: str
    says: str
    evidence: tuple[str, ...]
    held: bool
    interpolated: bool
    next: str


@dataclass(frozen=True, slots=True)
class AntiPattern:
    """A pattern that was found: state is bad or warn."""

    rule: str
    state: str
    title: str
    evidence: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Undetermined:
    """A pattern that nobody can tell yet, and what would tell it."""

    rule: str
    title: str
    needs: str


@dataclass(frozen=True, slots=True)
class Hiring:
    """Whom to hire: platform-engineer, sre or neither; None where too little is known. Reasons in order."""

    hire: str | None
    rule: str
    says: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quadrant:
    """Strong or weak SRE by strong or weak platform; place is None while a score is missing."""

    place: str | None
    says: str
    sre: float | None
    platform: float | None


@dataclass(frozen=True, slots=True)
class Advice:
    """All of it. `stage` is None where the head count is unknown."""

    engineers: int | None
    stage: StageAdvice | None
    hiring: Hiring
    quadrant: Quadrant
    patterns: tuple[AntiPattern, ...]
    undetermined: tuple[Undetermined, ...]


@dataclass(frozen=True, slots=True)
class AdviseOrganization(Ask[Advice]):
    """What these signals ask for."""

    signals: Signals


@dataclass(frozen=True, slots=True)
class KnownSignals(Ask[Signals]):
    """What is measured and recorded of this organization now."""

    now: datetime


@dataclass(frozen=True, slots=True)
class DiagnosticStanding(Ask["Standing"]):
    """The newest published answers to the diagnostic, of everybody together."""

    now: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """The dimensions as people answered: medians and quartiles from 0 to 10, None where hidden or unknown.

    Attributes:
        people: how many answers are in it; 0 where none is published.
        asked: how many people there are in the teams that answered.
        spread: the lower and upper quartile by dimension.
    """

    people: int
    asked: int
    scores: Mapping[str, float | None]
    spread: Mapping[str, tuple[float, float]]
    questions: Mapping[str, float | None]
    since: datetime | None
    until: datetime | None
