"""Heartbeats that page when they stop and end by themselves, and canaries that warn on other ways."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from roadbed.adapters.tests.provider import Provider
from roadbed.ground.errors import Conflict, Forbidden, Invalid
from roadbed.ground.jobs.models import Job
from roadbed.ground.jobs.queries import pulse_of
from roadbed.ground.jobs.usecases import pulse
from roadbed.ground.ledger.models import Fact
from roadbed.ground.ports.answers import STATUS, Answered
from roadbed.reliability.paging import intake
from roadbed.reliability.paging.links import heartbeat_key, token_of
from roadbed.reliability.paging.models import Alert, Canary, CanaryRun, Channel, Heartbeat
from roadbed.reliability.paging.reaching import answers
from roadbed.reliability.paging.reaching.verifying import code_of
from roadbed.reliability.paging.rules.beats import Beat
from roadbed.reliability.paging.tests.conftest import House
from roadbed.reliability.paging.tests.test_reaching import reach, telephone  # noqa: F401 - a fixture
from roadbed.reliability.paging.watching import canaries, heartbeats, warning

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


def expect(house: House, *, interval: int = 60, grace: int = 30) -> str:
    made = heartbeats.new_heartbeat(
        house.caller("hanne"), service="checkout", name="nightly backup", interval=interval, grace=grace, now=house.now
    )
    return made.uid


def told(house: House) -> list[str]:
    """React to the facts of heartbeats as the pager would; answers their kinds."""
    facts = list(Fact.objects.filter(kind__in=["heartbeat.missed", "heartbeat.resumed"]).order_by("position"))
    for fact in facts:
        intake.react(fact.uid, now=house.now)
    return [fact.kind for fact in facts]


def test_a_heartbeat_that_stops_pages_its_services_owner_and_ends_by_itself(house: House):
    house.rotate("hanne")
    house.mailbox("hanne")
    uid = expect(house)
    key = heartbeat_key(uid, 1)
    heartbeats.look(now=house.now + timedelta(days=1))
    assert Heartbeat.objects.get().state == "new"
    assert heartbeats.beat(key, Beat(alive=True), now=house.now)
    house.now += timedelta(seconds=89)
    assert heartbeats.look(now=house.now) == 0
    house.now += timedelta(seconds=1)
    assert heartbeats.late(house.now).exists()
    assert (heartbeats.look(now=house.now), heartbeats.look(now=house.now)) == (1, 0)
    assert told(house) == ["heartbeat.missed"]
    house.deliver()
    assert house.mailed() == ["hanne"]
    assert "expected within 90 s" in house.sink.mails[-1].get_content()
    heartbeats.beat(key, Beat(alive=True), now=house.now)
    assert told(house) == ["heartbeat.missed", "heartbeat.resumed"]
    alert = Alert.objects.get()
    assert (alert.state, alert.what, alert.severity) == ("closed", f"heartbeat:{uid}", 2)
    assert Heartbeat.objects.get().state == "up"


def test_a_resolved_watchdog_is_late_at_once_and_a_pager_that_was_away_forgives(house: House):
    uid = expect(house, interval=600)
    key = heartbeat_key(uid, 1)
    pulse("pager", "one", now=house.now)
    heartbeats.beat(key, Beat(alive=True), now=house.now)
    back = house.now + timedelta(hours=1)
    pulse("pager", "two", now=back)
    assert pulse_of("pager").away == timedelta(hours=1)
    assert heartbeats.look(now=back, watcher=heartbeats.watcher()) == 0
    assert Heartbeat.objects.get().late_at == back + timedelta(seconds=630)
    heartbeats.beat(key, Beat(alive=False, reason="resolved"), now=back)
    assert Heartbeat.objects.get().state == "late"


def test_its_door_takes_posts_alone_and_a_new_address_ends_the_old_one(house: House):
    uid = expect(house)
    client = Client(enforce_csrf_checks=True)
    address = f"/heartbeat/{heartbeat_key(uid, 1)}"
    assert client.get(address).status_code == 405
    assert Heartbeat.objects.get().beats == 0
    watchdog = b'{"version": "4", "status": "firing", "alerts": [{"status": "firing", "labels": {}}]}'
    assert client.post(address, watchdog, content_type="application/json").status_code == 200
    assert Heartbeat.objects.get().beats == 1
    made = heartbeats.rotate(house.caller("hanne"), uid, now=house.now)
    assert client.post(address).status_code == 404
    assert client.post("/heartbeat/" + made.url.rpartition("/")[2]).status_code == 200
    heartbeats.pause(house.caller("hanne"), uid, paused=True, now=house.now)
    client.post("/heartbeat/" + made.url.rpartition("/")[2])
    assert (Heartbeat.objects.get().state, Heartbeat.objects.get().beats) == ("paused", 3)


def test_who_may_expect_a_heartbeat_and_of_what(house: House):
    expect(house)
    with pytest.raises(Conflict, match="already"):
        expect(house)
    with pytest.raises(Invalid, match="not between 30 s and 31 d"):
        expect(house, interval=5)
    with pytest.raises(Forbidden):
        heartbeats.new_heartbeat(
            house.caller("dele"), service="checkout", name="x", interval=60, grace=0, now=house.now
        )


def run_canaries(house: House) -> None:
    canaries.tend(now=house.now)
    for job in list(Job.objects.filter(name="paging.canary", state=Job.WAITING)):
        Job.objects.filter(pk=job.pk).update(state=Job.DONE)
        canaries.send(job.payload["run"], now=house.now)
    for job in list(Job.objects.filter(name="paging.warn", state=Job.WAITING)):
        Job.objects.filter(pk=job.pk).update(state=Job.DONE)
        warning.send_warning(job.payload, last_attempt=True)


def test_a_canary_flies_every_day_and_a_failing_one_warns_the_admins_on_another_way(house: House, telephone: Provider):  # noqa: F811
    house.mailbox("mara")
    sms = reach(house, "sms", "+46701234567", name="mara")
    canaries.set_canary(house.caller("mara"), sms.uid, now=house.now)
    with pytest.raises(Forbidden):
        canaries.set_canary(house.caller("hanne"), sms.uid, now=house.now)
    run_canaries(house)
    run = CanaryRun.objects.get()
    assert run.state == "sent"
    assert "Nothing is wrong" in telephone.requests[-1].form["Body"]
    answers.note_status(token_of(run.uid), Answered(STATUS, delivered=True), now=house.now)
    row = next(one for one in canaries.canaries() if one.kind == "sms")
    assert (row.state, row.confirmed) == ("good", True)
    assert next(one for one in canaries.canaries() if one.kind == "smtp").state == "none"
    house.now += timedelta(days=1)
    run_canaries(house)
    house.now += timedelta(minutes=15)
    run_canaries(house)
    assert house.mailed() == ["mara"]
    assert "may not arrive" in str(house.sink.mails[-1]["Subject"])
    assert [fact["warned"] for fact in house.facts("canary.failed")] == [1]
    house.now += timedelta(days=1)
    run_canaries(house)
    answers.note_status(token_of(CanaryRun.objects.latest("pk").uid), Answered(STATUS, delivered=True), now=house.now)
    assert Canary.objects.get().failing_since is None
    assert len(house.facts("canary.recovered")) == 1


def test_the_pages_show_and_change_what_is_watched_and_how_one_is_paged(house: House, client: Client):
    house.mailbox("mara", verified=False)
    client.force_login(house.person("mara"))
    channel = Channel.objects.get()
    page = client.get("/on-call/notifications").content.decode()
    assert "No page can reach you" in page
    client.post(f"/on-call/channels/{channel.uid}/test")
    wrong = client.post(f"/on-call/channels/{channel.uid}/verify", {"code": "1"})
    assert (wrong.status_code, "4 tries are left" in wrong.content.decode()) == (422, True)
    channel.refresh_from_db()
    assert client.post(f"/on-call/channels/{channel.uid}/verify", {"code": code_of(channel)}).status_code == 302
    asked = {"zone": "Europe/Stockholm", "high-channel": [channel.uid, ""], "high-after": ["5", ""],
             "quiet-from": "22:00", "quiet-to": "07:00", "quiet-days": ["mon", "sun"]}  # fmt: skip
    assert client.post("/on-call/notifications/write", asked).status_code == 302
    page = client.get("/on-call/notifications").content.decode()
    assert 'value="22:00"' in page
    assert client.post("/on-call/notifications/write", {"zone": "Nowhere/At all"}).status_code == 422
    expected = {"service": "checkout", "name": "nightly backup", "interval": "3600", "grace": "60"}
    made = client.post("/on-call/watching/heartbeats", expected).content.decode()
    assert "/heartbeat/" in made
    assert client.post("/on-call/watching/canaries", {"channel": channel.uid}).status_code == 302
    shown = client.get("/on-call/watching").content.decode()
    assert "nightly backup" in shown
    assert "Under way" in shown
    assert "/heartbeat/" not in shown


def test_vitals_tell_whether_the_pager_is_at_work_and_change_nothing(house: House, client: Client):
    from django.utils import timezone

    assert client.get("/vitals").status_code == 503
    pulse("pager", "one", now=timezone.now())
    told_now = client.get("/vitals")
    assert (told_now.status_code, told_now.json()["parts"]["pager"]["status"]) == (200, "ok")
    pulse("pager", "one", now=timezone.now() - timedelta(minutes=5))
    pulse("worker", "two", now=timezone.now())
    silent = client.get("/vitals")
    parts = silent.json()["parts"]
    assert (silent.status_code, parts["pager"]["status"], parts["database"]["status"]) == (503, "silent", "ok")


def test_a_heartbeat_that_was_removed_gives_nobody_work(house: House):
    uid = expect(house)
    heartbeats.beat(heartbeat_key(uid, 1), Beat(alive=True), now=house.now)
    later = house.now + timedelta(days=1)
    assert heartbeats.late(later).exists()
    heartbeats.remove(house.caller("hanne"), uid, now=house.now)
    assert not heartbeats.late(later).exists()
