"""Pages that rest for a chosen time, and acknowledgements that run out: paged again from the first step."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from roadbed.ground.api.tests.door import door_of
from roadbed.ground.errors import Conflict, Invalid
from roadbed.reliability.paging import handing, intake, usecases
from roadbed.reliability.paging.links import page_link
from roadbed.reliability.paging.models import Alert, Delivery, Recipient
from roadbed.reliability.paging.policies import writing
from roadbed.reliability.paging.tests.conftest import House

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
HOUR = timedelta(hours=1)


def paged(house: House, **wishes: Any) -> Alert:
    house.rotate("hanne", "ines")
    house.mailbox("hanne", "ines", "mara")
    page = house.burn(**wishes)
    house.deliver()
    return page


def test_a_snoozed_page_rests_then_is_paged_from_the_first_step(house: House):
    page = paged(house)
    usecases.acknowledge(house.caller("hanne"), page.uid, now=house.now)
    usecases.snooze(house.caller("hanne"), page.uid, until=house.now + 2 * HOUR, now=house.now)
    house.wait(2 * 3600 - 1)
    assert (handing.page_again(now=house.now), house.mailed()) == (0, ["hanne"])
    house.wait(1)
    assert (handing.page_again(now=house.now), handing.page_again(now=house.now)) == (1, 0)
    house.deliver()
    assert house.mailed() == ["hanne", "hanne"]
    house.wait(300)
    assert house.mailed()[2:] == ["ines"]
    page.refresh_from_db()
    assert (page.state, page.again_at, page.snoozed_by, page.cycle, page.first_cycle) == (Alert.PAGING, None, "", 1, 1)
    assert "Hanne Brandt snoozed it until now and it goes on, so it is paged again." in page.why
    assert house.facts("page.snoozed")[0]["until"] == (house.now - timedelta(seconds=300)).isoformat()
    assert house.facts("page.escalated")[0]["because"].startswith("Hanne Brandt snoozed it")


def test_what_ends_while_it_rests_pages_nobody(house: House):
    page = paged(house)
    usecases.snooze(house.caller("hanne"), page.uid, until=house.now + HOUR, now=house.now)
    intake.react(house.record("budget.burn.stopped"), now=house.now)
    assert not handing.overdue(house.now + 2 * HOUR).exists()
    assert house.mailed() == ["hanne"]


def test_snoozing_takes_what_nobody_has_and_nothing_of_others(house: House):
    page = paged(house)
    usecases.snooze(house.caller("hanne"), page.uid, until=house.now + HOUR, now=house.now)
    page.refresh_from_db()
    assert (page.state, page.acknowledged_name, page.snoozed_by) == (
        Alert.ACKNOWLEDGED, "Hanne Brandt", "Hanne Brandt",
    )  # fmt: skip
    with pytest.raises(Conflict, match="Hanne Brandt has it"):
        usecases.snooze(house.caller("ines"), page.uid, until=house.now + HOUR, now=house.now)
    for wrong in (timedelta(seconds=59), timedelta(days=7, seconds=1)):
        with pytest.raises(Invalid):
            usecases.snooze(house.caller("hanne"), page.uid, until=house.now + wrong, now=house.now)
    # Back on it: the snooze is over, and without a limit nothing pages again.
    assert usecases.acknowledge(house.caller("hanne"), page.uid, now=house.now)
    assert not handing.overdue(house.now + timedelta(days=9)).exists()
    usecases.close(house.caller("hanne"), page.uid, reason="a drill", now=house.now)
    with pytest.raises(Conflict, match="closed already"):
        usecases.snooze(house.caller("hanne"), page.uid, until=house.now + HOUR, now=house.now)


def test_whose_shift_is_over_is_not_woken_by_what_was_snoozed(house: House):
    page = paged(house)
    usecases.snooze(house.caller("hanne"), page.uid, until=house.now + timedelta(days=6, hours=23), now=house.now)
    house.now += timedelta(days=6, hours=23)
    handing.page_again(now=house.now)
    house.deliver()
    assert house.mailed() == ["hanne", "ines"]
    page.refresh_from_db()
    assert page.why[-1] == "Its steps are those of before, with whom they name now: on call, Ines Carvalho."


def test_what_waited_from_before_is_not_sent_beside_what_is_paged_anew(house: House):
    page = paged(house)
    late = Delivery.objects.get(alert=page)
    later = house.now + 3 * HOUR
    Delivery.objects.create(
        alert=page, recipient=late.recipient, channel=late.channel, cycle=0, step=0, turn=1, key="late",
        queued_at=house.now, due_at=later,
    )  # fmt: skip
    usecases.snooze(house.caller("hanne"), page.uid, until=house.now + HOUR, now=house.now)
    house.now += HOUR
    handing.page_again(now=house.now)
    assert Delivery.objects.get(key="late").state == Delivery.DROPPED


def test_who_dies_while_paging_again_leaves_it_snoozed_and_the_next_one_pages_once(house: House):
    page = paged(house)
    usecases.snooze(house.caller("hanne"), page.uid, until=house.now + HOUR, now=house.now)
    house.now += HOUR

    def dies(execute: Any, sql: str, *more: Any) -> Any:
        if sql.startswith('INSERT INTO "paging_delivery"'):
            raise KeyboardInterrupt
        return execute(sql, *more)

    with connection.execute_wrapper(dies), pytest.raises(KeyboardInterrupt):
        handing.page_again(now=house.now)
    assert (handing.overdue(house.now).exists(), Delivery.objects.count()) == (True, 1)
    assert (handing.page_again(now=house.now), Delivery.objects.count()) == (1, 2)


def test_an_acknowledgement_runs_out_by_the_teams_policy_and_still_on_it_renews_it(house: House):
    house.rotate("hanne", "ines")
    writing.set_policy(
        house.caller("hanne"), "team-payments", now=house.now,
        document="steps: [{page: on-call, wait: 30 min}]\nacknowledgement_timeout: 20 min\n",
    )  # fmt: skip
    page = paged(house)
    usecases.acknowledge(house.caller("hanne"), page.uid, now=house.now)
    house.now += timedelta(minutes=19)
    usecases.acknowledge(house.caller("hanne"), page.uid, now=house.now)
    house.now += timedelta(minutes=19)
    assert handing.page_again(now=house.now) == 0
    house.now += timedelta(minutes=1)
    assert handing.page_again(now=house.now) == 1
    page.refresh_from_db()
    assert "Hanne Brandt has had it for 39 min and it goes on, so it is paged again." in page.why
    assert [one.get("again", False) for one in house.facts("page.acknowledged")] == [False, True]


def test_never_in_the_policy_beats_the_installations_limit(house: House, settings: Any):
    settings.ACKNOWLEDGED_MINUTES = 5
    page = paged(house)
    usecases.acknowledge(house.caller("hanne"), page.uid, now=house.now)
    assert handing.overdue(house.now + timedelta(minutes=5)).exists()
    usecases.close(house.caller("hanne"), page.uid, reason="over", now=house.now)
    document = "steps: [{page: on-call, wait: 30 min}]\nacknowledgement_timeout: never\n"
    writing.set_policy(house.caller("hanne"), "team-payments", document=document, now=house.now)
    house.record("budget.burn.stopped")
    usecases.acknowledge(house.caller("hanne"), house.burn().uid, now=house.now)
    assert not handing.overdue(house.now + timedelta(days=1)).exists()


def test_by_api_and_behind_the_link(house: House, client: Client):
    page = paged(house)
    hanne = door_of("hanne@kestrel.example", "member")
    assert hanne.call("POST", f"/pages/{page.uid}/snooze", {}).status == 422
    assert hanne.call("POST", f"/pages/{page.uid}/snooze", {"minutes": 0}).status == 422
    Recipient.objects.filter(alert=page).update(paged_at=house.now)
    link = page_link(Recipient.objects.get(alert=page).uid).partition("://")[2].partition("/")[2]
    assert client.post(f"/{link}", {"minutes": "120"}).status_code == 302
    page.refresh_from_db()
    assert page.snoozed_by == "Hanne Brandt"
    shown = client.get(f"/{link}").content.decode()
    assert "You snoozed it" in shown
    done = hanne.call("POST", f"/pages/{page.uid}/snooze", {"minutes": 30})
    assert (done.status, done.body["snoozed_by"]) == (200, "Hanne Brandt")
    client.force_login(house.person("hanne"))
    assert "Back on it" in client.get(f"/on-call/pages/{page.uid}").content.decode()
    assert client.post(f"/on-call/pages/{page.uid}/snooze", {"minutes": "60"}).status_code == 302
