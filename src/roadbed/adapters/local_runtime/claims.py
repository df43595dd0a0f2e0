"""Owns the marks by which an actor keeps others from tidying away a release that it is starting or draining."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from roadbed.adapters.local_runtime import disk, launcher, processes

if TYPE_CHECKING:
    from pathlib import Path

    from roadbed.adapters.local_runtime.layout import Layout
    from roadbed.ground.ports.runtime import ReleaseSpec


DRAINING = -1
"""In place of a count of rollbacks: the release is on its way out, not on its way in."""

SPARE_SECONDS = 60.0
"""A claim on a draining release outlives the drain by this much, for the stop that follows."""


def claim(layout: Layout, spec: ReleaseSpec, *, seconds: float, rollbacks: int) -> None:
    """Say that this process is at work on the release; void when the process ends or the time is over.

    `rollbacks` is how often the workload had been rolled back when the work began.
    """
    folder = layout.release(spec.workload, spec.number)
    until = time.clock_gettime(time.CLOCK_BOOTTIME) + seconds
    with disk.writing("start", folder):
        disk.save(folder / "claim.json", processes.remember(os.getpid()) | {"until": until, "rollbacks": rollbacks})


def rollbacks_at(layout: Layout, spec: ReleaseSpec) -> int | None:
    """How often the workload had been rolled back when the start of the release began, None where that is unknown."""
    record = disk.load(layout.release(spec.workload, spec.number) / "claim.json")
    return None if record is None or record.get("rollbacks", -1) < 0 else int(record["rollbacks"])


def drop(layout: Layout, spec: ReleaseSpec) -> None:
    """Say that the work is done."""
    drop_at(layout.release(spec.workload, spec.number))


def drop_at(folder: Path) -> None:
    """The same, by the release's folder."""
    (folder / "claim.json").unlink(missing_ok=True)


def may_drain(folder: Path) -> bool:
    """Whether the release had been given time to finish what it had begun, and has some left, whoever watched it."""
    record = disk.load(folder / "claim.json")
    draining = record is not None and record.get("rollbacks", 0) == DRAINING
    return bool(draining and record and time.clock_gettime(time.CLOCK_BOOTTIME) < record["until"] - SPARE_SECONDS)


def is_claimed(folder: Path) -> bool:
    """Whether a living process is at work on the release."""
    record = disk.load(folder / "claim.json")
    return bool(record and launcher.runs(record) and time.clock_gettime(time.CLOCK_BOOTTIME) < record["until"])
