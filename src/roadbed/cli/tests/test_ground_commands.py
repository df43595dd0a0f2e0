"""The commands of catalogue, people, ledger, jobs and gates against a server that really listens."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test.testcases import LiveServerThread
from pytest_django.live_server_helper import LiveServer
from typer.testing import CliRunner

from roadbed.adapters.local_git import LocalGit
from roadbed.cli.client import ServerRefused, Unreachable
from roadbed.cli.main import app
from roadbed.ground.gates import usecases as gates
from roadbed.ground.gates.rules import Reason
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.ground.people.usecases import create_token, invite_person
from roadbed.ground.ports import board

pytestmark = pytest.mark.django_db(databases=["default", "samples"], transaction=True)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WHO = {f"GIT_{who}_{what}": "h@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
CHECKOUT = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: checkout, tags: [python]}
spec: {type: service, lifecycle: production, owner: team-payments, dependsOn: [resource:db]}
"""
TERMS = ["--team", "team-sre", "--review", "done", "--objective", "99.9%", "--hand-back", "spent twice"]


class Shell:
    """Runs `roadbed …` in this process, as typed."""

    def __init__(self) -> None:
        self.runner = CliRunner()

    def __call__(self, *words: str) -> str:
        result = self.runner.invoke(app, list(words), catch_exceptions=False)
        assert result.exit_code == 0, (words, result.output)
        return result.stdout

    def data(self, *words: str) -> object:
        return json.loads(self(*words, "--json"))

    def code(self, *words: str) -> int:
        return self.runner.invoke(app, list(words), catch_exceptions=False).exit_code


@pytest.fixture
def roadbed(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    assert isinstance(live_server.thread, LiveServerThread)
    board.provide("code_host", lambda: LocalGit(tmp_path / "repositories"))
    mara = invite_person(ROADBED, email="mara@kestrel.example", name="Mara", role="admin", now=NOW)
    _, secret = create_token(Caller(uid=mara, name="Mara", role="admin"), name="cli", now=NOW)
    monkeypatch.setenv("ROADBED_URL", live_server.url)
    monkeypatch.setenv("ROADBED_TOKEN", secret)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "200")
    return Shell()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "catalog-info.yaml").write_text(CHECKOUT)
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "First"]):
        subprocess.run(["git", "-C", str(folder), *words], check=True, env={**os.environ, **WHO})
    return folder


@pytest.fixture
def checkout(roadbed: Shell, repository: Path) -> str:
    roadbed("team", "create", "team-payments")
    roadbed("catalog", "add", str(repository))
    return "checkout"


def test_a_service_is_added_listed_shown_refreshed_and_removed(roadbed: Shell, checkout: str, repository: Path):
    assert "team-payments" in roadbed("catalog", "list", "--kind", "Component", "--tag", "python", "-q", "check")
    shown = roadbed("catalog", "show", checkout)
    assert "resource:default/db (not registered)" in shown
    assert "nothing changed" in roadbed("catalog", "refresh", str(repository))
    assert "without a fault" in roadbed("catalog", "errors")
    (repository / "catalog-info.yaml").write_text(CHECKOUT.replace("name: checkout", "name: no good"))
    env = {**os.environ, **WHO}
    subprocess.run(["git", "-C", str(repository), "commit", "-qam", "Break"], check=True, env=env)
    assert roadbed.code("catalog", "refresh", str(repository)) == 1
    assert "catalog-info.yaml:3" in roadbed("catalog", "errors")
    assert "Removed component:default/checkout" in roadbed("catalog", "remove", checkout)
    assert roadbed.data("catalog", "list") == []


def test_a_team_is_archived_when_it_owns_nothing_any_more(roadbed: Shell, checkout: str):
    with pytest.raises(ServerRefused, match="still answers for checkout"):
        roadbed("team", "archive", "team-payments")
    roadbed("catalog", "remove", checkout)
    assert "team-payments is archived" in roadbed("team", "archive", "team-payments")
    assert "team-payments" not in roadbed("team", "list")


def test_validate_needs_no_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ROADBED_URL", "http://127.0.0.1:1")
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(CHECKOUT)
    bad.write_text(CHECKOUT.replace("type: service", "type: 5").replace("[python]", "[Python]"))
    shell = Shell()
    assert "Valid: 1 in 1 file" in shell("catalog", "validate", str(good))
    result = shell.runner.invoke(app, ["catalog", "validate", str(good), str(bad), "--json"])
    document = json.loads(result.stdout)
    assert (result.exit_code, document["valid"]) == (1, False)
    assert [error["field"] for error in document["files"][1]["errors"]] == ["metadata.tags[0]", "spec.type"]
    assert shell.code("catalog", "validate", str(bad)) == 1
    assert shell.code("catalog", "validate", str(tmp_path / "none.yaml")) == 1


