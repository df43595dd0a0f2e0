"""Hours on call by person and class, and what they are worth by rules that are data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from zoneinfo import ZoneInfo

from roadbed.reliability.paging.rules.load.classes import CLASSES, Almanac, Clock

HOUR: Final = Decimal(3600)
CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts as what, and what an hour of it is worth; without rates there are hours and no amounts.

    Attributes:
        currency: as ISO 4217 has it; empty without rates.
        rates: by class, per hour on call.
        standby_rates: by class, per hour of standing by as second; without them that time has no amount.
    """

    clock: Clock = field(default_factory=Clock)
    currency: str = ""
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    standby_rates: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stint:
    """Somebody who is or was on call from `start` until, and without, `end`; nobody has an empty person."""

    start: datetime
    end: datetime
    person: str
    layer: str
    zone: str


@dataclass(frozen=True, slots=True)
class Line:
    """One person's time on call in whole seconds by class; `amount` is None without rates.

    `standby` and `standby_amount` are the same of the time in which they stood by.
    """

    person: str
    seconds: Mapping[str, int]
    amount: Decimal | None
    standby: Mapping[str, int] = field(default_factory=dict)
    standby_amount: Decimal | None = None

    @property
    def total(self) -> int:
        """Seconds on call of all classes."""
        return sum(self.seconds.values())

    @property
    def standby_total(self) -> int:
        """Seconds of standing by of all classes."""
        return sum(self.standby.values())


@dataclass(frozen=True, slots=True)
class Sheet:
    """A span of time paid out: its lines and what nobody covered add up to the span, to the second.

    So do the lines' time of standing by with `standby_nobody` and `standby_unknown`, which are None where no layer says
    who stands by.
    """

    lines: tuple[Line, ...]
    nobody: int
    unknown: int
    standby_nobody: int | None = None
    standby_unknown: int | None = None


@dataclass(frozen=True, slots=True)
class _Counted:
    """Seconds by person and class, those of nobody, and those of which nothing is known."""

    people: Mapping[str, Mapping[str, int]]
    nobody: int
    unknown: int


def sheet(
    stints: Iterable[Stint], rules: Rules, start: datetime, end: datetime, *, standby: Iterable[Stint] | None = None
) -> Sheet:
    """Who had how much of a span.

    Args:
        stints: of one team, in order and without overlap; what is outside of the span is left out.
        rules: classes and rates.
        start: aware.
        end: aware; the span ends before it.
        standby: who stood by, alike; None where no layer says so. Whoever is on call at the same time does not stand by
            as well, so that no second is paid twice.

    Returns:
        Lines by person, whoever has most first; `nobody` is seconds in which a schedule had nobody, `unknown` those of
        which there is no record.
    """
    first = list(stints)
    on_call = _counted(first, rules, start, end)
    second = None if standby is None else _counted(_less(list(standby), first), rules, start, end)
    by = second.people if second else {}
    lines = []
    for person in {**on_call.people, **by}:
        seconds = on_call.people.get(person) or dict.fromkeys(CLASSES, 0)
        stood = by.get(person) or ({} if second is None else dict.fromkeys(CLASSES, 0))
        worth = None if second is None else amount(stood, rules.standby_rates)
        lines.append(Line(person, seconds, amount(seconds, rules.rates), stood, worth))
    lines.sort(key=lambda line: (-line.total, -line.standby_total, line.person))
    return Sheet(
        tuple(lines), on_call.nobody, on_call.unknown, second.nobody if second else None,
        second.unknown if second else None,
    )  # fmt: skip


def _counted(stints: Iterable[Stint], rules: Rules, start: datetime, end: datetime) -> _Counted:
    whole = int((end - start).total_seconds())
    almanacs: dict[str, Almanac] = {}
    found: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(CLASSES, 0))
    nobody = known = 0
    for stint in stints:
        first, last = max(stint.start, start), min(stint.end, end)
        if first >= last:
            continue
        spent = int((last - first).total_seconds())
        known += spent
        if not stint.person:
            nobody += spent
            continue
        if stint.zone not in almanacs:
            almanacs[stint.zone] = Almanac(rules.clock, ZoneInfo(stint.zone), start, end)
        for piece in almanacs[stint.zone].pieces(first, last):
            found[stint.person][piece.kind] += piece.seconds
    return _Counted(found, nobody, whole - known)


