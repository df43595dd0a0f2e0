"""Pages that are handed on: at once by a person, or by time when whoever has one never ends it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from roadbed.ground.api.tests.door import door_of
from roadbed.ground.errors import Conflict, NotFound
from roadbed.reliability.paging import handing, intake, usecases
from roadbed.reliability.paging.models import Alert
from roadbed.reliability.paging.tests.conftest import House

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


def taken(house: House) -> Alert:
    """A page that Hanne has, in a team in which Ines follows."""
    house.rotate("hanne", "ines")
    house.mailbox("hanne", "ines", "mara")
    page = house.burn()
    house.deliver()
    assert usecases.acknowledge(house.caller("hanne"), page.uid, now=house.now)
    return page


def test_whoever_has_it_hands_it_on_and_the_next_one_is_paged_at_once(house: House):
    page = taken(house)
    assert not handing.overdue(house.now + timedelta(days=9)).exists()
    handing.escalate(house.caller("hanne"), page.uid, reason="not my system", now=house.now)
    house.deliver()
    assert house.mailed() == ["hanne", "ines"]
    page.refresh_from_db()
    assert (page.state, page.acknowledged_by, page.acknowledged_at) == (Alert.PAGING, "", None)
    assert page.why[-1] == "Hanne Brandt hands it on to the next step: not my system."
    assert house.facts("page.escalated")[-1]["people"] == ["Ines Carvalho"]
    assert usecases.acknowledge(house.caller("ines"), page.uid, now=house.now)


def test_after_the_last_step_it_begins_with_the_first_and_a_closed_one_stays_closed(house: House):
    page = taken(house)
    house.wait(0)
    for _ in range(14):
        handing.escalate(house.caller("hanne"), page.uid, now=house.now)
    page.refresh_from_db()
    assert page.state == Alert.PAGING
    assert page.next_step_at is not None
    usecases.close(house.caller("hanne"), page.uid, reason="over", now=house.now)
    with pytest.raises(Conflict, match="closed already"):
        handing.escalate(house.caller("hanne"), page.uid, now=house.now)
    with pytest.raises(NotFound):
        handing.escalate(house.caller("hanne"), "nothing", now=house.now)


def test_what_somebody_has_for_too_long_is_paged_again_unless_it_is_over(house: House, settings: Any):
    settings.ACKNOWLEDGED_MINUTES = 45
    page = taken(house)
    house.now += timedelta(minutes=44)
    assert (handing.overdue(house.now).exists(), handing.page_again(now=house.now)) == (False, 0)
    house.now += timedelta(minutes=1)
    assert handing.overdue(house.now).exists()
    assert (handing.page_again(now=house.now), handing.page_again(now=house.now)) == (1, 0)
    house.deliver()
    assert house.mailed() == ["hanne", "hanne"]
    page.refresh_from_db()
    assert page.why[-1] == "Hanne Brandt has had it for 45 min and it goes on, so it is paged again."
    assert usecases.acknowledge(house.caller("hanne"), page.uid, now=house.now)
    intake.react(house.record("budget.burn.stopped"), now=house.now)
    assert not handing.overdue(house.now + timedelta(days=1)).exists()


def test_by_api_and_by_page(house: House, client: Client):
    page = taken(house)
    ines = door_of("ines@kestrel.example", "member")
    assert ines.call("POST", f"/pages/{page.uid}/escalate", {"reason": "x" * 161}).status == 422
    assert ines.call("POST", f"/pages/{page.uid}/escalate", {}).body["state"] == "paging"
    client.force_login(house.person("ines"))
    assert "Page the next step" in client.get(f"/on-call/pages/{page.uid}").content.decode()
    assert client.post(f"/on-call/pages/{page.uid}/escalate").status_code == 302
