"""Reads deliveries out of the inbox: the adapter says what they tell, the recorder makes facts of it."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from roadbed.delivery.changes.models import Source
from roadbed.delivery.changes.sources.recording import Recorder
from roadbed.delivery.changes.sources.rules import KINDS, SKEWED
from roadbed.ground.ledger import inbox
from roadbed.ground.ledger.models import InboxItem
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.ports import board
from roadbed.ground.ports.events import Delivery, Event, Manner

SHOWN = 5


def register() -> None:
    """Read what comes from every kind of source."""
    for kind in KINDS:
        inbox.register_reader(kind, read)


def read(item: InboxItem) -> str:
    """Record what a delivery tells; answers what of it could not be, empty where all could.

    Raises:
        Unreadable: where the payload is not what its sender documents; nothing is recorded then.
    """
    kind, _, name = item.source.partition(":")
    source = Source.objects.filter(name=name).first()
    manner = Manner(tuple(source.deploys), source.environment) if source else Manner()
    found = board.event_reader(kind).read(Delivery(item.headers, bytes(item.body)), manner)
    with unit(ROADBED, now=timezone.now()) as writing:
        recorder = Recorder(writing, system=kind, received_at=item.received_at)
        problems = [problem for event in found if (problem := recorder.record(event))]
    _note_clock(source, found, received_at=item.received_at)
    more = f" And {len(problems) - SHOWN} more." if len(problems) > SHOWN else ""
    return " ".join(dict.fromkeys(problems[:SHOWN])) + more


def _note_clock(source: Source | None, found: tuple[Event, ...], *, received_at: datetime) -> None:
    """Remember that a sender's clock is ahead: it told of what had not happened yet."""
    ahead = max(((event.at - received_at).total_seconds() for event in found), default=0.0)
    if source is None or ahead <= SKEWED.total_seconds():
        return
    Source.objects.filter(pk=source.pk).update(ahead_seconds=round(ahead, 1), ahead_at=received_at)
