"""The order in which a backlog of alerts is read: critical ones overtake, and nothing about the same changes places."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadbed.ground.ledger import inbox
from roadbed.ground.ledger.models import InboxItem
from roadbed.reliability.paging.alerts import door
from roadbed.reliability.paging.alerts.hurrying import Hurry
from roadbed.reliability.paging.models import Signal
from roadbed.reliability.paging.rules.alerts.hurrying import Glimpse, overtaking
from roadbed.reliability.paging.tests.alerting import Doors, firing, message
from roadbed.reliability.paging.tests.conftest import House

GLIMPSES = st.lists(
    st.builds(Glimpse, about=st.frozensets(st.sampled_from("abcde"), max_size=3), urgent=st.booleans()), max_size=12
)


@given(GLIMPSES)
def test_what_overtakes_is_urgent_and_passes_nothing_about_the_same(glimpses: list[Glimpse]):
    first = overtaking(enumerate(glimpses))
    assert first == sorted(first)
    for number in first:
        assert glimpses[number].urgent
        passed = [one for place, one in enumerate(glimpses[:number]) if place not in first]
        assert not any(one.about & glimpses[number].about for one in passed)


@pytest.fixture
def doors(house: House) -> Doors:
    door.forget()
    found = Doors(house)
    found.open("alertmanager")
    return found


def send(doors: Doors, name: str, status: str = "firing", severity: str = "error", group: str = "") -> None:
    body = json.dumps(message(firing(name, status, severity=severity), group=group or name, truncated=1)).encode()
    door.accept(f"/alerts/in/{doors.keys['alertmanager']}", {}, body, now=doors.house.now)


def read(doors: Doors, hurry: Hurry, limit: int = 4) -> int:
    return inbox.read_pending(now=doors.house.now, limit=limit, accepts=lambda one: one == "alerts", first=hurry.first)


@pytest.mark.django_db(databases=["default", "samples"])
def test_a_critical_alert_is_read_before_the_storm_that_came_first(doors: Doors):
    for number in range(12):
        send(doors, f"Slow{number}")
    send(doors, "Down", severity="critical")
    assert read(doors, Hurry()) == 4
    names = Signal.objects.order_by("pk").values_list("title", flat=True)
    assert [name.partition(" ")[0] for name in names] == ["Down", "Slow0", "Slow1", "Slow2"]


@pytest.mark.django_db(databases=["default", "samples"])
def test_messages_about_the_same_alert_or_group_keep_their_order(doors: Doors):
    hurry = Hurry()
    send(doors, "Flaps", severity="warning", group="one")
    for number in range(6):
        send(doors, f"Slow{number}")
    # The same alert became worse, and was over, before anybody read of it; its group has a critical one as well.
    send(doors, "Flaps", severity="critical", group="one")
    send(doors, "Flaps", "resolved", severity="critical", group="one")
    send(doors, "Down", severity="critical", group="one")
    while read(doors, hurry):
        pass
    flaps = Signal.objects.get(given_key="Flaps-checkout")
    assert (flaps.resolved_at is not None, flaps.severity) == (True, 1)
    assert Signal.objects.filter(given_key="Flaps-checkout").count() == 1
    assert not InboxItem.objects.exclude(state="read").exists()


@pytest.mark.django_db(databases=["default", "samples"])
def test_what_cannot_be_read_in_a_backlog_waits_for_its_turn_and_says_why(doors: Doors):
    for number in range(6):
        send(doors, f"Slow{number}")
    door.accept(f"/alerts/in/{doors.keys['alertmanager']}", {}, b"{", now=doors.house.now)
    hurry = Hurry()
    while read(doors, hurry, limit=3):
        pass
    assert InboxItem.objects.get(state="failed").error
    assert InboxItem.objects.filter(state="read").count() == 6
