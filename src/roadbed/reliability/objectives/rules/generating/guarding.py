"""The low-traffic guard in PromQL: whether so many bad events prove the burn, or chance explains them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Final

NORMAL_95: Final = 1.6449
"""One-sided 95 %."""


def score(bad: str, total: str, limit: Fraction) -> str:
    """How many standard deviations the count of bad events lies above what a true share of `limit` makes likely.

    Camp and Paulson's approximation of the binomial distribution (B. H. Camp, Approximation to the point binomial,
    Annals of Mathematical Statistics 22, 1951): with k bad of n events, a score above 1.645 means that the exact
    one-sided 95 % lower bound of the share lies above the limit. PromQL has no binomial, but it has a cube root.
    """
    odds = _decimal((1 - limit) / limit)
    good = f"({total} - {bad} + 1)"
    root = f"({odds} * {bad} / {good}) ^ (1 / 3)"
    return (
        f"(\n  (1 - 1 / (9 * {bad})) * {root}\n  - (1 - 1 / (9 * {good}))\n)\n/\n"
        f"(({root}) ^ 2 / (9 * {bad}) + 1 / (9 * {good})) ^ 0.5"
    )


def score_of(bad: float, total: float, limit: float) -> float:
    """The same figure by itself, to compare with the exact bound."""
    odds, good = (1 - limit) / limit, total - bad + 1
    root = (odds * bad / good) ** (1 / 3)
    above = (1 - 1 / (9 * bad)) * root - (1 - 1 / (9 * good))
    return float(above / (root**2 / (9 * bad) + 1 / (9 * good)) ** 0.5)


def _decimal(value: Fraction) -> str:
    return format(Decimal(value.numerator) / Decimal(value.denominator), ".12g")
