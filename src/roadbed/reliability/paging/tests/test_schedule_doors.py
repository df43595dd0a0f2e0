"""A schedule on the server: written, rendered, covered, on leave; it decides who is paged; the page draws it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from roadbed.ground.api.tests.door import Door, door_of
from roadbed.ground.asks import WhoIsOnCall
from roadbed.ground.people.models import Person
from roadbed.reliability.paging import queries, shifts, usecases
from roadbed.reliability.paging.models import Channel, Rotation, Schedule
from roadbed.reliability.paging.tests.conftest import NOW, House

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
TEAM = "team-payments"
HANNE, INES = "hanne@kestrel.example", "ines@kestrel.example"
FILE = """\
zone: Europe/Stockholm
layers:
  - name: week
    starts: 2026-01-05
    people: [Hanne@kestrel.example]
  - name: office hours
    rotation: weekdays
    starts: 2026-01-05
    people: [ines@kestrel.example]
    restrictions: [{from: 09:00, to: 17:00}]
"""


@pytest.fixture
def hanne(house: House) -> Door:
    return door_of(HANNE, "member")


def write(house: House, document: str = FILE) -> None:
    usecases.set_schedule(house.caller("hanne"), TEAM, document=document, now=house.now)


def test_it_is_written_in_the_place_of_the_rotation_shown_rendered_and_ended(house: House, hanne: Door):
    house.rotate("hanne", "ines")
    made = hanne.call("PUT", f"/teams/{TEAM}/schedule", {"document": FILE, "step_seconds": 60})
    assert (made.status, made.body["kind"], made.body["layers"]) == (200, "schedule", ["week", "office hours"])
    assert hanne.get(f"/teams/{TEAM}/schedule").body["document"] == FILE
    assert not Rotation.objects.exists()
    span = {"start": "2026-11-23T00:00:00Z", "end": "2026-11-24T00:00:00Z"}
    rows = hanne.get(f"/teams/{TEAM}/shifts?start={span['start']}&end={span['end']}").body
    assert [(row["start"][11:16], row["person"], row["layer"]) for row in rows] == [
        ("00:00", "Hanne Brandt", "week"),
        ("08:00", "Ines Carvalho", "office hours"),
        ("16:00", "Hanne Brandt", "week"),
    ]
    assert rows[-1]["end"] == span["end"]
    assert hanne.get(f"/teams/{TEAM}/rotation").body["rotation"]["step_seconds"] == 60
    assert house.facts("schedule.changed")[0]["layers"] == ["week", "office hours"]
    assert hanne.call("DELETE", f"/teams/{TEAM}/schedule").status == 204
    assert hanne.get(f"/teams/{TEAM}/schedule").body["kind"] == ""
    assert hanne.get(f"/teams/{TEAM}/shifts").status == 404


def test_a_fault_names_line_and_field_and_changes_nothing(house: House, hanne: Door):
    write(house)
    wrong = FILE.replace("ines@", "dele@").replace("09:00, to", "9 am, to")
    refused = hanne.call("PUT", f"/teams/{TEAM}/schedule", {"document": wrong, "file": "s.yaml"})
    assert refused.status == 422
    assert [(one["line"], one["field"]) for one in (refused.body, *refused.body["errors"])] == [
        (9, "layers[1].people[0]"), (10, "layers[1].restrictions[0].from"),
    ]  # fmt: skip
    assert Schedule.objects.get().version == 1
    assert door_of("dele@kestrel.example", "member").call(
        "PUT", f"/teams/{TEAM}/schedule", {"document": FILE}
    ).status == 403  # fmt: skip


def test_it_decides_who_is_paged_and_says_why(house: House):
    house.mailbox("hanne", "ines")
    write(house)
    alert = house.burn()
    house.deliver()
    assert house.mailed() == ["ines"]
    assert (
        "The schedule of team-payments names Ines Carvalho, by its layer office hours, until Mon 23 November 17:00"
        in (alert.why[2])
    )
    asked = WhoIsOnCall(TEAM, house.now + timedelta(hours=10))
    found = queries.who_is_on_call(asked)
    assert found is not None
    assert found.name == "Hanne Brandt"


def test_where_nobody_is_on_call_the_next_one_is_paged_at_once(house: House):
    house.mailbox("ines")
    write(house, FILE.replace("- name: week\n    starts: 2026-01-05", "- name: week\n    starts: 2027-01-05"))
    house.now += timedelta(hours=10)
    alert = house.burn()
    house.deliver()
    assert house.mailed() == ["ines"]
    assert "names nobody now, so who comes next is paged: Ines Carvalho." in alert.why[2]
    assert queries.who_is_on_call(WhoIsOnCall(TEAM, house.now)) is None
    Channel.objects.update(verified_at=None)
    assert [gap.rule for gap in shifts.gaps_ahead(TEAM, now=house.now)] == [
        *["empty-shift", "no-verified-channel"] * 3,
        "empty-shift",
    ]


def test_a_cover_a_swap_and_a_leave_change_a_rotation_and_can_be_taken_back(house: House, hanne: Door):
    house.now = timezone.now()
    house.rotate("hanne", "ines")
    first = house.now + timedelta(minutes=1)
    span = {"starts_at": first.isoformat(), "ends_at": (first + timedelta(hours=2)).isoformat()}

    def on_call() -> str:
        found = queries.who_is_on_call(WhoIsOnCall(TEAM, first))
        assert found is not None
        return found.name

    assert on_call() == "Hanne Brandt"
    cover = hanne.call("POST", f"/teams/{TEAM}/covers", {"person": INES, **span})
    assert (cover.status, on_call()) == (201, "Ines Carvalho")
    assert [row["person"] for row in hanne.get(f"/teams/{TEAM}/covers").body] == ["Ines Carvalho"]
    assert hanne.call("DELETE", f"/covers/{cover.body['uid']}").status == 204
    swap = hanne.call("POST", f"/teams/{TEAM}/covers", {"person": INES, "swap_with": HANNE, **span})
    assert on_call() == "Ines Carvalho"
    hanne.call("DELETE", f"/covers/{swap.body['uid']}")
    away = hanne.call("POST", "/leave", {**span, "why": "dentist"})
    assert on_call() == "Ines Carvalho"
    assert [row["why"] for row in hanne.get("/leave").body] == ["dentist"]
    assert "dentist" not in str(house.facts("leave.changed"))
    assert hanne.call("DELETE", f"/leave/{away.body['uid']}").status == 204
    assert on_call() == "Hanne Brandt"
    assert [fact.get("removed", False) for fact in house.facts("shift.covered")] == [False, True, False, True]


@pytest.mark.parametrize(
    ("path", "more", "status", "field"),
    [
        (f"/teams/{TEAM}/covers", {"person": "dele@kestrel.example"}, 404, "person"),
        (f"/teams/{TEAM}/covers", {"person": HANNE, "swap_with": HANNE}, 422, "swap_with"),
        (f"/teams/{TEAM}/covers", {"person": HANNE, "ends_at": "2020-01-02T00:00Z"}, 422, "to"),
        ("/leave", {"ends_at": "2020-01-01T00:00Z"}, 422, "to"),
        ("/leave", {"email": INES}, 403, None),
    ],
)
def test_what_cannot_be_is_refused(hanne: Door, path: str, more: dict[str, str], status: int, field: str | None):
    body = {"starts_at": "2020-01-01T00:00Z", "ends_at": (timezone.now() + timedelta(days=1)).isoformat()}
    if "ends_at" not in more:
        body["starts_at"] = timezone.now().isoformat()
    refused = hanne.call("POST", path, body | more)
    assert (refused.status, refused.body.get("field")) == (status, field)


def test_somebody_who_left_is_passed_by_and_told_of(house: House):
    write(house)
    Person.objects.filter(email=INES).update(is_active=False)
    found = queries.who_is_on_call(WhoIsOnCall(TEAM, NOW))
    assert found is not None
    assert found.name == "Hanne Brandt"


CALENDAR = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:test
BEGIN:VEVENT
UID:1
DTSTAMP:20260601T000000Z
DTSTART:{start:%Y%m%dT%H%M%SZ}
DTEND:{end:%Y%m%dT%H%M%SZ}
SUMMARY:Hanne Brandt
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTAMP:20260601T000000Z
DTSTART:{start:%Y%m%dT%H%M%SZ}
DTEND:{end:%Y%m%dT%H%M%SZ}
SUMMARY:Summer party
END:VEVENT
END:VCALENDAR
"""


