"""The API of releases, and the command line on top of it, against a real server."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer
from typer.testing import CliRunner, Result

from roadbed.ground.gates import usecases as gates
from roadbed.ground.gates.rules import DENY, Reason
from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import caller_of_person
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.people.usecases import create_token, invite_person, join_team
from roadbed.ground.ports.runtime import RuntimeFailure
from roadbed.platform.releases.tests.stage import CHECKOUT, NOW, Stage

pytestmark = pytest.mark.django_db(databases=["default", "samples"], transaction=True)
Run = Callable[..., Result]


@pytest.fixture
def token(stage: Stage) -> str:
    invite_person(ROADBED, email="hanne@example.org", name="Hanne Brandt", now=NOW)
    join_team(ROADBED, team="team-payments", email="hanne@example.org", now=NOW)
    hanne = caller_of_person(Person.objects.get(email="hanne@example.org"))
    return create_token(hanne, name="test", now=stage.clock())[1]


@pytest.fixture
def run(stage: Stage, token: str, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`roadbed …` with the worker at work whenever the command waits."""
    from roadbed.cli import client, following, releases
    from roadbed.cli.main import app

    monkeypatch.setenv("ROADBED_URL", live_server.url)
    monkeypatch.setenv("ROADBED_TOKEN", token)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    for module in (following, releases):
        monkeypatch.setattr(module.time, "sleep", lambda _: stage.work())
    made: list[client.Api] = []
    original = client.api
    monkeypatch.setattr(client, "api", lambda: made.append(original()) or made[-1])

    def invoke(*arguments: str) -> Result:
        try:
            return CliRunner().invoke(app, list(arguments), catch_exceptions=False)
        finally:
            while made:
                made.pop()._http.close()

    return invoke


