"""Multi-window burn-rate alerts: pairs of windows and factors as data with their source, and when a pair fires."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Final

from roadbed.reliability.objectives.rules.basis import Basis, Measure
from roadbed.reliability.objectives.rules.burn import burn, exceeds
from roadbed.reliability.objectives.rules.targets import Target

PAGE: Final = "page"
TICKET: Final = "ticket"

WORKBOOK: Final = "SRE Workbook, chapter 5, table 5-8"
SLOTH: Final = "Sloth, 30-day windows"

EVENTS: Final = "events"
SLICES: Final = "slices"
MINUTE_PARTS: Final = "billionths of minutes"
"""What is counted where a source gives the share of errors of each minute and nobody counted events."""


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two windows that must both burn faster than a factor: the long one proves the loss, the short one that it lasts.

    Attributes:
        spends: the share of the budget that burning at the factor spends in the long window; the factor follows.
        minimum_bad: how many bad events the long window needs at least.
        source: where the pair is from.
        fixed: a factor that is the same whatever the period; None where it follows from `spends`.
        inclusive: whether a burn of exactly the factor is enough.
        after: for how many minutes more it must have burnt so.
    """

    name: str
    severity: str
    short: int
    long: int
    spends: Fraction
    minimum_bad: int
    source: str
    fixed: Fraction | None = None
    inclusive: bool = False
    after: int = 0

    def factor(self, period: int) -> Fraction:
        """Burning this many times too fast spends `spends` of a period's budget in the long window: p · P / L."""
        return _factor(self, period)


@lru_cache(maxsize=1024)
def _factor(pair: Pair, period: int) -> Fraction:
    return pair.spends * period / pair.long if pair.fixed is None else pair.fixed


PAIRS: Final = (
    Pair("Page, fast", PAGE, 5, 60, Fraction(2, 100), 10, WORKBOOK),
    Pair("Page, slow", PAGE, 30, 360, Fraction(5, 100), 10, WORKBOOK),
    Pair("Ticket, fast", TICKET, 120, 1440, Fraction(10, 100), 1, SLOTH),
    Pair("Ticket, slow", TICKET, 360, 4320, Fraction(10, 100), 1, WORKBOOK),
)
"""Over 30 days the factors are 14.4, 6, 3 and 1; over another period they follow from the same shares."""

CONFIDENCE: Final = 0.95
_NORMAL_95: Final = 1.6448536269514722
_COUNTED_EXACTLY: Final = 100


@lru_cache(maxsize=512)
def lasting_of(pairs: tuple[Pair, ...]) -> tuple[int, ...]:
    """The windows whose differences are those that ended some minutes ago, where a pair must burn for a while."""
    return tuple(
        sorted(
            {
                length
                for pair in pairs
                for ago in range(1, pair.after + 1)
                for length in (ago, pair.short + ago, pair.long + ago)
            }
        )
    )


def windows_of(pairs: tuple[Pair, ...] = PAIRS) -> tuple[int, ...]:
    """All windows that the pairs look at, shortest first."""
    return tuple(sorted({minutes for pair in pairs for minutes in (pair.short, pair.long)}))


def applicable(period: int, pairs: tuple[Pair, ...] = PAIRS) -> tuple[Pair, ...]:
    """The pairs that say something within a period: their long window must be shorter, their factor above zero."""
    return tuple(pair for pair in pairs if pair.long < period)


def reachable(target: Target, factor: Fraction) -> bool:
    """Whether even a total loss burns faster than the factor: only where the target is above 1 − 1/factor."""
    return factor * target.spare < target.of


def lowest_target(factor: Fraction) -> float:
    """The target above which a factor can be reached."""
    return float(1 - 1 / factor)


def proven(bad: int, total: int, limit: float) -> bool:
    """Whether so many bad events would be unlikely (under 5 %) if the true share were `limit`.

    The same as asking whether the one-sided 95 % lower bound of the share lies above the limit: the exact binomial
    one for few events, Wilson's for many. So one error in twenty requests proves nothing.
    """
    if bad <= 0 or total <= 0 or limit >= 1:
        return False
    if limit <= 0:
        return True
    if bad > _COUNTED_EXACTLY:
        return _wilson_low(bad, total) > limit
    log_limit, log_rest = math.log(limit), math.log1p(-limit)
    below = math.fsum(
        math.exp(
            math.lgamma(total + 1)
            - math.lgamma(count + 1)
            - math.lgamma(total - count + 1)
            + count * log_limit
            + (total - count) * log_rest
        )
        for count in range(bad)
    )
    return 1 - below < 1 - CONFIDENCE


