"""The shapes of load and pay over HTTP."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from ninja import Field, Schema

from roadbed.ground.api.instants import Instant
from roadbed.reliability.paging.rules.load.reading import LARGEST


class PaySpan(Schema):
    """A span of time: an instant that it begins with, and one that it ends before."""

    start: Instant
    end: Instant


class PayLineOut(Schema):
    """One person's seconds on call by class: day, night, weekend, holiday; `amount` is null without rates.

    `standby` are seconds of standing by as second, empty where no layer says who does.
    """

    person_uid: str
    person: str
    seconds: dict[str, int]
    total: int
    amount: Decimal | None
    standby: dict[str, int]
    standby_total: int
    standby_amount: Decimal | None


class DifferenceOut(Schema):
    """What changed for somebody since the sheet was signed."""

    person: str
    seconds: int
    amount: Decimal | None
    standby_seconds: int
    standby_amount: Decimal | None


class SheetOut(Schema):
    """A team's span. Lines of all, `nobody` and `unknown` add up to `whole`, in seconds.

    So does standing by with `standby_nobody` and `standby_unknown`, null where nothing says who does.

    With `only_own` the lines are the caller's alone. `signed_by` is empty for what nobody signed.
    """

    team: str
    start: datetime
    end: datetime
    whole: int
    currency: str
    rules_version: int
    lines: list[PayLineOut]
    nobody: int
    unknown: int
    standby_nobody: int | None
    standby_unknown: int | None
    signed_by: str
    signed_at: datetime | None
    differences: list[DifferenceOut]
    only_own: bool
    as_of: datetime


class PayRulesIn(Schema):
    """Rules of pay as YAML: docs/reference/on-call-pay.md has the format."""

    document: Annotated[str, Field(max_length=LARGEST)]
    file: Annotated[str, Field(max_length=300)] = "pay.yaml"


class PayRulesOut(Schema):
    """The rules in force; version 0 are those that nobody wrote."""

    version: int
    document: str
    made_by: str
    made_at: datetime | None


class CorrectionIn(Schema):
    """Who was on call instead, by e-mail address, in a span that is over, and why the record has it otherwise."""

    person: Annotated[str, Field(max_length=254)]
    starts_at: Instant
    ends_at: Instant
    why: Annotated[str, Field(max_length=200)]
    standby: Annotated[bool, Field(description="Whether it is about standing by as second.")] = False


class CorrectionOut(Schema):
    """What was said about the past."""

    uid: str
    person: str
    starts_at: datetime
    ends_at: datetime
    why: str
    made_by: str
    standby: bool


class LoadAsked(Schema):
    """How many weeks back."""

    weeks: Annotated[int, Field(description="4, 13 or 52.")] = 4


class CrowdedOut(Schema):
    """Twelve hours with more than two incidents for one person."""

    start: datetime
    end: datetime
    incidents: int


class PersonLoadOut(Schema):
    """One person's part. Seconds on call and their share of the span; pages by class; interrupted hours.

    `equal` is everybody's share if it were even, `expected_pages` what the time on call makes expected, null for
    somebody who was not on call.
    """

    name: str
    seconds: int
    of_time: float
    shifts: int
    pages: int
    by_class: dict[str, int]
    interrupted_hours: int
    night_hours: int
    crowded: list[CrowdedOut]
    too_much: bool
    share: float | None
    equal: float | None
    uneven: bool | None
    expected_pages: float | None
    more_than_chance: bool | None


class LoadOut(Schema):
    """A team's shifts in a span. `known` is the share of the span of which there is a record; null is none.

    `per_shift` is how many shifts had how many pages.
    """

    team: str
    weeks: int
    start: datetime
    end: datetime
    zone: str
    known: float | None
    people_on_call: int
    pages: int
    per_shift: dict[str, int]
    per_shift_median: float | None
    per_shift_most: int | None
    by_class: dict[str, int]
    interrupted_hours: int
    night_hours: int
    crowded: int
    over_time: int
    uneven: int
    people: list[PersonLoadOut]
    only_own: bool
    as_of: datetime
