"""Telling people of requests: through their own channels, by mail where they have none that is verified."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from roadbed.ground.errors import Unavailable
from roadbed.ground.jobs.usecases import enqueue
from roadbed.ground.people.models import Person
from roadbed.ground.ports.notifier import Message, NotDelivered
from roadbed.reliability.paging import shifts
from roadbed.reliability.paging.links import request_link, signing_secret
from roadbed.reliability.paging.models import Channel
from roadbed.reliability.paging.reaching.sealing import address_for, send
from roadbed.reliability.paging.reaching.wishes import plan_for, wishes_of
from roadbed.reliability.paging.rules.methods import LOW
from roadbed.reliability.paging.swaps.models import ShiftRequest

TELL: Final = "paging.tell-request"
SECONDS: Final = 8.0
ASKED, ACCEPTED, DECLINED, EXPIRED = "asked", "accepted", "declined", "expired"


def told(what: str, row: ShiftRequest, people: Iterable[Person], *, now: datetime) -> None:
    """Let people be told, in the open transaction: outside of their quiet hours, unless the shift comes before."""
    whom = list(people)
    wishes = wishes_of(whom)
    channels = Channel.objects.filter(person__in=whom, removed_at=None).exclude(verified_at=None).order_by("pk")
    by_person: dict[int, list[Channel]] = {}
    for channel in channels:
        by_person.setdefault(channel.person_id, []).append(channel)
    for person in whom:
        mine = by_person.get(person.pk, [])
        # Nobody is called about this while anything else leads to them.
        quiet = [one for one in mine if one.kind != Channel.VOICE] or mine
        plan = plan_for(wishes[person.pk], quiet, urgency=LOW, now=now) if quiet else []
        first = min((one.at for _, one in plan), default=now)
        ways = [channel.uid for channel, one in plan if one.at == first] or [""]
        at = first if first < row.starts_at else now
        for channel_uid in ways:
            payload = {"request": row.uid, "person": person.uid, "what": what, "channel": channel_uid}
            key = f"{TELL}:{what}:{row.uid}:{person.uid}:{channel_uid}"
            enqueue(TELL, payload, key=key, now=now, run_at=at)


def tell(payload: dict[str, str], *, now: datetime, last_attempt: bool) -> None:
    """Tell one person on one way. What was answered meanwhile, or begun, is not asked any more.

    Raises:
        Unavailable: when another attempt may help.
    """
    rows = ShiftRequest.objects.select_related("team", "asker", "asked", "taken_by")
    row = rows.filter(uid=payload["request"]).first()
    person = Person.objects.filter(uid=payload["person"], is_active=True).first()
    if row is None or person is None:
        return
    if payload["what"] == ASKED and (row.state != ShiftRequest.OPEN or row.starts_at <= now):
        return
    channel = Channel.objects.filter(uid=payload["channel"], removed_at=None).first() if payload["channel"] else None
    message = _message(payload["what"], row, person, channel, now=now)
    try:
        send(channel.kind if channel else Channel.SMTP, message, seconds=SECONDS)
    except NotDelivered as fault:
        if not (fault.permanent or last_attempt):
            raise Unavailable(f"The notice did not leave: {fault.reason}") from None
        if channel is not None:
            enqueue(TELL, payload | {"channel": ""}, key=f"{TELL}:{payload['what']}:{row.uid}:{person.uid}:", now=now)


def _message(what: str, row: ShiftRequest, person: Person, channel: Channel | None, *, now: datetime) -> Message:
    zone = shifts.zone_of_team(row.team.name, now=now)
    link = request_link(row.uid, person.uid)
    subject, lines = _words(what, row, zone)
    do = "Accept or decline behind this link (opening it changes nothing, its buttons do):" if what == ASKED else ""
    text = "\n".join(line for line in (*lines, do, link) if line) + "\n"
    return Message(
        key=f"request-{what}-{row.uid}-{person.uid}"[:64], address=address_for(channel) if channel else person.email,
        subject=subject, text=text, short=f"Roadbed: {subject}. {link}", link=link, urgent=False,
        data={"kind": "shift-request", "what": what, "request": row.uid, "team": row.team.name},
        secret=signing_secret(channel.uid) if channel and channel.kind == Channel.WEBHOOK else "",
        server=channel.server if channel else "",
    )  # fmt: skip


def _words(what: str, row: ShiftRequest, zone: ZoneInfo) -> tuple[str, list[str]]:
    span = in_words(row.starts_at, row.ends_at, zone)
    team = row.team.name
    a_shift, shift = ("a stand-by shift", "stand-by shift") if row.standby else ("a shift", "shift")
    if what == ASKED:
        who = "you" if row.asked else f"anyone of {team}"
        what = "to stand by" if row.standby else "to be on call"
        lines = [f"{row.asker.name} asks {who} {what} for {team}:", f"{span} ({zone.key})"]
        if row.back_starts_at and row.back_ends_at:
            lines.append(f"In exchange they take yours: {in_words(row.back_starts_at, row.back_ends_at, zone)}.")
        if row.note:
            lines.append(f"They say: {row.note}")
        return f"{row.asker.name} asks {who} to take {a_shift} of {team}", lines
    said = {
        ACCEPTED: f"{row.taken_by.name if row.taken_by else 'Somebody'} takes your {shift} of {team}",
        DECLINED: f"{row.asked.name if row.asked else 'Everybody'} declined to take your {shift} of {team}",
        EXPIRED: f"Nobody took your {shift} of {team}, which begins: it is yours",
    }[what]
    return said, [f"{said}:", f"{span} ({zone.key})"]


def in_words(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """A span on the team's wall clock."""
    return f"{start.astimezone(zone):%a %-d %b %H:%M} to {end.astimezone(zone):%a %-d %b %H:%M}"