def _less(standby: Sequence[Stint], on_call: Sequence[Stint]) -> list[Stint]:
    """Standing by, with nobody in the place of whoever is on call at that time; both are in order."""
    found: list[Stint] = []
    number = 0
    for stint in standby:
        at = stint.start
        while number < len(on_call) and on_call[number].end <= at:
            number += 1
        upcoming = number
        while upcoming < len(on_call) and on_call[upcoming].start < stint.end:
            other = on_call[upcoming]
            upcoming += 1
            if other.person != stint.person or not stint.person:
                continue
            begins, ends = max(other.start, at), min(other.end, stint.end)
            if begins > at:
                found.append(replace(stint, start=at, end=begins))
            found.append(replace(stint, start=begins, end=ends, person=""))
            at = ends
        if at < stint.end:
            found.append(replace(stint, start=at))
    return found


def amount(seconds: Mapping[str, int], rates: Mapping[str, Decimal]) -> Decimal | None:
    """What time is worth: each class rounded once, half up, to a hundredth; None without rates."""
    if not rates:
        return None
    parts = (
        (Decimal(spent) * rates.get(kind, Decimal(0)) / HOUR).quantize(CENT, ROUND_HALF_UP)
        for kind, spent in seconds.items()
    )
    return sum(parts, Decimal(0)).quantize(CENT)


def overlaid(stints: Iterable[Stint], corrections: Iterable[Stint]) -> list[Stint]:
    """What was, with what was said later to have been: the later correction wins, the whole stays a partition."""
    found = list(stints)
    for said in corrections:
        kept = []
        for stint in found:
            if stint.end <= said.start or stint.start >= said.end:
                kept.append(stint)
                continue
            if stint.start < said.start:
                kept.append(Stint(stint.start, said.start, stint.person, stint.layer, stint.zone))
            inside = (max(stint.start, said.start), min(stint.end, said.end))
            kept.append(Stint(*inside, said.person, said.layer, stint.zone))
            if stint.end > said.end:
                kept.append(Stint(said.end, stint.end, stint.person, stint.layer, stint.zone))
        found = kept
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """What is different for somebody since a sheet was signed off: more or less, on call and standing by."""

    person: str
    seconds: int
    amount: Decimal | None
    standby_seconds: int
    standby_amount: Decimal | None


def differences(before: Iterable[Line], after: Iterable[Line]) -> tuple[Change, ...]:
    """What changed since a sheet was signed off; an amount is None where either sheet has none."""
    old, new = ({line.person: line for line in lines} for lines in (before, after))
    found = []
    for person in sorted({*old, *new}):
        was, now = old.get(person), new.get(person)
        if _times(was) == _times(now):
            continue
        found.append(
            Change(
                person,
                (now.total if now else 0) - (was.total if was else 0),
                _more([line.amount if line else Decimal(0) for line in (was, now)]),
                (now.standby_total if now else 0) - (was.standby_total if was else 0),
                _more([line.standby_amount if line else Decimal(0) for line in (was, now)]),
            )
        )
    return tuple(found)


def _times(line: Line | None) -> list[dict[str, int]]:
    return [] if line is None else [{kind: n for kind, n in some.items() if n} for some in (line.seconds, line.standby)]


def _more(worth: Sequence[Decimal | None]) -> Decimal | None:
    before, after = worth
    return None if before is None or after is None else after - before


def merged(stints: Iterable[Stint]) -> list[Stint]:
    """Neighbours of one person made one shift, whatever layer they were in."""
    found: list[Stint] = []
    for stint in stints:
        last = found[-1] if found else None
        if last and last.person == stint.person and stint.start - last.end <= timedelta(0):
            found[-1] = Stint(last.start, stint.end, last.person, last.layer, last.zone)
        else:
            found.append(stint)
    return found
