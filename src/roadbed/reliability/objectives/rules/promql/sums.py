"""Which counters a query adds up: the form that can be counted minute by minute, exactly."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from roadbed.reliability.objectives.rules.promql.queries import Chosen, selectors_of
from roadbed.reliability.objectives.rules.promql.tokens import NAME, NUMBER, Token, fault_of, tokens_of

_BELOW: Final = "below:"
_RATES: Final = frozenset({"rate", "increase", "irate"})


class NotCountable(ValueError):  # noqa: N818 - an outcome with a reason
    """The query is no sum of increases of counters; the message says what stands in the way."""


@dataclass(frozen=True, slots=True)
class Summand:
    """One selector of counters, added or taken away; `or_zero` where the query says to take 0 when there is none.

    `part` names which count of native histograms is meant: `count`, or `below:0.3`; empty for plain counters.
    """

    selector: str
    sign: int = 1
    or_zero: bool = False
    part: str = ""


@lru_cache(maxsize=4096)
def summands_of(query: str) -> tuple[Summand, ...]:
    """The counters of a query such as `sum(rate(a[WINDOW])) + sum(rate(b[WINDOW])) or vector(0)`.

    Raises:
        NotCountable: saying what of it is none.
    """
    if fault := fault_of(query):
        raise NotCountable(fault[0])
    reading = _Reading(query)
    found = reading.either()
    if reading.next is not None:
        raise NotCountable(f"{reading.next.text!r} stands where the query should end")
    return found


class _Reading:
    """Reads the query from left to right."""

    def __init__(self, query: str) -> None:
        self.tokens, self.number = tokens_of(query), 0
        self.bare = False
        self.calls = {one.call_at: one for one in selectors_of(query) if one.call_at >= 0}

    @property
    def next(self) -> Token | None:
        return self.tokens[self.number] if self.number < len(self.tokens) else None

    def takes(self, *texts: str) -> bool:
        if self.next is None or self.next.text not in texts:
            return False
        self.number += 1
        return True

    def needs(self, text: str) -> None:
        if not self.takes(text):
            raise NotCountable(f"{text!r} is missing" + (f" before {self.next.text!r}" if self.next else ""))

    def either(self) -> tuple[Summand, ...]:
        """A sum, and what is taken where it is nothing."""
        found = self.sum()
        while self.takes("or"):
            self.zero()
            found = tuple(replace(one, or_zero=True) for one in found)
        return found

    def zero(self) -> None:
        if self.takes("vector"):
            self.needs("(")
            if self.next is None or self.next.kind != NUMBER or float(self.next.text) != 0:
                raise NotCountable("only `or vector(0)` can be counted")
            self.number += 1
            self.needs(")")
            return
        raise NotCountable("only `or vector(0)` can be counted")

    def sum(self) -> tuple[Summand, ...]:
        found = self.term()
        while self.next is not None and self.next.text in ("+", "-"):
            bare, sign = self.bare, 1 if self.next.text == "+" else -1
            self.number += 1
            more = self.term()
            if bare or self.bare:
                raise NotCountable("series are matched one by one; write sum(…) on both sides")
            found += tuple(replace(one, sign=one.sign * sign) for one in more)
        return found

    def term(self) -> tuple[Summand, ...]:
        token = self.next
        if token is None:
            raise NotCountable("it ends early")
        if self.takes("("):
            found = self.either()
            self.needs(")")
            return found
        if token.text == "sum":
            return self.aggregate()
        if token.text == "histogram_count":
            return self.histogram(self.count())
        if token.text == "histogram_fraction":
            return self.histogram(self.fraction())
        one = self.calls.get(token.at)
        if token.kind == NAME and one is not None and one.function in _RATES:
            return self.counter(one)
        raise NotCountable(f"{token.text!r} is no sum of increases")

    def histogram(self, found: tuple[Summand, ...]) -> tuple[Summand, ...]:
        """A count of histograms; multiplied by their fraction below a bound it is the count below that."""
        if not self.takes("*"):
            if any(one.part.startswith(_BELOW) for one in found):
                raise NotCountable("a fraction is no count; multiply it by histogram_count of the same")
            return found
        token = self.next
        other = self.fraction() if token is not None and token.text == "histogram_fraction" else self.count()
        below = next((each for each in (found, other) if each[0].part.startswith(_BELOW)), None)
        alike = [replace(one, part="") for one in found] == [replace(one, part="") for one in other]
        if below is None or not alike or found[0].part == other[0].part:
            raise NotCountable("a fraction counts with histogram_count of the same histograms alone")
        return below

    def count(self) -> tuple[Summand, ...]:
        if not self.takes("histogram_count"):
            raise NotCountable("only histogram_count and histogram_fraction of the same multiply to a count")
        self.needs("(")
        found = self.either()
        self.needs(")")
        self.bare = False
        return tuple(replace(one, part="count") for one in found)

    def fraction(self) -> tuple[Summand, ...]:
        self.needs("histogram_fraction")
        self.needs("(")
        if self.bound() > 0:
            raise NotCountable("a fraction counts from 0 on")
        self.needs(",")
        bound = self.bound()
        self.needs(",")
        found = self.either()
        self.needs(")")
        self.bare = False
        return tuple(replace(one, part=f"{_BELOW}{bound:g}") for one in found)

    def bound(self) -> float:
        sign = -1 if self.takes("-") else 1
        token = self.next
        if token is None or token.kind != NUMBER:
            raise NotCountable("a fraction needs two bounds that are numbers")
        self.number += 1
        return sign * float(token.text)

    def aggregate(self) -> tuple[Summand, ...]:
        self.number += 1
        self.grouping()
        self.needs("(")
        found = self.either()
        self.needs(")")
        self.grouping()
        self.bare = False
        return found

    def grouping(self) -> None:
        if self.takes("by", "without"):
            self.needs("(")
            while not self.takes(")"):
                if self.next is None:
                    raise NotCountable("')' is missing")
                self.number += 1

    def counter(self, one: Chosen) -> tuple[Summand, ...]:
        if not one.has_window or len(one.ranged) != 1:
            raise NotCountable(f"{one.text} is not counted over the window")
        while self.next is not None and self.next.at < one.call_end:
            self.number += 1
        self.bare = True
        return (Summand(one.text),)