def _wilson_low(bad: int, total: int) -> float:
    share, z2 = bad / total, _NORMAL_95**2
    middle = share + z2 / (2 * total)
    reach = _NORMAL_95 * math.sqrt(share * (1 - share) / total + z2 / (4 * total * total))
    return max(0.0, (middle - reach) / (1 + z2 / total))


@dataclass(frozen=True, slots=True)
class PairStanding:
    """A pair now: both burns, whether it fires, and if not although burning, why.

    Attributes:
        bad: bad ones in the long window of `total`; `short_bad` of `short_total` in the short one.
        unit: what is counted: events or slices.
    """

    name: str
    severity: str
    short: int
    long: int
    factor: float
    short_burn: float | None
    long_burn: float | None
    bad: float
    firing: bool
    reachable: bool
    held_back: str
    source: str
    total: int = 0
    short_bad: float = 0
    short_total: int = 0
    unit: str = EVENTS
    inclusive: bool = False
    after: int = 0

    @property
    def alone(self) -> bool:
        """Whether it looks at one window."""
        return self.short == self.long


def guard(pair: Pair, proof: Measure, limit: float, *, unit: str = EVENTS) -> str:
    """Why a pair that burns does not fire: too few bad ones, or too few to prove such a burn. Empty when it may."""
    if unit == MINUTE_PARTS:
        # Where nobody counted events, few of them cannot be told from many.
        return ""
    if unit == EVENTS and proof.bad < pair.minimum_bad:
        return f"{proof.bad:g} bad events in the long window; it takes {pair.minimum_bad}."
    if not proven(int(proof.bad), proof.total, limit):
        return f"{proof.bad:g} bad of {proof.total} {unit} prove no such burn yet."
    return ""


def held(
    pair: Pair,
    measures: Mapping[int, Measure],
    target: Target,
    *,
    period: int,
    proof: Mapping[int, Measure] | None = None,
    unit: str = EVENTS,
) -> str | None:
    """Whether a pair fires: None when it does not burn, empty when it fires, else why it is held back.

    Args:
        pair: which.
        measures: what burns, by window in minutes.
        target: the objective's.
        period: the length of the objective's window.
        proof: the events that the guard looks at, where that is not what burns.
        unit: what burns: events or slices.
    """
    short = measures[pair.short]
    if short.bad <= 0:
        return None
    factor = pair.factor(period)
    times, of = factor.numerator, factor.denominator
    long = measures[pair.long]
    if not _burns(pair, (short, long), target, times=times, of=of):
        return None
    if pair.after and unit != SLICES and not _lasts(pair, measures, target, times=times, of=of):
        return None
    limit = float(factor * target.spare / target.of)
    if proof is not None:
        return guard(pair, proof[pair.long], limit)
    return guard(pair, long, limit, unit=unit)


def _burns(pair: Pair, both: Iterable[Measure], target: Target, *, times: int, of: int) -> bool:
    return all(exceeds(one, target, times=times, of=of, or_equals=pair.inclusive) for one in both)


def _lasts(pair: Pair, measures: Mapping[int, Measure], target: Target, *, times: int, of: int) -> bool:
    """Whether it burnt in each of the minutes before: windows that ended then are differences of those that end now."""

    def ended(length: int, ago: int) -> Measure:
        whole, since = measures[length + ago], measures[ago]
        return Basis(whole.bad - since.bad, whole.total - since.total, broken=whole.broken)

    return all(
        _burns(pair, (ended(pair.short, ago), ended(pair.long, ago)), target, times=times, of=of)
        for ago in range(1, pair.after + 1)
    )


def stand(
    pair: Pair,
    measures: Mapping[int, Measure],
    target: Target,
    *,
    period: int,
    proof: Mapping[int, Measure] | None = None,
    unit: str = EVENTS,
) -> PairStanding:
    """How a pair stands, from its two windows, with everything that is said of it."""
    short, long, factor = measures[pair.short], measures[pair.long], pair.factor(period)
    held_back = held(pair, measures, target, period=period, proof=proof, unit=unit)
    return PairStanding(
        name=pair.name,
        severity=pair.severity,
        short=pair.short,
        long=pair.long,
        factor=float(factor),
        short_burn=burn(short, target),
        long_burn=burn(long, target),
        bad=long.bad,
        firing=held_back == "",
        reachable=reachable(target, factor),
        held_back=held_back or "",
        source=pair.source,
        total=long.total,
        short_bad=short.bad,
        short_total=short.total,
        unit=unit,
        inclusive=pair.inclusive,
        after=pair.after if unit != SLICES else 0,
    )
