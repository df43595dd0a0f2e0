"""The pages of exclusions: what is typed stays, faults stand beside their fields, a preview is what happens."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.people.usecases import join_team
from roadbed.ground.recurring import rule_of
from roadbed.ground.recurring_words import rule_in_words
from roadbed.reliability.objectives import previewing, queries, usecases
from roadbed.reliability.objectives.exclusion_forms import given_in, read
from roadbed.reliability.objectives.models import Exclusion
from roadbed.reliability.objectives.previewing import Wish
from roadbed.reliability.objectives.tests.conftest import HANNE, NOW, House, slo

stored = pytest.mark.django_db(databases=["default", "samples"])
FORM = "/services/checkout/exclusions/new"
TYPED = {
    "objective": "", "starts_at": "2026-11-23T09:00", "ends_at": "2026-11-23T09:02", "zone": "UTC", "again": "",
    "rrule": "", "reason": "Disks were moved", "act": "preview",
}  # fmt: skip


@pytest.fixture
def owner(client: Client, house: House) -> Client:
    """Hanne, of the team that owns checkout, at a window; four bad minutes are counted."""
    person = Person.objects.create(email="hanne@kestrel.example", name="Hanne Brandt", created_at=NOW)
    join_team(ROADBED, team="team-payments", email=person.email, now=NOW)
    client.force_login(person)
    usecases.apply(HANNE, "checkout", text=slo(target="0.9") + "---\n" + slo("in-time", latency=300), now=NOW)
    house.deploy()
    house.tick()
    for minute in range(5):
        house.edge.serve(good=60, bad=60 if minute < 2 else 0)
        house.tick(60)
    return client


def post(client: Client, **changed: str) -> Any:
    return client.post(FORM, TYPED | changed)


def seen(html: str) -> str:
    return re.search(r'name="seen" value="([^"]+)"', html)[1]


@stored
def test_a_preview_changes_nothing_and_says_what_then_happens_to_the_digit(owner: Client, house: House):
    shown = post(owner).content.decode()
    assert Exclusion.objects.count() == 0
    assert "What it would change" in shown
    start = NOW.replace(minute=0)
    wish = Wish(house.checkout, "", start, start + timedelta(minutes=2))
    foretold = {one.uid: one for one in previewing.excluding(wish).effects}
    assert len(foretold) == 2
    assert owner.post(FORM, TYPED | {"act": "confirm", "seen": seen(shown)}).status_code == 302
    house.tick(1)
    for view in queries.objectives_of(house.checkout):
        one = foretold[view.uid]
        assert one.raw == one.now
        assert (one.then.remaining, one.then.attainment, one.then.coverage) == (
            view.remaining, view.attainment, view.coverage,
        )  # fmt: skip
        assert (one.then.bad, one.then.total, one.then.excluded) == (view.bad, view.total, view.minutes["excluded"])
        assert (one.minutes, one.then.standing) == (2, view.standing)
    (made,) = Exclusion.objects.all()
    assert (made.by, made.reason, made.objective) == ("Hanne Brandt", "Disks were moved", None)
    back = previewing.withdrawing(wish).effects
    assert {one.uid: one.then for one in back} == {uid: one.now for uid, one in foretold.items()}


@stored
def test_every_fault_stands_beside_its_field_and_nothing_typed_is_lost(owner: Client):
    faulty = {
        "starts_at": "2026-11-23T10:00", "ends_at": "2026-11-23T09:00", "zone": "Mars/Base", "rrule": "FREQ=HOURLY",
        "reason": "", "objective": "none-of-mine",
    }  # fmt: skip
    answer = post(owner, **faulty)
    html = answer.content.decode()
    assert answer.status_code == 422
    for field in ("ends_at", "zone", "rrule", "reason", "objective"):
        assert f'id="{field}-e"' in html
        assert re.search(rf'id="{field}"[^>]*aria-invalid="true"', html)
    assert 'id="starts_at-e"' not in html
    for value in ("2026-11-23T10:00", "Mars/Base", "FREQ=HOURLY"):
        assert f'value="{value}"' in html
    assert "Nothing was changed" in html
    assert Exclusion.objects.count() == 0


@stored
def test_what_was_changed_after_the_preview_is_previewed_again(owner: Client):
    shown = post(owner).content.decode()
    other = post(owner, act="confirm", seen=seen(shown), ends_at="2026-11-23T09:04").content.decode()
    assert "It was changed after the preview" in other
    assert Exclusion.objects.count() == 0
    assert post(owner, act="confirm", seen=seen(other), ends_at="2026-11-23T09:04").status_code == 302
    assert Exclusion.objects.count() == 1


@stored
def test_an_exclusion_that_comes_again_is_listed_in_words_and_withdrawn_after_a_look(owner: Client, house: House):
    shown = post(owner, again="FREQ=WEEKLY").content.decode()
    assert "Mon 30 November 2026 09:00 to 09:02" in shown
    post(owner, again="FREQ=WEEKLY", act="confirm", seen=seen(shown))
    house.tick()
    listed = owner.get("/services/checkout/exclusions").content.decode()
    assert "every week" in listed
    assert "Hanne Brandt" in listed
    address = re.search(r'href="(/exclusions/\w+/withdraw)"', listed)[1]
    look = owner.get(address).content.decode()
    assert "With it counting again" in look
    assert Exclusion.objects.get().withdrawn_at is None
    assert owner.post(address).status_code == 302
    assert "Withdrawn, counts again" in owner.get("/services/checkout/exclusions").content.decode()
    assert "withdrawn already" in owner.get(address).content.decode()
    assert owner.post(address).status_code == 409


@stored
def test_who_may_not_is_told_who_may_and_sees_no_button(client: Client, house: House):
    usecases.apply(HANNE, "checkout", text=slo(), now=NOW)
    client.force_login(Person.objects.create(email="mara@kestrel.example", name="Mara Lindqvist", created_at=NOW))
    assert client.get(FORM).status_code == 403
    assert client.post(FORM, TYPED).status_code == 403
    html = client.get("/services/checkout/exclusions").content.decode()
    assert "Nothing is excluded" in html
    assert "Exclude a period" not in html


@pytest.mark.parametrize(
    ("wall", "field"), [("2026-03-29T02:30", "starts_at"), ("", "starts_at"), ("yesterday", "starts_at")]
)
def test_a_time_that_no_wall_shows_is_refused(wall: str, field: str):
    given = given_in(TYPED | {"starts_at": wall, "ends_at": "2026-03-29T04:00", "zone": "Europe/Berlin"}, zone="UTC")
    assert set(read(given, service_uid="s", objectives=frozenset()).faults) == {field}


def test_times_are_of_the_zones_wall_and_the_zone_of_the_house_where_none_is_given():
    given = given_in(TYPED | {"zone": ""}, zone="Europe/Berlin")
    wish = read(given, service_uid="s", objectives=frozenset()).wish
    assert wish is not None
    assert wish.starts_at.isoformat() == "2026-11-23T09:00:00+01:00"


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("FREQ=DAILY", "every day"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH", "every 2 weeks on Tuesday and Thursday"),
        ("FREQ=MONTHLY;BYDAY=1SU;COUNT=3", "every month on the first Sunday, 3 times"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "every month on the last Friday"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,-1", "every month on day 1 and its last day"),
        ("FREQ=WEEKLY;UNTIL=20271231T235959Z", "every week, until 31 December 2027 23:59 UTC"),
    ],
)
def test_a_rule_is_said_in_words(rule: str, said: str):
    assert rule_in_words(rule_of(rule)) == said
