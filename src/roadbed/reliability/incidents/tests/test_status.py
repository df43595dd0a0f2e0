"""The public status page: only what was opted in, unknown as unknown, cacheable, mailed once, kept on disk."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.ground import asks
from roadbed.ground.asks.counted import DayKept, DaysKept
from roadbed.ground.errors import Conflict, Forbidden, Invalid, NotFound
from roadbed.ground.people.rules import Caller
from roadbed.ground.ports import board as ports
from roadbed.ground.ports.notifier import Delivered, Message, NotDelivered
from roadbed.reliability.incidents import telling, usecases
from roadbed.reliability.incidents.models import Mailing, Subscriber
from roadbed.reliability.incidents.status import copies, mailing, queries, rules
from roadbed.reliability.incidents.status import usecases as status
from roadbed.reliability.incidents.tests.conftest import NOW, House, minutes

DB = pytest.mark.django_db(databases=["default", "samples"])


class Post:
    """Takes mail; `fails` says how the next one ends."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.fails: dict[str, NotDelivered] = {}

    def deliver(self, message: Message, *, seconds: float) -> Delivered:  # noqa: ARG002 - the port's form
        if message.address in self.fails:
            raise self.fails[message.address]
        self.sent.append(message)
        return Delivered("kept")


@pytest.fixture
def post() -> Iterator[Post]:
    made, makers, kept = Post(), dict(ports._makers), dict(ports._made)
    ports.provide("notifier.smtp", lambda: made)
    yield made
    ports._makers, ports._made = makers, kept


@pytest.fixture
def shop(house: House) -> House:
    """Checkout is on the page as the shop, with an incident that was published; parcels is on no page."""
    cache.clear()
    status.show_component(house.mara, "checkout", name="Shop", description="Buying", now=NOW)
    usecases.open_by_hand(
        house.mara, "checkout", title="db-7 of team-payments full", severity=1, further=("parcels",), now=NOW
    )
    telling.publish(house.mara, "1", title="Cards are refused", now=minutes(1))
    telling.post_update(house.mara, "1", text="We look into it", public=True, now=minutes(2))
    telling.post_update(house.mara, "1", text="Ola restarts db-7", now=minutes(3))
    return house


@DB
def test_the_page_shows_what_was_published_and_nothing_internal(shop: House, client: Client):
    html = client.get("/status").content.decode()
    assert "Cards are refused" in html
    assert "We look into it" in html
    assert "Major outage" in html
    everything = html + client.get("/status.json").content.decode() + client.get("/status.atom").content.decode()
    for inside in ("db-7", "Ola", "checkout", "parcels", "team-payments", "INC-1", "Mara", shop.checkout):
        assert inside not in everything
    assert "<script" not in html
    assert "style=" not in html


