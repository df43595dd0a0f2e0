"""Canaries: a test message through each kind of channel every day, so that a dead provider is known before a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from roadbed.ground.errors import Conflict, Invalid, NotFound, Place
from roadbed.ground.jobs.usecases import enqueue
from roadbed.ground.ledger.unit import Unit, unit
from roadbed.ground.people.rules import ROADBED, Caller, authorise
from roadbed.ground.ports.answers import Answered
from roadbed.ground.ports.notifier import Delivered, Message, NotDelivered
from roadbed.reliability.paging.links import answers_at, signing_secret, token_of
from roadbed.reliability.paging.models import Canary, CanaryRun, Channel
from roadbed.reliability.paging.reaching.sealing import address_for
from roadbed.reliability.paging.reaching.sealing import send as send_to
from roadbed.reliability.paging.rules.beats import in_words
from roadbed.reliability.paging.watching.warning import warn

RUN: Final = "paging.canary"
CONFIRMING: Final = frozenset({Channel.SMS, Channel.VOICE})
"""Kinds whose provider says afterwards whether a message arrived."""

PATIENCE: Final = timedelta(minutes=15)
"""How long a provider may take to say so."""

SECONDS: Final = 8.0
SOONEST, DAILY, LATEST = 3600, 86_400, 7 * 86_400
KEPT: Final = timedelta(days=90)
_WAITING: Final = (CanaryRun.SENDING, CanaryRun.SENT)


@dataclass(frozen=True, slots=True)
class CanaryView:
    """A kind of channel that is in use, and how its canary does; without one `state` is `none`.

    `state` is one of none, waiting (no test has ended yet), good, failing.
    """

    kind: str
    state: str
    channel: str
    address: str
    person: str
    every_seconds: int | None
    next_at: datetime | None
    last_at: datetime | None
    last: str
    confirmed: bool
    error: str
    failing_since: datetime | None
    channels: int


def set_canary(caller: Caller, channel_uid: str, *, every_seconds: int = DAILY, now: datetime) -> None:
    """Test a kind of channel regularly through a verified channel of that kind; the first test goes out at once."""
    authorise(caller, "canary.write")
    channel = Channel.objects.select_related("person").filter(uid=channel_uid, removed_at=None).first()
    if channel is None:
        raise NotFound(f"There is no channel {channel_uid[:40]}.", place=Place(field="channel"))
    if channel.verified_at is None:
        raise Conflict("This channel is not verified.", remedy="Verify it first.", place=Place(field="channel"))
    if not SOONEST <= every_seconds <= LATEST:
        raise Invalid(
            f"{every_seconds} s is not between an hour and a week.",
            remedy="A day is 86400.",
            place=Place(field="every"),
        )
    with unit(caller, now=now) as writing:
        Canary.objects.update_or_create(
            kind=channel.kind,
            defaults={
                "channel": channel, "every_seconds": every_seconds, "next_at": now, "failing_since": None,
                "made_by": caller.name[:160],
            },
        )  # fmt: skip
        data = {"kind": channel.kind, "channel": channel.uid, "every_seconds": every_seconds}
        writing.record("canary.changed", channel.uid, data=data)


def remove_canary(caller: Caller, kind: str, *, now: datetime) -> None:
    """Test a kind of channel no more."""
    authorise(caller, "canary.write")
    with unit(caller, now=now) as writing:
        row = Canary.objects.filter(kind=kind).first()
        if row is None:
            raise NotFound(f"{kind[:12]} has no canary.", remedy="`roadbed canary list` shows them.")
        writing.record("canary.changed", row.channel.uid, data={"kind": kind, "removed": True})
        row.delete()


def due(now: datetime) -> tuple[QuerySet[Canary], QuerySet[CanaryRun]]:
    """Tests that are to be made, and those that have waited for their confirmation long enough."""
    return Canary.objects.filter(next_at__lte=now), CanaryRun.objects.filter(state__in=_WAITING, waiting_until__lte=now)


def tend(*, now: datetime) -> int:
    """Start what is due, and give up on what was never confirmed."""
    did = 0
    for canary in Canary.objects.filter(next_at__lte=now):
        with unit(ROADBED, now=now):
            due, following = canary.next_at, now + timedelta(seconds=canary.every_seconds)
            if Canary.objects.filter(pk=canary.pk, next_at=due).update(next_at=following):
                run = CanaryRun.objects.create(canary=canary, started_at=now, waiting_until=now + PATIENCE)
                enqueue(RUN, {"run": run.uid}, key=f"{RUN}:{run.uid}", now=now)
                did += 1
    for run in CanaryRun.objects.filter(state__in=_WAITING, waiting_until__lte=now):
        did += _fail(run.uid, f"nobody confirmed it within {PATIENCE.seconds // 60} minutes", now=now)
    CanaryRun.objects.filter(started_at__lt=now - KEPT).delete()
    return did


def send(run_uid: str, *, now: datetime) -> None:
    """Send one test message; run again after a crash, it sends again with the same key."""
    run = CanaryRun.objects.select_related("canary__channel").filter(uid=run_uid, state=CanaryRun.SENDING).first()
    if run is None:
        return
    channel = run.canary.channel
    if channel.removed_at is not None or channel.verified_at is None:
        _fail(run.uid, "its channel was removed or is not verified", now=now)
        return
    try:
        sent = send_to(channel.kind, _message(run, channel), seconds=SECONDS)
    except NotDelivered as fault:
        _fail(run.uid, fault.reason, now=now)
    else:
        _sent(run, channel.kind, sent, now=now)


def _message(run: CanaryRun, channel: Channel) -> Message:
    return Message(
        key=f"canary-{run.uid}",
        address=address_for(channel),
        subject="Roadbed's regular test of this channel",
        text=f"Nothing is wrong. Roadbed tests {channel.kind} every {in_words(run.canary.every_seconds)}, "
        "so that a page finds it working. There is nothing to do.\n",
        short="Roadbed's regular test of this number. Nothing is wrong, and there is nothing to do.",
        urgent=False,
        token=token_of(run.uid) if channel.kind == Channel.SMS else "",
        answers=answers_at(),
        data={"kind": "canary"},
        server=channel.server,
        secret=signing_secret(channel.uid) if channel.kind == Channel.WEBHOOK else "",
    )


def _sent(run: CanaryRun, kind: str, sent: Delivered, *, now: datetime) -> None:
    confirms = kind in CONFIRMING
    values: dict[str, object] = {"state": CanaryRun.SENT, "provider_id": sent.provider_id[:200]}
    with unit(ROADBED, now=now) as writing:
        ours = CanaryRun.objects.filter(pk=run.pk, state=CanaryRun.SENDING)
        if not confirms:
            values |= {"ended_at": now, "waiting_until": None}
        if ours.update(**values) and not confirms:
            _recovered(run.canary, writing)


def note_status(uid: str, status: Answered, *, now: datetime) -> bool:
    """Note what a provider says became of a test; False when the message was none of ours."""
    run = CanaryRun.objects.select_related("canary").filter(uid=uid).first()
    if run is None:
        return False
    if status.delivered is False:
        _fail(uid, status.reason, now=now)
    elif status.delivered:
        with unit(ROADBED, now=now) as writing:
            values = {"state": CanaryRun.CONFIRMED, "ended_at": now, "waiting_until": None}
            if CanaryRun.objects.filter(uid=uid, state__in=_WAITING).update(**values):
                _recovered(run.canary, writing)
    return True


def _recovered(canary: Canary, writing: Unit) -> None:
    if Canary.objects.filter(pk=canary.pk).exclude(failing_since=None).update(failing_since=None):
        writing.record("canary.recovered", canary.channel.uid, data={"kind": canary.kind})


def _fail(uid: str, reason: str, *, now: datetime) -> int:
    with unit(ROADBED, now=now) as writing:
        values = {"state": CanaryRun.FAILED, "error": reason[:300], "ended_at": now, "waiting_until": None}
        if not CanaryRun.objects.filter(uid=uid, state__in=_WAITING).update(**values):
            return 0
        canary = CanaryRun.objects.select_related("canary__channel").get(uid=uid).canary
        Canary.objects.filter(pk=canary.pk, failing_since=None).update(failing_since=now)
        reached = warn(
            f"Pages by {canary.kind} may not arrive",
            f"The regular test of {canary.kind} failed: {reason}.\n"
            f"Whoever is paged by {canary.kind} alone may not be reached. Look under Notifications, Canaries.\n",
            about=canary.kind,
            key=uid,
            now=now,
            without=(canary.kind,),
        )
        data = {"kind": canary.kind, "reason": reason[:300], "warned": reached}
        writing.record("canary.failed", canary.channel.uid, data=data)
    return 1


def canaries() -> tuple[CanaryView, ...]:
    """Every kind of channel that somebody uses or that has a canary, with how its last test ended."""
    used: dict[str, int] = {}
    for kind in Channel.objects.filter(removed_at=None).exclude(verified_at=None).values_list("kind", flat=True):
        used[kind] = used.get(kind, 0) + 1
    rows = {row.kind: row for row in Canary.objects.select_related("channel__person")}
    return tuple(
        _view(kind, rows.get(kind), used.get(kind, 0)) for kind in Channel.KINDS if kind in used or kind in rows
    )


def _view(kind: str, row: Canary | None, channels: int) -> CanaryView:
    if row is None:
        return CanaryView(kind, "none", "", "", "", None, None, None, "", confirmed=False, error="", failing_since=None,
                          channels=channels)  # fmt: skip
    run = row.runs.order_by("-pk").first()
    ended = row.runs.exclude(ended_at=None).order_by("-pk").first()
    state = "failing" if row.failing_since else "good" if ended else "waiting"
    return CanaryView(
        kind, state, row.channel.uid, row.channel.shown, row.channel.person.name, row.every_seconds, row.next_at,
        run.started_at if run else None, run.state if run else "",
        confirmed=bool(ended and ended.state == CanaryRun.CONFIRMED), error=ended.error if ended else "",
        failing_since=row.failing_since, channels=channels,
    )  # fmt: skip
