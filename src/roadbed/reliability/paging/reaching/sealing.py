"""Addresses that open a door by themselves: sealed in the database, opened for the moment of a sending."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any, Final

import structlog
from django.db import connections
from django.db.models import QuerySet

from roadbed.ground import asks
from roadbed.ground.asks.sealed import Kept, Renew
from roadbed.ground.errors import Refusal
from roadbed.ground.people.derived import derived
from roadbed.ground.ports import board
from roadbed.ground.ports.notifier import Delivered, Message, NotDelivered
from roadbed.reliability.paging.models import CalendarFeed, Channel
from roadbed.reliability.paging.reaching.showing import SECRET, shown_address, shown_calendar

log = structlog.get_logger(__name__)

_PREFIX: Final = "sealed:"
AT_ONCE: Final = 200


def mark_of(kind: str, address: str) -> str:
    """What tells that two channels lead to the same place, and tells nobody where to."""
    return derived("paging.address", f"{kind}:{address}")


def kept(uid: str, kind: str, address: str) -> dict[str, Any]:
    """The columns of a channel's address: of one that is a secret only what may be shown stands in clear."""
    found: dict[str, Any] = {"address": address, "mark": mark_of(kind, address), "sealed": None}
    if kind in SECRET:
        found["address"] = shown_address(kind, address)
        found["sealed"] = asks.put(asks.Seal(address, belongs=_channel(uid)))
    return found


def kept_calendar(uid: str, url: str) -> dict[str, Any]:
    """The same of a calendar's URL, whose path is often its whole secret."""
    return {"url": shown_calendar(url), "sealed": asks.put(asks.Seal(url, belongs=_feed(uid)))}


def url_of(row: CalendarFeed) -> str:
    """A calendar's URL. Raises Unavailable where the master key is gone."""
    return row.url if row.sealed is None else asks.put(asks.Unseal(bytes(row.sealed), belongs=_feed(row.uid)))


def address_for(channel: Channel) -> str:
    """The address as it travels in a message until `send` opens it; nothing that logs a message can tell it."""
    if channel.sealed is None:
        return channel.address
    return f"{_PREFIX}{channel.uid}:{base64.b64encode(bytes(channel.sealed)).decode()}"


def send(kind: str, message: Message, *, seconds: float) -> Delivered:
    """Hand a message to whoever delivers on a kind of channel, its address opened. Raises NotDelivered."""
    return board.notifier(kind).deliver(_opened(message), seconds=seconds)


def _opened(message: Message) -> Message:
    if not message.address.startswith(_PREFIX):
        return message
    uid, _, sealed = message.address.removeprefix(_PREFIX).partition(":")
    try:
        address = asks.put(asks.Unseal(base64.b64decode(sealed), belongs=_channel(uid)))
    except Refusal as fault:
        raise NotDelivered(f"its address cannot be opened: {fault.detail}", permanent=True) from None
    return replace(message, address=address)


def clear() -> tuple[QuerySet[Channel], QuerySet[CalendarFeed]]:
    """Rows from before addresses were sealed."""
    return Channel.objects.filter(mark=""), CalendarFeed.objects.filter(sealed=None)


def seal_clear() -> int:
    """Seal what stands in clear still; answers how many rows. What was overwritten leaves no trace in SQLite's file."""
    if connections["default"].vendor == "sqlite":
        with connections["default"].cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")
    done = 0
    for one in Channel.objects.filter(mark="").order_by("pk")[:AT_ONCE]:
        done += Channel.objects.filter(pk=one.pk, mark="").update(**kept(one.uid, one.kind, one.address))
    for feed in CalendarFeed.objects.filter(sealed=None).order_by("pk")[:AT_ONCE]:
        done += CalendarFeed.objects.filter(pk=feed.pk, sealed=None).update(**kept_calendar(feed.uid, feed.url))
    if done:
        log.info("addresses.sealed", rows=done)
    return done


def _renew(renew: Renew) -> int:
    done = 0
    for model in (Channel, CalendarFeed):
        for pk, old in model.objects.exclude(sealed=None).values_list("pk", "sealed"):
            if old is not None:
                done += model.objects.filter(pk=pk, sealed=old).update(sealed=renew(bytes(old)))
    return done


def _exists() -> bool:
    return any(model.objects.exclude(sealed=None).exists() for model in (Channel, CalendarFeed))


ADDRESSES: Final = Kept(_exists, _renew)


def _channel(uid: str) -> str:
    return f"channel:{uid}"


def _feed(uid: str) -> str:
    return f"calendar-feed:{uid}"
