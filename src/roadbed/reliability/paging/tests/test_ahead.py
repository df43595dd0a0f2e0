"""Owners are told of each gap 72, 24 and 2 hours ahead, once; a calendar's link that was replaced leads nowhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from roadbed.ground.api.tests.door import door_of
from roadbed.ground.errors import Unavailable
from roadbed.ground.jobs.models import Job
from roadbed.ground.people.models import Membership
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.paging import links, usecases
from roadbed.reliability.paging.ahead import telling
from roadbed.reliability.paging.ahead.models import GapTold
from roadbed.reliability.paging.models import Channel
from roadbed.reliability.paging.rules.schedules.telling import distance_of
from roadbed.reliability.paging.tests.conftest import NOW, House

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
TEAM = "team-payments"
HOUR = timedelta(hours=1)
FILE = """\
zone: Europe/Stockholm
layers:
  - {{starts: 2026-01-05, people: [hanne@kestrel.example], until: {until}}}
"""


def ending(house: House, hours: float) -> None:
    """A schedule that has nobody any more so many hours from the house's now."""
    until = f"{house.now + hours * HOUR + HOUR:%Y-%m-%dT%H:%M}"
    usecases.set_schedule(ROADBED, TEAM, document=FILE.format(until=until), now=house.now)


def tell_all(house: House) -> int:
    """Do the jobs that wait; answers how many mails left."""
    before = len(house.sink.mails)
    for job in Job.objects.filter(name=telling.TELL, state=Job.WAITING):
        telling.tell(job.payload["person"], job.payload["team"], job.payload["gaps"], now=house.now, last_attempt=False)
        Job.objects.filter(pk=job.pk).update(state=Job.DONE)
    return len(house.sink.mails) - before


@pytest.fixture
def led(house: House) -> House:
    house.mailbox("hanne")
    Membership.objects.filter(person__email="ines@kestrel.example").update(lead=True)
    Channel.objects.update(verified_at=house.now)
    return house


@pytest.mark.parametrize(
    ("ahead", "told"), [(73, None), (72, 72), (25, 72), (24, 24), (2.1, 24), (2, 2), (0, 2), (-5, 2)]
)
def test_a_gap_is_told_of_at_the_nearest_distance(ahead: float, told: int | None):
    assert distance_of(NOW + ahead * HOUR, NOW) == told


def test_leads_are_told_three_times_and_once_each(led: House):
    ending(led, 80)
    told = []
    for hours in (0, 9, 9, 57, 58, 79, 79.5, 81, 100):
        led.now = NOW + hours * HOUR
        telling.look(now=led.now)
        telling.look(now=led.now)
        told.append(tell_all(led))
    assert told == [0, 1, 0, 1, 0, 1, 0, 0, 0]
    assert {str(mail["To"]) for mail in led.sink.mails} == {"ines@kestrel.example"}
    assert [str(mail["Subject"])[-4:] for mail in led.sink.mails] == ["72 h", "24 h", " 2 h"]
    assert "nobody is on call" in str(led.sink.mails[0])


def test_everybody_is_told_in_a_team_without_a_lead(led: House):
    Membership.objects.update(lead=False)
    ending(led, 1)
    telling.look(now=led.now)
    assert tell_all(led) == 2


def test_somebody_who_cannot_be_reached_is_told_of_once_while_the_shift_goes_on(led: House):
    usecases.set_schedule(
        ROADBED, TEAM, document="layers:\n  - {starts: 2026-01-05, people: [ines@kestrel.example]}\n", now=led.now
    )
    for hours in (0, 1, 30, 100):
        telling.look(now=led.now + hours * HOUR)
    assert list(GapTold.objects.values_list("rule", flat=True)) == ["no-verified-channel"]
    assert tell_all(led) == 1


def test_a_mail_server_that_is_down_is_tried_again_and_what_has_passed_is_left(led: House):
    ending(led, 1)
    telling.look(now=led.now)
    job = Job.objects.get(name=telling.TELL)
    said = (job.payload["person"], job.payload["team"], job.payload["gaps"])
    led.sink.answer = "451 later"
    with pytest.raises(Unavailable):
        telling.tell(*said, now=led.now, last_attempt=False)
    led.sink.answer = "250 kept"
    GapTold.objects.update(ends_at=led.now - HOUR)
    before = len(led.sink.mails)
    telling.tell(*said, now=led.now, last_attempt=False)
    assert len(led.sink.mails) == before


def test_a_link_that_was_replaced_leads_nowhere_and_the_new_one_does(led: House, client: Client):
    led.rotate("hanne")
    hanne = led.person("hanne")
    old = links.calendar_link(hanne.uid).split("/", 3)[3]
    assert client.get(f"/{old}").status_code == 200
    made = door_of("hanne@kestrel.example", "member").call("POST", "/on-call/calendar-link/replace")
    assert made.status == 200
    assert client.get(f"/{old}").status_code == 404
    assert client.get("/" + made.body["url"].split("/", 3)[3]).status_code == 200
    newer = "/" + made.body["url"].split("/", 3)[3]
    client.force_login(hanne)
    assert client.post("/on-call/calendar-link/replace").status_code == 302
    assert client.get(newer).status_code == 404
    other = links.calendar_link(led.person("ines").uid).split("/", 3)[3]
    assert client.get(f"/{other}").status_code == 200
