"""Tables of burn-rate alerts as data, each with where it is from, and how an objective's own is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Final

from roadbed.reliability.objectives.rules.thresholds import PAGE, PAIRS, SLOTH, TICKET, WORKBOOK, Pair
from roadbed.reliability.objectives.rules.windows import minutes_of

PYRRA: Final = "Pyrra, windows and factors for 28 days, windows scaled to the objective's"
OWN: Final = "the objective's own table"
_MINIMUM: Final = {PAGE: 10, TICKET: 1}
_MONTH, _FOUR_WEEKS = 30 * 1440, 28 * 1440
_ROW: Final = re.compile(r"(page|ticket)\s+([0-9]{1,6}(?:\.[0-9]{1,6})?)\s+([0-9]+[mhdw])/([0-9]+[mhdw])")


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
    """The table of a name, or of rows such as `page 14.4 5m/1h, ticket 1 6h/3d`, whose factors are for 30 days.

    Raises:
        TableError: saying what is wrong.
    """
    named = text.strip()
    if named in TABLES:
        return TABLES[named]
    pairs = tuple(_row(row.strip()) for row in named.split(",")) if named else ()
    if not 1 <= len(pairs) <= 8:  # noqa: PLR2004 - more could not be told apart
        raise TableError("a table has one to eight rows")
    return Table(named, OWN, pairs)


def _row(text: str) -> Pair:
    found = _ROW.fullmatch(text)
    if found is None:
        known = ", ".join(TABLES)
        raise TableError(f"{text!r} is none of {known}, and no row such as page 14.4 5m/1h")
    short, long = minutes_of(found[3]), minutes_of(found[4])
    if short is None or long is None or not short < long:
        raise TableError(f"{text!r} needs a short window before a longer one")
    if not Fraction(found[2]):
        raise TableError(f"{text!r} has a factor of 0, which everything passes")
    name = f"{found[1].capitalize()}, {found[3]}/{found[4]}"
    return _pair(name, found[1], found[2], (short, long), period=_MONTH, source=OWN)
