"""News of a team for whoever writes about its week: each room hangs its own in, told as lines with where they lead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

log = structlog.get_logger(__name__)

GOOD, WARN, BAD, PLAIN = "good", "warn", "bad", "plain"
TONES: Final = (GOOD, WARN, BAD, PLAIN)


@dataclass(frozen=True, slots=True)
class Week:
    """Whose news, since when until when.

    Attributes:
        team: its name.
        services: uids of the services that it owns, by name.
        person_uid: who reads it, for what is only theirs.
    """

    team: str
    services: dict[str, str]
    since: datetime
    until: datetime
    person_uid: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what is the case, or what changed.

    Attributes:
        url: the path of the page behind it; empty for none.
        tone: one of TONES.
        news: whether it is worth a mail by itself; what merely stands as before is not.
    """

    text: str
    url: str = ""
    tone: str = PLAIN
    news: bool = True


@dataclass(frozen=True, slots=True)
class Section:
    """Lines of one kind under their title. `failed` where they could not be told, which is not that there are none."""

    key: str
    title: str
    lines: tuple[Line, ...]
    failed: bool = False


Telling = Callable[[Week], tuple[Line, ...]]
_tellers: dict[str, tuple[int, str, Telling]] = {}


def supply(key: str, title: str, telling: Telling, *, rank: int) -> None:
    """Say that a room tells news; called by its wiring. Sections stand in the order of their ranks."""
    _tellers[key] = (rank, title, telling)


def told(week: Week) -> tuple[Section, ...]:
    """Every room's section; an empty one says that there is nothing."""
    return tuple(
        _section(key, title, telling, week)
        for key, (_, title, telling) in sorted(_tellers.items(), key=lambda one: (one[1][0], one[0]))
    )


def _section(key: str, title: str, telling: Telling, week: Week) -> Section:
    try:
        return Section(key, title, telling(week))
    except Exception:
        # One room's fault must not keep the others' news.
        log.exception("news.failed", section=key, team=week.team)
        return Section(key, title, (), failed=True)
