"""Toil logged, captured, estimated, planned and finished: over HTTP, by the page and from facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from roadbed.ground.api.tests.door import Door, door_of
from roadbed.ground.ledger.models import Fact
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people import usecases as people
from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import caller_of_person
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.toil import capturing, queries, usecases
from roadbed.reliability.toil.models import Entry, Task

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TEAM = "team-payments"


@dataclass
class House:
    """One team of two, and somebody of another."""

    hanne: Door
    dele: Door


@pytest.fixture
def house(db: Any, wired: None) -> House:
    people.create_team(ROADBED, name=TEAM, now=NOW)
    people.create_team(ROADBED, name="team-other", now=NOW)
    for name, team in (("hanne", TEAM), ("ines", TEAM), ("dele", "team-other")):
        email = f"{name}@kestrel.example"
        people.invite_person(ROADBED, email=email, name=name.title(), now=NOW)
        people.join_team(ROADBED, team=team, email=email, now=NOW)
    return House(door_of("hanne@kestrel.example", "member"), door_of("dele@kestrel.example", "member"))


def task_of(door: Door) -> dict[str, Any]:
    return door.get("/toil/tasks").body["candidates"][0]


def test_it_is_logged_shared_ranked_planned_and_its_saving_measured(house: House):
    for minutes in ("30m", "1h", "45"):
        made = house.hanne.post("/toil/entries", {"minutes": minutes, "what": "Renew certificates"})
        assert made.status == 201
    by_team = {one["team"]: one for one in house.hanne.get("/toil").body["teams"]}
    assert by_team[TEAM]["share"]["hours"] == 2.25
    assert by_team[TEAM]["share"]["share"] == 2.25 / 320
    assert [one["person"] for one in by_team[TEAM]["persons"]] == ["Hanne"]
    assert {one["team"]: one["persons"] for one in house.dele.get("/toil").body["teams"]}[TEAM] == []
    assert house.dele.get("/toil/entries").body == []
    task = task_of(house.hanne)
    assert (task["category"], task["samples"], task["payback"]) == ("certificates", 3, None)
    uid = task["uid"]
    asked = {"build_low": 2, "build_high": 4, "upkeep": 0.1}
    assert house.dele.call("PUT", f"/toil/tasks/{uid}/estimate", asked).status == 403
    done = house.hanne.call("PUT", f"/toil/tasks/{uid}/estimate", asked).body
    assert done["payback"]["soonest"] < done["payback"]["months"] < done["payback"]["latest"]
    assert house.hanne.post(f"/toil/tasks/{uid}/finish", {"built_hours": 3}).status == 409
    assert house.hanne.post(f"/toil/tasks/{uid}/plan", {"owner": "nobody@kestrel.example"}).status == 404
    assert house.hanne.post(f"/toil/tasks/{uid}/plan", {"owner": "ines@kestrel.example"}).body["owner"] == "Ines"
    assert house.hanne.post(f"/toil/tasks/{uid}/finish", {"built_hours": 3}).status == 200
    assert house.hanne.get("/toil/tasks").body["candidates"] == []
    (saved,) = queries.saved(now=timezone.now() + timedelta(days=61))
    assert (saved.built_hours, saved.saved_hours) == (3.0, pytest.approx(2 * Task.objects.get().cost_then, rel=0.01))
    kinds = ["toil.logged"] * 3 + ["toil.estimated", "toil.planned", "toil.automated"]
    assert (
        list(Fact.objects.filter(kind__startswith="toil.").order_by("position").values_list("kind", flat=True)) == kinds
    )


def test_an_entry_is_left_out_with_a_reason_and_by_its_team_alone(house: House):
    uid = house.hanne.post("/toil/entries", {"minutes": "30m", "what": "x"}).body["uid"]
    assert house.dele.post(f"/toil/entries/{uid}/leave-out", {"reason": "no"}).status == 403
    assert house.hanne.post(f"/toil/entries/{uid}/leave-out", {"reason": "it was a feature"}).status == 204
    assert queries.board(now=timezone.now()).whole.hours == 0
    (entry,) = house.hanne.get("/toil/entries").body
    assert entry["left_out_for"] == "it was a feature"


def test_what_fails_the_tests_is_kept_and_counts_as_no_toil(house: House):
    tests = {"manual": False, "repetitive": False, "grows": False}
    house.hanne.post("/toil/entries", {"minutes": "30m", "what": "novel incident", "tests": tests})
    assert (Entry.objects.get().is_toil, queries.board(now=timezone.now()).whole.hours) == (False, 0)


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"minutes": "soon"}, 422, "minutes"),
        ({"what": " "}, 422, "what"),
        ({"category": "fun"}, 422, "category"),
        ({"tests": {"boring": True}}, 422, "tests"),
        ({"team": "team-other"}, 403, None),
        ({"team": "team-none"}, 404, "team"),
        ({"occurred_at": "2020-01-01T00:00Z"}, 422, "occurred_at"),
    ],
)
def test_what_cannot_be_logged_is_refused(house: House, body: dict[str, Any], status: int, field: str | None):
    refused = house.hanne.post("/toil/entries", {"minutes": "5m", "what": "x"} | body)
    assert (refused.status, refused.body.get("field")) == (status, field)
    assert not Entry.objects.exists()


def alert(minute: float, *, mended: bool = False, reason: str = "it stopped by itself") -> str:
    """An alert that was taken after a minute and ended after twenty."""
    hanne = caller_of_person(Person.objects.get(email="hanne@kestrel.example"))
    at, uid = NOW + timedelta(minutes=minute), f"alert-{minute}"
    with unit(hanne, now=at + timedelta(minutes=1)) as writing:
        writing.record("page.acknowledged", "svc", data={"alert": uid})
    if mended:
        with unit(hanne, now=at + timedelta(minutes=9)) as writing:
            writing.record("service.rolledback", "svc", data={})
    with unit(ROADBED, now=at + timedelta(minutes=20)) as writing:
        data = {
            "alert": uid, "team": TEAM, "service": "checkout", "reason": reason, "seconds": 1200.0,
            "title": "checkout spends its error budget 9 times too fast: Requests answered", "objective_uid": "o",
        }  # fmt: skip
        return writing.record("alert.closed", "svc", data=data)


def test_pages_that_needed_no_fix_are_captured_once_and_the_third_as_the_same_again(house: House):
    facts = [alert(0), alert(60), alert(120, mended=True), alert(180), alert(240, reason="a drill")]
    for fact in (*facts, facts[0]):
        capturing.capture(fact, now=NOW + timedelta(hours=9))
    rows = list(Entry.objects.order_by("pk").values_list("minutes", "source", "person", "fact"))
    assert rows == [
        (19, "page", "Hanne", facts[0]), (19, "page", "Hanne", facts[1]), (19, "repeat", "Hanne", facts[3]),
    ]  # fmt: skip
    assert Task.objects.get().what == "Triage checkout: Requests answered"
    board = queries.board(now=NOW + timedelta(days=1))
    assert board.sources["repeat"] == 19 / 60
    assert next(one for one in board.teams if one.team == TEAM).logged_hours == 0


def test_the_pages_show_log_and_decide(house: House, client: Client):
    hanne = Person.objects.get(email="hanne@kestrel.example")
    client.force_login(hanne)
    assert "Nothing came three times yet" in client.get("/toil").content.decode()
    for minutes in ("30m", "1h", "45m"):
        assert (
            client.post("/toil/log", {"minutes": minutes, "what": "Grant <b>access</b>", "repetitive": "1"}).status_code
            == 302
        )
    wrong = client.post("/toil/log", {"minutes": "soon", "what": "x"})
    assert (wrong.status_code, "is no length of time" in wrong.content.decode()) == (422, True)
    html = client.get("/toil?days=91").content.decode()
    assert "Grant &lt;b&gt;access&lt;/b&gt;" in html
    assert "not estimated" in html
    task = Task.objects.get()
    page = f"/toil/tasks/{task.uid}"
    assert client.post(f"{page}/estimate", {"build_low": "2", "build_high": "x", "upkeep": "0"}).status_code == 422
    assert client.post(f"{page}/estimate", {"build_low": "2", "build_high": "4", "upkeep": "0"}).status_code == 302
    assert client.post(f"{page}/plan", {"owner": hanne.email}).status_code == 302
    html = client.get("/toil").content.decode()
    assert "pays back after" in html
    assert "Planned" in html
    assert client.post(f"{page}/finish", {"built_hours": "3"}).status_code == 302
    assert "It paid off" in client.get("/toil").content.decode()
    entry = Entry.objects.first()
    left = client.post(f"/toil/entries/{entry.uid}/leave-out", {"task": task.uid, "reason": "no"})
    assert left.status_code == 302
    assert "left out: no" in client.get(page).content.decode()
    assert client.get("/toil.csv").content.decode().splitlines()[0].startswith("team,people,share")
    assert timedelta(days=91) == usecases.OLDEST


def test_while_nobody_noted_anything_there_is_no_data_and_no_zero(house: House, client: Client):
    client.force_login(Person.objects.get(email="hanne@kestrel.example"))
    row = client.get("/toil").content.decode().split(f">{TEAM}</th>")[1].split("</tr>")[0]
    assert "No data" in row
    assert "Nothing noted" in row
    assert "0%" not in row
    house.hanne.post("/toil/entries", {"minutes": "2m", "what": "Renew certificates"})
    row = client.get("/toil").content.decode().split(f">{TEAM}</th>")[1].split("</tr>")[0]
    assert "2 min" in row
