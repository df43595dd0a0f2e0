"""The shapes of the layers over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field

from roadbed.organization.layers.usecases import LONGEST, MOST

PLAIN = r"^[^\x00]*$"


class MeasureOut(Schema):
    """One thing that a layer is measured on; null is no data."""

    name: str
    value: str | None
    note: str
    supplier: str = Field(description="Where nothing supplies it yet, what would.")


class GapOut(Schema):
    """Something thin: state is warn, bad or unknown."""

    state: str
    text: str


class LayerOut(Schema):
    """One layer: who answers for it, what it is measured on, where it is thin."""

    key: str
    name: str
    title: str
    known_as: str
    accountable: str
    teams: list[str]
    leads: list[str]
    agreed: list[str]
    measures: list[MeasureOut]
    gaps: list[GapOut]


class StageAdviceOut(Schema):
    """What the size asks for, with the rule that fired."""

    stage: str
    advised: str = Field(description="The stage whose advice is given; another one where strong signals shift it.")
    rule: str
    says: str
    evidence: list[str]
    held: bool = Field(description="Whether the hysteresis kept an earlier stage.")
    interpolated: bool
    next: str


class PatternOut(Schema):
    """An anti-pattern that was found: state is bad or warn."""

    rule: str
    state: str
    title: str
    evidence: str
    remedy: str


class UndeterminedOut(Schema):
    """An anti-pattern that nobody can tell yet, and what would tell it."""

    rule: str
    title: str
    needs: str


class HiringOut(Schema):
    """Whom to hire: platform-engineer, sre or neither; null where too little is known."""

    hire: str | None
    rule: str
    says: str
    reasons: list[str]


class QuadrantOut(Schema):
    """both, neither, sre-alone or platform-alone; null while a side has no data."""

    place: str | None
    says: str
    sre: float | None
    platform: float | None


class AdviceOut(Schema):
    """All advice; stage is null where the head count is unknown."""

    engineers: int | None
    stage: StageAdviceOut | None
    hiring: HiringOut
    quadrant: QuadrantOut
    patterns: list[PatternOut]
    undetermined: list[UndeterminedOut]


class StrengthOut(Schema):
    """A side of the quadrant, 0 to 10: as measured, with what that rests on, and as answered."""

    measured: float | None
    evidence: list[str]
    answered: float | None
    low: float | None
    high: float | None


class CircumstancesOut(Schema):
    """What nobody can measure; null is unknown."""

    engineers: int | None = Field(description="Overrides the count of active people.")
    contractual_uptime: bool | None
    consumer_scale: bool | None
    divergent_ci: bool | None = Field(description="Teams build and deploy each in their own way.")


class CircumstancesIn(Schema):
    """What is entered; what is left out stays, null is unknown again."""

    engineers: Annotated[int | None, Field(ge=0, le=MOST)] = None
    contractual_uptime: bool | None = None
    consumer_scale: bool | None = None
    divergent_ci: bool | None = None


class VacancyIn(Schema):
    """A vacancy."""

    title: Annotated[str, Field(min_length=1, max_length=LONGEST, pattern=PLAIN)]
    team: Annotated[str, Field(max_length=63, pattern=PLAIN)] = ""


class VacancyOut(Schema):
    """A vacancy; closed_at is null while it is open."""

    uid: str
    title: str
    team: str
    opened_by: str
    opened_at: datetime
    closed_at: datetime | None


class VacancyList(Schema):
    """Some vacancies."""

    items: list[VacancyOut]


class PictureOut(Schema):
    """The organization; a small one is shown as one team, without layers."""

    people: int
    teams: int
    services: int
    small: bool
    layers: list[LayerOut]
    as_of: datetime | None
    advice: AdviceOut
    sre: StrengthOut
    platform: StrengthOut
    answered: int = Field(description="People whose answers to the diagnostic are in it.")
    asked: int
    answered_until: datetime | None
    scores: dict[str, float | None] = Field(description="By layer, from 0 to 10, as people answered.")
    roles: list[VacancyOut]
    circumstances: CircumstancesOut
