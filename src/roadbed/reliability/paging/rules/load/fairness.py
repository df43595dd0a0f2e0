"""Whether a team shares its on-call evenly, and whether one of it has more pages than chance explains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, lgamma, log
from typing import Final

LEVEL: Final = 0.05
"""Chance of naming somebody in a team in which only luck differs; divided by the number of people."""


@dataclass(frozen=True, slots=True)
class Portion:
    """One person's part of something that the team shares, in seconds.

    Attributes:
        share: of the whole; None where the whole is nothing.
        equal: what it would be if everybody had the same.
        uneven: whether they differ by more than one shift, since shifts cannot be cut.
    """

    person: str
    seconds: int
    share: float | None
    equal: float
    uneven: bool


@dataclass(frozen=True, slots=True)
class Luck:
    """One person's pages against their part of the time on call; `chance` is the exact two-sided binomial one."""

    person: str
    pages: int
    expected: float
    chance: float
    more: bool


def portions(seconds: Mapping[str, int], *, longest: int) -> tuple[Portion, ...]:
    """How a whole is shared. `longest` is the longest shift in it, in seconds."""
    whole = sum(seconds.values())
    if not seconds:
        return ()
    equal = whole / len(seconds)
    return tuple(
        Portion(person, spent, spent / whole if whole else None, 1 / len(seconds), abs(spent - equal) > longest)
        for person, spent in sorted(seconds.items(), key=lambda one: (-one[1], one[0]))
    )


def lucks(pages: Mapping[str, int], seconds: Mapping[str, int]) -> tuple[Luck, ...]:
    """Pages of people against what their time on call makes expected: exact, and corrected for their number."""
    whole, time = sum(pages.get(person, 0) for person in seconds), sum(seconds.values())
    if not time:
        return ()
    found = []
    for person, spent in sorted(seconds.items()):
        part, had = spent / time, pages.get(person, 0)
        chance = _binomial(had, whole, part)
        found.append(Luck(person, had, whole * part, chance, had > whole * part and chance < LEVEL / len(seconds)))
    return tuple(sorted(found, key=lambda one: (one.chance, one.person)))


def _binomial(had: int, whole: int, part: float) -> float:
    """The chance of something as unlikely as `had` of `whole`, or more so, each with the chance `part`."""
    if part in (0.0, 1.0):
        return 1.0 if had == round(whole * part) else 0.0
    logs = [
        lgamma(whole + 1) - lgamma(one + 1) - lgamma(whole - one + 1) + one * log(part) + (whole - one) * log(1 - part)
        for one in range(whole + 1)
    ]
    limit = logs[had] + 1e-9
    return min(sum(exp(one) for one in logs if one <= limit), 1.0)
