"""The shapes of budget policies over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Field, Schema

from roadbed.reliability.objectives.schemas import PLAIN


class PolicyIn(Schema):
    """A policy to apply, as its file says it."""

    text: Annotated[str, Field(max_length=64 * 1024, pattern=r"^[^\x00]*$")]
    file: Annotated[str, Field(max_length=300, pattern=PLAIN, description="Its name in messages.")] = "policy.yaml"
    why: Annotated[str, Field(max_length=500, pattern=PLAIN, description="Why it changes; it stays with the version.")]


class PolicyRuleOut(Schema):
    """One rule: when it holds, what it answers, and its texts with their placeholders."""

    name: str
    when: str
    outcome: str
    says: str
    clears: str
    source: str


class BudgetPolicyOut(Schema):
    """One version of a policy. `applied_at` is null for the one that ships."""

    name: str
    number: int
    description: str
    source: str
    selects: str
    is_default: bool
    digest: str
    text: str
    rules: list[PolicyRuleOut]
    by: str
    why: str
    applied_at: datetime | None
    current: bool
    ended_at: datetime | None
    ended_by: str


class BudgetPolicyList(Schema):
    """Policies or versions of one."""

    items: list[BudgetPolicyOut]


class PolicyApplied(BudgetPolicyOut):
    """The version that decides now; `changed` is false where the same text was applied before."""

    changed: bool
