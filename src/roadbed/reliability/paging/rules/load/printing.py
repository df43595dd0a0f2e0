"""A sheet for pay as the rows of a CSV file, the same from the page and from the command line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from roadbed.reliability.paging.rules.load.classes import CLASSES

HEAD: Final = (
    "team", "from", "to", "person", *(f"{kind}_seconds" for kind in CLASSES), "seconds", "amount", "currency",
    "rules_version", "signed_by", *(f"standby_{kind}_seconds" for kind in CLASSES), "standby_seconds",
    "standby_amount",
)  # fmt: skip
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")

Printed = tuple[str, Mapping[str, int], int, object, Mapping[str, int], int, object]
"""A line: who, seconds on call by class, in all, the amount or None, and the same three of standing by."""


def rows_of(
    span: tuple[str, str, str], lines: Iterable[Printed], *, currency: str, version: int, signed_by: str
) -> Iterator[tuple[object, ...]]:
    """The head, then a row a line, empty where nothing says who stands by; `span` is the team and the two instants."""
    yield HEAD
    for person, seconds, total, amount, standby, stood, worth in lines:
        yield (
            *span, plain(person), *(seconds.get(kind, 0) for kind in CLASSES), total,
            "" if amount is None else amount, currency, version, plain(signed_by),
            *(standby.get(kind, 0) if standby else "" for kind in CLASSES), stood if standby else "",
            "" if worth is None else worth,
        )  # fmt: skip


def plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULAS) else text
