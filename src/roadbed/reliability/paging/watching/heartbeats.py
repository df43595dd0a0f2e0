"""Heartbeats: something that should be heard from regularly, and an alert of its service when it is not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError
from django.db.models import F, QuerySet

from roadbed.ground.catalog.queries import require_service
from roadbed.ground.catalog.queries import service as find_service
from roadbed.ground.errors import Conflict, Invalid, NotFound, Place
from roadbed.ground.jobs.queries import Pulsing, pulse_of
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.queries import digest
from roadbed.ground.people.rules import ROADBED, Caller, authorise
from roadbed.reliability.paging.links import heartbeat_key, heartbeat_link
from roadbed.reliability.paging.models import Heartbeat
from roadbed.reliability.paging.rules.beats import (
    GRACE_LONGEST,
    LONGEST,
    SHORTEST,
    Beat,
    forgiven,
    in_words,
    late_at,
)
from roadbed.reliability.paging.watching.models import new_uid

PAGER: Final = "pager"
SEVERITIES: Final = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class HeartbeatView:
    """A heartbeat. `url` is its address, which is a secret: it is shown to whoever may change it."""

    uid: str
    name: str
    service: str
    service_uid: str
    team: str
    state: str
    interval_seconds: int
    grace_seconds: int
    severity: int
    beats: int
    last_at: datetime | None
    late_at: datetime | None
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Made:
    """A new heartbeat, or one with a new address."""

    uid: str
    url: str


def new_heartbeat(
    caller: Caller, *, service: str, name: str, interval: int, grace: int, severity: int = 2, now: datetime
) -> Made:
    """Expect a heartbeat of a service every `interval` seconds; it is late after `grace` more.

    It is waited for from its first beat on, so that setting it up pages nobody.
    """
    owned = require_service(service)
    authorise(caller, "heartbeat.write", team=owned.owner)
    _checked(name, interval, grace, severity)
    uid = new_uid()
    try:
        with unit(caller, now=now) as writing:
            Heartbeat.objects.create(
                uid=uid, name=name.strip(), service_uid=owned.uid, digest=digest(heartbeat_key(uid, 1)),
                interval_seconds=interval, grace_seconds=grace, severity=severity, made_by=caller.name[:160],
                made_at=now,
            )  # fmt: skip
            data = {"heartbeat": uid, "name": name.strip(), "interval_seconds": interval, "grace_seconds": grace}
            writing.record("heartbeat.changed", owned.uid, data=data)
    except IntegrityError:
        raise Conflict(
            f"{owned.name} has a heartbeat {name.strip()[:80]} already.", place=Place(field="name")
        ) from None
    return Made(uid, heartbeat_link(uid, 1))


def _checked(name: str, interval: int, grace: int, severity: int) -> None:
    if not name.strip() or len(name.strip()) > 80 or not name.isprintable():  # noqa: PLR2004 - the column's length
        raise Invalid("A heartbeat has a name of 1 to 80 printable characters.", place=Place(field="name"))
    if not SHORTEST <= interval <= LONGEST:
        raise Invalid(
            f"{interval} s is not between {SHORTEST} s and {in_words(LONGEST)}.", place=Place(field="interval")
        )
    if not 0 <= grace <= GRACE_LONGEST:
        raise Invalid(f"{grace} s is not between 0 and {in_words(GRACE_LONGEST)}.", place=Place(field="grace"))
    if severity not in SEVERITIES:
        raise Invalid(f"{severity} is no severity.", remedy="1 to 4.", place=Place(field="severity"))


def beat(key: str, told: Beat, *, now: datetime) -> bool:
    """Take one beat; False for an address that nobody has. What it ends is ended in the same transaction."""
    row = Heartbeat.objects.filter(digest=digest(key), removed_at=None).first()
    if row is None:
        return False
    if not told.alive:
        if row.state == Heartbeat.UP:
            _late(row, told.reason, now=now)
        return True
    due = late_at(now, interval=row.interval_seconds, grace=row.grace_seconds)
    values = {"last_at": now, "late_at": due, "beats": F("beats") + 1}
    # Nearly every beat is one update by primary key; only what changes a state needs more.
    if Heartbeat.objects.filter(pk=row.pk, state=Heartbeat.UP).update(**values):
        return True
    with unit(ROADBED, now=now) as writing:
        late = Heartbeat.objects.filter(pk=row.pk, state=Heartbeat.LATE).update(state=Heartbeat.UP, **values)
        if late:
            _record(row, "heartbeat.resumed", writing, reason="")
        else:
            Heartbeat.objects.filter(pk=row.pk, state=Heartbeat.NEW).update(state=Heartbeat.UP, **values)
            Heartbeat.objects.filter(pk=row.pk, state=Heartbeat.PAUSED).update(last_at=now, beats=F("beats") + 1)
    return True


def late(now: datetime) -> QuerySet[Heartbeat]:
    """Heartbeats that are late."""
    return Heartbeat.objects.filter(state=Heartbeat.UP, late_at__lte=now, removed_at=None)


def look(*, now: datetime, watcher: Pulsing | None = None) -> int:
    """Find what is late. `watcher` says since when the pager is at work, and how long nobody was before."""
    found = 0
    for row in late(now)[:500]:
        until = _late_after_all(row, watcher)
        if until > now:
            Heartbeat.objects.filter(pk=row.pk, state=Heartbeat.UP, last_at=row.last_at).update(late_at=until)
        else:
            last = f"{row.last_at:%-d %B %H:%M:%S} UTC" if row.last_at else "never"
            expected = in_words(row.interval_seconds + row.grace_seconds)
            found += _late(row, f"nothing was heard since {last}, and it is expected within {expected}", now=now)
    return found


def _late_after_all(row: Heartbeat, watcher: Pulsing | None) -> datetime:
    assert row.late_at is not None and row.last_at is not None  # noqa: S101, PT018 - both are set with the state
    if watcher is None or watcher.away is None:
        return row.late_at
    allowed = timedelta(seconds=row.interval_seconds + row.grace_seconds)
    return forgiven(row.late_at, last=row.last_at, began=watcher.began_at, away=watcher.away, allowed=allowed)


def _late(row: Heartbeat, reason: str, *, now: datetime) -> int:
    with unit(ROADBED, now=now) as writing:
        ours = Heartbeat.objects.filter(pk=row.pk, state=Heartbeat.UP, last_at=row.last_at, removed_at=None)
        if not ours.update(state=Heartbeat.LATE):
            return 0
        _record(row, "heartbeat.missed", writing, reason=reason)
    return 1


def _record(row: Heartbeat, kind: str, writing: Unit, *, reason: str) -> None:
    data = {"heartbeat": row.uid, "name": row.name, "severity": row.severity, "reason": reason}
    writing.record(kind, row.service_uid, data=data)


def watcher() -> Pulsing | None:
    """Since when a pager is at work, as far as is known."""
    return pulse_of(PAGER)


def pause(caller: Caller, uid: str, *, paused: bool, now: datetime) -> None:
    """Wait for a heartbeat no more, or again; whoever is paged about it is told that it ended."""
    row = _own(caller, uid)
    with unit(caller, now=now) as writing:
        if paused:
            if row.state == Heartbeat.LATE:
                _record(row, "heartbeat.resumed", writing, reason="it was paused")
            Heartbeat.objects.filter(pk=row.pk).update(state=Heartbeat.PAUSED, late_at=None)
        else:
            Heartbeat.objects.filter(pk=row.pk, state=Heartbeat.PAUSED).update(state=Heartbeat.NEW, late_at=None)
        writing.record("heartbeat.changed", row.service_uid, data={"heartbeat": row.uid, "paused": paused})


def rotate(caller: Caller, uid: str, *, now: datetime) -> Made:
    """Give a heartbeat a new address; the old one ends."""
    row = _own(caller, uid)
    with unit(caller, now=now) as writing:
        version = row.key_version + 1
        rows = Heartbeat.objects.filter(pk=row.pk, key_version=row.key_version)
        rows.update(key_version=version, digest=digest(heartbeat_key(row.uid, version)))
        writing.record("heartbeat.changed", row.service_uid, data={"heartbeat": row.uid, "rotated": True})
    return Made(row.uid, heartbeat_link(row.uid, version))


def remove(caller: Caller, uid: str, *, now: datetime) -> None:
    """Remove a heartbeat."""
    row = _own(caller, uid)
    with unit(caller, now=now) as writing:
        if row.state == Heartbeat.LATE:
            _record(row, "heartbeat.resumed", writing, reason="it was removed")
        Heartbeat.objects.filter(pk=row.pk).update(removed_at=now)
        writing.record("heartbeat.changed", row.service_uid, data={"heartbeat": row.uid, "removed": True})


def _own(caller: Caller, uid: str) -> Heartbeat:
    row = Heartbeat.objects.filter(uid=uid, removed_at=None).first()
    if row is None:
        raise NotFound(f"There is no heartbeat {uid[:40]}.", remedy="`roadbed heartbeat list` shows them.")
    authorise(caller, "heartbeat.write", team=_owner(row.service_uid)[1])
    return row


def _owner(service_uid: str) -> tuple[str, str]:
    found = find_service(service_uid)
    return (found.name, found.owner) if found else ("", "")


def heartbeats(*, service_uid: str = "") -> tuple[HeartbeatView, ...]:
    """Heartbeats, late ones first, then by name; of one service, or all."""
    rows = Heartbeat.objects.filter(removed_at=None)
    if service_uid:
        rows = rows.filter(service_uid=service_uid)
    order = {Heartbeat.LATE: 0, Heartbeat.UP: 1, Heartbeat.NEW: 2, Heartbeat.PAUSED: 3}
    owners = {uid: _owner(uid) for uid in set(rows.values_list("service_uid", flat=True))}
    found = sorted(rows, key=lambda row: (order[row.state], owners[row.service_uid][0], row.name))
    return tuple(_view(row, owners[row.service_uid]) for row in found)


def _view(row: Heartbeat, owner: tuple[str, str]) -> HeartbeatView:
    return HeartbeatView(
        uid=row.uid, name=row.name, service=owner[0], service_uid=row.service_uid, team=owner[1], state=row.state,
        interval_seconds=row.interval_seconds, grace_seconds=row.grace_seconds, severity=row.severity, beats=row.beats,
        last_at=row.last_at, late_at=row.late_at, made_by=row.made_by, made_at=row.made_at,
    )  # fmt: skip
