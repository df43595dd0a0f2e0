"""Calendars by URL: added, read when they are due, removed with what they said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from roadbed.ground.catalog.documents import decode
from roadbed.ground.errors import Conflict, Invalid, NotFound, Place, Refusal
from roadbed.ground.jobs.usecases import enqueue
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.models import Team
from roadbed.ground.people.rules import ROADBED, Caller, authorise
from roadbed.ground.ports import board
from roadbed.ground.ports.calendars import NotFetched
from roadbed.reliability.paging.calendars.models import CalendarFeed, new_uid
from roadbed.reliability.paging.covering import KINDS, take_calendar
from roadbed.reliability.paging.reaching import sealing
from roadbed.reliability.paging.rotating import team_named
from roadbed.reliability.paging.rules.schedules.calendars import LARGEST

READ: Final = "paging.read-calendar"
EVERY: Final = timedelta(hours=1)
LATEST: Final = timedelta(hours=6)
STALE: Final = timedelta(days=1)
MOST: Final = 20
SECONDS: Final = 15.0
EMPTY: Final = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Roadbed//EN\r\nEND:VCALENDAR\r\n"


@dataclass(frozen=True, slots=True)
class FeedView:
    """A calendar by URL. `host` is all that is shown of its address, whose path is often a secret.

    `stale` says that it was not read for a day; `taken` is None before the first reading.
    """

    uid: str
    team: str
    kind: str
    name: str
    host: str
    read_at: datetime | None
    problem: str
    taken: int | None
    passed_over: tuple[str, ...]
    stale: bool


def add_feed(caller: Caller, team: str, *, kind: str, url: str, name: str, now: datetime) -> str:
    """Let a calendar be read each hour as a team's leave or overrides. Answers its uid.

    Raises:
        Invalid: for an address that would never be called, or a name that is too long.
        Conflict: when the team has one of that name, or MOST.
    """
    found = team_named(team)
    authorise(caller, "rotation.write", team=found.name)
    said, url = " ".join(name.split()), url.strip()
    if kind not in KINDS:
        raise Invalid(f"{kind[:40]!r} is not possible.", remedy="leave or overrides.", place=Place(field="kind"))
    if not 0 < len(said) <= 60:  # noqa: PLR2004 - the column's length
        raise Invalid("It has no name, or a long one.", remedy="Up to 60 characters.", place=Place(field="name"))
    if fault := board.calendars().fault_of(url):
        raise Invalid(fault, remedy="Write the https:// or webcal:// address.", place=Place(field="url"))
    uid = new_uid()
    kept = sealing.kept_calendar(uid, url)
    with unit(caller, now=now) as writing:
        row = Team.objects.select_for_update().get(uid=found.uid)
        held = CalendarFeed.objects.filter(team=row, removed_at=None)
        if held.filter(name=said).exists() or held.count() >= MOST:
            raise Conflict(f"{found.name} has a calendar {said}, or {MOST} of them.", remedy="Remove one first.")
        made = CalendarFeed.objects.create(
            uid=uid, team=row, kind=kind, name=said, made_by=caller.name[:160], made_at=now, **kept
        )
        data = {"team": found.name, "feed": made.uid, "name": said, "kind": kind, "change": "added"}
        writing.record("calendar.changed", found.uid, data=data)
        enqueue(READ, {"feed": made.uid}, key=f"{READ}:{made.uid}", now=now)
    return made.uid


def remove_feed(caller: Caller, uid: str, *, now: datetime) -> None:
    """Read it no more; what it said goes with it. Doing it again changes nothing."""
    row = _feed(uid)
    authorise(caller, "rotation.write", team=row.team.name)
    with unit(caller, now=now) as writing:
        if CalendarFeed.objects.filter(pk=row.pk, removed_at=None).update(removed_at=now):
            take_calendar(ROADBED, row.team.name, kind=row.kind, text=EMPTY, name=_calendar(row), now=now)
            data = {"team": row.team.name, "feed": row.uid, "name": row.name, "kind": row.kind, "change": "removed"}
            writing.record("calendar.changed", row.team.uid, data=data)


def read_again(caller: Caller, uid: str, *, now: datetime) -> None:
    """Let it be read at once."""
    row = _feed(uid)
    authorise(caller, "rotation.write", team=row.team.name)
    enqueue(READ, {"feed": row.uid}, key=f"{READ}:{row.uid}", now=now)


def read_due(*, now: datetime) -> int:
    """Let every calendar be read that is due: each hour, later after failures. Answers how many."""
    due = [
        row
        for row in CalendarFeed.objects.filter(removed_at=None, team__archived_at=None)
        if row.tried_at is None or row.tried_at + min(EVERY * 2**row.failures, LATEST) <= now
    ]
    for row in due:
        enqueue(READ, {"feed": row.uid}, key=f"{READ}:{row.uid}", now=now)
    return len(due)


def read(uid: str, *, now: datetime) -> None:
    """Read one. What cannot be read leaves what was read before, and says why."""
    row = CalendarFeed.objects.select_related("team").filter(uid=uid, removed_at=None).first()
    if row is None:
        return
    try:
        # Once a day it is read in full, since occurrences of what repeats move into sight.
        known = row.etag if row.read_at is not None and row.read_at.date() == now.date() else ""
        fetched = board.calendars().fetch(sealing.url_of(row), etag=known, largest=LARGEST, seconds=SECONDS)
        values: dict[str, object] = {}
        if fetched.text is not None:
            text = decode(fetched.text, row.name)
            taken = take_calendar(ROADBED, row.team.name, kind=row.kind, text=text, name=_calendar(row), now=now)
            values = {
                "etag": fetched.etag, "taken": taken.taken, "passed_over": list(taken.passed_over[:20]),
            }  # fmt: skip
    except (NotFetched, Refusal) as fault:
        problem = fault.detail if isinstance(fault, Refusal) else str(fault)
        CalendarFeed.objects.filter(pk=row.pk).update(
            tried_at=now, failures=min(row.failures + 1, 10), problem=problem[:300]
        )
        return
    CalendarFeed.objects.filter(pk=row.pk).update(tried_at=now, read_at=now, failures=0, problem="", **values)


def feeds(team: str, *, now: datetime) -> tuple[FeedView, ...]:
    """A team's calendars by URL, by name."""
    rows = CalendarFeed.objects.filter(team__uid=team_named(team).uid, removed_at=None).select_related("team")
    return tuple(
        FeedView(
            row.uid, row.team.name, row.kind, row.name, urlsplit(row.url).hostname or "", row.read_at, row.problem,
            row.taken, tuple(row.passed_over), now - (row.read_at or row.made_at) > STALE,
        )
        for row in rows.order_by("name")
    )  # fmt: skip


def _calendar(row: CalendarFeed) -> str:
    """The name under which its events stand: one of an uploaded file is another calendar."""
    return f"{row.name} ({row.uid[:8]})"


def _feed(uid: str) -> CalendarFeed:
    row = CalendarFeed.objects.select_related("team").filter(uid=uid.replace("\x00", "")).first()
    if row is None:
        raise NotFound(f"There is no calendar {uid[:40]}.", remedy="`roadbed oncall feeds TEAM` shows them.")
    return row
