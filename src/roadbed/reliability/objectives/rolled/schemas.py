"""The shapes of roll-ups over HTTP."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema


class RollupLineOut(Schema):
    """One objective behind a roll-up's figures."""

    uid: str
    title: str
    name: str
    service: str
    owner: str
    system: str
    kind: str
    unit: str
    window: str
    standing: str
    state: str
    target_text: str
    remaining: float | None
    attainment: float | None
    coverage: float | None
    good: int
    total: int
    measured: int
    counting: int
    as_of: datetime | None


class RollupKindOut(Schema):
    """What was attained of one kind over one window, event by event."""

    kind: str
    window: str
    unit: str
    objectives: int
    good: int
    total: int
    attainment: float | None


class RollupOut(Schema):
    """A system, a team or the organization; the states add up to the objectives."""

    scope: str
    name: str
    title: str
    services: int
    objectives: int
    states: dict[str, int]
    kinds: list[RollupKindOut]
    worst: RollupLineOut | None
    measured: int
    counting: int
    coverage: float | None
    as_of: datetime | None


class RollupList(Schema):
    """Groups by name."""

    items: list[RollupOut]


class RollupDetail(Schema):
    """A group with the objectives behind it."""

    group: RollupOut
    lines: list[RollupLineOut]