def test_a_calendar_is_read_as_leave_and_read_again_takes_its_own_place(house: House, hanne: Door):
    start = timezone.now() + timedelta(hours=1)
    text = CALENDAR.format(start=start, end=start + timedelta(hours=3))
    for _ in range(2):
        taken = hanne.call("POST", f"/teams/{TEAM}/calendars", {"kind": "leave", "text": text, "name": "hr.ics"})
        assert taken.body == {"taken": 1, "passed_over": ["Summer party"]}
    assert [row["person"] for row in hanne.get("/leave").body] == ["Hanne Brandt"]
    assert hanne.call("POST", f"/teams/{TEAM}/calendars", {"kind": "leave", "text": "x"}).status == 422


def test_a_person_has_a_calendar_behind_a_link_of_their_own(house: House, client: Client):
    house.now = timezone.now()
    house.rotate("hanne", "ines")
    client.force_login(house.person("hanne"))
    link = re.search(r"http://[^/]+(/on-call/calendars/\S+?\.ics)", client.get("/on-call").content.decode())
    assert link is not None
    told = Client().get(link[1])
    assert (told.status_code, told["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert 6 <= told.content.decode().count("SUMMARY:Hanne Brandt\\, on call") <= 8
    assert Client().get(link[1].replace(".ics", "x.ics")).status_code == 404


def test_the_page_draws_three_weeks_and_its_forms_change_them(house: House, client: Client):
    house.now = timezone.now()
    write(house)
    client.force_login(house.person("hanne"))
    html = client.get(f"/on-call/teams/{TEAM}/schedule").content.decode()
    assert all(f'<th scope="row">{lane}</th>' in html for lane in ("Is paged", "office hours", "week"))
    assert html.count('colspan="8"') >= 21
    for row in re.findall(r'<tr(?: class="sum")?><th scope="row">.*?</tr>', html):
        assert sum(int(span) for span in re.findall(r'<td colspan="(\d+)"', row)) in {0, 168}
    tomorrow = f"{house.now + timedelta(days=1):%Y-%m-%d}"
    span = {"from": f"{tomorrow}T08:00", "to": f"{tomorrow}T20:00"}
    assert client.post(f"/on-call/teams/{TEAM}/schedule/cover", {"person": INES, **span}).status_code == 302
    assert client.post(f"/on-call/teams/{TEAM}/schedule/leave", {**span, "why": "course"}).status_code == 302
    html = client.get(f"/on-call/teams/{TEAM}/schedule").content.decode()
    assert "Hanne Brandt away" in html
    assert "is-swap" in html
    uid = re.search(r"/schedule/covers/([0-9a-f]+)/remove", html)
    assert uid is not None
    assert client.post(f"/on-call/teams/{TEAM}/schedule/covers/{uid[1]}/remove").status_code == 302
    refused = client.post(f"/on-call/teams/{TEAM}/schedule/write", {"document": "layers: 3", "step_seconds": "300"})
    assert refused.status_code == 422
    assert "layers is no list." in refused.content.decode()
    assert "Line 1" in refused.content.decode()
    wrong = client.post(f"/on-call/teams/{TEAM}/schedule/cover", {"person": INES, "from": "soon", "to": ""})
    assert "is no time" in wrong.content.decode()
    assert datetime.fromisoformat(tomorrow)
