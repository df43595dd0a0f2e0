"""Which counters a query adds up: the form that can be counted minute by minute, exactly."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from roadbed.reliability.objectives.rules.promql.queries import Chosen, selectors_of
from roadbed.reliability.objectives.rules.promql.tokens import NAME, NUMBER, Token, fault_of, tokens_of

_RATES: Final = frozenset({"rate", "increase", "irate"})


class NotCountable(ValueError):  # noqa: N818 - an outcome with a reason
    """The query is no sum of increases of counters; the message says what stands in the way."""


@dataclass(frozen=True, slots=True)
class Summand:
    """One selector of counters, added or taken away; `or_zero` where the query says to take 0 when there is none."""

    selector: str
    sign: int = 1
    or_zero: bool = False


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
        one = self.calls.get(token.at)
        if token.kind == NAME and one is not None and one.function in _RATES:
            return self.counter(one)
        raise NotCountable(f"{token.text!r} is no sum of increases")

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
