"""The shapes of runs in the runbooks' API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field

from roadbed.ground.api.instants import Instant
from roadbed.platform.runbooks.schemas import PLAIN

Name = Annotated[str, Field(max_length=40, pattern=PLAIN)]
Number = Annotated[int, Field(ge=1, le=1000)]
Values = Annotated[
    dict[Name, Annotated[str, Field(max_length=400, pattern=PLAIN)]],
    Field(max_length=30, description="Of each parameter that the step uses; one with a default may be left out."),
]
Environment = Annotated[str, Field(max_length=40, pattern=PLAIN)]
Incident = Annotated[
    str,
    Field(
        max_length=40,
        pattern=PLAIN,
        description="INC-7 or its uid; empty takes the one that is open, `none` takes none.",
    ),
]


class StepPlanIn(Schema):
    """How a step would be run."""

    parameters: Values = {}
    environment: Environment = "production"
    incident: Incident = ""
    dry_run: bool = False


class StepRunIn(StepPlanIn):
    """The same, confirmed."""

    shown: Annotated[
        str, Field(max_length=64, description="`shown` of the plan that was confirmed: what runs is what was seen.")
    ]


class StepPlanOut(Schema):
    """A step as it would run: the exact command, by whom, where, and what stands in the way."""

    runbook: str
    version: int
    step: int
    title: str
    service: str
    environment: str
    command: str
    parameters: dict[str, str]
    dry_run: bool
    by_hand: bool
    confirm: bool
    needs: str
    secrets: list[str]
    scopes: list[str]
    timeout: int
    user: str
    incident: str
    allowed: bool
    reason: str
    obstacle: str
    shown: str


class StepDoneIn(Schema):
    """A step that was done by hand."""

    minutes: int
    came_out: bool = True
    note: Annotated[str, Field(max_length=500, pattern=PLAIN)] = ""
    environment: Environment = "production"
    incident: Incident = ""


class StepToldIn(Schema):
    """A step that was run in a terminal of one's own; told twice, it is recorded once."""

    id: Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9-]+$")]
    step: Number
    title: Annotated[str, Field(max_length=120, pattern=PLAIN)]
    digest: Annotated[str, Field(max_length=64, pattern=PLAIN)]
    exit_code: Annotated[int, Field(ge=-1000, le=1000)]
    started_at: Instant
    finished_at: Instant
    command: Annotated[str, Field(max_length=65_536, pattern=PLAIN)] = ""
    output: Annotated[str, Field(max_length=70_000, pattern=PLAIN)] = ""
    output_bytes: Annotated[int, Field(ge=0, le=2**53)] = 0
    parameters: Values = {}
    needs: Annotated[str, Field(pattern="^(read|operate)$")] = "read"
    by_hand: bool = False
    dry_run: bool = False
    note: Annotated[str, Field(max_length=500, pattern=PLAIN)] = ""
    environment: Environment = "production"
    incident: Incident = ""


class RunUid(Schema):
    """The run's uid."""

    uid: str


class StepRunOut(Schema):
    """One run. `state` is waiting, running, succeeded, failed, timed-out, killed, unknown, done or shown."""

    uid: str
    runbook: str
    runbook_title: str
    service: str
    environment: str
    version: int
    step: int
    title: str
    needs: str
    state: str
    dry_run: bool
    by_hand: bool
    local: bool
    person: str
    parameters: dict[str, str]
    command: str
    incident: str
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    seconds: float | None
    minutes: int | None
    exit_code: int | None
    note: str
    output: str
    output_bytes: int
    truncated: bool
    kill_asked_by: str


class StepRunPage(Schema):
    """Some runs, and where the next ones begin."""

    items: list[StepRunOut]
    next_cursor: str | None
