"""A journey counted in events: those of each step, weighted by whole numbers, so that every sum stays exact."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from math import gcd

from roadbed.reliability.objectives.rules.basis import Basis
from roadbed.reliability.objectives.rules.counts import Counts


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


def together(minutes: Counts, counts: Iterable[Counts]) -> Counts:
    """The journey's minutes with the events of its steps, unweighted: what a burn is proven with."""
    good = total = broken = 0
    for one in counts:
        good, total, broken = good + one.good, total + one.total, broken + one.broken_minutes
    return minutes._replace(good=good, total=total, broken_minutes=broken)
