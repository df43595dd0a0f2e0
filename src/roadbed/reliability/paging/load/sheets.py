"""Sheets for pay: a team's time on call by person and class, as it was signed or as it is known now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from roadbed.ground.errors import Invalid, Place
from roadbed.ground.people.queries import TeamView
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.paging.load.models import Correction, SignedSheet
from roadbed.reliability.paging.load.queries import leads, names_of, rules_now, stints_of, with_holidays
from roadbed.reliability.paging.rotating import team_named
from roadbed.reliability.paging.rules.load.pay import Line, Sheet, differences, sheet
from roadbed.reliability.paging.rules.load.reading import read_rules

LONGEST: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class LineView:
    """One person's time on call by class, in seconds; `amount` is None without rates."""

    person_uid: str
    person: str
    seconds: Mapping[str, int]
    total: int
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed for somebody since the sheet was signed."""

    person: str
    seconds: int
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class SheetView:
    """A team's span of time. `whole` counts seconds of which lines, nobody and unknown are the parts.

    `signed_by` is empty for what was not signed; `differences` are what changed since it was.
    """

    team: str
    start: datetime
    end: datetime
    whole: int
    currency: str
    rules_version: int
    lines: tuple[LineView, ...]
    nobody: int
    unknown: int
    signed_by: str
    signed_at: datetime | None
    differences: tuple[Difference, ...]
    only_own: bool
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """A sheet as the record has it now, with the rules that made it."""

    sheet: Sheet
    rules_version: int
    currency: str


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """What was said about the past."""

    uid: str
    person: str
    starts_at: datetime
    ends_at: datetime
    why: str
    made_by: str


def sheet_of(team: TeamView, *, start: datetime, end: datetime, now: datetime) -> Seen:
    """A team's sheet by the rules in force."""
    _checked(start, end)
    known = rules_now()
    rules = with_holidays(read_rules(known.document), team, now)
    return Seen(sheet(stints_of(team, start=start, end=end, now=now), rules, start, end), known.version, rules.currency)


def pay(caller: Caller, team: str, *, start: datetime, end: datetime, now: datetime) -> SheetView:
    """A team's span, as it was signed or as it is known now. Whoever leads nobody in it sees their own line alone.

    Raises:
        Invalid: for a span that ends before it begins, or lasts longer than a year.
        NotFound: for an unknown team.
    """
    authorise(caller, "read")
    found = team_named(team)
    seen = sheet_of(found, start=start, end=end, now=now)
    row = SignedSheet.objects.filter(team__uid=found.uid, starts_at=start, ends_at=end).first()
    lines = _signed(row) if row else seen.sheet.lines
    changed = differences(lines, seen.sheet.lines) if row else ()
    names = names_of([*(line.person for line in lines), *(one[0] for one in changed)])
    everyone = leads(caller, found)
    return SheetView(
        found.name, start, end, int((end - start).total_seconds()), row.currency if row else seen.currency,
        row.rules_version if row else seen.rules_version,
        tuple(
            LineView(line.person, names.get(line.person, "somebody removed"), line.seconds, line.total, line.amount)
            for line in lines
            if everyone or line.person == caller.uid
        ),
        row.nobody if row else seen.sheet.nobody, row.unknown if row else seen.sheet.unknown,
        row.signed_by if row else "", row.signed_at if row else None,
        tuple(
            Difference(names.get(person, "somebody removed"), seconds, amount)
            for person, seconds, amount in changed
            if everyone or person == caller.uid
        ),
        not everyone, now,
    )  # fmt: skip


def corrections(caller: Caller, team: str) -> tuple[CorrectionView, ...]:
    """What was said about a team's past, newest first."""
    authorise(caller, "read", team=team)
    found = team_named(team)
    rows = list(Correction.objects.filter(team__uid=found.uid, removed_at=None).order_by("-starts_at", "-pk")[:200])
    names = names_of(row.person_uid for row in rows)
    return tuple(
        CorrectionView(row.uid, names.get(row.person_uid, ""), row.starts_at, row.ends_at, row.why, row.made_by)
        for row in rows
        if leads(caller, found) or row.person_uid == caller.uid
    )


def _checked(start: datetime, end: datetime) -> None:
    if not start < end <= start + LONGEST:
        raise Invalid(
            f"From {start.isoformat()} to {end.isoformat()} is no span to pay.",
            remedy="It ends after it begins, and lasts at most a year.", place=Place(field="to"),
        )  # fmt: skip


def _signed(row: SignedSheet) -> tuple[Line, ...]:
    lines: list[dict[str, Any]] = row.lines
    return tuple(
        Line(one["person"], one["seconds"], None if one["amount"] is None else Decimal(one["amount"])) for one in lines
    )
