"""Named points at which a process ends itself by SIGKILL, with its whole group, as a machine would that loses power."""

from __future__ import annotations

import importlib
import itertools
import os
import signal
from collections.abc import Callable
from typing import Any, Final

PAGING: Final = "roadbed.reliability.paging"
POINTS: Final = {
    "web: received, not committed": (f"{PAGING}.alerts.door:_stored", "before"),
    "web: committed, not answered": (f"{PAGING}.alerts.door:_stored", "after"),
    "pager: read, not committed": (f"{PAGING}.alerts.taking:take", "after"),
    "pager: page opened, not committed": (f"{PAGING}.opening:_record", "after"),
    "pager: step taken, not committed": (f"{PAGING}.escalating:take_step", "after"),
    "pager: claimed, not sent": (f"{PAGING}.delivering:_begin", "after"),
    "pager: sent, not recorded": (f"{PAGING}.delivering:_delivered", "before"),
    "pager: recorded, job not ended": (f"{PAGING}.delivering:_delivered", "after"),
}
"""The process, the function, and the side of it."""


def process_of(point: str) -> str:
    """Whose point it is."""
    return point.partition(":")[0]


def arm(point: str, *, nth: int = 1) -> None:
    """Replace the function of a point by one that ends this process at its nth call."""
    where, side = POINTS[point]
    module, _, name = where.partition(":")
    holder = importlib.import_module(module)
    setattr(holder, name, _ending(getattr(holder, name), side, nth))


def _ending(work: Callable[..., Any], side: str, nth: int) -> Callable[..., Any]:
    calls = itertools.count(1)

    def armed(*given: Any, **named: Any) -> Any:
        last = next(calls) >= nth
        if last and side == "before":
            os.killpg(0, signal.SIGKILL)
        answer = work(*given, **named)
        if last:
            os.killpg(0, signal.SIGKILL)
        return answer

    return armed
