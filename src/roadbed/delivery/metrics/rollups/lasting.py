"""Kaplan and Meier's estimate from columns of instants: the same figures as from one span after the other."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from roadbed.delivery.metrics.rollups.columns import NEVER, Ints
from roadbed.delivery.metrics.rules.estimates import DUST, Z95, Survival, kaplan_meier

Floats = NDArray[np.float64]
SECOND: Final = 1_000_000
FEW: Final = 12
"""Of so few the columns would only be in the way."""


def survival(begin: Ints, end: Ints, last: int) -> Survival:
    """How long what began lasted, as far as it had ended at the instant `last`; all in microseconds."""
    over = (end != NEVER) & (end <= last)
    seconds: Floats = np.maximum(0, np.where(over, end, last) - begin).astype(np.float64) / SECOND
    if len(seconds) <= FEW:
        return kaplan_meier(list(zip(seconds.tolist(), over.tolist(), strict=True)))
    order = np.argsort(seconds)
    seconds, over = seconds[order], over[order]
    together = np.flatnonzero(np.concatenate([[True], seconds[1:] != seconds[:-1]]))
    ended = np.add.reduceat(over.astype(np.int64), together)
    some = ended > 0
    ended, at_risk, at = ended[some], (len(seconds) - together)[some], seconds[together][some]
    left: Floats = np.cumprod(1 - ended / at_risk, dtype=np.float64)
    low, high = _band(left, ended, at_risk)
    median = _median(at, left)
    return Survival(
        n=len(seconds),
        open=int((~over).sum()),
        median=median,
        low=_reaches(at, low, 0.5),
        high=_reaches(at, high, 0.5),
        p75=_reaches(at, left, 0.25),
        p90=_reaches(at, left, 0.1),
        at_least=float(seconds[-1]) if median is None else None,
    )


def _band(left: Floats, ended: Ints, at_risk: Ints) -> tuple[Floats, Floats]:
    """The band of what is left, where anything is; where all is over it says nothing."""
    low, high = np.zeros(len(left)), np.ones(len(left))
    some = at_risk > ended
    ended, at_risk, left = ended[some], at_risk[some], left[some]
    spread = Z95 * np.sqrt(np.cumsum(ended / (at_risk * (at_risk - ended)))) / np.abs(np.log(left))
    low[some], high[some] = left ** np.exp(spread), left ** np.exp(-spread)
    return low, high


def _median(at: Floats, left: Floats) -> float | None:
    half = np.flatnonzero(left <= 0.5 + DUST)
    if not len(half):
        return None
    place = int(half[0])
    if abs(left[place] - 0.5) <= DUST and place + 1 < len(at):
        return float((at[place] + at[place + 1]) / 2)
    return float(at[place])


def _reaches(at: Floats, left: Floats, share: float) -> float | None:
    found = np.flatnonzero(left <= share + DUST)
    return float(at[found[0]]) if len(found) else None
