"""A house with two services, a receiver that really listens, and a clock that the test sets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from roadbed.adapters.webhook import WebhookNotifier
from roadbed.adapters.webhook.tests.receiver import Receiver, receiver
from roadbed.ground.catalog.queries import require_service
from roadbed.ground.catalog.usecases import register
from roadbed.ground.ledger.models import Fact
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.people.usecases import create_team
from roadbed.ground.ports import board
from roadbed.ground.subscriptions import fanning, sending, usecases
from roadbed.ground.subscriptions.models import Delivery, Subscription
from roadbed.ground.subscriptions.sending import Tools
from roadbed.ground.subscriptions.usecases import Wish

ENTITY = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {{name: {name}, annotations: {{roadbed.dev/run: ./serve}}}}
spec: {{type: service, lifecycle: production, owner: {team}}}
"""


@dataclass
class House:
    """What a test of this room needs."""

    hook: Receiver
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    services: dict[str, str] = field(default_factory=dict)

    def subscribe(self, name: str = "bus", url: str = "", kinds: tuple[str, ...] = ("*",), **more: str) -> Subscription:
        wish = Wish(name=name, url=url or self.hook.url, kinds=kinds, **more)
        made = usecases.subscribe(ROADBED, wish, now=self.now)
        # The fact that tells of the subscription itself is passed, so that tests begin with an empty log.
        fanning.advance(now=self.now)
        Delivery.objects.filter(subscription__uid=made.uid).delete()
        return Subscription.objects.get(uid=made.uid)

    def record(self, kind: str = "service.deployed", service: str = "checkout", **data: Any) -> str:
        with unit(ROADBED, now=self.now) as writing:
            data = {"service": service, "version": "v12", **data}
            environment = data.pop("environment", "production")
            return writing.record(kind, self.services[service], environment=environment, data=data)

    def later(self, **spent: float) -> None:
        self.now += timedelta(**spent)

    def run(self, row: Subscription) -> int:
        """What the worker does for one subscription at a turn: read the ledger, take the lane, send."""
        fanning.advance(now=self.now)
        return self.send(row)

    def send(self, row: Subscription) -> int:
        if row.uid not in sending.due(self.now) or not sending.lane_taken(row.uid, "w", now=self.now):
            return -1
        return sending.send_waiting(row.uid, "w", Tools(lambda: self.now, lambda: 0.5))

    def log(self) -> list[Delivery]:
        return list(Delivery.objects.order_by("position", "pk"))

    def told(self, kind: str = "subscription.changed") -> list[dict[str, Any]]:
        return list(Fact.objects.filter(kind=kind).order_by("position").values_list("data", flat=True))


@pytest.fixture
def house(db: None) -> Iterator[House]:
    makers, made = dict(board._makers), dict(board._made)
    with receiver() as hook:
        standing = House(hook)
        board.provide("notifier.webhook", WebhookNotifier)
        for name, team in (("checkout", "team-payments"), ("tracking", "team-tracking")):
            create_team(ROADBED, name=team, now=standing.now)
            register(ROADBED, text=ENTITY.format(name=name, team=team), location=f"/git/{name}", now=standing.now)
            standing.services[name] = require_service(name).uid
        yield standing
    board._makers, board._made = makers, made
