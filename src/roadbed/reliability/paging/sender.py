"""Takes pages out of the outbox, sends them side by side, and settles together what ended: a bit at every turn.

One thread looks and writes, the others wait for providers. Nobody else's page waits for a provider that hangs: each has
so many at once at most, and only one while it keeps up with what is due: what is under way when a sender dies is sent
again. Several senders share an outbox; a page is sent by who holds its lease.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog
from django.db import connections
from django.db.models import Q
from django.utils import timezone

from roadbed.ground.jobs.leases import LEASE, RENEWED_EVERY, Overdue
from roadbed.ground.jobs.worker import EXIT_STUCK, dead_workers, worker_name
from roadbed.reliability.paging import delivering
from roadbed.reliability.paging.delivering import Ended, Outgoing
from roadbed.reliability.paging.models import Channel, Delivery
from roadbed.reliability.paging.rules.providers import provider_of

log = structlog.get_logger(__name__)

AT_ONCE: Final = 64
"""Sendings at once, over all providers."""
EACH: Final = 16
"""Sendings at once to one provider."""
STEP: Final = 8
"""Ends written down for each sending at once to a provider that does not keep up."""
LATE: Final = timedelta(seconds=0.3)
"""Due for longer than that, and not begun while this sender lives: its provider does not keep up."""
SETTLED: Final = 32
"""Ends written in one transaction: the write lock of SQLite is everybody's."""
LOOKED_EVERY: Final = 1.0
"""Seconds between looks for what a sender that is gone left behind."""
STUCK: Final = 60.0
"""Seconds after which a sending that ought to be over ends the process, since no thread can be ended alone."""


@dataclass(frozen=True, slots=True)
class _Going:
    outgoing: Outgoing
    provider: str
    since: float
    future: Future[Ended]


