"""`roadbed subscription` against a server that listens and a sender that sends."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from django.db import connections
from django.utils import timezone

from roadbed.adapters.webhook.tests.receiver import Receiver, receiver
from roadbed.cli.client import ServerRefused
from roadbed.cli.tests.test_ground_commands import Shell, roadbed
from roadbed.config.wiring import wire
from roadbed.ground.jobs.worker import Worker
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.subscriptions.sender import Sender

__all__ = ["roadbed"]
pytestmark = pytest.mark.django_db(databases=["default", "samples"], transaction=True)


@pytest.fixture
def hook() -> Iterator[Receiver]:
    wire()
    with receiver() as made:
        yield made


@pytest.fixture
def working(transactional_db: None) -> Iterator[None]:
    """A worker that does nothing but send."""
    sender = Sender(lanes=2)
    worker = Worker(ticks=(sender.tick,), accepts=lambda _: False, idle=0.05, stopping=sender.stopping)

    def work() -> None:
        worker.run()
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    sender.close()
    thread.join()


@pytest.mark.usefixtures("working")
def test_facts_are_sent_shown_and_sent_again(roadbed: Shell, hook: Receiver):
    assert "Nobody is sent anything" in roadbed("subscription", "list")
    shown = roadbed("subscription", "create", "bus", hook.url, "--kind", "flag.*", "--kind", "gate.asked")
    assert "Secret, shown this once: rbs_" in shown
    with unit(ROADBED, now=timezone.now()) as writing:
        uid = writing.record("flag.changed", "f-1", data={"key": "eta-v2"})
    (request,) = hook.wait_for(1)
    assert request.signed_by(shown.split("rbs_")[1].split()[0].join(["rbs_", ""]))
    assert "It arrived: answered 204" in roadbed("subscription", "redeliver", "bus", uid)
    assert "It arrived" in roadbed("subscription", "ping", "bus")
    assert len(hook.requests) == 3
    assert "flag.changed" in roadbed("subscription", "deliveries", "bus")
    assert "active" in roadbed("subscription", "list")
    assert "flag.*, gate.asked" in roadbed("subscription", "show", "bus")
    assert "dev.cdevents.service.deployed.0.3.0" in roadbed("subscription", "kinds")
    hook.status = 503
    assert roadbed.code("subscription", "ping", "bus") == 1
    assert roadbed.code("subscription", "redeliver", "bus", uid) == 1
    assert "At most 1" in roadbed("subscription", "replay", "bus", "--fact", uid)


def test_one_is_paused_resumed_rotated_and_removed(roadbed: Shell, hook: Receiver):
    roadbed("subscription", "create", "bus", hook.url, "--kind", "*", "--format", "cdevents")
    assert "is paused" in roadbed("subscription", "pause", "bus", "--reason", "The bus is moved.")
    assert "The bus is moved." in roadbed("subscription", "show", "bus")
    assert "from now on" in roadbed("subscription", "resume", "bus", "--skip")
    rotated = roadbed("subscription", "rotate", "bus", "--overlap", "2")
    assert "the former secret signs as well" in rotated
    assert roadbed.data("subscription", "show", "bus")["format"] == "cdevents"
    assert "removed" in roadbed("subscription", "remove", "bus")
    with pytest.raises(ServerRefused, match="no subscription bus"):
        roadbed("subscription", "show", "bus")
    with pytest.raises(ServerRefused, match="covers no kind"):
        roadbed("subscription", "create", "bus", hook.url, "--kind", "gates.*")
