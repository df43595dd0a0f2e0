"""The sender's own threads: a receiver that hangs holds up nobody but itself, and two workers never send twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from django.utils import timezone

from roadbed.adapters.smtp.tests.sink import hang, talking
from roadbed.adapters.webhook.tests.receiver import receiver
from roadbed.ground.subscriptions import sending
from roadbed.ground.subscriptions.models import Delivery, Subscription
from roadbed.ground.subscriptions.sender import Sender
from roadbed.ground.subscriptions.tests.conftest import House

pytestmark = pytest.mark.django_db(databases=["default", "samples"], transaction=True)


@pytest.fixture
def senders() -> Iterator[list[Sender]]:
    made = [Sender(lanes=4), Sender(lanes=4, holder="elsewhere:1:1")]
    yield made
    for one in made:
        one.close()


def turn_until(senders: list[Sender], over: object, *, turns: int = 3000) -> None:
    """What workers do, until something is so."""
    assert callable(over)
    waited = threading.Event()
    for _ in range(turns):
        for sender in senders:
            sender.tick(timezone.now())
        if over():
            return
        waited.wait(0.02)
    raise AssertionError("it never came to that")


def test_receivers_that_hang_delay_no_other(house: House, senders: list[Sender], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sending, "SECONDS", 1.0)
    with talking(hang) as port, receiver() as quick:
        for number in range(3):
            house.subscribe(f"hangs-{number}", url=f"http://127.0.0.1:{port}/", kinds=("service.*",))
        house.subscribe("quick", url=quick.url, kinds=("service.*",))
        uids = [house.record() for _ in range(20)]
        turn_until(senders[:1], lambda: len(quick.requests) == 20)
        assert [one.json["id"] for one in quick.requests] == uids
        hung = Delivery.objects.filter(subscription__name__startswith="hangs")
        assert not hung.filter(state=Delivery.DELIVERED).exists()
        turn_until(senders[:1], lambda: Subscription.objects.filter(failures=1).count() == 3)
        assert hung.filter(reason__contains="took longer").count() == 3


def test_two_workers_share_the_work_and_send_each_once_and_in_order(house: House, senders: list[Sender]):
    # Another machine's worker: its name tells nothing about whether it lives, so only its lease counts.
    house.subscribe("bus", kinds=("service.*",))
    uids = [house.record() for _ in range(30)]
    turn_until(senders, lambda: Delivery.objects.filter(state=Delivery.DELIVERED).count() == 30)
    assert [one.json["id"] for one in house.hook.requests] == uids
    turn_until(senders, lambda: not Subscription.objects.exclude(lane_by="").exists())


def test_a_lane_that_breaks_is_tried_again_after_its_lease(
    house: House, senders: list[Sender], monkeypatch: pytest.MonkeyPatch
):
    house.subscribe("bus", kinds=("service.*",))
    house.record()
    calls: list[str] = []
    real = sending.send_waiting

    def breaks_once(uid: str, holder: str, tools: sending.Tools) -> int:
        calls.append(uid)
        if len(calls) == 1:
            raise RuntimeError("the database went away")
        return real(uid, holder, tools)

    monkeypatch.setattr(sending, "send_waiting", breaks_once)
    turn_until(senders[:1], lambda: len(calls) == 1)
    Subscription.objects.update(lane_until=timezone.now() - sending.LEASE)
    turn_until(senders[:1], lambda: len(house.hook.requests) == 1)
