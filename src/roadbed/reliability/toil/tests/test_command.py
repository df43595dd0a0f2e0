"""`roadbed toil` and the server's part of `roadbed oncall`, against a server that really listens."""

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
EMAIL = "hanne@kestrel.example"


@pytest.fixture
def run(live_server: LiveServer, db: Any, wired: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    people.create_team(ROADBED, name="team-payments", now=NOW)
    people.invite_person(ROADBED, email=EMAIL, name="Hanne", now=NOW)
    people.join_team(ROADBED, team="team-payments", email=EMAIL, now=NOW)
    monkeypatch.setenv("ROADBED_URL", live_server.url)
    monkeypatch.setenv("ROADBED_TOKEN", door_of(EMAIL, "member").token)
    made: list[reach.Api] = []
    original = reach.api
    for module in ("toil", "shifting", "oncall"):
        monkeypatch.setattr(f"roadbed.cli.{module}.api", lambda: made.append(original()) or made[-1])
    yield lambda *said, **more: CliRunner().invoke(app, [*map(str, said)], **more)
    for one in made:
        one._http.close()


@pytest.mark.django_db(databases=["default", "samples"], transaction=True)
def test_toil_is_logged_in_one_line_and_a_schedule_applied_and_covered(run: Run):
    for _ in range(3):
        assert "Logged." in run("toil", "log", "15m", "certificates").output
    assert "0.8 h" in run("toil", "show").output
    found = json.loads(run("toil", "tasks", "--json").stdout)["candidates"]
    assert [(one["what"], one["samples"]) for one in found] == [("certificates", 3)]
    uid = found[0]["uid"]
    assert run("toil", "estimate", uid, "--build", "1-2").exit_code == 0
    assert "Hanne automates" in run("toil", "plan", uid, "--owner", EMAIL).output
    assert "It is in use" in run("toil", "finish", uid, "--built", "1.5").output
    entry = json.loads(run("toil", "list", "--json").stdout)[0]["uid"]
    assert "left out" in run("toil", "leave-out", entry, "--reason", "a drill").output
    told = ("toil", "request", "20m", "unlock", "--reference", "OPS-7", "--json")
    assert json.loads(run(*told).stdout) == json.loads(run(*told).stdout)
    assert "team-payments" in run("toil", "quarters", "--many", "1").output
    document = f"layers:\n  - starts: 2026-01-05\n    people: [{EMAIL}]\n"
    assert "version 1" in run("oncall", "apply", "team-payments", "-", input=document).output
    assert "Hanne" in run("oncall", "shifts", "team-payments").output
    assert "by its schedule" in run("oncall", "show", "team-payments").output
    assert run("oncall", "gaps").exit_code == 1
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    later = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    span = ("--from", soon, "--to", later)
    cover = json.loads(run("oncall", "cover", "team-payments", EMAIL, *span, "--json").stdout)["uid"]
    assert cover in run("oncall", "covers", "team-payments", "--json").output
    assert "taken back" in run("oncall", "uncover", cover).output
    leave = json.loads(run("oncall", "leave", "add", *span, "--json").stdout)["uid"]
    assert leave in run("oncall", "leave", "list", "--json").output
    assert "leave-clash" in run("oncall", "gaps", "team-payments", "--json").output
    assert "taken back" in run("oncall", "leave", "remove", leave).output
    assert run("oncall", "end", "team-payments").exit_code == 0
