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
    """One person's time on call and of standing by, by class, in seconds; amounts are None without rates."""

    person_uid: str
    person: str
    seconds: Mapping[str, int]
    total: int
    amount: Decimal | None
    standby: Mapping[str, int]
    standby_total: int
    standby_amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed for somebody since the sheet was signed."""

    person: str
    seconds: int
    amount: Decimal | None
    standby_seconds: int
    standby_amount: Decimal | None


@dataclass(frozen=True, slots=True)
class SheetView:
    """A team's span of time. `whole` counts seconds of which lines, nobody and unknown are the parts.

    `standby_nobody` and `standby_unknown` are the same of standing by, None where nothing says who does.
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
    standby_nobody: int | None
    standby_unknown: int | None
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
    standby: bool


def sheet_of(team: TeamView, *, start: datetime, end: datetime, now: datetime, standby: bool = True) -> Seen:
    """A team's sheet by the rules in force; without `standby` as it was before that time was counted."""
    _checked(start, end)
    known = rules_now()
    rules = with_holidays(read_rules(known.document), team, now)
    stood = stints_of(team, start=start, end=end, now=now, standby=True) if standby else []
    made = sheet(stints_of(team, start=start, end=end, now=now), rules, start, end, standby=stood or None)
    return Seen(made, known.version, rules.currency)


def pay(caller: Caller, team: str, *, start: datetime, end: datetime, now: datetime) -> SheetView:
    """A team's span, as it was signed or as it is known now. Whoever leads nobody in it sees their own line alone.

    Raises:
        Invalid: for a span that ends before it begins, or lasts longer than a year.
        NotFound: for an unknown team.
    """
    authorise(caller, "read")
    found = team_named(team)
    row = SignedSheet.objects.filter(team__uid=found.uid, starts_at=start, ends_at=end).first()
    counted = row is None or all("standby" in line for line in row.lines)
    seen = sheet_of(found, start=start, end=end, now=now, standby=counted)
    lines = _signed(row) if row else seen.sheet.lines
    changed = differences(lines, seen.sheet.lines) if row else ()
    names = names_of([*(line.person for line in lines), *(one.person for one in changed)])
    everyone = leads(caller, found)
    return SheetView(
        found.name, start, end, int((end - start).total_seconds()), row.currency if row else seen.currency,
        row.rules_version if row else seen.rules_version,
        tuple(
            LineView(
                line.person, names.get(line.person, "somebody removed"), line.seconds, line.total, line.amount,
                line.standby, line.standby_total, line.standby_amount,
            )
            for line in lines
            if everyone or line.person == caller.uid
        ),
        row.nobody if row else seen.sheet.nobody, row.unknown if row else seen.sheet.unknown,
        row.standby_nobody if row else seen.sheet.standby_nobody,
        row.standby_unknown if row else seen.sheet.standby_unknown,
        row.signed_by if row else "", row.signed_at if row else None,
        tuple(
            Difference(
                names.get(one.person, "somebody removed"), one.seconds, one.amount, one.standby_seconds,
                one.standby_amount,
            )
            for one in changed
            if everyone or one.person == caller.uid
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
        CorrectionView(
            row.uid,
            names.get(row.person_uid, ""),
            row.starts_at,
            row.ends_at,
            row.why,
            row.made_by,
            row.standby,
        )
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
        Line(
            one["person"],
            one["seconds"],
            _worth(one, "amount"),
            one.get("standby") or {},
            _worth(one, "standby_amount"),
        )
        for one in lines
    )


def _worth(line: dict[str, Any], name: str) -> Decimal | None:
    return None if line.get(name) is None else Decimal(line[name])
