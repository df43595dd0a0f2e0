"""Flags over the API and by the commands, against a server that really listens."""

from __future__ import annotations

import json

import pytest
from pytest_django.live_server_helper import LiveServer
from typer.testing import CliRunner

from roadbed.cli.client import ServerRefused
from roadbed.cli.main import app
from roadbed.delivery.flags.tests.conftest import Clock, token
from roadbed.ground.errors import NotFound, Refusal

pytestmark = pytest.mark.django_db(databases=["default", "samples"], transaction=True)


class Shell:
    """Runs `roadbed flags …` in this process, as typed."""

    def __call__(self, *words: str) -> str:
        result = CliRunner().invoke(app, ["flags", *words], catch_exceptions=False)
        assert result.exit_code == 0, (words, result.output)
        return result.stdout

    def data(self, *words: str) -> object:
        return json.loads(self(*words, "--json"))


@pytest.fixture
def flags(live_server: LiveServer, clock: Clock, checkout: str, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setenv("ROADBED_URL", live_server.url)
    monkeypatch.setenv("ROADBED_TOKEN", token("cli", scopes=None))
    monkeypatch.setenv("COLUMNS", "200")
    return Shell()


def test_a_flag_from_making_to_archiving(flags: Shell, clock: Clock):
    assert "There are no flags" in flags("list")
    assert "is made" in flags("create", "checkout", "eta-v2", "--kind", "percentage", "--description", "Arrival times")
    assert "set to 25% in production" in flags("set", "checkout", "eta-v2", "25%", "--reason", "canary was quiet")
    flags("set", "checkout", "eta-v2", "100%", "-e", "staging", "--reason", "try it")
    assert "production 25%, staging 100%" in flags("list", "checkout")
    (flag,) = flags.data("list")
    assert [(one["environment"], one["share"], one["reason"]) for one in flag["states"]] == [
        ("production", 25.0, "canary was quiet"),
        ("staging", 100.0, "try it"),
    ]
    assert "SPLIT" in flags("evaluate", "checkout", "eta-v2", "--targeting-key", "user-1")
    every = flags.data("evaluate", "checkout", "-t", "user-1", "-e", "staging")
    assert [(one["key"], one["value"]) for one in every["flags"]] == [("eta-v2", True)]
    assert "archived" in flags("archive", "checkout", "eta-v2", "--reason", "settled")
    assert "archived" in flags("list", "checkout", "--archived")
    assert flags.data("list", "checkout") == []


def test_what_stands_against_a_command_is_told_with_its_reason(flags: Shell, clock: Clock):
    flags("create", "checkout", "eta-v2", "--kind", "percentage")
    refusals = (
        (("create", "checkout", "eta-v2"), ServerRefused, "already"),
        (("create", "nope", "eta-v2"), ServerRefused, "no service nope"),
        (("set", "checkout", "nope", "on", "-r", "x"), ServerRefused, "no flag nope"),
        (("set", "checkout", "eta-v2", "200%", "-r", "x"), ServerRefused, "nothing that a flag can be set to"),
        (("set", "checkout", "eta-v2", "on", "-r", " "), ServerRefused, "needs a reason"),
        (("set", "checkout", "eta-v2", "on", "-r", "x", "-e", "A B"), ServerRefused, "not an environment"),
        (("evaluate", "checkout", "nope"), NotFound, "was not found in checkout"),
        (("evaluate", "nope"), Refusal, "no service nope"),
    )
    for words, kind, said in refusals:
        with pytest.raises(kind, match=said):
            flags(*words)
    flags("set", "checkout", "eta-v2", "25%", "-r", "x", "--expected", "default")
    with pytest.raises(ServerRefused, match="by now"):
        flags("set", "checkout", "eta-v2", "50%", "-r", "x", "--expected", "default")
    clock.at += 1
    with pytest.raises(Refusal, match="targetingKey says for whom"):
        flags("evaluate", "checkout", "eta-v2")


def test_a_share_without_a_targeting_key_has_no_data_in_the_list(flags: Shell, clock: Clock):
    flags("create", "checkout", "eta-v2", "--kind", "percentage")
    assert "the code's default" in flags("evaluate", "checkout")
    flags("set", "checkout", "eta-v2", "25%", "-r", "x")
    clock.at += 1
    shown = flags("evaluate", "checkout")
    assert "No data" in shown
    assert "TARGETING_KEY_MISSING" in shown
