"""Owns the reading of what was counted at the edge: requests, failures, answers within each bound."""

from __future__ import annotations

import contextlib
import os
from array import array
from datetime import UTC, datetime
from itertools import accumulate
from typing import TYPE_CHECKING

from roadbed.adapters.local_runtime import attendant, disk, processes
from roadbed.adapters.local_runtime.haproxy import Admin
from roadbed.ground.ports.metrics import EdgeCounters, EdgeReading, MeterUnreachable

if TYPE_CHECKING:
    from roadbed.adapters.local_runtime.layout import Layout

BOUNDS = (
    *(5, 10, 25, 50, 75, 100, 150, 200, 250, 300, 400, 500),
    *(750, 1000, 1500, 2000, 2500, 3000, 4000, 5000, 7500, 10_000),
)


class HaproxyMeter:
    """The counts that the attendant keeps of HAProxy's log, exact to the millisecond.

    Latency is the time from the whole request until the service's answer begins. Counts outlive HAProxy, supervisord
    and every process of Roadbed; a new epoch begins with a new boot or when the counts were lost.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def read(self, *, bounds: tuple[int, ...] = ()) -> EdgeReading:
        """The counters now, within the standard bounds and those given, in ms up to 16,381. Raises MeterUnreachable."""
        self._refuse_silence()
        wanted = tuple(sorted({bound for bound in (*BOUNDS, *bounds) if 0 < bound <= attendant.LAST_MS}))
        head = disk.load(self.layout.edge / "counts.json")
        if head is None:
            raise MeterUnreachable("nothing has been counted yet")
        at = datetime.now(tz=UTC)
        try:
            descriptor = os.open(self.layout.edge / "counts.bin", os.O_RDONLY)
        except OSError as error:
            raise MeterUnreachable(f"the counts cannot be read: {error.strerror}") from error
        try:
            counters = tuple(
                _counters(
                    workload,
                    head["epoch"],
                    os.pread(descriptor, attendant.ROW_BYTES, row * attendant.ROW_BYTES),
                    wanted,
                )
                for workload, row in sorted(head["rows"].items())
            )
        finally:
            os.close(descriptor)
        return EdgeReading(at, counters)

    def _refuse_silence(self) -> None:
        """Counting stands still when either of the two is dead; that time is unmeasured, and is not idle."""
        if processes.look(self.layout.edge / "attendant").pid is None:
            raise MeterUnreachable("the attendant that counts does not run")
        answers = False
        with contextlib.suppress(OSError):
            answers = Admin(self.layout.edge).answers()
        if not answers:
            raise MeterUnreachable("HAProxy does not answer")


def _counters(workload: str, epoch: str, row: bytes, bounds: tuple[int, ...]) -> EdgeCounters:
    words = array("Q")
    words.frombytes(row)
    so_far = list(accumulate(words[attendant.FIRST_MS :]))
    failures, slowest = words[attendant.FAILED], words[attendant.SLOWEST]
    return EdgeCounters(
        workload=workload,
        epoch=epoch,
        requests=failures + slowest + so_far[-1],
        failures=failures,
        within=tuple((bound, so_far[bound]) for bound in bounds),
    )
