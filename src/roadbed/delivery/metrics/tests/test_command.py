"""`roadbed metrics` against a real server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer
from typer.testing import CliRunner, Result

from roadbed.cli import client
from roadbed.cli.main import app
from roadbed.delivery.metrics.tests.conftest import House
from roadbed.delivery.metrics.tests.test_api_and_pages import loop
from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import caller_of_person
from roadbed.ground.people.usecases import create_token

pytestmark = pytest.mark.django_db(databases=["default", "samples"], transaction=True)
Run = Callable[..., Result]


@pytest.fixture
def run(house: House, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    hanne = Person.objects.create(email="hanne@example.org", name="Hanne Brandt", created_at=timezone.now())
    monkeypatch.setenv("ROADBED_URL", live_server.url)
    token = create_token(caller_of_person(hanne), name="test", now=timezone.now())[1]
    monkeypatch.setenv("ROADBED_TOKEN", token)
    made: list[client.Api] = []
    original = client.api
    monkeypatch.setattr("roadbed.cli.metrics.api", lambda: made.append(original()) or made[-1])
    yield lambda *words: CliRunner().invoke(app, ["metrics", *words])
    for one in made:
        one._http.close()


def test_the_five_are_shown_with_what_they_rest_on(house: House, run: Run) -> None:
    loop(house)
    shown = run("show", "--service", "checkout")
    assert shown.exit_code == 0, shown.output
    assert "25.0%" in shown.stdout
    assert "1 of 4" in shown.stdout
    assert "No deployment was ever told of tracking." in run("show").stdout
    told = json.loads(run("show", "--service", "checkout", "--json").stdout)
    assert told["recovery"]["n"] == 1


def test_no_data_is_said(run: Run) -> None:
    assert run("show").stdout.count("No data") >= 6


def test_the_rows_behind_a_figure_are_shown(house: House, run: Run) -> None:
    loop(house)
    assert "caused INC-3" in run("rows", "fail_rate").stdout
    assert [row["uid"] for row in json.loads(run("rows", "recovery", "--json").stdout)] == ["d2"]
    assert "so it has no data" in run("rows", "recovery", "--service", "tracking").stdout