@dataclass
class Sender:
    """Sends what is due.

    Args:
        holder: under which name it holds leases.
        at_once: sendings at once.
        each: sendings at once to one provider.
        first: sendings at once to a provider that keeps up; to another, one for every `STEP` written down.
        news: called, from another thread, when a sending has ended.
        clock: the time.
        die: called with an exit code when a sending does not come back; os._exit in production.
    """

    holder: str = field(default_factory=worker_name)
    at_once: int = AT_ONCE
    each: int = EACH
    first: int = 1
    news: Callable[[], None] = lambda: None
    clock: Callable[[], datetime] = timezone.now
    die: Callable[[int], None] = os._exit
    _going: dict[int, _Going] = field(default_factory=dict)
    _ended: list[Ended] = field(default_factory=list)
    _written: Counter[str] = field(default_factory=Counter)
    _full: dict[str, set[int]] = field(default_factory=dict)
    _late: set[str] = field(default_factory=set)
    _began: datetime | None = None
    _overdue: Overdue = field(default_factory=Overdue)
    _renewed: float = field(default_factory=time.monotonic)
    _looked: float = float("-inf")
    _lost: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(self.at_once, thread_name_prefix="page")

    def tick(self, now: datetime) -> int:
        """Settle what has ended and begin what is due; answers how much was done."""
        self._began = self._began or now
        self._collect()
        done = self.settle()
        self._renew(now)
        self._look_for_lost(now)
        return done + self._start(now)

    def settle(self) -> int:
        """Write down what has ended; what cannot be written now is kept for the next time."""
        done = 0
        while self._ended:
            some = self._ended[:SETTLED]
            delivering.record(some)
            self._written.update(_provider_of(one.outgoing.row.channel) for one in some)
            del self._ended[: len(some)]
            done += len(some)
        return done

    def close(self) -> None:
        """Let everything that is under way end, and write down how."""
        self._pool.shutdown()
        self._collect()
        self.settle()

    def _collect(self) -> None:
        for pk, going in list(self._going.items()):
            if going.future.done():
                self._ended.append(going.future.result())
                del self._going[pk]
            elif time.monotonic() - going.since > STUCK:
                log.error("page.stuck", delivery=going.outgoing.row.uid, provider=going.provider)
                self.die(EXIT_STUCK)

    def _start(self, now: datetime) -> int:
        busy = Counter(going.provider for going in self._going.values())
        # Whose provider has room again is looked at again.
        self._full = {provider: held for provider, held in self._full.items() if busy[provider] >= self._room(provider)}
        room, started = self.at_once - len(self._going), 0
        # Most turns find nothing, and looking takes no lock.
        more = room > 0 and Delivery.objects.filter(self._wanted(now)).exists()
        if not more:
            self._late &= set(self._full)
        while more and room > 0:
            most = min(room, self.each)
            late: set[str] = set()
            fits = partial(self._fits, busy, late, now)
            begun = delivering.begin(self._wanted(now), holder=self.holder, now=now, most=most, fits=fits)
            self._lost = ()
            for provider in late - self._late:
                log.warning("page.provider_late", provider=provider, written=self._written[provider])
            # Whoever has room left has nothing waiting.
            self._late = late | (self._late & set(self._full))
            for outgoing in begun.outgoing:
                self._send(outgoing)
            started, room = started + len(begun.outgoing), room - len(begun.outgoing)
            more = begun.looked_at == most
        return started

    def _wanted(self, now: datetime) -> Q:
        due = Q(state=Delivery.WAITING, due_at__lte=now) | Q(state=Delivery.SENDING, pk__in=self._lost)
        full = self._full_channels()
        return due & ~Q(channel__in=full) if full else due

    def _full_channels(self) -> set[int]:
        return set().union(*self._full.values())

    def _fits(self, busy: Counter[str], late: set[str], now: datetime, row: Delivery) -> bool:
        provider = _provider_of(row.channel)
        fits = busy[provider] < self._room(provider)
        busy[provider] += fits
        if busy[provider] >= self._room(provider):
            self._full.setdefault(provider, set()).add(row.channel.pk)
        if not fits and now - max(row.due_at, self._began or now) > LATE:
            late.add(provider)
        return fits

    def _room(self, provider: str) -> int:
        proven = self._written[provider] // STEP if provider in self._late else 0
        return min(self.each, max(self.first, proven))

    def _send(self, outgoing: Outgoing) -> None:
        future = self._pool.submit(_sent, outgoing, self.clock)
        self._going[outgoing.row.pk] = _Going(outgoing, _provider_of(outgoing.row.channel), time.monotonic(), future)
        future.add_done_callback(lambda _: self.news())

    def _renew(self, now: datetime) -> None:
        if time.monotonic() - self._renewed < RENEWED_EVERY:
            return
        self._renewed = time.monotonic()
        if self._going:
            ours = Delivery.objects.filter(pk__in=list(self._going), state=Delivery.SENDING, lease_by=self.holder)
            ours.update(lease_until=now + LEASE)

    def _look_for_lost(self, now: datetime) -> None:
        """What is marked as being sent by nobody who lives: nobody knows whether it arrived, so it is sent again."""
        if time.monotonic() - self._looked < LOOKED_EVERY:
            return
        self._looked = time.monotonic()
        rows = Delivery.objects.filter(state=Delivery.SENDING).exclude(pk__in=list(self._going))
        found = list(rows.values_list("pk", "uid", "lease_by", "lease_until"))
        dead = set(dead_workers(tuple({holder for _, _, holder, _ in found})))
        self._lost = tuple(
            pk for pk, uid, holder, until in found
            if holder in dead or holder == self.holder or self._is_over(uid, until, now)
        )  # fmt: skip

    def _is_over(self, uid: str, until: datetime | None, now: datetime) -> bool:
        # An edition that knew no leases leaves none.
        end = until or now - timedelta(days=1)
        return end < now and self._overdue.stays(uid, until or datetime.min.replace(tzinfo=now.tzinfo))


def _sent(outgoing: Outgoing, clock: Callable[[], datetime]) -> Ended:
    try:
        return delivering.sent(outgoing, clock=clock)
    finally:
        # What opens a provider may be kept in the database.
        connections.close_all()


def _provider_of(channel: Channel) -> str:
    return provider_of(channel.kind, channel.address, channel.server)
