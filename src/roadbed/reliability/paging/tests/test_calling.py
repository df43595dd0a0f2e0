"""Paging a team by hand: through its rotation and escalation, with who asked and why."""

from __future__ import annotations

import pytest
from django.test import Client

from roadbed.ground.api.tests.door import door_of
from roadbed.ground.errors import Conflict, Invalid, NotFound
from roadbed.reliability.paging import calling, usecases
from roadbed.reliability.paging.models import Alert
from roadbed.reliability.paging.tests.conftest import House

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


def test_a_team_is_paged_step_by_step_until_a_person_closes_it(house: House):
    house.rotate("hanne", "ines")
    house.mailbox("hanne", "ines")
    uid = calling.call(house.caller("dele"), "team-payments", text="Refunds hang", now=house.now)
    house.deliver()
    house.wait(301)
    assert house.mailed() == ["hanne", "ines"]
    assert "Dele Akande pages team-payments: Refunds hang" in house.sink.mails[0].get_content()
    page = Alert.objects.get(uid=uid)
    assert (page.team, page.service, page.by, page.severity) == ("team-payments", "", "hand", 2)
    assert usecases.acknowledge(house.caller("ines"), uid, now=house.now)
    usecases.close(house.caller("ines"), uid, reason="a lock was held", now=house.now)
    page.refresh_from_db()
    assert page.state == Alert.CLOSED


def test_a_service_pages_who_answers_for_it_and_two_pages_are_two(house: House):
    house.rotate("hanne", "ines")
    for text in ("slow", "slower"):
        calling.call(house.caller("dele"), "checkout", text=text, severity=3, now=house.now)
    assert list(Alert.objects.order_by("pk").values_list("title", "team", "severity")) == [
        ("checkout: slow", "team-payments", 3), ("checkout: slower", "team-payments", 3),
    ]  # fmt: skip


def test_what_cannot_be_paged_is_refused_and_pages_nobody(house: House, monkeypatch: pytest.MonkeyPatch):
    dele = house.caller("dele")
    with pytest.raises(NotFound, match="neither a team nor a service"):
        calling.call(dele, "nobody", text="x", now=house.now)
    for wrong in ({"text": " "}, {"text": "x" * 181}, {"text": "x", "severity": 5}):
        with pytest.raises(Invalid):
            calling.call(dele, "team-payments", now=house.now, **wrong)  # type: ignore[arg-type]
    viewer = door_of("vi@kestrel.example", "viewer")
    assert viewer.call("POST", "/pages", {"whom": "team-payments", "text": "x"}).status == 403
    assert not Alert.objects.exists()
    monkeypatch.setattr(calling, "MOST", 1)
    calling.call(dele, "team-payments", text="x", now=house.now)
    with pytest.raises(Conflict, match="within an hour"):
        calling.call(dele, "team-payments", text="x", now=house.now)


def test_by_api_and_by_page(house: House, client: Client):
    member = door_of("ines@kestrel.example", "member")
    made = member.call("POST", "/pages", {"whom": "checkout", "text": "Refunds hang", "severity": 1})
    assert made.status == 201
    assert member.get(f"/pages/{made.body['uid']}").body["alert"]["title"] == "checkout: Refunds hang"
    client.force_login(house.person("hanne"))
    assert "Page somebody" in client.get("/on-call").content.decode()
    form = {"whom": "team-payments", "text": "Refunds hang", "severity": "2"}
    assert client.post("/on-call/call", form | {"whom": "nobody"}).status_code == 404
    assert client.post("/on-call/call", form).status_code == 302
    assert client.get("/on-call/call").status_code == 405
    assert Alert.objects.count() == 2
