"""Plays the past in its order: each act at its instant, and after it what the worker and the pager would have done."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from django.db import transaction

from roadbed.config.demo.cast import Cast
from roadbed.config.demo.catalogue import Listed
from roadbed.ground.ledger.queries import facts_after, last_position
from roadbed.ground.ledger.rules import FactView
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.incidents import reacting
from roadbed.reliability.objectives.changes import record_changes
from roadbed.reliability.objectives.collecting import Collected
from roadbed.reliability.objectives.evaluating import evaluate_all
from roadbed.reliability.objectives.live import Live, live_objectives
from roadbed.reliability.paging import delivering, intake
from roadbed.reliability.paging.models import Delivery
from roadbed.reliability.paging.rules.troubles import BEGINNINGS, ENDINGS
from roadbed.reliability.reviews import drafting

Act = Callable[[datetime], object]
SENT_AFTER: Final = timedelta(seconds=2)
TOGETHER: Final = 40
"""Acts a transaction: nobody else writes yet, and a commit for each would be most of the time it takes."""


@dataclass
class Player:
    """The stage of the past.

    Attributes:
        opened: called with the fact of each alert that opens, so that somebody answers it.
    """

    cast: Cast
    listed: Mapping[str, Listed]
    now: datetime
    opened: Callable[[FactView], None] = lambda _: None
    _queue: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _order: count[int] = field(default_factory=count)
    _read: int = 0
    _lives: dict[str, tuple[Live, ...]] = field(default_factory=dict)

    def at(self, when: datetime, act: Act) -> None:
        """Have something done at an instant; what would lie in the future is left out."""
        if when <= self.now:
            heapq.heappush(self._queue, (when, next(self._order), act))

    def play(self) -> None:
        """Everything, in order."""
        self._read = last_position()
        for live in live_objectives():
            self._lives[live.service_uid] = (*self._lives.get(live.service_uid, ()), live)
        while self._queue:
            with transaction.atomic(using="default"):
                for _ in range(TOGETHER):
                    if not self._queue:
                        break
                    when, _, act = heapq.heappop(self._queue)
                    act(when)

    def evaluate(self, service: str, at: datetime) -> None:
        """How a service's objectives stood at an instant, for the gate to read."""
        evaluate_all(self._lives.get(self.listed[service].uid, ()), at=at)

    def look(self, service: str, at: datetime) -> None:
        """The same, with the facts of what changed and what follows from them."""
        lives = self._lives.get(self.listed[service].uid, ())
        stands = evaluate_all(lives, at=at)
        if record_changes(lives, stands, Collected(at, {}, {}), now=at):
            self.follow(at)

    def follow(self, at: datetime) -> None:
        """Do what the facts since the last time set off, until nothing more follows."""
        while facts := facts_after(self._read):
            self._read = facts[-1].position
            for fact in facts:
                self._react(fact, at)

    def _react(self, fact: FactView, at: datetime) -> None:
        if fact.kind in BEGINNINGS | ENDINGS:
            intake.react(fact.uid, now=at)
        elif fact.kind == "alert.opened":
            self.deliver(at)
            reacting.alert_opened(fact, now=at)
            self.opened(fact)
        elif fact.kind == "alert.closed":
            reacting.alert_closed(fact, now=at)
        elif fact.kind == "page.acknowledged":
            reacting.acknowledged(fact, now=at)
        elif fact.kind == "incident.resolved":
            drafting.draft(ROADBED, fact.subject, now=at)

    def deliver(self, at: datetime) -> None:
        """Bring out the pages that wait; the demo's channels take them and send nothing."""
        waiting = Delivery.objects.filter(state=Delivery.WAITING, due_at__lte=at)
        for uid in list(waiting.values_list("uid", flat=True)):
            delivering.deliver(uid, clock=lambda: at + SENT_AFTER)
