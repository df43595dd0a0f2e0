"""From a fact to a receiver that listens: each once, in order, signed, tried again, given up where it must be."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from roadbed.adapters.smtp.tests.sink import free_port, hang, talking
from roadbed.ground.ledger.models import Fact
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.ports import board
from roadbed.ground.ports.notifier import Delivered, Message
from roadbed.ground.subscriptions import asking, fanning, jobs, sending, usecases
from roadbed.ground.subscriptions.models import Delivery, Subscription
from roadbed.ground.subscriptions.secrets import secret_of
from roadbed.ground.subscriptions.tests.conftest import House

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


def states(house: House) -> list[str]:
    return [row.state for row in house.log()]


def test_a_fact_arrives_signed_with_its_kind_and_identity(house: House):
    row = house.subscribe(kinds=("service.*",))
    uid = house.record()
    assert house.run(row) == 1
    (request,) = house.hook.requests
    assert request.signed_by(secret_of(row))
    assert request.headers["Idempotency-Key"] == uid
    assert request.headers["Roadbed-Event"] == "service.deployed"
    told = request.json
    assert (told["id"], told["kind"], told["data"]["version"]) == (uid, "service.deployed", "v12")
    assert told["service"] == {"uid": house.services["checkout"], "name": "checkout", "team": "team-payments"}
    (delivery,) = house.log()
    assert (delivery.state, delivery.status, delivery.tries) == ("delivered", 204, 1)
    assert json.loads(delivery.body) == told
    assert secret_of(row) not in delivery.body


def test_the_past_is_never_sent_and_what_comes_is_sent_in_order(house: House):
    house.record("incident.noted")
    row = house.subscribe()
    uids = [house.record("flag.changed", number=number) for number in range(5)]
    assert house.run(row) == 5
    assert [request.json["id"] for request in house.hook.requests] == uids
    assert house.run(row) == -1
    assert Fact.objects.filter(kind="incident.noted").exists()


def test_only_what_is_asked_for_goes_out(house: House):
    rows = [
        house.subscribe("by-environment", kinds=("service.*",), environment="staging"),
        house.subscribe("by-service", kinds=("*",), service="tracking"),
        house.subscribe("by-team", kinds=("service.deployed",), team="team-payments"),
    ]
    first = house.record()
    second = house.record(service="tracking", environment="staging")
    with unit(ROADBED, now=house.now) as writing:
        third = writing.record("incident.noted", "i-1", data={"service_uid": house.services["tracking"]})
    fanning.advance(now=house.now)
    wanted = {name: [d.fact for d in house.log() if d.subscription.name == name] for name in (r.name for r in rows)}
    assert wanted == {"by-environment": [second], "by-service": [second, third], "by-team": [first]}


def test_a_fact_becomes_one_row_for_each_subscription_however_often_the_ledger_is_read(house: House):
    one, other = house.subscribe("one", kinds=("service.*",)), house.subscribe("other", kinds=("service.*",))
    uid = house.record()
    fanning.advance(now=house.now)
    Subscription.objects.filter(pk=one.pk).update(position=0)
    Fact.objects.exclude(uid=uid).delete()
    fanning.advance(now=house.now)
    assert [(d.subscription_id, d.fact) for d in house.log()] == [(one.pk, uid), (other.pk, uid)]


def test_the_cursor_and_its_rows_move_together(house: House, monkeypatch: pytest.MonkeyPatch):
    row = house.subscribe()
    house.record()
    before = Subscription.objects.get(pk=row.pk).position

    def broken(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(fanning, "keep", broken)
    with pytest.raises(OSError, match="full"):
        fanning.advance(now=house.now)
    assert Subscription.objects.get(pk=row.pk).position == before
    monkeypatch.undo()
    assert fanning.advance(now=house.now) == 1


def test_a_storm_is_taken_in_batches_and_a_dead_receivers_cursor_waits(house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fanning, "MOST_WAITING", 250)
    house.subscribe(kinds=("flag.changed",))
    with unit(ROADBED, now=house.now) as writing:
        for number in range(600):
            writing.record("flag.changed", house.services["checkout"], data={"number": number})
    assert fanning.advance(now=house.now) == 200
    assert fanning.advance(now=house.now) == 50
    assert fanning.advance(now=house.now) == 0
    Delivery.objects.update(state=Delivery.DELIVERED, ended_at=house.now)
    while fanning.advance(now=house.now):
        Delivery.objects.update(state=Delivery.DELIVERED, ended_at=house.now)
    facts = Fact.objects.filter(kind="flag.changed").order_by("position").values_list("uid", flat=True)
    assert list(Delivery.objects.order_by("position").values_list("fact", flat=True)) == list(facts)


def test_a_receiver_that_fails_is_asked_again_later_and_gets_the_same(house: House):
    row = house.subscribe()
    uid = house.record()
    house.hook.status = 500
    assert house.run(row) == 0
    (delivery,) = house.log()
    assert (delivery.state, delivery.status, delivery.reason) == ("waiting", 500, "the webhook answered 500")
    assert delivery.next_at == house.now + timedelta(seconds=5)
    assert house.send(row) == -1
    house.later(seconds=6)
    house.hook.status = 204
    assert house.send(row) == 1
    first, second = house.hook.requests
    assert (first.body, first.headers["Idempotency-Key"]) == (second.body, uid)
    row.refresh_from_db()
    assert (row.failures, row.failing_since) == (0, None)


def test_one_fact_that_a_receiver_cannot_take_does_not_hold_back_the_others(house: House):
    row = house.subscribe()
    house.record()
    house.hook.status = 400
    house.run(row)
    house.hook.status = 204
    house.record("flag.changed")
    house.later(seconds=2)
    assert house.run(row) == 1
    assert [(d.kind, d.state) for d in house.log()] == [
        ("service.deployed", "waiting"), ("flag.changed", "delivered"),
    ]  # fmt: skip


def test_a_delivery_is_given_up_after_twenty_tries_and_shown(house: House):
    row = house.subscribe()
    house.record()
    house.hook.status = 500
    house.run(row)
    while states(house) == ["waiting"]:
        (delivery,) = house.log()
        # Other deliveries succeed meanwhile, so that the receiver is not taken for dead.
        Subscription.objects.update(failing_since=None, quiet_until=None)
        Delivery.objects.update(first_try_at=house.now)
        house.now = delivery.next_at
        assert house.send(row) == 0
    assert states(house) == ["failed"]
    assert len(house.hook.requests) == 20
    assert Subscription.objects.get(pk=row.pk).state == "active"


def test_a_receiver_that_is_dead_for_three_days_is_paused_with_the_reason_and_a_fact(house: House):
    row = house.subscribe(url=f"http://127.0.0.1:{free_port()}/hook")
    house.record()
    house.run(row)
    house.later(days=3, seconds=1)
    assert house.send(row) == 0
    row.refresh_from_db()
    assert (row.state, row.paused_by) == ("paused", "Roadbed")
    assert "Nothing has arrived for 3 days" in row.paused_for
    assert "nothing answers" in row.paused_for
    assert house.told()[-1]["change"] == "paused"
    assert states(house) == ["failed"]


def test_a_receiver_that_is_gone_is_paused_at_once_and_what_waits_is_kept(house: House):
    row = house.subscribe()
    house.record()
    house.hook.status = 410
    house.run(row)
    row.refresh_from_db()
    assert (row.state, "410" in row.paused_for) == ("paused", True)
    assert states(house) == ["waiting"]
    house.record("flag.changed")
    house.later(hours=1)
    assert house.run(row) == -1
    house.hook.status = 204
    usecases.resume(ROADBED, "bus", now=house.now)
    sent = house.run(row)
    assert [one.json["kind"] for one in house.hook.requests[1:]][:2] == ["service.deployed", "subscription.changed"]
    assert sent == len(house.hook.requests) - 1
    assert house.hook.requests[3].json["kind"] == "flag.changed"


def test_what_happened_while_paused_can_be_skipped(house: House):
    row = house.subscribe(kinds=("flag.changed",))
    usecases.pause(ROADBED, "bus", reason="The bus is moved.", now=house.now)
    house.record("flag.changed")
    assert house.run(row) == -1
    usecases.resume(ROADBED, "bus", skip=True, now=house.now)
    uid = house.record("flag.changed")
    house.run(row)
    assert [one.json["id"] for one in house.hook.requests] == [uid]


@pytest.mark.parametrize(
    ("talk", "status", "location", "reason"),
    [(hang, 204, "", "took longer"), (None, 307, "http://127.0.0.1:1/", "redirects"), (None, 429, "", "answered 429")],
)
def test_every_way_of_failing_is_told_in_words(
    house: House, monkeypatch: pytest.MonkeyPatch, *, talk: object, status: int, location: str, reason: str
):
    monkeypatch.setattr(sending, "SECONDS", 0.3)
    house.hook.status, house.hook.location = status, location
    if callable(talk):
        with talking(talk) as port:
            row = house.subscribe(url=f"http://127.0.0.1:{port}/")
            house.record()
            assert house.run(row) == 0
    else:
        row = house.subscribe()
        house.record()
        assert house.run(row) == 0
        assert len(house.hook.requests) == 1
    (delivery,) = house.log()
    assert delivery.state == "waiting"
    assert reason in delivery.reason
    assert delivery.seconds is not None
    assert Subscription.objects.get(pk=row.pk).state == "active"


def test_while_a_secret_is_changed_over_both_verify_and_then_the_new_one_alone(house: House):
    row = house.subscribe()
    former = secret_of(row)
    fresh = usecases.rotate(ROADBED, "bus", overlap=timedelta(hours=1), now=house.now).secret
    house.record()
    house.run(row)
    assert all(one.signed_by(former) and one.signed_by(fresh) for one in house.hook.requests)
    house.later(hours=1)
    house.record()
    house.run(row)
    last = house.hook.requests[-1]
    assert (last.signed_by(former), last.signed_by(fresh)) == (False, True)


def test_a_lane_has_one_holder_and_falls_free_with_the_lease_or_its_holders_death(house: House):
    row = house.subscribe()
    house.record()
    fanning.advance(now=house.now)
    assert sending.lane_taken(row.uid, "a", now=house.now)
    assert not sending.lane_taken(row.uid, "b", now=house.now)
    assert sending.due(house.now) == ()
    assert sending.due(house.now, dead=("a",)) == (row.uid,)
    assert sending.lane_taken(row.uid, "b", now=house.now, dead=("a",))
    house.later(seconds=31)
    assert sending.lane_taken(row.uid, "c", now=house.now)
    assert sending.send_waiting(row.uid, "b", sending.Tools(lambda: house.now, lambda: 0.5)) == 0
    assert sending.send_waiting(row.uid, "c", sending.Tools(lambda: house.now, lambda: 0.5)) == 1


def test_what_a_dead_worker_was_sending_is_sent_again_under_the_same_identity(house: House):
    row = house.subscribe()
    uid = house.record()
    fanning.advance(now=house.now)
    Subscription.objects.filter(pk=row.pk).update(lane_by="dead:1:1", lane_until=house.now + timedelta(seconds=30))
    Delivery.objects.update(state=Delivery.SENDING, tries=1, tried_at=house.now, first_try_at=house.now)
    house.later(seconds=31)
    assert house.send(row) == 1
    assert [one.headers["Idempotency-Key"] for one in house.hook.requests] == [uid]
    assert house.log()[0].tries == 2


def test_a_test_message_goes_out_while_paused_and_is_tried_once(house: House):
    row = house.subscribe()
    usecases.pause(ROADBED, "bus", now=house.now)
    uid = asking.send_ping(ROADBED, "bus", now=house.now)
    assert house.send(row) == 1
    assert house.hook.requests[0].json["kind"] == "ping"
    assert house.hook.requests[0].headers["Idempotency-Key"] == uid
    house.hook.status = 503
    asking.send_ping(ROADBED, "bus", now=house.now)
    house.send(row)
    assert states(house) == ["delivered", "failed"]
    row.refresh_from_db()
    assert row.failures == 0


def test_one_delivery_is_sent_again_at_will_with_the_same_body(house: House):
    row = house.subscribe()
    house.record()
    house.run(row)
    (delivery,) = house.log()
    asking.redeliver(ROADBED, "bus", delivery.uid, now=house.now)
    assert house.send(row) == 1
    first, second = house.hook.requests
    assert (first.body, first.headers["Idempotency-Key"]) == (second.body, second.headers["Idempotency-Key"])


def test_the_past_is_sent_when_somebody_asks_for_it(house: House):
    past = house.record()
    house.later(minutes=1)
    others = [house.record("flag.changed", number=number) for number in range(3)]
    row = house.subscribe(kinds=("service.*", "flag.changed"))
    asking.replay_fact(ROADBED, "bus", past, now=house.now)
    house.send(row)
    house.later(minutes=1)
    assert asking.replay_since(ROADBED, "bus", house.now - timedelta(minutes=2), now=house.now) == 4
    bounds = {"after": 0, "until": row.position, "asked_at": house.now}
    assert asking.replay(row.uid, **bounds) == 4
    house.send(row)
    assert [one.json["id"] for one in house.hook.requests] == [past, past, *others]
    assert asking.replay(row.uid, **bounds) == 4
    assert house.send(row) == -1


def test_the_log_forgets_what_ended_long_ago_and_never_what_waits(house: House):
    row = house.subscribe()
    house.record()
    house.run(row)
    house.hook.status = 500
    house.record()
    house.run(row)
    house.later(days=31)
    assert jobs.forget(now=house.now) == 1
    assert states(house) == ["waiting"]
    usecases.remove(ROADBED, "bus", now=house.now)
    assert house.run(row) == -1
    house.later(seconds=1)
    jobs.forget(now=house.now)
    assert not Delivery.objects.exists()
    assert not Subscription.objects.exists()


def test_a_huge_fact_leaves_with_its_data_left_out(house: House):
    row = house.subscribe()
    uid = house.record(blob="x" * 200_000)
    house.run(row)
    (request,) = house.hook.requests
    assert len(request.body) < 2000
    assert request.json["data"]["read_it_at"].endswith(f"/api/v1/ledger/facts/{uid}")


class Broken:
    """An adapter with a fault of its own."""

    def deliver(self, message: Message, *, seconds: float) -> Delivered:  # noqa: ARG002 - the shape of the port
        raise RuntimeError("a fault of ours")


def test_a_fault_of_our_own_counts_as_a_failed_try_and_is_not_met_again_at_once(house: House):
    row = house.subscribe()
    house.record()
    working = board._makers["notifier.webhook"]
    board.provide("notifier.webhook", Broken)
    assert house.run(row) == 0
    assert house.send(row) == -1
    assert "RuntimeError" in house.log()[0].reason
    board.provide("notifier.webhook", working)
    house.later(seconds=6)
    assert house.send(row) == 1
