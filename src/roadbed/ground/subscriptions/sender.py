"""Runs the lanes: threads of the worker, each sending for one subscription at a time, none waiting for another."""

from __future__ import annotations

import random
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Final

import structlog
from django.db import connections
from django.utils import timezone

from roadbed.ground.jobs.worker import dead_workers, worker_name
from roadbed.ground.subscriptions import fanning, sending
from roadbed.ground.subscriptions.models import Subscription
from roadbed.ground.subscriptions.sending import Tools

log = structlog.get_logger(__name__)

LANES: Final = 16
"""Receivers that are called at once. One that hangs holds a lane for a delivery's time and then rests."""


@dataclass
class Sender:
    """Reads the ledger and sends, a bit at every turn of the worker."""

    lanes: int = LANES
    stopping: Event = field(default_factory=Event)
    holder: str = field(default_factory=worker_name)
    _running: dict[str, Future[None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(self.lanes, thread_name_prefix="subscription")

    def tick(self, now: datetime) -> int:
        """Make deliveries of new facts and let free lanes send; answers how much was begun."""
        for uid in [uid for uid, future in self._running.items() if future.done()]:
            del self._running[uid]
        return fanning.advance(now=now) + self._start(now)

    def _start(self, now: datetime) -> int:
        free = self.lanes - len(self._running)
        if free <= 0 or self.stopping.is_set():
            return 0
        dead = dead_workers(_holders())
        started = 0
        for uid in sending.due(now, dead=dead):
            if started == free:
                break
            if uid not in self._running and sending.lane_taken(uid, self.holder, now=now, dead=dead):
                self._running[uid] = self._pool.submit(self._run, uid)
                started += 1
        return started

    def _run(self, uid: str) -> None:
        try:
            sending.send_waiting(uid, self.holder, Tools(timezone.now, random.random, self.stopping.is_set))
        except Exception:
            # The lease runs out, and the delivery is sent again under the same identity.
            log.exception("subscription.lane_broke", subscription=uid)
        finally:
            connections.close_all()

    def close(self) -> None:
        """Let each lane end what it sends and begin nothing more."""
        self.stopping.set()
        self._pool.shutdown()


def _holders() -> tuple[str, ...]:
    return tuple(Subscription.objects.exclude(lane_by="").values_list("lane_by", flat=True).distinct())
