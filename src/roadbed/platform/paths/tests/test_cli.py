"""`roadbed new`, `roadbed paths` and `roadbed adopt` against a real server on loopback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from roadbed.cli import paths as commands
from roadbed.cli.client import ServerRefused
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Conflict, Invalid, Refusal, Unavailable
from roadbed.ground.people.rules import Caller
from roadbed.ground.people.usecases import create_token
from roadbed.platform.paths.git import git_text

from .conftest import NOW, GitFolder, Makes

pytestmark = [
    pytest.mark.django_db(databases=["default", "samples"], transaction=True),
    pytest.mark.usefixtures("wired", "teams", "shelf_folder", "host"),
    # A command's connections end with its process, which here is the test's.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]
SERVICE = {
    "requirements.txt": "flask\ngunicorn\n",
    "app.py": 'app = Flask(__name__)\n\n@app.get("/healthz")\ndef health(): ...\n',
    "CODEOWNERS": "* @kestrel/team-routing\n",
}


@pytest.fixture(autouse=True)
def at_home(live_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's shell: the server's address, a token, a Git identity, an empty folder."""
    _, secret = create_token(Caller(uid="p-ada", name="Ada Ek", role="admin"), name="tests", now=NOW)
    (tmp_path / "gitconfig").write_text("[user]\n\tname = Ada Ek\n\temail = ada@kestrel.example\n")
    monkeypatch.setenv("ROADBED_URL", live_server.url)
    monkeypatch.setenv("ROADBED_TOKEN", secret)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    for variable in ("AUTHOR_NAME", "AUTHOR_EMAIL", "COMMITTER_NAME", "COMMITTER_EMAIL"):
        monkeypatch.delenv(f"GIT_{variable}", raising=False)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    return home


def roadbed(*arguments: str, typed: str = ""):
    import typer

    app = typer.Typer()
    commands.register(app)
    return CliRunner().invoke(app, list(arguments), input=typed, catch_exceptions=True)


def test_new_makes_a_service_and_clones_it_here(at_home: Path, host: GitFolder):
    result = roadbed("new", "node-http-service", "checkout", "--owner", "team-payments", "--data", "tier=1")
    assert result.exit_code == 0, result.output
    assert "cd checkout" in result.output
    assert "roadbed deploy checkout" in result.output
    assert catalog.require_service("checkout").tier == "1"
    clone = at_home / "checkout"
    assert git_text("rev-parse", "HEAD", cwd=clone) == host.resolve(str(host.folder / "checkout.git"), "main")
    assert git_text("status", "--porcelain", cwd=clone) == ""


def test_new_can_only_show_what_it_would_make(at_home: Path):
    result = roadbed("new", "node-http-service", "checkout", "--owner", "team-payments", "--preview", "--json")
    shown = json.loads(result.output)
    assert "slo.yaml" in {file["path"] for file in shown["files"]}
    assert list(at_home.iterdir()) == []
    assert catalog.service("checkout") is None


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        (["../x", "--owner", "team-payments"], Invalid),
        (["checkout", "--owner", "a b"], Invalid),
        (["checkout", "--owner", "team-payments", "--data", "tier"], Invalid),
        (["checkout", "--owner", "team-payments", "--data", "owner=x"], Invalid),
        (["checkout", "--owner", "team-payments", "--data", "tier=9"], ServerRefused),
        (["checkout", "--owner", "team-nobody"], ServerRefused),
    ],
)
def test_new_refuses_bad_input_and_leaves_nothing(
    at_home: Path, host: GitFolder, arguments: list[str], refusal: type[Refusal]
):
    result = roadbed("new", "node-http-service", *arguments)
    assert isinstance(result.exception, refusal)
    assert list(at_home.iterdir()) == []
    assert list(host.folder.iterdir()) == []


def test_new_never_writes_into_a_folder_that_holds_something(at_home: Path, host: GitFolder):
    (at_home / "checkout").mkdir()
    (at_home / "checkout" / "mine").write_text("precious")
    result = roadbed("new", "node-http-service", "checkout", "--owner", "team-payments")
    assert isinstance(result.exception, Conflict)
    assert list(host.folder.iterdir()) == []


def test_paths_are_listed_with_what_they_ask(at_home: Path):
    assert "python-http-service" in roadbed("paths", "list").output
    shown = json.loads(roadbed("paths", "show", "node-http-service", "--json").output)
    assert shown["questions"][1]["name"] == "owner"
    assert "service_name" in roadbed("paths", "show", "node-http-service").output


