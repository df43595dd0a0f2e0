"""Estimates that say how far they can be trusted: quantiles, Wilson's interval, Kaplan and Meier's median."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Final, Protocol, SupportsFloat

Z95: Final = 1.959963984540054
"""Of a 95% interval."""
DUST: Final = 1e-12
"""What floating point adds: a fifth left of ten is 0.2 and a little."""


class Ordered(Protocol):
    """Numbers from the least to the greatest: a list, or an array."""

    def __len__(self) -> int: ...

    def __getitem__(self, place: int, /) -> SupportsFloat: ...


def wilson(hits: int, of: int, *, z: float = Z95) -> tuple[float, float] | None:
    """The interval of a share; None of nothing."""
    if of == 0:
        return None
    share = hits / of
    scale = 1 + z * z / of
    middle = (share + z * z / (2 * of)) / scale
    reach = z / scale * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    # At none and at all the end is the share itself, but for the dust of floating point.
    return min(share, max(0.0, middle - reach)), max(share, min(1.0, middle + reach))


def count_interval(count: int, *, z: float = Z95) -> tuple[float, float]:
    """The interval of what a count of independent happenings stands for, by Byar's approximation."""
    low = count * (1 - 1 / (9 * count) - z / (3 * math.sqrt(count))) ** 3 if count else 0.0
    more = count + 1
    return max(0.0, low), more * (1 - 1 / (9 * more) + z / (3 * math.sqrt(more))) ** 3


def quantile(ordered: Ordered, share: float) -> float | None:
    """A quantile of sorted values, linear between neighbours; None of nothing."""
    if not len(ordered):
        return None
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    low, high = float(ordered[below]), float(ordered[above])
    return low + (high - low) * (place - below)


def median_interval(ordered: Ordered) -> tuple[float, float] | None:
    """The 95% interval of a median between two of the values; None under six, when no two enclose it that surely."""
    count = len(ordered)
    rank = _rank(count)
    return None if rank is None else (float(ordered[rank - 1]), float(ordered[count - rank]))


@lru_cache(maxsize=2048)
def _rank(count: int) -> int | None:
    """The greatest r so that the median lies below the r-th value with at most 2.5%."""
    if count > 1000:  # noqa: PLR2004 - the normal approximation is exact enough there
        return math.floor(count / 2 - Z95 * math.sqrt(count) / 2)
    tail, rank = 0.0, 0
    for below in range(count // 2):
        tail += math.comb(count, below) / 2**count
        if tail > 0.025:  # noqa: PLR2004 - half of five per cent
            break
        rank = below + 1
    return rank or None


def quantile_interval(ordered: Ordered, share: float) -> tuple[float, float] | None:
    """The 95% interval of a quantile between two of the values; None where no two enclose it that surely.

    It is what a bootstrap of the quantile tends to with ever more rounds, and needs no chance.
    """
    count = len(ordered)
    if count < 10:  # noqa: PLR2004 - under that no quantile but the median has one
        return None
    if count > 1000:  # noqa: PLR2004 - the normal approximation is exact enough there
        reach = Z95 * math.sqrt(count * share * (1 - share))
        low, high = math.floor(count * share - reach), math.ceil(count * share + reach) + 1
    else:
        low, high = _ranks(count, share)
    return (float(ordered[low - 1]), float(ordered[high - 1])) if 1 <= low < high <= count else None


@lru_cache(maxsize=2048)
def _ranks(count: int, share: float) -> tuple[int, int]:
    """The greatest rank below the quantile and the least above it that miss it with at most 2.5% each."""
    below, low, high = 0.0, 0, count + 1
    for under in range(count + 1):
        below += math.comb(count, under) * share**under * (1 - share) ** (count - under)
        if below <= 0.025:  # noqa: PLR2004 - half of five per cent
            low = under + 1
        if below >= 0.975:  # noqa: PLR2004
            high = under + 1
            break
    return low, high


@dataclass(frozen=True, slots=True)
class Survival:
    """How long something takes when some of it is not over yet.

    Attributes:
        median, p75, p90: None where so much is still open that they are not reached.
        low, high: 95% interval of the median; `high` None where it has no upper end yet.
        at_least: where the median is not reached, the longest that is known to have passed.
    """

    n: int
    open: int
    median: float | None
    low: float | None
    high: float | None
    p75: float | None
    p90: float | None
    at_least: float | None


def kaplan_meier(spans: Iterable[tuple[float, bool]]) -> Survival:
    """Estimate from (seconds, over): one that is not over yet lasts at least so long, and is never dropped."""
    ordered = sorted(spans)
    at_risk, left, variance = len(ordered), 1.0, 0.0
    curve: list[tuple[float, float, float, float]] = []
    for seconds, together in groupby(ordered, key=lambda span: span[0]):
        overs = [over for _, over in together]
        ended = sum(overs)
        if ended:
            left *= 1 - ended / at_risk
            variance += ended / (at_risk * (at_risk - ended)) if at_risk > ended else math.inf
            curve.append((seconds, left, *_band(left, variance)))
        at_risk -= len(overs)
    median = _median(curve)
    return Survival(
        n=len(ordered),
        open=sum(not over for _, over in ordered),
        median=median,
        low=_reaches(curve, 2, 0.5),
        high=_reaches(curve, 3, 0.5),
        p75=_reaches(curve, 1, 0.25),
        p90=_reaches(curve, 1, 0.1),
        at_least=ordered[-1][0] if ordered and median is None else None,
    )


def _band(left: float, variance: float) -> tuple[float, float]:
    """The 95% band of what is left, on the log-log scale, which keeps it between 0 and 1."""
    if math.isinf(variance):
        return 0.0, 1.0
    spread = Z95 * math.sqrt(variance) / abs(math.log(left))
    return left ** math.exp(spread), left ** math.exp(-spread)


def _median(curve: Sequence[tuple[float, float, float, float]]) -> float | None:
    """Where half is left; between two values where exactly half is, so that it is the plain median if all is over."""
    for index, point in enumerate(curve):
        if abs(point[1] - 0.5) <= DUST and index + 1 < len(curve):
            return (point[0] + curve[index + 1][0]) / 2
        if point[1] <= 0.5 + DUST:
            return point[0]
    return None


def _reaches(curve: Sequence[tuple[float, float, float, float]], column: int, share: float) -> float | None:
    return next((point[0] for point in curve if point[column] <= share + DUST), None)
