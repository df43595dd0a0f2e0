"""When the watcher pages: after so many failures in a row, again while it lasts, and once when it is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

WEB, DATABASE, PAGER = "web", "database", "pager"
PARTS: Final = (WEB, DATABASE, PAGER)
DOWN, STILL, UP = "down", "still down", "up again"


@dataclass(frozen=True, slots=True)
class Limits:
    """How sure to be before paging.

    Attributes:
        failures: bad looks in a row after which a part is down.
        recoveries: good looks in a row after which it is up again.
        repeat: seconds until it is paged again while it is down.
    """

    failures: int = 3
    recoveries: int = 2
    repeat: float = 900.0


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at one part: alive or not, None when nothing can be said, with the reason."""

    alive: bool | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What is remembered of one part.

    Attributes:
        down: whether it counts as down.
        since: when the first of the looks that decided it was, seconds since 1970.
        bad, good: looks in a row.
        paged_at: when it was last paged that it is down; None when nobody has been told.
        owes: whether somebody was told that it is down, and nobody yet that it is up again.
        reason: what was seen last.
    """

    down: bool = False
    since: float | None = None
    bad: int = 0
    good: int = 0
    paged_at: float | None = None
    owes: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class News:
    """What there is to say of one part."""

    part: str
    what: str
    since: float | None
    reason: str


def stepped(part: Part, seen: Seen, *, now: float, limits: Limits) -> Part:
    """A part after one more look; one that can say nothing changes nothing."""
    if seen.alive is None:
        return part
    if seen.alive:
        good = part.good + 1
        if part.down and good >= limits.recoveries:
            return replace(part, down=False, since=now, bad=0, good=good, paged_at=None, reason="")
        return replace(part, bad=0, good=good)
    bad = part.bad + 1
    first = part.since if part.bad or part.down else now
    down = part.down or bad >= limits.failures
    return replace(part, down=down, since=first, bad=bad, good=0, reason=seen.reason)


def news(name: str, part: Part, *, now: float, limits: Limits) -> News | None:
    """What is to be said of a part now; the same again until somebody could be told."""
    if part.down:
        if part.paged_at is None:
            return News(name, DOWN, part.since, part.reason)
        # A clock that was set back must not silence it, so that distance counts and not order.
        if abs(now - part.paged_at) >= limits.repeat:
            return News(name, STILL, part.since, part.reason)
        return None
    return News(name, UP, part.since, "") if part.owes else None


def told(part: Part, *, now: float) -> Part:
    """A part of which somebody was told the news."""
    return replace(part, paged_at=now, owes=True) if part.down else replace(part, paged_at=None, owes=False)


def seen_of(status: int | None, answer: Mapping[str, Any] | None, failure: str) -> dict[str, Seen]:
    """What one answer of `/vitals` says of every part.

    `status` is None when nothing answered, for the reason `failure`; `answer` is its JSON, None for none.
    """
    parts = answer.get("parts") if answer is not None else None
    if status is None or not isinstance(parts, Mapping):
        silent = Seen(None, "the web does not answer, so that nothing is known of it")
        why = failure or f"it answered {status} without its vitals"
        return {WEB: Seen(alive=False, reason=why), DATABASE: silent, PAGER: silent}
    found = {WEB: Seen(alive=True)}
    database = _said(parts.get(DATABASE), "nothing was written to the database")
    found[DATABASE] = database
    pager = parts.get(PAGER)
    lost = Seen(None, "the database does not answer, so that nothing is known of it")
    found[PAGER] = lost if pager is None else _said(pager, "the pager's loop did not run")
    return found


def _said(part: object, silent: str) -> Seen:
    if not isinstance(part, Mapping):
        return Seen(None, "it is not told")
    status, age = part.get("status"), part.get("age_seconds")
    if status == "ok":
        return Seen(alive=True)
    if isinstance(age, int | float):
        return Seen(alive=False, reason=f"{silent} for {age:.0f} s")
    return Seen(alive=False, reason=str(part.get("what") or f"{silent} as far as is known")[:200])
