"""Hours on call by person and class, and what they are worth by rules that are data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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
    """

    clock: Clock = field(default_factory=Clock)
    currency: str = ""
    rates: Mapping[str, Decimal] = field(default_factory=dict)


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
    """One person's time on call in whole seconds by class; `amount` is None without rates."""

    person: str
    seconds: Mapping[str, int]
    amount: Decimal | None

    @property
    def total(self) -> int:
        """Seconds of all classes."""
        return sum(self.seconds.values())


@dataclass(frozen=True, slots=True)
class Sheet:
    """A span of time paid out: its lines and what nobody covered add up to the span, to the second."""

    lines: tuple[Line, ...]
    nobody: int
    unknown: int


def sheet(stints: Iterable[Stint], rules: Rules, start: datetime, end: datetime) -> Sheet:
    """Who had how much of a span.

    Args:
        stints: of one team, in order and without overlap; what is outside of the span is left out.
        rules: classes and rates.
        start: aware.
        end: aware; the span ends before it.

    Returns:
        Lines by person, whoever has most first; `nobody` is seconds in which a schedule had nobody, `unknown` those of
        which there is no record.
    """
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
    lines = [Line(person, seconds, amount(seconds, rules)) for person, seconds in found.items()]
    return Sheet(tuple(sorted(lines, key=lambda line: (-line.total, line.person))), nobody, whole - known)


def amount(seconds: Mapping[str, int], rules: Rules) -> Decimal | None:
    """What time is worth: each class rounded once, half up, to a hundredth."""
    if not rules.rates:
        return None
    parts = (
        (Decimal(spent) * rules.rates.get(kind, Decimal(0)) / HOUR).quantize(CENT, ROUND_HALF_UP)
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


def differences(before: Iterable[Line], after: Iterable[Line]) -> tuple[tuple[str, int, Decimal | None], ...]:
    """What changed since a sheet was signed off: person, seconds more or less, amount more or less."""
    old, new = ({line.person: line for line in lines} for lines in (before, after))
    found = []
    for person in sorted({*old, *new}):
        was, now = old.get(person), new.get(person)
        seconds = (now.total if now else 0) - (was.total if was else 0)
        worth = [line.amount for line in (was, now) if line is not None]
        changed = None
        if None not in worth:
            changed = (now.amount or Decimal(0) if now else Decimal(0)) - (
                was.amount or Decimal(0) if was else Decimal(0)
            )
        moved = (was.seconds if was else {}) != (now.seconds if now else {})
        if moved:
            found.append((person, seconds, changed))
    return tuple(found)


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