def answer(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_deploy_follows_until_it_is_live(stage: Stage, run: Run):
    done = run("deploy", "checkout")
    assert done.exit_code == 0
    assert "checkout v1" in done.stdout
    assert "is live at http://checkout.localhost:8080/" in done.stdout
    assert "build: $ make" in done.stderr
    assert answer(run("deploy", "--json", "checkout", "--ref", "main"))["version"] == "v2"
    assert answer(run("deploy", "checkout", "--commit", stage.code.branches["main"], "--json"))["version"] == "v3"


def test_a_failed_deployment_exits_1_with_the_last_lines(stage: Stage, run: Run):
    run("deploy", "checkout")

    def fail() -> None:
        raise RuntimeFailure("ready", "v2 ended before it was ready", log=("cannot find the till",))

    stage.runtime.at["start"] = fail
    done = run("deploy", "checkout")
    assert done.exit_code == 1
    assert "cannot find the till" in done.stderr
    assert "v1 still serves" in done.stderr


def test_a_denial_exits_10_with_the_reason_and_what_clears_it(run: Run, monkeypatch: pytest.MonkeyPatch):
    no = Reason(rule="budget/1", outcome=DENY, text="The budget is spent.", clears="It refills on 3 December.")
    monkeypatch.setattr(gates, "_gates", {"budget": lambda _question, _now: (no,)})
    done = run("deploy", "checkout")
    assert done.exit_code == 10
    assert "The budget is spent." in done.stderr
    assert "It refills on 3 December." in done.stderr
    assert json.loads(run("deploy", "checkout", "--json").stdout)["exit_code"] == 10


def test_roll_back_look_and_stop(stage: Stage, run: Run):
    run("deploy", "checkout")
    stage.code.commit("Break the till")
    run("deploy", "checkout")
    assert "takes out: 1 commit\n" in run("rollback", "checkout", "--preview").stdout
    assert "is back on v1" in run("rollback", "checkout", "--reason", "cards").stdout
    listed = answer(run("releases", "checkout", "--json"))["items"]
    assert [(one["version"], one["serving"]) for one in listed] == [("v2", False), ("v1", True)]
    assert "checkout listens" in run("logs", "checkout").stdout
    shown = answer(run("status", "checkout", "--json"))
    assert (shown["workloads"][0]["version"], shown["newest"][0]["verb"]) == ("v1", "rollback")
    assert "unknown" in run("status", "checkout").stdout
    assert "is stopped" in run("stop", "checkout").stdout


def test_reports_are_taken_once(stage: Stage, run: Run):
    stage.register(CHECKOUT.replace("roadbed.dev/build: make", "roadbed.dev/deployed-by: external"))
    command = ("deploy", "report", "checkout", "--commit", "a" * 40, "--outcome", "success", "--source", "argo-cd",
               "--id", "7", "--started-at", "2026-11-23T08:00:00Z")  # fmt: skip
    assert "is recorded" in run(*command).stdout
    assert "on record already" in run(*command).stdout


def test_a_rollback_without_a_server_names_the_local_one(run: Run, monkeypatch: pytest.MonkeyPatch):
    from roadbed.cli.client import Unreachable

    monkeypatch.setenv("ROADBED_URL", "http://127.0.0.1:9")
    with pytest.raises(Unreachable) as gone:
        run("rollback", "checkout")
    assert "roadbed rollback checkout --local" in gone.value.remedy


def test_a_local_rollback_is_a_process_of_the_runtime_alone(run: Run, monkeypatch: pytest.MonkeyPatch):
    seen: list[list[str]] = []

    def record(arguments: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        seen.append(arguments[1:])
        return subprocess.CompletedProcess(arguments, 0)

    monkeypatch.setattr(subprocess, "run", record)
    assert run("rollback", "checkout", "--local", "--data", "/srv/rb", "--to", "v3", "-e", "staging").exit_code == 0
    assert seen == [
        ["-m", "roadbed.adapters.local_runtime", "rollback", "checkout-staging", "--data", "/srv/rb", "--to", "3"]
    ]


@pytest.mark.parametrize(
    ("ask", "body", "answer_is"),
    [
        ("post /services/nobody/deployments", {}, (404, "not-found")),
        ("post /services/checkout/deployments", {"environment": "UP"}, (422, "invalid")),
        ("post /services/checkout/rollback", {}, (409, "conflict")),
        ("post /services/checkout/deployment-reports", {"commit": "x", "outcome": "success"}, (422, "invalid")),
        ("get /deployments/nothing", None, (404, "not-found")),
        ("get /services/checkout/logs?lines=0", None, (422, "invalid")),
        ("get /services/checkout/logs", None, (404, "not-found")),
    ],
)
def test_refusals_are_problem_documents(client: Any, token: str, ask: str, body: Any, answer_is: tuple[int, str]):
    method, path = ask.split()
    headers = {"Authorization": f"Bearer {token}"}
    more = {"data": body, "content_type": "application/json"} if body is not None else {}
    refused = getattr(client, method)(f"/api/v1{path}", headers=headers, **more)
    assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == answer_is


def test_without_a_token_nothing_is_answered(client: Any, stage: Stage):
    assert client.get("/api/v1/services/checkout/status").status_code == 401
    assert client.post("/api/v1/services/checkout/rollback", {}, content_type="application/json").status_code == 401


def test_the_same_key_deploys_once(client: Any, token: str, stage: Stage):
    def ask() -> Any:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "run-7"}
        return client.post(
            "/api/v1/services/checkout/deployments", {}, content_type="application/json", headers=headers
        )

    first, again = ask(), ask()
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["uid"] == again.json()["uid"]


HOSTILE = ["\x00", "a\x00b", "\ud800", "\u202e", "x" * 5000, "../../etc/passwd", "$(id)", "-x"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_refused_or_taken_and_never_break_the_server(client: Any, token: str, text: str):
    headers = {"Authorization": f"Bearer {token}"}

    def post(path: str, **body: object) -> int:
        answered = client.post(
            f"/api/v1/services/checkout/{path}", json.dumps(body), content_type="application/json", headers=headers
        )
        return int(answered.status_code)

    fields = {
        "deployments": ["ref", "environment", "kind"],
        "rollback": ["to", "environment", "reason"],
        "stop": ["environment"],
        "deployment-reports": [
            "version",
            "environment",
            "source",
            "id",
            "url",
            "kind",
            "outcome",
            "commit",
            "started_at",
        ],
    }
    base = {"deployment-reports": {"commit": "a" * 40, "outcome": "success"}}
    for path, names in fields.items():
        for name in names:
            assert post(path, **(base.get(path, {}) | {name: text})) in (200, 201, 202, 409, 422), (path, name)


def test_a_report_carries_its_commits_and_a_bad_one_is_refused(stage: Stage, client: Any, token: str):
    stage.register(CHECKOUT.replace("roadbed.dev/build: make", "roadbed.dev/deployed-by: external"))
    carried = {"sha": "a" * 40, "subject": "Weigh twice"} | dict.fromkeys(
        ("authored_at", "committed_at"), NOW.isoformat()
    )

    def post(source_id: str, **commit: str) -> int:
        body = {"commit": "a" * 40, "outcome": "success", "id": source_id, "commits": [carried | commit]}
        answered = client.post(
            "/api/v1/services/checkout/deployment-reports",
            json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )
        return int(answered.status_code)

    assert post("1") == 201
    assert post("2", sha="main") == 422
    assert post("3", authored_at="yesterday") == 422
