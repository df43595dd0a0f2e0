"""The chat room of an incident, through a port: opened, told, read for pins, archived, never inside a transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from roadbed.ground.errors import Conflict, Invalid, Unavailable
from roadbed.ground.jobs.registry import Abandon
from roadbed.ground.jobs.usecases import enqueue
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ROADBED, Caller, authorise
from roadbed.ground.ports import board
from roadbed.ground.ports.chat_rooms import Refused, Room
from roadbed.reliability.incidents.models import Incident
from roadbed.reliability.incidents.rules import name_of
from roadbed.reliability.incidents.seeing import row_of
from roadbed.reliability.incidents.writing import editing, record

OPEN: Final = "incidents.room.open"
SAY: Final = "incidents.room.say"
CLOSE: Final = "incidents.room.close"
WANTED, OPENED, CLOSED = "wanted", "open", "archived"
NOT_SET: Final = "Set `incident_rooms` to `slack` and write the secret `slack-rooms-token`; docs/how-to says how."


def is_offered() -> bool:
    """Whether this installation has somewhere to open rooms."""
    try:
        board.chat_rooms()
    except Unavailable:
        return False
    return True


def want_room(caller: Caller, reference: str, *, now: datetime) -> None:
    """Have a room opened for it; a private incident gets a private one.

    Raises:
        Unavailable: when no chat is connected.
        Conflict: when it has a room.
    """
    authorise(caller, "incident.write")
    board.chat_rooms()
    with editing(caller, reference, now=now) as edit:
        if edit.row.room.get("state") in (WANTED, OPENED):
            raise Conflict(f"{edit.name} has a room already.", remedy="Its link is on the incident's page.")
        edit.row.room = {"state": WANTED}
        edit.told("room", f"{caller.name} asked for a chat room")
        enqueue(OPEN, {"incident": edit.row.uid}, key=f"{OPEN}:{edit.row.uid}", now=now)


def want_archived(caller: Caller, reference: str, *, now: datetime) -> None:
    """Have the room archived; what was said in it stays readable there."""
    authorise(caller, "incident.write")
    with editing(caller, reference, now=now) as edit:
        if edit.row.room.get("state") != OPENED:
            raise Conflict(f"{edit.name} has no open room.", remedy="Nothing is left to archive.")
        edit.told("room", f"{caller.name} archived the chat room")
        enqueue(CLOSE, {"incident": edit.row.uid}, key=f"{CLOSE}:{edit.row.uid}", now=now)


def open_now(uid: str, *, now: datetime) -> None:
    """Open it. Run again after a crash, it finds the room of that name instead of opening a second one."""
    row = Incident.objects.filter(uid=uid).first()
    if row is None or row.room.get("state") != WANTED:
        return
    name = name_of(row.number)
    try:
        room = board.chat_rooms().open(name.lower(), topic=f"{name}: {row.title}", private=row.private)
        people = Person.objects.filter(uid__in=[held["uid"] for held in row.roles.values()], is_active=True)
        left_out = board.chat_rooms().invite(room, tuple(people.values_list("email", flat=True)))
    except Refused as refused:
        _failed(uid, str(refused), now=now)
        raise Abandon(str(refused)) from refused
    _opened(uid, room, left_out, now=now)


def _opened(uid: str, room: Room, left_out: tuple[str, ...], *, now: datetime) -> None:
    with unit(ROADBED, now=now) as writing:
        row = Incident.objects.select_for_update().get(uid=uid)
        row.room = {"state": OPENED, "id": room.id, "name": room.name, "url": room.url}
        row.save()
        missing = f"; not in the chat: {', '.join(left_out)}" if left_out else ""
        said = {"what": "room", "text": f"The chat room #{room.name} is open{missing}", "url": room.url}
        record(writing, row, "incident.changed", said)


def _failed(uid: str, why: str, *, now: datetime) -> None:
    with unit(ROADBED, now=now) as writing:
        row = Incident.objects.select_for_update().get(uid=uid)
        row.room = {"state": "failed", "why": why[:300]}
        row.save()
        record(writing, row, "incident.changed", {"what": "room", "text": f"No chat room: {why[:300]}"})


def tell_room(row: Incident, text: str, *, key: str, now: datetime) -> None:
    """Have the room told, inside the open transaction; nothing where there is no room."""
    if row.room.get("state") == OPENED:
        enqueue(SAY, {"incident": row.uid, "text": text, "key": key}, key=f"{SAY}:{key}", now=now)


def say_now(uid: str, text: str, key: str) -> None:
    """Post it."""
    row = Incident.objects.filter(uid=uid).first()
    room = _room(row) if row is not None else None
    if room is not None:
        try:
            board.chat_rooms().post(room, text, key=key)
        except Refused as refused:
            raise Abandon(str(refused)) from refused


def close_now(uid: str, *, now: datetime) -> None:
    """Archive it."""
    row = Incident.objects.filter(uid=uid).first()
    room = _room(row) if row is not None else None
    if row is None or room is None:
        return
    board.chat_rooms().archive(room)
    with unit(ROADBED, now=now):
        Incident.objects.filter(uid=uid).update(room=row.room | {"state": CLOSED})


def take_pins(caller: Caller, reference: str, *, now: datetime) -> int:
    """Bring what people pinned in the room onto the timeline, each message once; answers how many were new.

    Raises:
        Conflict: when it has no room.
    """
    authorise(caller, "incident.write")
    row = row_of(reference, caller)
    room = _room(row)
    if room is None:
        raise Conflict(f"{name_of(row.number)} has no open room.", remedy="Open one first.")
    try:
        pins = board.chat_rooms().pins(room)
    except Refused as refused:
        raise Invalid(f"The chat refuses: {refused}.", remedy="Check the app's scopes.") from refused
    new = 0
    with editing(caller, reference, now=now, counts=False) as edit:
        known = set(edit.row.room.get("pins", ()))
        for pin in pins:
            if pin.id in known:
                continue
            new += 1
            known.add(pin.id)
            said = {"text": pin.text[:4000], "by": pin.by, "chat": True}
            key = f"incident:{row.uid}:pin:{pin.id}"
            record(edit.writing, edit.row, "incident.noted", said, occurred_at=min(pin.at, now), source_id=key)
        edit.row.room = edit.row.room | {"pins": sorted(known)}
        edit.row.save()
    return new


def _room(row: Incident) -> Room | None:
    held = row.room
    if held.get("state") != OPENED:
        return None
    return Room(id=str(held["id"]), name=str(held["name"]), url=str(held["url"]))
