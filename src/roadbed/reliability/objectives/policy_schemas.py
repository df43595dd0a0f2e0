"""The shapes of budget policies over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Field, Schema

from roadbed.ground.api.instants import Instant
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
    words: str
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


class PolicyReplayIn(Schema):
    """What is replayed: a stretch of up to 35 days, a policy to try, and the change that would have asked."""

    since: Annotated[Instant | None, Field(description="Else 30 days before its end.")] = None
    until: Annotated[Instant | None, Field(description="Else now.")] = None
    policy: Annotated[str, Field(max_length=64 * 1024, pattern=r"^[^\x00]*$", description="Else the one in force.")] = (
        ""
    )
    file: Annotated[str, Field(max_length=300, pattern=PLAIN)] = "policy.yaml"
    kind: Annotated[str, Field(max_length=20, pattern=PLAIN)] = "feature"
    environment: Annotated[str, Field(max_length=40, pattern=PLAIN)] = "production"


class PolicyReplayInterval(Schema):
    """A stretch in which an alert or a rule would have gone on; `happened` is null where no ledger was asked."""

    kind: str
    names: list[str]
    start: str
    end: str
    minutes: int
    peak_burn: float | None
    peak_window: str
    lowest_remaining: float | None
    happened: bool | None


class PolicyReplayTotals(Schema):
    """How often, and for how many minutes."""

    times: int
    minutes: int


class PolicyReplayed(Schema):
    """The policy that was replayed; version 0 is one that nobody applied."""

    name: str
    version: int
    digest: str


class PolicyReplayChange(Schema):
    """The change that would have asked."""

    kind: str
    environment: str


class PolicyReplayRefusal(Schema):
    """A decision of the gate in which this objective refused."""

    at: datetime
    decision: str


class PolicyReplayRecorded(Schema):
    """What the ledger tells of the same time: when it began to page, and what was refused."""

    pages: list[datetime]
    refusals: list[PolicyReplayRefusal]


class PolicyReplayOut(Schema):
    """What an objective and a policy would have done."""

    objective: str
    service: str
    target: float
    window: str
    alert_table: str
    policy: PolicyReplayed
    change: PolicyReplayChange
    start: str
    end: str
    minutes: int
    totals: dict[str, PolicyReplayTotals]
    intervals: list[PolicyReplayInterval]
    recorded: PolicyReplayRecorded


class PolicyApplied(BudgetPolicyOut):
    """The version that decides now; `changed` is false where the same text was applied before."""

    changed: bool