def test_validate_looks_for_what_placeholders_name(repository: Path):
    api = "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: pay}\n"
    spec = "spec: {type: openapi, lifecycle: x, owner: team-a, definition: {$text: ./docs/openapi.yaml}}\n"
    (repository / "catalog-info.yaml").write_text(api + spec)
    assert Shell().code("catalog", "validate", str(repository / "catalog-info.yaml")) == 1
    (repository / "docs").mkdir()
    (repository / "docs" / "openapi.yaml").write_text("openapi: 3.1.0\n")
    assert Shell().code("catalog", "validate", str(repository / "catalog-info.yaml")) == 0


def test_teams_people_and_tokens(roadbed: Shell, monkeypatch: pytest.MonkeyPatch):
    roadbed("team", "create", "team-payments", "--layer", "product", "--customers", "shops")
    roadbed("team", "charter", "team-payments", "--measured-on", "lead time")
    invited = roadbed.data("person", "invite", "hanne@kestrel.example", "--name", "Hanne Brandt")
    assert isinstance(invited, dict)
    assert "/sign-in/" in invited["url"]
    roadbed("team", "add-member", "team-payments", "hanne@kestrel.example", "--lead")
    shown = roadbed("team", "show", "team-payments")
    for words in ("product", "shops", "lead time", "Hanne Brandt <hanne@kestrel.example>, lead"):
        assert words in shown
    roadbed("team", "remove-member", "team-payments", "hanne@kestrel.example")
    assert "hanne@kestrel.example" in roadbed("person", "list")
    made = roadbed.data("token", "create", "ci", "--scope", "read", "--days", "30")
    assert isinstance(made, dict)
    assert "read" in roadbed("token", "list")
    monkeypatch.setenv("ROADBED_TOKEN", made["secret"])
    with pytest.raises(ServerRefused, match="scope"):
        roadbed("team", "create", "team-x")
    assert "team-payments" in roadbed("team", "list")


def test_an_engagement(roadbed: Shell, checkout: str):
    roadbed("team", "create", "team-sre", "--layer", "reliability")
    assert "from 2026-11-01" in roadbed("engagement", "start", checkout, *TERMS, "--from", "2026-11-01")
    assert "open" in roadbed("engagement", "list", checkout)
    assert "ends on 2026-11-20" in roadbed("engagement", "end", checkout, "--reason", "met", "--on", "2026-11-20")
    assert "2026-11-20" in roadbed("engagement", "list")


def test_the_ledger_and_jobs_are_shown(roadbed: Shell, checkout: str):
    assert "catalog.entity.registered" in roadbed("ledger", "facts")
    assert "empty" in roadbed("ledger", "inbox")
    assert isinstance(roadbed.data("ledger", "projections"), list)
    assert "no job" in roadbed("jobs", "list", "--state", "failed")
    for words in (["ledger", "rebuild", "ghost"], ["ledger", "replay", "ghost"], ["jobs", "retry", "ghost"]):
        with pytest.raises(ServerRefused):
            roadbed(*words)


@pytest.mark.parametrize(
    ("outcome", "kind", "code"),
    [("allow", "feature", 0), ("warn", "feature", 0), ("deny", "feature", 10), ("deny", "rollback", 0)],
)
@pytest.mark.usefixtures("checkout")
def test_the_gates_answer_is_the_exit_code(
    roadbed: Shell, monkeypatch: pytest.MonkeyPatch, outcome: str, kind: str, code: int
):
    reason = Reason(rule="budget/1", outcome=outcome, text="The budget is spent.", clears="Back on 3 December.")
    monkeypatch.setattr(gates, "_gates", {"budget": lambda *_: (reason,)})
    assert roadbed.code("gate", "check", "checkout", "--kind", kind) == code
    result = roadbed.runner.invoke(app, ["gate", "check", "checkout", "--kind", kind])
    assert "The budget is spent. (budget/1)" in result.stdout
    assert result.stdout.startswith("Yes." if code == 0 else "No.")


def test_an_unreachable_gate_is_what_one_says_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("ROADBED_URL", "http://127.0.0.1:1")
    shell = Shell()
    assert shell.code("gate", "check", "checkout") == 12
    assert shell.code("gate", "check", "checkout", "--on-unreachable", "deny") == 12
    assert shell.code("gate", "check", "checkout", "--on-unreachable", "allow") == 0
    with pytest.raises(Unreachable):
        shell("team", "list")
