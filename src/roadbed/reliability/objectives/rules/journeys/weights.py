"""What a journey's budget is counted in: minutes that count, or weighted events of its steps, in whole numbers."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from math import gcd

from roadbed.reliability.objectives.rules.basis import Basis
from roadbed.reliability.objectives.rules.counts import Counts


def budget_minutes(counts: Counts, *, to_come: int = 0) -> Basis:
    """Bad minutes of those that count, the ones to come in a calendar's period with them; nothing if nothing was asked.

    What is excluded, or lies before everything was counted, is no part of it; what is unmeasured is.
    """
    asked = counts.measured > counts.idle
    return Basis(counts.bad_minutes, counts.counting + to_come if asked else 0)


def burning_minutes(counts: Counts) -> Basis:
    """Bad minutes of the measured ones: how fast a window burns."""
    return Basis(counts.bad_minutes, counts.measured if counts.measured > counts.idle else 0)


def reduced(weights: Iterable[int]) -> tuple[int, ...]:
    """The same proportions in the smallest whole numbers: 20, 10 and 10 weigh as 2, 1 and 1."""
    given = tuple(weights)
    common = reduce(gcd, given, 0) or 1
    return tuple(weight // common for weight in given)


def weighted(counts: Iterable[tuple[int, Counts]]) -> Basis:
    """Bad and all events of (weight, counts), each event times its step's weight.

    A step that claims more good events than events breaks the whole: nothing could be said of it.
    """
    bad = total = 0
    broken = False
    for weight, one in counts:
        bad, total, broken = bad + weight * one.bad, total + weight * one.total, broken or one.broken
    return Basis(bad, total, broken)


def proof(minutes: Counts, basis: Basis, heaviest: int) -> Counts:
    """The journey's minutes with the events that prove a burn: each one as its weight's share of the heaviest.

    So the share of bad ones is the weighted one, and no event is more than one, whatever it weighs.
    """
    bad, total = int(basis.bad) // heaviest, -(-basis.total // heaviest)
    return minutes._replace(good=total - bad, total=total, broken_minutes=int(basis.broken))
