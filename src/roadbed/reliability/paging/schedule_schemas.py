"""The shapes of schedules over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Field, Schema

from roadbed.ground.api.instants import Instant
from roadbed.reliability.paging.rules.escalation import LONGEST, SHORTEST, STEP_SECONDS
from roadbed.reliability.paging.scheduling import LARGEST


class ScheduleIn(Schema):
    """A schedule's YAML; people are members of the team by e-mail address."""

    document: Annotated[str, Field(max_length=LARGEST)]
    file: Annotated[str, Field(max_length=300)] = "schedule.yaml"
    step_seconds: Annotated[int, Field(ge=SHORTEST, le=LONGEST)] = STEP_SECONDS


class ScheduleOut(Schema):
    """What decides who is on call: `kind` is `schedule`, `weekly`, or empty where everybody is paged."""

    team: str
    kind: str
    document: str
    zone: str
    layers: list[str]
    step_seconds: int
    version: int


class ShiftSpan(Schema):
    """The span of shifts that is asked for."""

    start: Annotated[Instant | None, Field(description="Now, where it is left out.")] = None
    end: Annotated[Instant | None, Field(description="28 days later, where it is left out.")] = None
    standby: Annotated[bool, Field(description="Who stands by, instead of who is on call.")] = False


class ShiftOut(Schema):
    """A stretch of time with who is on call in it; where nobody is, person and layer are null."""

    start: datetime
    end: datetime
    person_uid: str | None
    person: str | None
    layer: str | None


class GapAsked(Schema):
    """How far gaps are looked for."""

    hours: Annotated[int, Field(ge=1, le=24 * 60)] = 72


class ShiftGapOut(Schema):
    """Something to close: `rule` is as docs/reference/lint-rules.md has it."""

    team: str
    rule: str
    start: datetime
    end: datetime
    person: str
    layer: str
    why: str


class CoverIn(Schema):
    """Who takes the shifts; with `swap_with` the two take one another's. Both by e-mail address."""

    person: Annotated[str, Field(max_length=254)]
    starts_at: Instant
    ends_at: Instant
    swap_with: Annotated[str, Field(max_length=254)] = ""
    standby: Annotated[bool, Field(description="The shifts of whoever stands by.")] = False


class CoverOut(Schema):
    """A cover, or with `swap_with` a swap."""

    uid: str
    team: str
    person: str
    swap_with: str
    starts_at: datetime
    ends_at: datetime
    calendar: str
    made_by: str
    standby: bool


class LeaveIn(Schema):
    """When somebody is away: the caller, or for an administrator whoever has that address."""

    starts_at: Instant
    ends_at: Instant
    why: Annotated[str, Field(max_length=200)] = "leave"
    email: Annotated[str, Field(max_length=254)] = ""


class LeaveOut(Schema):
    """Somebody who is away."""

    uid: str
    person: str
    email: str
    why: str
    starts_at: datetime
    ends_at: datetime
    calendar: str


class Uid(Schema):
    """The identity of what was made."""

    uid: str


class CalendarIn(Schema):
    """An iCal file whose events are a team's leave or overrides. The same name again takes its place."""

    kind: Literal["leave", "overrides"]
    text: Annotated[str, Field(max_length=1024 * 1024)]
    name: Annotated[str, Field(max_length=100)] = "calendar.ics"


class CalendarTaken(Schema):
    """How many events were taken, and the summaries of those that name nobody of the team."""

    taken: int
    passed_over: list[str]


class CalendarLinkOut(Schema):
    """Where a calendar program reads the caller's shifts; whoever has it sees them."""

    url: str


class FeedIn(Schema):
    """A calendar by URL, whose events are a team's leave or overrides."""

    kind: Literal["leave", "overrides"]
    url: Annotated[str, Field(max_length=500)]
    name: Annotated[str, Field(min_length=1, max_length=60)]


class FeedOut(Schema):
    """A calendar by URL; of its address only the host is told. `stale`: not read for a day."""

    uid: str
    team: str
    kind: str
    name: str
    host: str
    read_at: datetime | None
    problem: str
    taken: int | None
    passed_over: list[str]
    stale: bool
