"""Toil that nobody types: a page that needed no fix, the same alert again, a runbook run, a request done by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

NO_FIX, AGAIN = "page", "repeat"
BY_ITSELF: Final = "it stopped by itself"
MENDING: Final = frozenset({
    "service.rolledback", "service.deployed", "service.upgraded", "flag.changed", "incident.detected",
    "incident.reported",
})  # fmt: skip
"""What somebody did about a service while its alert was open. Any of these says that a person was needed."""

REPEATED: Final = 3
"""The same alert so often in 28 days is a task that comes back."""

SHORTEST, LONGEST = 5, 60
"""Minutes of an interruption: less than a look takes nobody, and an alert left open overnight was not worked on."""


@dataclass(frozen=True, slots=True)
class Page:
    """An alert that ended: how long after it was taken, by whom, what was done, how often it came in 28 days."""

    ended_for: str
    taken_by: str
    seconds_after_taken: float
    mended: bool
    times: int


def captured(page: Page) -> tuple[str, int] | None:
    """The kind of toil and its minutes; None where nobody was disturbed, or where somebody was needed."""
    if not page.taken_by or page.mended or page.ended_for != BY_ITSELF:
        return None
    minutes = round(min(max(page.seconds_after_taken / 60, SHORTEST), LONGEST))
    return (AGAIN if page.times >= REPEATED else NO_FIX), minutes


RUNS: Final = "runbook.run"
REQUESTS: Final = {
    "person.invited": ("Invite people", "access"),
    "team.joined": ("Add people to teams", "access"),
    "secret.written": ("Write secrets for another team", "access"),
    "gate.overridden": ("Override the gate", "release"),
    "change.kind.confirmed": ("Confirm kinds of changes", "release"),
}
"""What a person does by hand because somebody asked: the task and its category."""

ASSUMED: Final = 5
"""Minutes of a request that nobody measured; shown as assumed."""


@dataclass(frozen=True, slots=True)
class Done:
    """A fact that a person made: who by uid, of which teams, and whose the thing is."""

    kind: str
    actor: str
    teams: frozenset[str]
    owner: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Work:
    """What it was: the task, its category, minutes, and whether those are assumed."""

    what: str
    category: str
    minutes: int
    assumed: bool


def run_of(data: Mapping[str, Any]) -> Work | None:
    """A runbook's step that a person ran or did by hand; None for a dry run and for one without anybody."""
    minutes = data.get("minutes")
    if data.get("dry_run") or not data.get("person") or not isinstance(minutes, int | float) or minutes <= 0:
        return None
    what = f"Runbook {data.get('runbook', '')}: {data.get('service', '')}"
    return Work(what, "", max(1, min(round(minutes), 24 * 60)), assumed=False)


def request_of(done: Done) -> Work | None:
    """A request that somebody fulfilled for somebody else; None where it was one's own affair."""
    known = REQUESTS.get(done.kind)
    if known is None or not done.teams:
        return None
    if done.kind == "team.joined" and done.data.get("person") == done.actor:
        return None
    if done.kind == "secret.written" and (not done.owner or done.owner in done.teams):
        return None
    return Work(known[0], known[1], ASSUMED, assumed=True)
