"""`roadbed goal` and `roadbed digest` against a server that really listens."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer
from typer.testing import CliRunner, Result

from roadbed.cli import client as reach
from roadbed.cli.main import app
from roadbed.ground.api.tests.door import door_of
from roadbed.ground.people import usecases as people
from roadbed.ground.people.rules import ROADBED

Run = Callable[..., Result]
NOW = datetime.now(UTC) - timedelta(days=1)
TEAM, EMAIL = "team-payments", "hanne@kestrel.example"


@pytest.fixture
def run(live_server: LiveServer, db: Any, wired: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    people.create_team(ROADBED, name=TEAM, now=NOW)
    people.invite_person(ROADBED, email=EMAIL, name="Hanne", now=NOW)
    people.join_team(ROADBED, team=TEAM, email=EMAIL, now=NOW)
    monkeypatch.setenv("ROADBED_URL", live_server.url)
    monkeypatch.setenv("ROADBED_TOKEN", door_of(EMAIL, "member").token)
    made: list[reach.Api] = []
    original = reach.api
    for module in ("goals", "digest"):
        monkeypatch.setattr(f"roadbed.cli.{module}.api", lambda: made.append(original()) or made[-1])
    yield lambda *said: CliRunner().invoke(app, [*map(str, said)])
    for one in made:
        one._http.close()


@pytest.mark.django_db(databases=["default", "samples"], transaction=True)
def test_a_goal_is_set_followed_reworded_and_closed_and_the_week_told(run: Run):
    due = (datetime.now(UTC) + timedelta(days=90)).date().isoformat()
    made = run("goal", "set", "frequency", "5", "--team", TEAM, "--due", due, "--reason", "Smaller steps")
    assert "begins with no data: No deployment" in made.output
    assert "change fail rate" in made.output
    (one,) = json.loads(run("goal", "list", "--team", TEAM, "--json").stdout)["items"]
    assert (one["standing"], one["baseline"]) == ("no-data", None)
    assert "No data" in run("goal", "list").output
    assert "Smaller steps" in run("goal", "show", one["uid"]).output
    assert "at least 6.0" in run("goal", "change", one["uid"], "--target", "6", "--why", "Growth").output
    assert "withdrawn" in run("goal", "close", one["uid"], "--note", "Moved", "--withdrawn").output
    assert "toil" in run("goal", "metrics", "--team", TEAM).output
    nobody = run("goal", "set", "frequency", "5", "--due", due, "--reason", "x")
    assert isinstance(nobody.exception, Exception)
    assert "whose" in str(nobody.exception)
    assert "Kept: on, friday 15:00" in run("digest", "set", "on", "--day", "friday", "--hour", "15").output
    assert f"{TEAM}: on" in run("digest", "team", TEAM, "on").output
    assert "It is sent (on)" in run("digest", "show").output
    preview = json.loads(run("digest", "preview", "--json").stdout)
    assert (preview["empty"], preview["parts"][0]["team"]) == (True, TEAM)
    assert TEAM in run("digest", "preview").output
