"""Windows from what was added up of their parts: the sums that rows give, at another instant from those before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np

from roadbed.delivery.metrics.rollups.columns import (
    ASKED,
    EPOCH,
    FAILED,
    FIRST,
    LINKED,
    MICROSECOND,
    PARTIAL,
    UNPLANNED,
    Ints,
    instant,
)
from roadbed.delivery.metrics.rollups.lasting import survival
from roadbed.delivery.metrics.rollups.runs import Runs
from roadbed.delivery.metrics.rollups.tallies import A_WEEK, FLAGS, Tally, having
from roadbed.delivery.metrics.rules.estimates import kaplan_meier
from roadbed.delivery.metrics.rules.leads import STAGES
from roadbed.delivery.metrics.rules.sums import Sums
from roadbed.delivery.metrics.rules.values import LABELS


def total(parts: Sequence[Tally], *, until: datetime, known_until: datetime, before: Before | None = None) -> Before:
    """The sums of a window from those of its parts, the oldest first.

    `before` are the sums of the same parts as of another instant: what time alone does not change is taken from them.
    """
    end, last = instant(until), instant(known_until)
    sums = _lasting(parts) if before is None else before.sums
    known = before is not None and before.last <= last
    return Before(
        replace(
            sums,
            weekly=_weekly([one.at for one in parts if len(one.at)], end),
            recoveries=sums.recoveries
            if known and not sums.recoveries.open
            else survival(_joined(one.failed_at for one in parts), _joined(one.restored for one in parts), last),
            troubles=sums.troubles
            if known and not sums.troubles.open
            else survival(_joined(one.began for one in parts), _joined(one.ended for one in parts), last),
        ),
        last,
    )


@dataclass(frozen=True, slots=True)
class Before:
    """Sums as of an instant."""

    sums: Sums
    last: int


def _lasting(parts: Sequence[Tally]) -> Sums:
    """The sums without what is told as of an instant."""
    flags = sum((one.flags for one in parts), np.zeros(FLAGS, np.int64))
    labels = sum((one.labels for one in parts), np.zeros(len(LABELS), np.int64)).tolist()
    deployments = int(flags.sum())
    begun = next((one.at[0] for one in parts if len(one.at)), None)
    return Sums(
        deployments=deployments,
        earliest=None if begun is None else EPOCH + int(begun) * MICROSECOND,
        weekly=(),
        failed=having(flags, FAILED),
        unplanned=having(flags, UNPLANNED),
        labels={name: count for name, count in sorted(zip(LABELS, labels, strict=True)) if count},
        services=len(frozenset().union(*(one.services for one in parts))),
        asked=having(flags, ASKED),
        linked=having(flags, LINKED),
        partial=having(flags, ASKED | PARTIAL),
        all_first=having(flags, FIRST) == deployments,
        leads=Runs(one.leads for one in parts),
        bots=Runs(one.bots for one in parts),
        stages=tuple(Runs(one.stages[at] for one in parts if one.stages) for at in range(len(STAGES))),
        timed=sum(one.timed for one in parts),
        backwards=sum(one.backwards for one in parts),
        recoveries=NOTHING,
        troubles=NOTHING,
        without_deployment=sum(one.unnamed for one in parts),
    )


NOTHING: Final = kaplan_meier(())


def _joined(parts: Iterable[Ints]) -> Ints:
    some = list(parts)
    return np.concatenate(some) if some else np.zeros(0, np.int64)


def _weekly(lived: Sequence[Ints], end: int) -> Sequence[int]:
    """Deployments of each week counted back from the end, the newest first."""
    if not lived:
        return ()
    weeks = (end - int(lived[0][0])) // A_WEEK + 1
    # What finished exactly so many weeks before the end is of the week before.
    edges = end - A_WEEK * np.arange(weeks + 1)
    below = sum((np.searchsorted(one, edges, "right") for one in lived), np.zeros(weeks + 1, np.int64))
    below[0] = sum(len(one) for one in lived)
    found: list[int] = (below[:-1] - below[1:]).tolist()
    return found
