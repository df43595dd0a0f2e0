"""The diagnostic over HTTP and by command: the same report, rounds by whoever may ask, faults that name a field."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from roadbed.cli import diagnostic as command
from roadbed.cli.main import app
from roadbed.ground.api.tests.door import Door, door_of
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.people.usecases import create_team
from roadbed.organization.diagnostic.tests.test_pages import NOW, handed_in

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


@pytest.fixture
def door() -> Door:
    create_team(ROADBED, name="tracking", title="Tracking", now=NOW)
    return door_of("mara@kestrel.example", role="member", teams=("tracking",))


def test_answers_are_scored_and_nothing_is_kept(door: Door):
    told = door.post("/diagnostic/score", {"answers": {"1": 5, "q2": "daily", "recovery_time": 5, "hands_off": 80},
                                           "about": {"engineers": 74}})  # fmt: skip
    assert told.status == 200, told.body
    assert told.body["dimensions"][0]["score"] == 8.0
    assert told.body["advice"]["stage"]["rule"] == "stage.40-80"
    assert door.get("/diagnostic/questions").body["items"][14]["options"][0]["key"] == "over-50"


@pytest.mark.parametrize(
    ("body", "field"),
    [({"answers": {"toil": 9}}, "answers.toil"), ({"answers": {"21": 1}}, "answers.21"),
     ({"answers": {"1": 1, "lead_time": 1}}, "answers.lead_time"),
     ({"answers": {}, "about": {"engineers": "many"}}, "about.engineers")],
)  # fmt: skip
def test_a_fault_names_its_field(door: Door, body: object, field: str):
    refused = door.post("/diagnostic/score", body)
    assert (refused.status, refused.body["field"]) == (422, field)


def test_a_round_is_opened_answered_and_told_by_command_too(door: Door, monkeypatch: pytest.MonkeyPatch):
    assert door.post("/diagnostic/rounds", {}).status == 403, "everybody is asked by an admin"
    opened = door.post("/diagnostic/rounds", {"team": "tracking", "people": 5})
    assert (opened.status, opened.body["members"]) == (201, 5)
    secret = opened.body["link"].rsplit("/", 1)[1]
    for _ in range(5):
        handed_in(secret, budget_policy="nothing")
    shown = door.get(f"/diagnostic/rounds/{opened.body['uid']}").body
    assert (shown["round"]["out"], shown["report"]["weakest"]["name"]) == (5, "SRE")

    class Api:
        def get(self, path: str) -> object:
            return door.get(path).body

        def post(self, path: str, body: object = None) -> object:
            return door.post(path, body).body

    monkeypatch.setattr(command, "api", Api)
    out = CliRunner().invoke(app, ["diagnostic", "show", opened.body["uid"]]).stdout
    assert "The weakest side is SRE." in out
    assert "first.budget-policy" in out
    assert "5 of 5" in CliRunner().invoke(app, ["diagnostic", "list"]).stdout
    again = json.loads(CliRunner().invoke(app, ["diagnostic", "open", "--team", "tracking", "--json"]).stdout)
    assert "/diagnostic/for/" in again["link"]
    assert "Closed" in CliRunner().invoke(app, ["diagnostic", "close", again["uid"]]).stdout
    assert door.post(f"/diagnostic/rounds/{opened.body['uid']}/close").status == 409
