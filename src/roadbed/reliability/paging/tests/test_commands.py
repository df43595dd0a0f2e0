"""Requests for shifts, pages by hand, sheets for pay, silences and the master key, from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer
from typer.testing import CliRunner, Result

from roadbed.cli import client
from roadbed.cli.main import app
from roadbed.ground.api.tests.door import door_of
from roadbed.ground.errors import Refusal
from roadbed.reliability.paging.tests.conftest import House

Run = Callable[..., Result]
TEAM, INES = "team-payments", "ines@kestrel.example"
pytestmark = pytest.mark.django_db(databases=["default", "samples"], transaction=True)


@pytest.fixture
def run(live_server: LiveServer, house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    house.now = timezone.now().replace(microsecond=0)
    house.rotate("hanne", "ines")
    made: list[client.Api] = []
    original = client.api
    for module in ("oncall", "shift_requests", "snoozing", "escalations", "on_call_load", "silences"):
        monkeypatch.setattr(f"roadbed.cli.{module}.api", lambda: made.append(original()) or made[-1])
    monkeypatch.setattr("roadbed.cli.secrets.client.api", lambda: made.append(original()) or made[-1])
    tokens = {name: door_of(f"{name}@kestrel.example", "member").token for name in ("hanne", "ines")}
    tokens["mara"] = door_of("mara@kestrel.example", "admin").token
    monkeypatch.setenv("ROADBED_URL", live_server.url)

    def doing(who: str, *said: object) -> Result:
        monkeypatch.setenv("ROADBED_TOKEN", tokens[who])
        return CliRunner().invoke(app, [str(word) for word in said])

    yield doing
    for one in made:
        one._http.close()


def answer(result: Result) -> Any:
    assert result.exit_code == 0, (result.output, result.exception)
    return json.loads(result.stdout)


def test_ask_accept_page_hand_on_and_pay(house: House, run: Run):
    start = house.now + timedelta(hours=2)
    span = ("--from", start.isoformat(), "--to", (start + timedelta(hours=1)).isoformat())
    uid = answer(run("hanne", "oncall", "ask", TEAM, *span, "--of", INES, "--note", "a wedding", "--json"))["uid"]
    assert [one["uid"] for one in answer(run("ines", "oncall", "requests", "--json"))] == [uid]
    assert "open" in run("ines", "oncall", "requests").output
    refused = run("hanne", "oncall", "accept", uid)
    assert isinstance(refused.exception, Refusal)
    assert answer(run("ines", "oncall", "accept", uid, "--json"))["taken_by"] == "Ines Carvalho"
    assert run("ines", "oncall", "requests", TEAM).output.strip() == "No request waits."
    assert [one["state"] for one in answer(run("ines", "oncall", "requests", "--all", "--json"))] == ["accepted"]
    page = answer(run("ines", "page", "send", "checkout", "Refunds hang", "--severity", "1", "--json"))["uid"]
    assert "Handed on" in run("ines", "page", "escalate", page, "--reason", "not mine").output
    assert "snoozed until" in run("ines", "page", "snooze", page, "--for", "30m").output
    assert isinstance(run("ines", "page", "snooze", page).exception, Refusal)
    assert [one["snoozed_by"] for one in answer(run("ines", "page", "list", "--json"))] == ["Ines Carvalho"]
    assert "Ines Carvalho snoozed it until" in run("ines", "page", "show", page).output
    days = ("--from", "2026-01-01", "--to", "2026-02-01")
    assert answer(run("mara", "oncall", "pay", TEAM, *days, "--json"))["standby_nobody"] is None
    assert "standby_seconds" in run("mara", "oncall", "pay", TEAM, *days, "--csv").output
    assert "values are sealed to the new key" in run("mara", "secrets", "rotate-key").output
    assert answer(run("mara", "secrets", "key", "--json"))["former"] == 1
    assert run("mara", "secrets", "forget-keys").exit_code == 0
    assert isinstance(run("hanne", "secrets", "rotate-key").exception, Refusal)


def test_a_teams_own_steps_applied_tried_looked_through_and_taken_away(house: House, run: Run, tmp_path: Path):
    file = tmp_path / "escalation.yaml"
    file.write_text("steps: [{page: on-call, wait: 10 min}, {page: ines@kestrel.example}]\n")
    escalation = ("oncall", "escalation")
    assert answer(run("hanne", *escalation, "apply", TEAM, file, "--json"))["version"] == 1
    rows = answer(run("hanne", *escalation, "preview", "--team", TEAM, "--json"))
    assert [one["unreachable"] for one in rows[:2]] == [["Hanne Brandt"], ["Ines Carvalho"]]
    assert "on-call, wait" in run("hanne", *escalation, "show", TEAM).output
    found = run("hanne", *escalation, "lint", "--team", TEAM, "--json")
    assert found.exit_code == 1
    assert {one["rule"] for one in json.loads(found.stdout)} == {"no-verified-channel"}
    assert run("hanne", *escalation, "end", TEAM).exit_code == 0
    assert answer(run("hanne", *escalation, "show", TEAM, "--json"))["version"] == 0
