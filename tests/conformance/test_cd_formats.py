"""Other delivery tools ask the gate in their own formats: Argo Rollouts, Flagger, GitHub Actions, GitLab, plain HTTP.

The shapes are those of the tools' own documentation: Argo's web provider fetches a URL and reads a value by JSONPath;
Flagger posts name, namespace, phase, checksum and metadata, and takes any status but 2xx as "hold".
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client

from roadbed.config.wiring import wire
from roadbed.ground.api.tests.door import Door, door_of
from roadbed.ground.catalog.tests.cast import CHECKOUT
from roadbed.ground.catalog.usecases import register
from roadbed.ground.gates import usecases
from roadbed.ground.gates.rules import ALLOW, DENY, UNKNOWN, Reason
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.people.usecases import create_team

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "ask-the-gate-from-your-cd.md"
FLAGGER: dict[str, Any] = {
    "name": "checkout",
    "namespace": "prod",
    "phase": "Progressing",
    "checksum": "85d557f47b",
    "buildId": "unused",
    "metadata": {"service": "checkout", "kind": "feature", "commit": "4be19c7"},
}


@pytest.fixture
def outcome(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the only gate answers; a test may change it."""
    wire()  # else the first request registers the rooms' own gates over these
    said = [ALLOW]
    monkeypatch.setattr(usecases, "_gates", {"budget": lambda *_: (Reason("budget/1", said[0], "because"),)})
    create_team(ROADBED, name="team-payments", now=NOW)
    text = CHECKOUT.replace("annotations:", "annotations:\n    roadbed.dev/gate-unknown: refuse", 1)
    register(ROADBED, text=text, location="https://git.example/c", now=NOW)
    return said


@pytest.fixture
def door(outcome: list[str]) -> Door:
    assert outcome
    return door_of("ci@kestrel.example", "member", scopes=("gate.ask",))


def value_at(document: object, path: str) -> object:
    """A JSONPath of the simple kind that the guide uses: {$.a.b}."""
    for name in filter(None, path.strip("{}").removeprefix("$").split(".")):
        assert isinstance(document, dict)
        document = document[name]
    return document


def equals(condition: str) -> float:
    """The number of a condition like `result == 1`, the only kind that the guide needs."""
    name, operator, number = condition.split()
    assert (name, operator) == ("result", "==")
    return float(number)


@pytest.mark.parametrize(("said", "verdict"), [(ALLOW, "Successful"), (DENY, "Failed"), (UNKNOWN, "Inconclusive")])
def test_argo_rollouts_reads_a_value_and_comes_to_the_same_answer(
    door: Door, outcome: list[str], said: str, verdict: str
):
    outcome[0] = said
    metric = _argo()
    web = metric["provider"]["web"]
    address = web["url"].replace("{{args.service}}", "checkout").replace("{{args.commit}}", "4be19c7")
    path = re.sub(r"^https?://[^/]+/api/v1", "", address)
    assert web["headers"][0]["key"] == "Authorization"
    answer = door.get(path)
    assert answer.status == 200, answer.body
    result = value_at(answer.body, web["jsonPath"])
    succeeded = result == equals(metric["successCondition"])
    failed = result == equals(metric["failureCondition"])
    found = "Failed" if failed else "Successful" if succeeded else "Inconclusive"
    assert found == verdict


def _argo() -> dict[str, Any]:
    template = next(part for part in _blocks("yaml") if "kind: AnalysisTemplate" in part)
    metric: dict[str, Any] = yaml.safe_load(template)["spec"]["metrics"][0]
    return metric


def test_argos_web_provider_may_post_as_well(door: Door, outcome: list[str]):
    outcome[0] = DENY
    answer = door.post("/gate/check", {"service": "checkout", "kind": "feature", "commit": "4be19c7"})
    assert (answer.status, answer.body["value"], answer.body["outcome"]) == (200, 0.0, "deny")


@pytest.mark.parametrize(("said", "status"), [(ALLOW, 200), (DENY, 403), (UNKNOWN, 403)])
def test_flaggers_webhook_passes_by_200_and_holds_by_403(door: Door, outcome: list[str], said: str, status: int):
    outcome[0] = said
    body = FLAGGER | {"metadata": {**FLAGGER["metadata"], "token": door.token}}
    assert Door().post("/gate/flagger", body).status == status
    assert door.post("/gate/flagger", FLAGGER).status == status


def test_flagger_without_metadata_asks_for_the_canarys_own_name(door: Door):
    bare = {"name": "checkout", "namespace": "prod", "phase": "Initializing"}
    assert door.post("/gate/flagger", bare).body["service"] == "checkout"
    assert door.post("/gate/flagger", bare | {"metadata": None}).status == 200


@pytest.mark.usefixtures("outcome")
def test_flagger_is_held_without_a_token_with_a_wrong_one_and_with_one_that_may_more():
    assert Door().post("/gate/flagger", FLAGGER).status == 403
    wrong = FLAGGER | {"metadata": {"token": "rb_guess", "service": "checkout"}}
    assert Door().post("/gate/flagger", wrong).status == 403
    wide = door_of("wide@kestrel.example", "member").token
    answer = Door().post("/gate/flagger", FLAGGER | {"metadata": {"token": wide, "service": "checkout"}})
    assert answer.status == 403
    assert "gate.ask" in answer.body["remedy"]


@pytest.mark.parametrize(
    "body", [{}, [], {"name": ""}, {"name": "ghost"}, FLAGGER | {"metadata": {"service": "checkout", "kind": "whim"}}]
)
def test_what_flagger_cannot_mean_is_never_a_pass(door: Door, body: object):
    assert door.post("/gate/flagger", body).status in {404, 422}


def test_an_answer_needs_a_token(outcome: list[str], client: Client):
    assert outcome
    assert client.get("/api/v1/gate/check?service=checkout").status_code == 401


def test_the_guides_github_step_and_gitlab_job_are_yaml_and_ask_with_the_exit_code():
    steps = [yaml.safe_load(block) for block in _blocks("yaml")]
    github = next(one for one in steps if isinstance(one, dict) and "jobs" in one)
    runs = [step.get("run", "") for job in github["jobs"].values() for step in job["steps"]]
    gitlab = next(one for one in steps if isinstance(one, dict) and "gate" in one)
    for script in ("\n".join(runs), "\n".join(gitlab["gate"]["script"])):
        assert "roadbed gate check" in script
        assert "--on-unreachable" in script


def test_the_guides_flagger_webhook_has_the_fields_that_flagger_knows():
    canary = next(yaml.safe_load(part) for part in _blocks("yaml") if "confirm-rollout" in part)
    (hook,) = canary["spec"]["analysis"]["webhooks"]
    assert hook["type"].startswith("confirm-")
    assert hook["url"].endswith("/api/v1/gate/flagger")
    assert set(hook["metadata"]) <= {"service", "environment", "kind", "commit", "token"}
    assert all(isinstance(value, str) for value in hook["metadata"].values())


def test_the_guides_curl_asks_what_the_api_takes(door: Door):
    script = next(part for part in _blocks("sh") if "curl" in part)
    found = re.search(r"--data '(\{.*?\})'", script, re.DOTALL)
    assert found is not None
    assert door.post("/gate/check", json.loads(found[1])).status == 200


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text(), re.DOTALL)
