"""Incidents over HTTP and by command."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer
from typer.testing import CliRunner, Result

from roadbed.cli import client
from roadbed.cli.main import app
from roadbed.ground.api.tests.door import Door, door_of
from roadbed.ground.errors import Refusal
from roadbed.reliability.incidents.tests.conftest import House, minutes

Run = Callable[..., Result]


@pytest.fixture
def door(house: House) -> Door:
    assert house
    return door_of("ada@kestrel.example")


@pytest.mark.django_db(databases=["default", "samples"])
def test_open_write_change_and_resolve(house: House, door: Door):
    made = door.post("/incidents", {"service": "checkout", "title": "Cards refused", "severity": 3})
    assert (made.status, made.body["name"], made.body["status"]) == (201, "INC-1", "open")
    assert door.post("/incidents/INC-1/notes", {"text": "We look"}).status == 201
    assert door.call("PATCH", "/incidents/1", {"severity": 2}).body["severity"] == 2
    led = door.post("/incidents/1/roles", {"role": "lead", "person": "mara@kestrel.example"})
    assert led.body["roles"][0]["person"] == "Mara Lindqvist"
    assert door.post("/incidents/1/mitigate").body["status"] == "mitigated"
    refused = door.post("/incidents/1/rollback", {"reason": "x"})
    assert (refused.status, "never been live" in refused.body["detail"]) == (409, True)
    gate = door.post("/gate/check", {"service": "checkout", "kind": "feature"}).body
    assert "open-incident/1" in [reason["rule"] for reason in gate["reasons"] if reason["outcome"] == "deny"]
    assert door.post("/incidents/1/resolve", {"summary": "Gateway is back"}).body["status"] == "resolved"
    titles = [line["title"] for line in door.get("/incidents/1").body["timeline"]]
    assert titles[0] == "Resolved by ada"
    assert [one["name"] for one in door.get("/incidents?service=checkout").body["items"]] == ["INC-1"]
    assert door.get("/incidents?status=unresolved").body == {"items": [], "next_cursor": None}
    assert house.checkout == made.body["service_uid"]
    review = door.post("/reviews", {"incident_uid": made.body["uid"]})
    assert (review.status, review.body["name"], review.body["budget"]) == (201, "INC-1", [])
    assert [line["title"] for line in review.body["timeline"]] == titles[::-1]
    assert door.get("/reviews/INC-1").body["state"] == "draft"


@pytest.mark.django_db(databases=["default", "samples"])
def test_bad_input_is_a_problem_that_names_the_field(door: Door):
    assert door.get("/incidents/INC-9").status == 404
    assert door.get("/incidents?status=odd").body["field"] == "status"
    wrong = door.post("/incidents", {"service": "checkout", "title": "x", "severity": 9})
    assert (wrong.status, wrong.body["field"]) == (422, "severity")
    assert door.post("/incidents", {"service": "nowhere", "title": "x"}).status == 404
    future = {"service": "checkout", "title": "x", "started_at": "2099-01-01T00:00:00Z"}
    assert door.post("/incidents", future).body["field"] == "started_at"
    assert Door().get("/incidents").status == 401
    assert (
        door_of("v@kestrel.example", "viewer").post("/incidents", {"service": "checkout", "title": "x"}).status == 403
    )


@pytest.fixture
def run(live_server: LiveServer, house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    monkeypatch.setenv("ROADBED_URL", live_server.url)
    monkeypatch.setenv("ROADBED_TOKEN", door_of("ada@kestrel.example").token)
    made: list[client.Api] = []
    original = client.api
    for module in ("incidents", "reviews"):
        monkeypatch.setattr(f"roadbed.cli.{module}.api", lambda: made.append(original()) or made[-1])
    yield lambda *said: CliRunner().invoke(app, [str(word) for word in said])
    for one in made:
        one._http.close()
    assert house


def answer(result: Result) -> Any:
    assert result.exit_code == 0, (result.output, result.exception)
    return json.loads(result.stdout)


@pytest.mark.django_db(databases=["default", "samples"], transaction=True)
def test_the_command_shows_what_the_page_shows(house: House, run: Run):
    house.deployed(minutes(-3))
    house.opened()
    shown = run("incident", "show", "INC-1").output
    assert "release v7 deployed over v6: 1 min before harm began" in shown
    assert "roadbed rollback checkout" in shown
    assert [one["name"] for one in answer(run("incident", "list", "--json"))] == ["INC-1"]
    assert "INC-1" in run("incident", "list").output
    assert "INC-1 has severity 1." in run("incident", "severity", "INC-1", "1").output
    assert "on the timeline" in run("incident", "note", "INC-1", "We look").output
    assert "Mara Lindqvist leads" in run("incident", "lead", "INC-1", "mara@kestrel.example").output
    assert answer(run("incident", "mitigate", "INC-1", "--json"))["status"] == "mitigated"
    assert "is resolved" in run("incident", "resolve", "INC-1", "--summary", "Rolled back", "--cause", "none").output
    assert answer(run("incident", "show", "1", "--json"))["cause_deployment"] == ""
    assert "INC-2 is open." in run("incident", "open", "checkout", "Cards refused", "--severity", "3").output


@pytest.mark.django_db(databases=["default", "samples"], transaction=True)
def test_a_refusal_of_a_command_is_raised_with_its_words(run: Run):
    result = run("incident", "note", "INC-9", "x")
    assert isinstance(result.exception, Refusal)
    assert "There is no incident INC-9" in result.exception.detail