@DB
def test_it_can_be_cached_and_says_when_nothing_changed(shop: House, client: Client):
    response = client.get("/status")
    assert "public" in response["Cache-Control"]
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies
    again = client.get("/status", headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.post("/status").status_code == 405


@DB
def test_machines_read_json_and_a_feed(shop: House, client: Client):
    told = client.get("/status.json").json()
    assert told["schema"] == "roadbed.status/1"
    assert [(one["title"], one["stage"], one["components"]) for one in told["incidents"]] == [
        ("Cards are refused", "investigating", ["Shop"])
    ]
    assert [one["text"] for one in told["incidents"][0]["updates"]] == ["We look into it"]
    feed = ET.fromstring(client.get("/status.atom").content)  # noqa: S314 - made here
    (entry,) = feed.findall("{http://www.w3.org/2005/Atom}entry")
    assert entry.findtext("{http://www.w3.org/2005/Atom}title") == "Investigating: Cards are refused"


@DB
def test_days_that_nobody_measured_are_unknown_and_no_day_is_invented(shop: House, client: Client):
    began = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    days = tuple(
        DayKept(began - timedelta(days=89 - number), bad, total, total and 700, kept)
        for number, (bad, total, kept) in enumerate([(0, 0, None)] * 88 + [(0, 1500, True), (12, 500, False)])
    )
    asks.answer_with(DaysKept, lambda asked: {asked.service_uids[0]: days})
    (one,) = queries.board(now=timezone.now()).components
    assert (one.unknown_days, round(one.uptime or 0, 4)) == (88, 0.994)
    html = client.get("/status").content.decode()
    assert html.count('class="unknown" x=') == 88
    assert "12 of 500 requests failed or were slow" in html
    assert "99.40% went well over 2 measured days, 88 days unknown" in html
    asks.answer_with(DaysKept, lambda _: {})
    assert queries.board(now=timezone.now()).components[0].uptime is None


@DB
def test_who_subscribes_confirms_first_is_mailed_once_and_leaves_by_one_click(shop: House, client: Client, post: Post):
    for _ in range(2):
        assert "Look into your mail" in client.post("/status/subscribe", {"email": "Ana@example.org"}).content.decode()
    row = Subscriber.objects.get()
    mailing.send_confirmation(row.uid)
    (asked,) = post.sent
    uid = telling.post_update(shop.mara, "1", text="Nearly there", public=True, now=minutes(5))
    assert mailing.send_update(uid, now=minutes(5), clock=lambda: minutes(5)) == 0
    path = re.sub(r"https?://[^/]+", "", asked.link)
    assert "<form" in client.get(path).content.decode()
    assert Subscriber.objects.get().confirmed_at is None
    client.post(path)
    uid = telling.post_update(shop.mara, "1", text="It works again", public=True, now=minutes(6))
    for _ in range(2):
        mailing.send_update(uid, now=minutes(6), clock=lambda: minutes(6))
    _, mail = post.sent
    assert (mail.address, mail.subject) == ("ana@example.org", "[Investigating] Cards are refused")
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    leave = re.sub(r"https?://[^/]+", "", mail.headers["List-Unsubscribe"].strip("<>"))
    client.get(leave)
    assert Subscriber.objects.count() == 1
    assert Client(enforce_csrf_checks=True).post(leave).status_code == 200
    assert Subscriber.objects.count() == 0
    assert client.get(path).status_code == 404
    assert client.post("/status/subscribe", {"email": "a@b\r\nBcc: c@d.e"}).status_code == 422


@DB
def test_mails_that_failed_are_tried_again_alone(shop: House, post: Post):
    for name in ("ana", "bob", "eve"):
        Subscriber.objects.create(email=f"{name}@example.org", asked_at=NOW, confirmed_at=NOW)
    post.fails = {"bob@example.org": NotDelivered("busy"), "eve@example.org": NotDelivered("no such", permanent=True)}
    uid = telling.post_update(shop.mara, "1", text="It works", public=True, now=minutes(6))
    with pytest.raises(mailing.NotAllSentError):
        mailing.send_update(uid, now=minutes(6), clock=lambda: minutes(6))
    post.fails = {}
    assert mailing.send_update(uid, now=minutes(7), clock=lambda: minutes(7)) == 1
    assert [one.address for one in post.sent] == ["ana@example.org", "bob@example.org"]
    assert Mailing.objects.get(email="eve@example.org").given_up == "no such"


@DB
def test_who_follows_is_mailed_what_is_said_inside(shop: House, post: Post):
    telling.follow(shop.mara, "1", now=minutes(4))
    uid = telling.post_update(shop.mara, "1", text="Ola restarts db-8", now=minutes(5))
    mailing.send_update(uid, now=minutes(5), clock=lambda: minutes(5))
    assert [(one.address, one.subject) for one in post.sent] == [
        ("mara@kestrel.example", "INC-1 investigating: db-7 of team-payments full")
    ]


@DB
def test_the_copy_on_disk_stands_alone(shop: House, tmp_path: Path):
    assert set(copies.write(tmp_path, now=minutes(4))) == {"index.html", "status.css", "status.json", "status.atom"}
    html = (tmp_path / "index.html").read_text()
    assert 'href="status.css"' in html
    assert "This is a copy" in html
    assert "/status/subscribe" not in html
    assert json.loads((tmp_path / "status.json").read_text())["state"] == "major outage"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@DB
def test_maintenance_is_told_shown_and_taken_back(shop: House):
    plan: dict[str, Any] = {"title": "Upgrade", "services": ("checkout",), "now": NOW}
    uid = status.plan_maintenance(shop.mara, starts_at=minutes(60), ends_at=minutes(120), **plan)
    (work,) = queries.board(now=NOW).maintenance
    assert (work.components, work.running) == (("Shop",), False)
    assert queries.board(now=minutes(61)).maintenance[0].running
    status.cancel_maintenance(shop.mara, uid, now=minutes(2))
    assert queries.board(now=NOW).maintenance == ()
    with pytest.raises(NotFound):
        status.cancel_maintenance(shop.mara, uid, now=minutes(3))
    with pytest.raises(Invalid, match="end before it starts"):
        status.plan_maintenance(shop.mara, starts_at=minutes(9), ends_at=minutes(8), **plan)
    with pytest.raises(Invalid, match="parcels is not on the status page"):
        status.plan_maintenance(
            shop.mara, title="x", services=("parcels",), starts_at=minutes(1), ends_at=minutes(9), now=NOW
        )


@DB
def test_names_are_unique_and_only_owners_put_a_service_on_the_page(shop: House):
    with pytest.raises(Conflict, match="called Shop"):
        status.show_component(shop.mara, "parcels", name="Shop", now=NOW)
    with pytest.raises(Forbidden):
        status.show_component(Caller("m", "Member", "member"), "parcels", name="Parcels", now=NOW)
    telling.withdraw(shop.mara, "1", now=minutes(5))
    assert queries.board(now=minutes(6)).going_on == ()
    status.hide_component(shop.mara, "checkout", now=minutes(7))
    assert queries.board(now=minutes(8)).components == ()


@pytest.mark.parametrize("said", ["", "a", "a@b", "a b@c.de", "a@b@c.de", "a@b.c\nBcc: x@y.zz", "<a@b.cd>", "é" * 300])
def test_what_is_no_address_is_refused(said: str):
    with pytest.raises(Invalid, match="not a mail address"):
        rules.checked_email(said)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 1440), st.integers(0, 1440)).map(lambda pair: (min(pair), max(pair)))))
def test_uptime_is_a_share_of_what_was_counted_and_nothing_else(days: list[tuple[int, int]]):
    told = [
        rules.day_of(DayKept(datetime(2026, 1, 1, tzinfo=UTC), bad, total, total, bad == 0 if total else None))
        for bad, total in days
    ]
    share = rules.uptime(told)
    assert (share is None) == (sum(total for _, total in days) == 0)
    assert share is None or 0 <= share <= 1
    assert all((day.state == rules.UNKNOWN) == (day.measured_minutes == 0) for day in told)
