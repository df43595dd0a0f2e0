"""A team that has enough pages gets one for the rest; what is critical elsewhere pages, and calm parts it again."""

from __future__ import annotations

import json

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from roadbed.ground.catalog import usecases as catalog
from roadbed.ground.ledger.models import InboxItem
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.paging import usecases
from roadbed.reliability.paging.alerts import door, why
from roadbed.reliability.paging.models import Alert, Decision, Delivery, Signal
from roadbed.reliability.paging.tests.alerting import Doors, firing, message
from roadbed.reliability.paging.tests.conftest import CATALOG, NOW, House

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
TITLE = "4 services of team-payments are alerting"


@pytest.fixture
def doors(house: House) -> Doors:
    door.forget()
    house.rotate("hanne", "ines")
    house.mailbox("hanne", "dele")
    house.deliver()
    house.sink.mails.clear()
    text = "---\n".join(CATALOG.format(name=f"s{number}", owner="team-payments") for number in range(10))
    catalog.register(ROADBED, text=text, location="/srv/git/many.git", now=NOW)
    found = Doors(house)
    found.open("alertmanager")
    return found


def told(doors: Doors, *names: str, status: str = "firing", severity: str = "error") -> None:
    """One message for each service, read together as the pager does."""
    for name in names:
        body = json.dumps(message(firing("Slow", status, service=name, severity=severity), group=name)).encode()
        door.accept(f"/alerts/in/{doors.keys['alertmanager']}", {}, body, now=doors.house.now)
    doors.read()


def test_a_storm_is_one_page_of_the_team_until_it_is_calm(doors: Doors):
    told(doors, *(f"s{number}" for number in range(9)))
    assert [row[0] for row in doors.pages()] == ["s0", "s1", "s2", "s3", "s4", ""]
    storm = Alert.objects.get(service="")
    assert (storm.title, storm.team, storm.severity) == (TITLE, "team-payments", 2)
    doors.house.deliver()
    assert doors.house.mailed() == ["hanne"] * 6

    # One that is critical and elsewhere pages at once; of another team whatever it is; of the storm it pages anew.
    told(doors, "s9", "edge-proxy", severity="critical")
    told(doors, "s5", severity="critical")
    assert [row[0] for row in doors.pages()] == ["s0", "s1", "s2", "s3", "s4", "", "s9", "edge-proxy"]
    storm.refresh_from_db()
    assert (storm.severity, storm.cycle) == (1, 1)

    asked = why.why_person("ines@kestrel.example", at=doors.house.now)
    joined = [(one.title, one.page, one.reasons[0]) for one in asked.entries if one.title.endswith("more")]
    reason = "team-payments has a storm, and 5 pages within 5 min are enough: further alerts are one page."
    assert joined == [("Slow of s8 and 2 more", storm.uid, reason)]

    # A part ends, nothing joins: the others have pages of their own again, and stay with whoever has them.
    usecases.acknowledge(doors.house.caller("hanne"), storm.uid, now=doors.house.now)
    told(doors, "s7", "s8", status="resolved")
    doors.wait(299)
    assert Alert.objects.get(service="").state == Alert.ACKNOWLEDGED
    sent = Delivery.objects.count()
    doors.wait(2)
    storm.refresh_from_db()
    assert storm.closed_for == "the storm is over: what still fires of 2 has pages of its own again"
    parted = Alert.objects.filter(service__in=["s5", "s6"])
    assert {(one.service, one.state, one.acknowledged_name) for one in parted} == {
        ("s5", "acknowledged", "Hanne Brandt"), ("s6", "acknowledged", "Hanne Brandt"),
    }  # fmt: skip
    assert Delivery.objects.count() == sent
    assert Signal.objects.get(service="s6").page == parted.get(service="s6")


def test_many_alerts_take_few_statements_and_one_that_cannot_be_read_spoils_none(doors: Doors):
    client = Client()
    client.force_login(doors.house.person("mara"))
    key = doors.keys["alertmanager"]
    with CaptureQueriesContext(connections["default"]) as few:
        told(doors, "s0")
    door.accept(f"/alerts/in/{key}", {}, b'{"version": "4", "alerts": "none"}', now=doors.house.now)
    with CaptureQueriesContext(connections["default"]) as many:
        told(doors, *(f"s{number}" for number in range(1, 9)))
    assert len(many) < len(few) * 2
    assert sorted(InboxItem.objects.values_list("state", flat=True)) == ["failed", *["read"] * 9]
    storm = Alert.objects.get(service="")
    shown = client.get(f"/on-call/pages/{storm.uid}").content.decode()
    assert TITLE in shown
    assert "Slow of s6" in shown
    assert Decision.objects.filter(page=storm, outcome=Decision.JOINED).count() == 4
