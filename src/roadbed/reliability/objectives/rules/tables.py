"""Tables of burn-rate alerts as data, each with where it is from, and how an objective's own is read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Final

from roadbed.reliability.objectives.rules.thresholds import PAGE, PAIRS, SLOTH, TICKET, WORKBOOK, Pair
from roadbed.reliability.objectives.rules.windows import minutes_of, name_of

PYRRA: Final = "Pyrra, windows and factors for 28 days, windows scaled to the objective's"
OWN: Final = "the objective's own table"
CONDITION: Final = "the objective's own alert condition"
_MINIMUM: Final = {PAGE: 10, TICKET: 1}
_MONTH, _FOUR_WEEKS = 30 * 1440, 28 * 1440
_NUMBER: Final = r"[0-9]{1,6}(?:\.[0-9]{1,6})?"
_WINDOW: Final = r"[0-9]{1,6}[mhdw]"
_ROW: Final = re.compile(rf"(page|ticket)\s+({_NUMBER})(%?)\s+({_WINDOW})/({_WINDOW})")
_ALONE: Final = re.compile(rf"(page|ticket)\s+(>=?)\s*({_NUMBER})\s+({_WINDOW})(?:\s+for\s+({_WINDOW}))?")
LONGEST_AFTER: Final = 60
"""Minutes; a condition that must hold for longer is better a longer window."""

MOST_ROWS: Final = 8
NO_ALERTS: Final = "none"


class TableError(ValueError):
    """A table that cannot be read, with the reason in words."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Pairs of windows. One is itself alone, so that what is remembered of it is found without comparing its rows.

    Attributes:
        stretched_from: the period in minutes for which the windows are given, where they stretch with the objective's
            and keep their factors; None where the windows stay and the factors follow from what they spend.
    """

    name: str
    source: str
    pairs: tuple[Pair, ...]
    stretched_from: int | None = None

    def of(self, period: int) -> tuple[Pair, ...]:
        """The pairs that say something within a period of so many minutes: their long window must be shorter."""
        return _of(self, period)


@lru_cache(maxsize=512)
def _of(table: Table, period: int) -> tuple[Pair, ...]:
    pairs = table.pairs
    if table.stretched_from is not None:
        pairs = tuple(_stretched(pair, period, table.stretched_from) for pair in pairs)
    return tuple(pair for pair in pairs if pair.long < period)


def _stretched(pair: Pair, period: int, base: int) -> Pair:
    def scaled(minutes: int) -> int:
        return max(1, round(Fraction(minutes * period, base)))

    # Rounding to whole minutes may move a window a little; the factor is kept as it is given.
    long = scaled(pair.long)
    return replace(pair, short=scaled(pair.short), long=long, spends=pair.factor(base) * long / period)


def _pair(name: str, severity: str, factor: str, windows: tuple[int, int], *, period: int, source: str) -> Pair:
    short, long = windows
    spends = Fraction(factor) * long / period
    return Pair(name, severity, short, long, spends, _MINIMUM[severity], source)


ROADBED: Final = Table("roadbed", f"{WORKBOOK}, and the ticket over a day of {SLOTH}", PAIRS)
TABLES: Final = {
    table.name: table
    for table in (
        ROADBED,
        Table("workbook", WORKBOOK, tuple(pair for pair in PAIRS if pair.source == WORKBOOK)),
        Table("sloth", "Sloth, windows of 30 and 28 days", tuple(replace(pair, source=SLOTH) for pair in PAIRS)),
        Table(
            "pyrra",
            PYRRA,
            (
                _pair("Page, fast", PAGE, "14", (5, 60), period=_FOUR_WEEKS, source=PYRRA),
                _pair("Page, slow", PAGE, "7", (30, 360), period=_FOUR_WEEKS, source=PYRRA),
                _pair("Ticket, fast", TICKET, "2", (120, 1440), period=_FOUR_WEEKS, source=PYRRA),
                _pair("Ticket, slow", TICKET, "1", (360, 5760), period=_FOUR_WEEKS, source=PYRRA),
            ),
            stretched_from=_FOUR_WEEKS,
        ),
    )
}
"""By name. Factors over 30 days: workbook 14.4, 6, 1; sloth 14.4, 6, 3, 1 (over 28 days 13.44, 5.6, 2.8, 0.933)."""


@lru_cache(maxsize=512)
def table_of(text: str) -> Table:
    """The table of a name, or of rows, one to eight of them.

    A row is a pair of windows with its factor over 30 days (`page 14.4 5m/1h`) or the share of the budget that it
    spends in the long one (`page 2% 5m/1h`), or one window with a burn rate (`ticket >=3 6h for 10m`).

    Raises:
        TableError: saying what is wrong.
    """
    named = text.strip()
    if named in TABLES:
        return TABLES[named]
    if named == NO_ALERTS:
        return Table(NO_ALERTS, "the objective's file, which wants no alerts", ())
    pairs = tuple(_row(row.strip()) for row in named.split(",")) if named else ()
    if not 1 <= len(pairs) <= MOST_ROWS:
        raise TableError("a table has one to eight rows")
    return Table(named, OWN, pairs)


def _row(text: str) -> Pair:
    if (alone := _ALONE.fullmatch(text)) is not None:
        return _condition(text, alone)
    found = _ROW.fullmatch(text)
    if found is None:
        known = ", ".join(TABLES)
        raise TableError(f"{text!r} is none of {known}, and no row such as page 14.4 5m/1h")
    severity, number, percent = found[1], Fraction(found[2]), found[3]
    short, long = minutes_of(found[4]), minutes_of(found[5])
    if short is None or long is None or not short < long:
        raise TableError(f"{text!r} needs a short window before a longer one")
    if not number:
        raise TableError(f"{text!r} has a factor of 0, which everything passes")
    name = f"{severity.capitalize()}, {found[4]}/{found[5]}"
    if not percent:
        return _pair(name, severity, found[2], (short, long), period=_MONTH, source=OWN)
    if number > 100:  # noqa: PLR2004 - the whole budget
        raise TableError(f"{text!r} spends more than the whole budget")
    return Pair(name, severity, short, long, number / 100, _MINIMUM[severity], OWN)


def _condition(text: str, found: re.Match[str]) -> Pair:
    severity, sign, number, window, after = found.groups()
    minutes, held = minutes_of(window), minutes_of(after) if after else 0
    if minutes is None or held is None or held > LONGEST_AFTER:
        raise TableError(f"{text!r} needs a window above 0, and holds for at most {LONGEST_AFTER}m")
    if not (factor := Fraction(number)):
        raise TableError(f"{text!r} has a factor of 0, which everything passes")
    return Pair(
        f"{severity.capitalize()}, {window}", severity, minutes, minutes, Fraction(0), _MINIMUM[severity], CONDITION,
        fixed=factor, inclusive=sign == ">=", after=held,
    )  # fmt: skip


def written(pairs: Iterable[Pair]) -> str:
    """Pairs as the text of a table that gives them again, but for their names and sources."""
    return ", ".join(_written(pair) for pair in pairs) or NO_ALERTS


def _written(pair: Pair) -> str:
    if pair.fixed is not None:
        sign, after = ">=" if pair.inclusive else ">", f" for {name_of(pair.after)}" if pair.after else ""
        return f"{pair.severity} {sign}{_decimal(pair.fixed)} {name_of(pair.long)}{after}"
    return f"{pair.severity} {_decimal(pair.spends * 100)}% {name_of(pair.short)}/{name_of(pair.long)}"


def _decimal(number: Fraction) -> str:
    return f"{float(number):.6f}".rstrip("0").rstrip(".")
