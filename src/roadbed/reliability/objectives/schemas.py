"""The shapes of objectives over HTTP."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from ninja import Field, Schema

from roadbed.reliability.objectives.shapes_of_counts import CountsReadOut
from roadbed.reliability.objectives.shapes_of_exclusions import ExclusionOut

PLAIN = r"^[^\x00]*$"


class ObjectiveFilters(Schema):
    """Which objectives are listed; `q` is part of a service's, objective's or team's name, or of a title."""

    q: Annotated[str, Field(max_length=100)] = ""
    owner: Annotated[str, Field(max_length=63)] = ""
    tier: Annotated[str, Field(max_length=63)] = ""
    system: Annotated[str, Field(max_length=130)] = ""
    standing: Annotated[str, Field(max_length=20)] = ""
    sort: Annotated[str, Field(max_length=20, description="worst, name, left or coverage.")] = "worst"
    cursor: Annotated[str, Field(max_length=2000)] = ""
    limit: int = 50


class ObjectiveOut(Schema):
    """An objective with how it stands; figures that cannot be had are null.

    `minutes` by state and `minutes_before`, those before the promise began, add up to `window_minutes`.
    """

    uid: str
    service_uid: str
    service_name: str
    owner: str
    name: str
    title: str
    description: str
    target: Decimal
    target_text: str
    window: str
    window_minutes: int
    window_words: str
    budgeting: str
    standing: str
    standing_word: str
    remaining: float | None
    attainment: float | None
    coverage: float | None
    good: int
    bad: int
    total: int
    unit: str
    spent: float
    allowed: int
    minutes: dict[str, int]
    minutes_before: int
    burns: dict[str, float | None]
    paging: bool
    top_line: str
    measured_by: str
    problem: str
    as_of: datetime | None
    measured_at: datetime | None
    version: int
    changed_at: datetime

    @staticmethod
    def resolve_burns(view: Any) -> dict[str, float | None]:
        return dict(view["burns"] if isinstance(view, dict) else view.burns)


class ObjectiveList(Schema):
    """A page of objectives, and the cursor of the next."""

    items: list[ObjectiveOut]
    next_cursor: str | None


class WindowOut(Schema):
    """One window's exact counts; `before` are its minutes before the promise began."""

    window: str
    good: int
    total: int
    burn: float | None
    coverage: float | None
    minutes: dict[str, int]
    before: int


class PairOut(Schema):
    """A multi-window alert: both burns, whether it fires, and what it says."""

    name: str
    severity: str
    short: int
    long: int
    factor: float
    short_burn: float | None
    long_burn: float | None
    bad: float
    total: int
    short_bad: float
    short_total: int
    unit: str
    firing: bool
    reachable: bool
    held_back: str
    source: str
    words: str


class ForecastOut(Schema):
    """When what is left is spent, if the burn of `basis` goes on."""

    at: datetime
    earliest: datetime
    latest: datetime | None
    basis: str


class RawOut(Schema):
    """The window's main figures with the time that is excluded from the promise."""

    good: int
    bad: int
    total: int
    attainment: float | None
    remaining: float | None
    coverage: float | None
    minutes: dict[str, int]


class VersionOut(Schema):
    """What was promised from an instant on; `changes` says what was otherwise before."""

    number: int
    title: str
    target: Decimal
    target_text: str
    window: str
    measured_by: str
    budgeting: str
    alerts: str
    source_commit: str
    by: str
    since: datetime
    changes: list[str]


class ObjectiveDetail(ObjectiveOut):
    """All of one objective."""

    windows: list[WindowOut]
    pairs: list[PairOut]
    forecast: ForecastOut | None
    returns_at: datetime | None
    raw: RawOut | None
    counts: CountsReadOut | None
    exclusions: list[ExclusionOut]
    versions: list[VersionOut]
    origin: str
    source_file: str
    source_line: int | None
    source_commit: str
    created_at: datetime
    removed_at: datetime | None


class CauseOut(Schema):
    """What one cause spent, and the share of the whole budget that it is."""

    kind: str
    uid: str
    title: str
    start: datetime
    end: datetime
    bad: int
    share: float | None


class AttributionOut(Schema):
    """What spent a window's budget; the causes and the unattributed rest add up to `bad`."""

    objective: str
    start: datetime
    end: datetime
    unit: str
    bad: int
    causes: list[CauseOut]
    unattributed: int
    unattributed_share: float | None


class ReadErrorOut(Schema):
    """Why the service's file was not taken over."""

    file: str
    commit: str
    errors: list[dict[str, Any]]
    at: datetime


class ServiceObjectives(Schema):
    """A service's objectives, and what is wrong with its file."""

    items: list[ObjectiveOut]
    error: ReadErrorOut | None


class ApplyIn(Schema):
    """An OpenSLO text, and the name by which its faults are told."""

    text: Annotated[str, Field(max_length=1024 * 1024)]
    file: Annotated[str, Field(max_length=300, pattern=r"^[^\x00-\x1f]*$")] = "slo.yaml"


class FindingOut(Schema):
    """Something doubtful in a file."""

    file: str
    line: int
    rule: str
    severity: str
    text: str
    remedy: str


class AppliedOut(Schema):
    """What applying did, by objectives' names."""

    service_uid: str
    defined: list[str]
    changed: list[str]
    unchanged: list[str]
    removed: list[str]
    warnings: list[FindingOut]
