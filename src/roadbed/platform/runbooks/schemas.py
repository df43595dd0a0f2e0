"""The shapes of the runbooks' API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field

PLAIN = r"^[^\x00]*$"
"""Any text that a database can hold."""


class DoubtOut(Schema):
    """Why a runbook is not to be trusted, and what would clear it."""

    rule: str
    severity: str
    text: str
    clears: str


class RunbookOut(Schema):
    """A runbook without its text. `state` is fresh, stale or broken."""

    uid: str
    service_uid: str
    service: str
    owner: str
    slug: str
    title: str
    origin: str
    path: str
    version: int
    alerts: list[str]
    objectives: list[str]
    fingerprints: list[str]
    steps: int
    runnable: int
    errors: int
    warnings: int
    written_at: datetime
    reviewed_at: datetime | None
    reviewed_by: str
    run_at: datetime | None
    state: str
    doubts: list[DoubtOut]


class RunbookPage(Schema):
    """Some runbooks, and where the next ones begin."""

    items: list[RunbookOut]
    next_cursor: str | None


class RunbookFindingOut(Schema):
    """Something wrong at a line."""

    rule: str
    severity: str
    line: int
    detail: str
    remedy: str


class RunbookParameterOut(Schema):
    """A value that whoever runs a step gives."""

    name: str
    kind: str
    description: str
    pattern: str
    choices: list[str]
    low: int | None
    high: int | None
    default: str | None


class RunbookStepOut(Schema):
    """One step as it is written."""

    number: int
    title: str
    section: str
    language: str
    command: str
    line: int
    rehearsal: str
    needs: str
    confirm: bool
    timeout: int
    secrets: list[str]
    scopes: list[str]
    parameters: list[str]
    minutes: int | None
    by_hand: bool


class RunbookTextOut(RunbookOut):
    """A runbook with its text, its steps and what is wrong with it."""

    text: str
    digest: str
    commit: str
    runs: int
    median_minutes: float | None
    findings: list[RunbookFindingOut]
    parameters: list[RunbookParameterOut]
    step_list: list[RunbookStepOut]


class RunbookVersionOut(Schema):
    """One version, without its text."""

    number: int
    digest: str
    commit: str
    at: datetime
    by: str


class RunbookIn(Schema):
    """A runbook's Markdown."""

    text: Annotated[str, Field(max_length=300_000)]


class RunbookTakenOut(Schema):
    """What became of a text. `change` is created, changed or unchanged."""

    uid: str
    slug: str
    version: int
    change: str
    findings: list[RunbookFindingOut]


class RunbookLintIn(RunbookIn):
    """A text to look at, and where it lies."""

    path: Annotated[str, Field(max_length=300, pattern=PLAIN)] = "runbook.md"


class RunbooksReadIn(Schema):
    """Which commit to read; empty for the one that serves, else the newest."""

    ref: Annotated[str, Field(max_length=250, pattern=PLAIN)] = ""


class RunbookFaultOut(Schema):
    """Why a file was not taken over."""

    detail: str
    remedy: str
    file: str
    line: int | None


class RunbooksReadOut(Schema):
    """What a reading of a repository came to."""

    commit: str
    taken: list[RunbookTakenOut]
    removed: list[str]
    faults: list[RunbookFaultOut]


class RunbookReviewIn(Schema):
    """A word on it, if there is one."""

    note: Annotated[str, Field(max_length=500, pattern=PLAIN)] = ""


class UncoveredOut(Schema):
    """An objective or an alert that no runbook serves."""

    service: str
    owner: str
    kind: str
    name: str


class RunbookCoverageOut(Schema):
    """How much of what can page is served; `bare` services have no runbook at all."""

    served: int
    whole: int
    bare: int
    uncovered: list[UncoveredOut]


class ReminderChoice(Schema):
    """Whether mails come when runbooks of one's teams go stale."""

    wanted: bool
