"""The shapes of escalation policies over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Field, Schema

from roadbed.ground.api.instants import Instant
from roadbed.reliability.paging.policies.writing import FILE, LARGEST


class EscalationPolicyIn(Schema):
    """A policy's YAML, as docs/reference/escalation-policies.md has it."""

    document: Annotated[str, Field(max_length=LARGEST)]
    file: Annotated[str, Field(max_length=300)] = FILE


class EscalationOut(Schema):
    """A team's own policy; version 0 where it has Roadbed's steps. `words` are of what is urgent."""

    team: str
    document: str
    version: int
    changed_at: datetime | None
    changed_by: str
    words: str
    low_words: str


class TriedIn(Schema):
    """When a page would open, how severe; with a document it is tried out instead of what the team has."""

    at: Annotated[Instant | None, Field(description="Now, where it is left out.")] = None
    severity: Annotated[int, Field(ge=1, le=4)] = 2
    document: Annotated[str | None, Field(max_length=LARGEST)] = None
    file: Annotated[str, Field(max_length=300)] = FILE


class StopOut(Schema):
    """A step at its time: whom it would page, and who of it has no verified channel; nobody is passed at once."""

    at: datetime
    round: int
    step: int
    name: str
    people: list[str]
    unreachable: list[str]
    fallback: bool


class LintedIn(Schema):
    """A document to look through; the team's own without one."""

    document: Annotated[str | None, Field(max_length=LARGEST)] = None
    file: Annotated[str, Field(max_length=300)] = FILE


class PolicyFindingOut(Schema):
    """Something to mend: `step` counts from 1, 0 is all of them; `at` is when it shows first in the coming 72 h."""

    rule: str
    urgency: str
    step: int
    person: str
    at: datetime | None
    why: str
    remedy: str
