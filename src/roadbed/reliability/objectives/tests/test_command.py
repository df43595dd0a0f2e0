"""`roadbed slo` against a real server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer
from typer.testing import CliRunner, Result

from roadbed.cli import client
from roadbed.cli.main import app
from roadbed.ground.errors import Refusal
from roadbed.ground.gates import usecases as gates
from roadbed.ground.gates.rules import Question
from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import caller_of_person
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.people.usecases import create_token, invite_person, join_team
from roadbed.reliability.objectives import usecases
from roadbed.reliability.objectives.tests import peers
from roadbed.reliability.objectives.tests.conftest import NOW, House, slo

pytestmark = pytest.mark.django_db(databases=["default", "samples"], transaction=True)
Run = Callable[..., Result]


@pytest.fixture
def run(house: House, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    invite_person(ROADBED, email="hanne@example.org", name="Hanne Brandt", now=NOW)
    join_team(ROADBED, team="team-payments", email="hanne@example.org", now=NOW)
    hanne = caller_of_person(Person.objects.get(email="hanne@example.org"))
    monkeypatch.setenv("ROADBED_URL", live_server.url)
    monkeypatch.setenv("ROADBED_TOKEN", create_token(hanne, name="test", now=NOW)[1])
    made: list[client.Api] = []
    original = client.api
    for module in ("slo", "exclusions"):
        monkeypatch.setattr(f"roadbed.cli.{module}.api", lambda: made.append(original()) or made[-1])
    yield lambda *words: CliRunner().invoke(app, ["slo", *map(str, words)])
    for one in made:
        one._http.close()


def answer(result: Result) -> Any:
    assert result.exit_code == 0, (result.output, result.exception)
    return json.loads(result.stdout)


def test_apply_list_show_and_remove(house: House, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "slo.yaml"
    file.write_text(slo())
    assert answer(run("apply", "checkout", file, "--json"))["defined"] == ["answered"]
    assert "unchanged" in run("apply", "checkout", file).stdout
    house.deploy()
    house.edge.serve(good=9999, bad=1)
    house.tick()
    (listed,) = answer(run("list", "--json"))
    assert answer(run("list", "--service", "checkout", "--json")) == [listed]
    assert answer(run("list", "--service", "checkout", "--standing", "spent", "--json")) == []
    assert "90%" in run("list").stdout
    gates.ask_and_keep(ROADBED, Question(house.checkout, "checkout", "production", "fix"), now=house.now)
    (decision,) = answer(run("decisions", "checkout/answered", "--json"))["items"]
    assert (decision["kind"], decision["rule"], decision["own"]) == ("fix", "repairs", False)
    assert "error-budget/1: repairs" in run("decisions", "checkout/answered").stdout
    shown = run("show", "checkout/answered").stdout
    assert "90% of the budget is left: 1 bad of 10,000 over 30 days." in shown
    assert "Page, fast (14.4): Quiet" in shown
    assert answer(run("remove", "checkout/answered", "--json")) == {"removed": listed["uid"]}
    assert "No service has objectives" in run("list").stdout
    file.write_text(peers.SLOTH)
    assert answer(run("apply", "checkout", file, "--json"))["defined"] == ["answered"]


def test_a_refusal_names_every_fault_of_the_file(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "slo.yaml"
    file.write_text(slo(target="1", latency=7))
    refused = run("apply", "checkout", file).exception
    assert isinstance(refused, Refusal)
    assert [str(one.place) for one in (refused, *refused.others)] == [f"{file}:17", f"{file}:27"]


def test_a_file_that_was_not_taken_over_is_said(house: House, run: Run) -> None:
    house.repository.files["c1"] = {"slo.yaml": slo(target="1").encode()}
    usecases.read_repository(ROADBED, house.checkout, now=NOW)
    done = run("list", "--service", "checkout")
    assert "slo.yaml was not taken over" in done.stderr
    assert "line 27" in done.stderr


def test_time_is_excluded_listed_and_counts_again(house: House, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "slo.yaml"
    file.write_text(slo())
    run("apply", "checkout", file)
    times = ("--from", "2026-11-24T01:00Z", "--until", "2026-11-24T03:00Z", "--rrule", "FREQ=WEEKLY;BYDAY=TU")
    looked = run("exclusion", "add", "checkout", *times, "--reason", "Patches", "--preview").stdout
    assert "Nothing was changed" in looked
    assert "within a year" in looked
    assert "All time counts" in run("exclusion", "list", "checkout").stdout
    made = answer(run("exclusion", "add", "checkout", *times, "--reason", "Patches", "--json"))
    assert "Patches" in run("exclusion", "list", "checkout").stdout
    assert answer(run("exclusion", "list", "checkout", "--json"))["items"][0]["uid"] == made["uid"]
    assert "counts again" in run("exclusion", "remove", made["uid"]).stdout
    assert "All time counts" in run("exclusion", "list", "checkout").stdout
