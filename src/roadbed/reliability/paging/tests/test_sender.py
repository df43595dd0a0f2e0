"""The outbox's sender: side by side, the severest first, shared without sending twice, sent again after a death."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from roadbed.adapters.smtp.tests.sink import hang, talking
from roadbed.adapters.webhook.tests.receiver import Receiver
from roadbed.ground.jobs.leases import LEASE, Overdue
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.ports import board
from roadbed.ground.ports.notifier import Delivered, Message
from roadbed.reliability.paging import delivering, failing, usecases
from roadbed.reliability.paging.delivering import UNKNOWN
from roadbed.reliability.paging.models import Alert, Channel, Delivery, new_uid
from roadbed.reliability.paging.rules.providers import provider_of
from roadbed.reliability.paging.sender import LATE, Sender
from roadbed.reliability.paging.tests.conftest import House

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
GONE = "no-such-host:1:1"


class Out:
    """A house whose pages go to a webhook, and senders that turn as the pager would."""

    def __init__(self, house: House) -> None:
        self.house, self.news = house, threading.Event()
        usecases.add_channel(
            ROADBED, kind="webhook", address=house.hook.url, email="hanne@kestrel.example", now=house.now
        )
        Channel.objects.update(verified_at=house.now)
        house.rotate("hanne")
        self.page = house.burn()
        self.made: list[Sender] = []

    def sender(self, holder: str = "", **given: int) -> Sender:
        named = {"holder": holder} if holder else {}
        made = Sender(news=self.news.set, clock=lambda: self.house.now, **given, **named)  # type: ignore[arg-type]
        self.made.append(made)
        return made

    def add(self, many: int, *, address: str = "", page: Alert | None = None) -> list[Delivery]:
        """More deliveries of the page, or of another."""
        first = Delivery.objects.order_by("pk")[0]
        channel, recipient = first.channel, first.recipient
        if address:
            channel = Channel.objects.create(
                person=channel.person, kind="webhook", address=address, digest=new_uid(), verified_at=self.house.now,
                created_at=self.house.now,
            )  # fmt: skip
        known = Delivery.objects.count()
        return [
            Delivery.objects.create(
                alert=page or self.page, recipient=recipient, channel=channel, cycle=0, step=0, turn=known + number,
                key=new_uid(), queued_at=self.house.now, due_at=self.house.now,
            )
            for number in range(many)
        ]  # fmt: skip

    def turn(self, *senders: Sender, until: int, state: str = Delivery.SENT) -> None:
        """Turn until so many deliveries are in a state."""
        for _ in range(400):
            for sender in senders:
                sender.tick(self.house.now)
            if Delivery.objects.filter(state=state).count() >= until:
                return
            self.news.wait(0.05)
            self.news.clear()
        raise AssertionError(list(Delivery.objects.values_list("state", "error")))


@pytest.fixture
def out(house: House) -> Iterator[Out]:
    made = Out(house)
    yield made
    for sender in made.made:
        sender.close()


@pytest.fixture
def hook(house: House) -> Receiver:
    return house.hook


def keys(hook: Receiver) -> list[str]:
    return [one.json["key"] for one in hook.requests]


def test_two_senders_share_an_outbox_and_send_each_page_once(out: Out, hook: Receiver):
    out.add(11)
    out.turn(out.sender("one:1:1", each=3), out.sender("two:1:1", each=3), until=12)
    assert sorted(keys(hook)) == sorted(Delivery.objects.values_list("key", flat=True))
    assert len(out.house.facts("page.sent")) == 12
    assert set(Delivery.objects.values_list("tries", flat=True)) == {1}


def test_a_batch_takes_as_many_statements_as_one(out: Out, django_assert_max_num_queries: object):
    out.add(9)
    sender = out.sender(first=16)
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        sender.tick(out.house.now)
    for going in sender._going.values():
        going.future.result()
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        sender.tick(out.house.now)
    assert Delivery.objects.filter(state=Delivery.SENT).count() == 10


def under_way(out: Out, sender: Sender, many: int) -> list[int]:
    """How many are under way after each turn, until so many are sent."""
    found = []
    while Delivery.objects.filter(state=Delivery.SENT).count() < many:
        sender.tick(out.house.now)
        found.append(len(sender._going))
        for going in sender._going.values():
            going.future.result()
    return found


def test_a_provider_that_keeps_up_has_one_message_under_way(out: Out):
    sender = out.sender()
    out.add(9)
    assert under_way(out, sender, 10) == [1] * 10 + [0]


def test_what_was_late_before_a_sender_lived_lets_no_more_out(out: Out):
    out.add(9)
    out.house.now += 100 * LATE
    assert under_way(out, out.sender(), 10) == [1] * 10 + [0]


def test_a_provider_that_does_not_keep_up_has_one_more_for_every_four_written_down(out: Out):
    sender = out.sender()
    out.add(11)
    assert under_way(out, sender, 5) == [1, 1, 1, 1, 1, 1]
    out.house.now += 2 * LATE
    assert under_way(out, sender, 12) == [1, 2, 3, 0]
    out.add(3)
    assert under_way(out, sender, 15) == [1, 1, 1, 0]


def test_a_provider_that_hangs_holds_up_no_other(out: Out, hook: Receiver, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(delivering, "SECONDS", 1.0)
    Delivery.objects.update(due_at=out.house.now + timedelta(hours=1))
    with talking(hang) as port:
        hung = out.add(6, address=f"http://127.0.0.1:{port}/")
        quick = out.add(2)
        sender = out.sender(at_once=4, each=2)
        out.turn(sender, until=2)
        assert sorted(keys(hook)) == sorted(row.key for row in quick)
        assert {going.provider for going in sender._going.values()} == {f"http://127.0.0.1:{port}"}
        out.turn(sender, until=2, state=Delivery.FAILED)
        assert Delivery.objects.filter(pk__in=[row.pk for row in hung], error__contains="took longer").count() >= 2


def test_the_severest_page_goes_first_whatever_waits_longer(out: Out, hook: Receiver):
    out.house.now += timedelta(seconds=60)
    Alert.objects.update(severity=2)
    worse = out.house.burn(service="edge-proxy")
    Alert.objects.filter(pk=worse.pk).update(severity=1)
    Delivery.objects.filter(alert=worse).delete()
    (urgent,) = out.add(1, page=worse)
    sender = out.sender(at_once=1)
    out.turn(sender, until=1)
    assert keys(hook)[0] == urgent.key


def test_what_a_dead_sender_left_is_sent_again_with_its_key(out: Out, hook: Receiver):
    row = Delivery.objects.get()
    dead = f"{socket.gethostname()}:4194305:1"
    Delivery.objects.update(state=Delivery.SENDING, tries=1, lease_by=dead, lease_until=out.house.now + LEASE)
    out.turn(out.sender(), until=1)
    row.refresh_from_db()
    assert (row.tries, row.error) == (2, UNKNOWN)
    assert keys(hook) == [row.key]


def test_what_a_sender_elsewhere_holds_is_left_until_its_lease_stays_over(
    out: Out, hook: Receiver, monkeypatch: pytest.MonkeyPatch
):
    Delivery.objects.update(state=Delivery.SENDING, tries=1, lease_by=GONE, lease_until=out.house.now + LEASE)
    sender = out.sender()
    sender.tick(out.house.now)
    # The clock alone ends no lease: it has to stay over.
    out.house.now += 2 * LEASE
    sender._looked = float("-inf")
    sender.tick(out.house.now)
    assert hook.requests == []
    monkeypatch.setattr(Overdue, "stays", lambda *_: True)
    sender._looked = float("-inf")
    out.turn(sender, until=1)
    assert len(hook.requests) == 1


def test_who_lost_its_lease_writes_nothing_down(out: Out):
    (outgoing,) = delivering.begin(delivering.Q(), holder="one:1:1", now=out.house.now).outgoing
    Delivery.objects.update(lease_by="two:1:1")
    delivering.record([delivering.sent(outgoing, clock=lambda: out.house.now)])
    assert Delivery.objects.get().state == Delivery.SENDING
    assert out.house.facts("page.sent") == []


def test_what_the_provider_said_before_its_answer_was_written_down_counts(out: Out):
    out.add(2)
    begun = delivering.begin(delivering.Q(), holder="one:1:1", now=out.house.now, most=3).outgoing
    failing.not_arrived(begun[1].row.uid, "No such number.", now=out.house.now)
    delivering.record([delivering.sent(one, clock=lambda: out.house.now) for one in begun])
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["failed", "sent", "sent"]
    assert len(out.house.facts("page.sent")) == 2


def test_a_fault_of_ours_fails_one_page_and_holds_up_no_other(out: Out, monkeypatch: pytest.MonkeyPatch):
    poisoned = Delivery.objects.get()
    out.add(2)
    real = delivering.message_of

    def broken(row: Delivery, **given: object) -> Message:
        if row.pk == poisoned.pk:
            raise ValueError("bad")
        return real(row, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(delivering, "message_of", broken)
    out.turn(out.sender(), until=2)
    poisoned.refresh_from_db()
    assert (poisoned.state, poisoned.error) == (Delivery.FAILED, "Roadbed broke while writing it: ValueError")
    assert Delivery.objects.filter(state=Delivery.WAITING, key=poisoned.key, attempt=2).count() == 1


def test_an_end_that_cannot_be_written_is_kept_and_then_set_aside_alone(out: Out, monkeypatch: pytest.MonkeyPatch):
    class Odd:
        def deliver(self, message: Message, *, seconds: float) -> Delivered:  # noqa: ARG002 - a notifier's
            raise KeyError("odd")

    board.provide("notifier.webhook", Odd)
    (outgoing,) = delivering.begin(delivering.Q(), holder="", now=out.house.now).outgoing
    ended = delivering.sent(outgoing, clock=lambda: out.house.now)
    monkeypatch.setattr(delivering, "not_delivered", lambda *_, **__: 1 / 0)
    delivering.record([ended])
    row = Delivery.objects.get()
    assert row.state == Delivery.FAILED
    assert "broke while recording it: ZeroDivisionError" in row.error


def test_providers_are_told_apart_by_whose_machine_is_called():
    assert provider_of("sms", "+46701234567", "") == provider_of("voice", "+46701234568", "") == "twilio"
    assert provider_of("webhook", "https://a.example/x", "") == provider_of("webhook", "https://A.example/y", "")
    assert provider_of("webhook", "https://a.example:8443/x", "") != provider_of("webhook", "https://a.example/x", "")
    assert provider_of("smtp", "a@b.example", "") != provider_of("smtp", "a@b.example", "smtp://own:25")
    assert provider_of("webhook", "https://a.example…1234", "") == provider_of("webhook", "https://a.example…5678", "")
    assert provider_of("push", "tgram://…1234", "") != provider_of("push", "pover://…1234", "")
    assert provider_of("ntfy", "topic", "") == provider_of("ntfy", "…opic", "") == "ntfy"
    assert "s3cret" not in provider_of("push", "gotify://user:s3cret@push.example/token", "")
    assert provider_of("webhook", "http://[bad", "") == "webhook"
