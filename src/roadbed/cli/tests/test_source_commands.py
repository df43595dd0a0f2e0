"""The commands of sources against a server that really listens, and the past of a real clone."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from django.test.testcases import LiveServerThread
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer
from typer.testing import CliRunner

from roadbed.cli.main import app
from roadbed.delivery.changes.models import Deployed, SeenCommit
from roadbed.delivery.changes.tests.conftest import COMPONENT, settle
from roadbed.ground.catalog import usecases as catalog
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.ground.people.usecases import create_team, create_token, invite_person

pytestmark = pytest.mark.django_db(databases=["default", "samples"], transaction=True)
WHO = {f"GIT_{who}_{what}": "h@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def roadbed(*words: str, code: int = 0, stdin: str = "") -> str:
    result = CliRunner().invoke(app, list(words), catch_exceptions=False, input=stdin)
    assert result.exit_code == code, (words, result.output)
    return result.stdout


@pytest.fixture
def server(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LiveServer:
    assert isinstance(live_server.thread, LiveServerThread)
    mara = invite_person(ROADBED, email="mara@kestrel.example", name="Mara", role="admin", now=timezone.now())
    _, secret = create_token(Caller(uid=mara, name="Mara", role="admin"), name="cli", now=timezone.now())
    monkeypatch.setenv("ROADBED_URL", live_server.url)
    monkeypatch.setenv("ROADBED_TOKEN", secret)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "200")
    create_team(ROADBED, name="team-payments", now=timezone.now())
    text = COMPONENT.format(name="checkout", annotations="")
    catalog.register(ROADBED, text=text, location="/srv/git/checkout.git", path="catalog-info.yaml", now=timezone.now())
    return live_server


def git(folder: Path, *words: str, at: str = "") -> None:
    dates = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at} if at else {}
    subprocess.run(
        ["git", "-C", str(folder), *words], check=True, env={**os.environ, **WHO, **dates}, capture_output=True
    )


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    for number in range(1, 5):
        (folder / f"ä {number}.py").write_text(str(number))
        git(folder, "add", ".")
        git(folder, "commit", "-q", "-m", f"Change {number}", at=f"2026-11-0{number}T09:00:00Z")
        if number in (1, 3):
            git(folder, "tag", "-a", f"v{number}", "-m", "x", at=f"2026-11-0{number}T12:00:00Z")
    return folder


def test_the_past_of_a_clone_is_taken_in_once_and_goes_on_where_it_stopped(server: LiveServer, clone: Path):
    words = ("source", "backfill", "git", str(clone), "--service", "checkout", "--tags", "v*", "--json")
    done = json.loads(roadbed(*words))
    assert (done["sent"], done["deployments"], done["problems"]) == (4, 2, [])
    settle()
    first, second = Deployed.objects.order_by("at")
    assert (first.version, second.version, second.method, second.confidence) == ("v1", "v3", "git", 1.0)
    assert [one["subject"] for one in second.commits or ()] == ["Change 3", "Change 2"]
    assert SeenCommit.objects.filter(subject="Change 4").get().paths == ["ä 4.py"]
    git(clone, "commit", "-q", "--allow-empty", "-m", "Change 5", at="2026-11-05T09:00:00Z")
    assert json.loads(roadbed(*words))["sent"] == 1
    assert json.loads(roadbed(*words, "--again"))["sent"] == 5
    settle()
    assert (Deployed.objects.count(), SeenCommit.objects.count()) == (2, 5)
    assert "done" in roadbed("source", "backfill", "list")


def test_doors_by_command(server: LiveServer):
    opened = json.loads(roadbed("source", "add", "github", "acme", "--deploys", "deploy *", "--json"))
    assert opened["secret"]
    roadbed("source", "add", "plain", "scripts", "--secret-stdin", stdin="a-secret-of-their-own\n")
    assert "scripts" in roadbed("source", "list")
    assert opened["secret"] not in roadbed("source", "show", "acme")
    assert json.loads(roadbed("source", "rotate", "acme", "--json"))["secret"] != opened["secret"]
    roadbed("source", "change", "acme", "--environment", "staging")
    roadbed("source", "archive", "acme")
    assert "archived" in roadbed("source", "list")
    roadbed("source", "restore", "acme")
    assert "0" in roadbed("source", "replay", "acme")
    assert "Silent sources" in roadbed("source", "quality")


def test_what_is_no_clone_is_refused_with_its_place(server: LiveServer, tmp_path: Path):
    result = CliRunner().invoke(app, ["source", "backfill", "git", str(tmp_path)])
    assert result.exception is not None
    assert str(tmp_path) in str(result.exception)
