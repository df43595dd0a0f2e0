"""A folder of repositories, a host on it, a cast of teams and people."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.ground.ports import board
from roadbed.ground.ports.code_host import CodeUnavailable
from roadbed.platform.paths.git import GitFailed, git, git_text
from roadbed.platform.paths.materialise import BUNDLED, PathRepository, materialise_bundled

Paths = Mapping[str, PathRepository]
Makes = Callable[..., Path]
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HANNE = Caller(uid="p-hanne", name="Hanne Brandt", role="member", teams=frozenset({"team-payments"}))
TOMASZ = Caller(uid="p-tomasz", name="Tomasz Wrona", role="member", teams=frozenset({"team-routing"}))
GREETER = {"service_name": "checkout", "owner": "team-payments"}


class GitFolder:
    """A code host of bare repositories in a folder, by Git itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.refuses_push = False

    def create(self, name: str) -> str:
        where = self.folder / f"{name}.git"
        if where.exists():
            raise CodeUnavailable(f"there is a repository {name} already")
        git("init", "--quiet", "--bare", "--initial-branch=main", "--template=", str(where), cwd=self.folder)
        if self.refuses_push:
            (where / "objects").rename(where / "taken-away")
        return str(where)

    def remove(self, location: str) -> None:
        subprocess.run(["rm", "-rf", location], check=True)

    def hosts(self, location: str) -> bool:
        return Path(location).parent == self.folder

    def resolve(self, location: str, ref: str = "HEAD") -> str:
        try:
            return git_text("rev-parse", ref, cwd=_folder(location))
        except GitFailed as fault:
            raise CodeUnavailable(str(fault)) from fault

    def read(self, location: str, path: str, ref: str = "HEAD") -> bytes | None:
        if not git("ls-tree", ref, "--", path, cwd=_folder(location)):
            return None
        return git("show", f"{ref}:{path}", cwd=_folder(location))


def _folder(location: str) -> Path:
    return Path(location.removeprefix("file://"))


@pytest.fixture
def host(tmp_path: Path) -> Iterator[GitFolder]:
    folder = tmp_path / "repositories"
    folder.mkdir()
    host = GitFolder(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(board._makers, "code_host", lambda: host)
        patch.delitem(board._made, "code_host", raising=False)
        yield host
    board._made.pop("code_host", None)


@pytest.fixture
def shelf_folder(tmp_path: Path, settings: Any) -> Path:
    """Paths of this test alone."""
    settings.FOLDER = type(settings.FOLDER)(tmp_path)
    return tmp_path / "paths"


@pytest.fixture
def teams(db: None) -> None:
    from roadbed.ground.people.usecases import create_team

    for name in ("team-payments", "team-routing"):
        create_team(ROADBED, name=name, now=NOW)


@pytest.fixture(scope="session")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """The bundled paths, published once for tests that only read them."""
    assert BUNDLED.is_dir()
    return {path.name: path for path in materialise_bundled(tmp_path_factory.mktemp("paths"), now=NOW)}


@pytest.fixture
def repository(tmp_path: Path) -> Makes:
    """Makes a Git work tree of these files, committed by this author."""

    def make(files: Mapping[str, str], *, name: str = "parcel-api", email: str = "hanne@kestrel.example") -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        identity = {
            f"GIT_{role}_{part}": value
            for role in ("AUTHOR", "COMMITTER")
            for part, value in (("NAME", "Hanne Brandt"), ("EMAIL", email))
        }
        if not (folder / ".git").exists():
            git("init", "--quiet", "--initial-branch=main", "--template=", cwd=folder)
        git("add", "--all", cwd=folder)
        git("commit", "--quiet", "-m", "Say what it does", cwd=folder, env=identity)
        return folder

    return make