def test_adopt_shows_the_diff_and_writes_on_confirmation(repository: Makes):
    folder = repository(SERVICE)
    result = roadbed("adopt", str(folder), typed="y\n")
    assert result.exit_code == 0, result.output
    assert "+  owner: team-routing" in result.output
    assert "CODEOWNERS:1" in result.output
    service = catalog.require_service("parcel-api")
    assert (service.owner, service.location) == ("team-routing", str(folder))
    assert service.annotations["roadbed.dev/health"] == "/healthz"
    assert git_text("log", "-1", "--format=%an %s", cwd=folder) == "Ada Ek Describe parcel-api for the catalogue"
    assert git_text("status", "--porcelain", cwd=folder) == ""


def test_adopt_leaves_everything_where_it_is_refused_by_the_person(repository: Makes):
    folder = repository(SERVICE)
    before = git_text("rev-parse", "HEAD", cwd=folder)
    result = roadbed("adopt", str(folder), typed="n\n")
    assert result.exit_code == 1
    assert git_text("rev-parse", "HEAD", cwd=folder) == before
    assert git_text("status", "--porcelain", cwd=folder) == ""
    assert catalog.service("parcel-api") is None


def test_adopt_again_changes_nothing(repository: Makes):
    folder = repository(SERVICE)
    roadbed("adopt", str(folder), "--yes")
    commit = git_text("rev-parse", "HEAD", cwd=folder)
    uid = catalog.require_service("parcel-api").uid
    result = roadbed("adopt", str(folder), "--yes", "--json")
    assert json.loads(result.output)["registered"]["entity_uid"] == uid
    assert git_text("rev-parse", "HEAD", cwd=folder) == commit


def test_adopt_takes_its_commit_back_when_the_server_refuses(
    repository: Makes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    folder = repository(SERVICE)
    before = git_text("rev-parse", "HEAD", cwd=folder)
    _, viewer = create_token(Caller(uid="p-mo", name="Mo", role="admin"), name="reader", scopes=("read",), now=NOW)
    monkeypatch.setenv("ROADBED_TOKEN", viewer)
    result = roadbed("adopt", str(folder), "--yes")
    assert isinstance(result.exception, ServerRefused)
    assert git_text("rev-parse", "HEAD", cwd=folder) == before
    assert git_text("status", "--porcelain", cwd=folder) == ""


def test_adopt_a_url_pushes_what_it_wrote_and_registers_the_url(repository: Makes, at_home: Path, tmp_path: Path):
    origin = tmp_path / "parcel-web.git"
    git_text("clone", "--quiet", "--bare", str(repository(SERVICE)), str(origin), cwd=tmp_path)
    result = roadbed("adopt", f"file://{origin}", "--external", "--yes")
    assert result.exit_code == 0, result.output
    assert "catalog-info.yaml" in git_text("ls-tree", "--name-only", "main", cwd=origin)
    service = catalog.require_service("parcel-web")
    assert (service.location, service.annotations["roadbed.dev/deployed-by"]) == (f"file://{origin}", "external")
    assert (at_home / "parcel-web" / "catalog-info.yaml").is_file()


def test_adopt_a_url_that_may_not_be_pushed_to_leaves_no_clone(repository: Makes, at_home: Path, tmp_path: Path):
    origin = tmp_path / "parcel-web.git"
    git_text("clone", "--quiet", "--bare", str(repository(SERVICE)), str(origin), cwd=tmp_path)
    hook = origin / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    result = roadbed("adopt", f"file://{origin}", "--yes")
    assert isinstance(result.exception, Unavailable)
    assert list(at_home.iterdir()) == []
    assert catalog.service("parcel-web") is None


def test_adopt_shows_json_and_asks_nothing(repository: Makes):
    folder = repository(SERVICE)
    shown = json.loads(roadbed("adopt", str(folder), "--json").output)
    assert (shown["name"], shown["owner"], shown["blocked"]) == ("parcel-api", "team-routing", False)
    assert {proposal["field"] for proposal in shown["proposals"]} >= {"name", "owner", "build", "run", "health"}
    assert git_text("status", "--porcelain", cwd=folder) == ""


def test_adopt_says_what_must_be_settled_and_changes_nothing(repository: Makes):
    folder = repository({"README.md": "A library."})
    result = roadbed("adopt", str(folder), "--yes")
    assert isinstance(result.exception, Invalid)
    refusals = (result.exception, *result.exception.others)
    assert any("--owner" in refusal.remedy for refusal in refusals)
    assert any("--run" in refusal.remedy for refusal in refusals)
    assert git_text("status", "--porcelain", cwd=folder) == ""


def test_adopt_works_offline_as_a_preview(repository: Makes, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ROADBED_URL", "http://127.0.0.1:9")
    result = roadbed("adopt", str(repository(SERVICE)), "--preview")
    assert result.exit_code == 0
    assert "team-routing" in result.output
