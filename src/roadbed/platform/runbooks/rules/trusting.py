"""Whether a runbook can still be trusted: looked at lately, run with success, and everything that it names is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

STALE_AFTER: Final = timedelta(days=90)
MANY_DEPLOYMENTS: Final = 50


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a runbook.

    Attributes:
        written_at: when its present version was read first.
        reviewed_at: when somebody said that it is still right; None for never.
        run_at: when a step was last run, by whatever way but dry; None for never.
        run_failed: how that ended was failed, timed out or unknown.
        deployments: to production since it was written or reviewed last; None where nobody counts.
        gone: what it names and is not there any more, in words.
        unread: why the newest file could not be taken over; empty where it was.
    """

    written_at: datetime
    reviewed_at: datetime | None = None
    run_at: datetime | None = None
    run_failed: bool = False
    deployments: int | None = None
    gone: tuple[str, ...] = ()
    unread: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One reason not to trust it, and what would clear it. `severity` is bad for what cannot work, warn otherwise."""

    rule: str
    severity: str
    text: str
    clears: str


def seen_at(known: Known) -> datetime:
    """When somebody last had it in hands: wrote, reviewed or ran it."""
    return max(at for at in (known.written_at, known.reviewed_at, known.run_at) if at is not None)


def reviewed_at(known: Known) -> datetime:
    """When its words were last looked at: a run proves a step, not the rest."""
    return max(known.written_at, known.reviewed_at or known.written_at)


def doubts(known: Known, *, now: datetime) -> tuple[Doubt, ...]:
    """Every reason, the worst first. None is fresh."""
    found: list[Doubt] = []
    if known.unread:
        found.append(Doubt("unread", "bad", f"Its newest version cannot be read: {known.unread}", "Correct the file."))
    found += [
        Doubt("gone", "bad", f"It names what is gone: {one}", "Correct it, or bring that back.") for one in known.gone
    ]
    proven = known.reviewed_at is not None and known.run_at is not None and known.reviewed_at > known.run_at
    if known.run_failed and known.run_at is not None and known.run_at >= known.written_at and not proven:
        found.append(
            Doubt(
                "failed", "warn", "The last step that was run did not come out.", "Correct it, or say that it is right."
            )
        )
    seen = seen_at(known)
    if now - seen > STALE_AFTER:
        days = (now - seen).days
        found.append(
            Doubt(
                "old",
                "warn",
                f"Nobody wrote, reviewed or ran it for {days} days.",
                "Read it, and say whether it is right.",
            )
        )
    if known.deployments is not None and known.deployments >= MANY_DEPLOYMENTS:
        said = f"{known.deployments} deployments went out since somebody last looked over it."
        found.append(Doubt("outrun", "warn", said, "Read it, and say whether it is right."))
    return tuple(found)
