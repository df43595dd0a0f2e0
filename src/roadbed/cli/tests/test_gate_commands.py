"""The commands of the gate and of freezes against a server that listens, and what a checkout tells of a change."""

from __future__ import annotations

import os
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from roadbed.cli import journal
from roadbed.cli.changelog import change_since
from roadbed.cli.client import ServerRefused, Unreachable
from roadbed.cli.main import app
from roadbed.cli.tests.test_ground_commands import CHECKOUT, Shell, roadbed
from roadbed.config.wiring import wire
from roadbed.ground.catalog.usecases import register
from roadbed.ground.errors import Invalid
from roadbed.ground.gates import usecases as gates
from roadbed.ground.gates.rules import DENY, Question, Reason
from roadbed.ground.ledger.models import Fact
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.people.usecases import create_team

__all__ = ["roadbed"]
pytestmark = pytest.mark.django_db(databases=["default", "samples"], transaction=True)
SHA = "4be19c7d" + "0" * 32


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a commit that serves and one that would go out."""
    monkeypatch.chdir(tmp_path)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Mara")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "mara@example.org")
    git("init", "-q")
    commit("Serve", "app.py")
    git("tag", "serving")
    commit("Retry the printer\n\nIt hung on Monday.", "retry.py")
    return tmp_path


def git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True, capture_output=True)


def commit(message: str, name: str) -> None:
    Path(name).write_text(message)
    git("add", name)
    git("commit", "-q", "-m", message)


@pytest.mark.usefixtures("checkout")
def test_a_checkout_tells_its_commits_and_files_since_what_serves():
    told = change_since("serving")
    assert told["changes"] == [{"title": "Retry the printer", "body": "It hung on Monday."}]
    assert told["paths"] == ["retry.py"]
    assert len(told["commit"]) == 40


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize("base", ["ghost", "--output=x", "0" * 40])
def test_a_base_that_the_checkout_does_not_have_is_refused_with_a_remedy(base: str):
    with pytest.raises(Invalid) as caught:
        change_since(base)
    assert caught.value.place.field == "--since"
    assert not Path("x").exists()


@pytest.fixture
def service() -> str:
    wire()
    create_team(ROADBED, name="team-payments", now=timezone.now())
    register(ROADBED, text=CHECKOUT, location="https://git.example/c", now=timezone.now())
    return "checkout"


def test_a_refusal_is_listed_shown_disputed_and_overridden(
    roadbed: Shell, service: str, monkeypatch: pytest.MonkeyPatch
):
    def held(question: Question, now: datetime) -> tuple[Reason, ...]:
        return (Reason("budget/1", DENY, f"{question.kind} waits at {now:%H}."),)

    monkeypatch.setattr(gates, "_gates", {"budget": held})
    words = ("gate", "check", service, "--commit", SHA, "--kind", "fix", "--title", "Let drivers choose a locker")
    assert roadbed.code(*words) == 10
    (row,) = roadbed.data("gate", "list")["items"]
    assert (row["kind"], row["declared_kind"]) == ("feature", "fix")
    shown = roadbed("gate", "show", row["uid"])
    assert "Declared fix, but it reads as feature" in shown
    with pytest.raises(ServerRefused, match="You declared it yourself"):
        roadbed("gate", "confirm", service, "--commit", SHA, "--kind", "fix")
    with pytest.raises(ServerRefused, match="characters"):
        roadbed("gate", "override", service, "--commit", SHA, "--reason", "now")
    roadbed("gate", "override", service, "--commit", SHA[:8], "--reason", "Carrier changed its API at noon")
    assert roadbed.code(*words) == 0
    assert "Carrier changed its API" in roadbed("gate", "overrides", service)
    assert "overridden" in roadbed("gate", "list", service)


def test_a_freeze_is_declared_refuses_and_is_lifted(roadbed: Shell, service: str):
    until = (timezone.now() + timedelta(hours=2)).isoformat()
    with pytest.raises(Invalid, match="Say what is frozen"):
        roadbed("freezes", "declare", "--until", until, "--reason", "Peak")
    made = roadbed.data("freezes", "declare", "--service", service, "--until", until, "--reason", "Peak")
    assert "Peak" in roadbed("freezes", "list")
    assert roadbed.code("gate", "check", service) == 10
    assert "Lifted" in roadbed("freezes", "lift", made["uid"])
    assert "Nothing is frozen" in roadbed("freezes", "list")
    assert "lifted" in roadbed("freezes", "list", "--past")


def test_a_change_that_went_out_without_an_answer_is_told_at_the_next_contact(
    roadbed: Shell, service: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    here = os.environ["ROADBED_URL"]
    monkeypatch.setenv("ROADBED_DATA", str(tmp_path / "none"))
    monkeypatch.delenv("ROADBED_URL")
    words = ("gate", "check", service, "--commit", SHA, "--on-unreachable", "allow")
    assert roadbed.code(*words) == 0
    monkeypatch.setenv("ROADBED_URL", "http://127.0.0.1:1")
    assert roadbed.code(*words) == 0
    monkeypatch.setenv("ROADBED_URL", here)
    roadbed("team", "list")
    (told,) = roadbed.data("gate", "unreachable", service)["items"]
    assert (told["service"], told["commit"], told["environment"]) == ("checkout", SHA, "production")
    assert "There is no Roadbed" in told["why"]
    assert "checkout" in roadbed("gate", "unreachable")
    assert journal.waiting(here) == []
    # The second named another Roadbed, which alone has to hear of it.
    assert [use["url"] for _, use in journal.waiting("http://127.0.0.1:1")] == ["http://127.0.0.1:1"]


def test_a_use_that_cannot_be_told_now_waits_and_one_told_twice_is_one_fact(roadbed: Shell, service: str):
    here = os.environ["ROADBED_URL"]
    journal.note(url=here, asked={"service": service, "commit": SHA}, why="It hung.")
    ((path, use),) = journal.waiting(here)

    def broken(_: object) -> None:
        raise Unreachable("No Roadbed answers.")

    with pytest.raises(Unreachable):
        journal.report(here, broken)
    assert journal.waiting(here) == [(path, use)]
    text = path.read_text()
    for _ in range(2):
        path.write_text(text)
        roadbed("team", "list")
    assert Fact.objects.filter(kind="gate.unreachable").count() == 1
    assert len(roadbed.data("gate", "unreachable")["items"]) == 1


def test_a_state_folder_that_takes_nothing_is_told_of_and_the_change_passes(
    roadbed: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("ROADBED_URL", "http://127.0.0.1:1")
    result = roadbed.runner.invoke(app, ["gate", "check", "checkout", "--on-unreachable", "allow"])
    assert result.exit_code == 0
    assert "Tell it yourself" in result.output
