"""Puts the bundled paths into Git repositories with version tags, since a template outside Git cannot be updated."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import yaml

from roadbed.platform.paths import versions
from roadbed.platform.paths.git import git, git_text

BUNDLED = Path(__file__).parent / "bundled"


@dataclass(frozen=True, slots=True)
class PathRepository:
    """A golden path as it is kept: a bare repository and its newest version."""

    name: str
    repository: Path
    version: str
    commit: str


def materialise_bundled(paths: Path, *, now: datetime, bundled: Path = BUNDLED) -> tuple[PathRepository, ...]:
    """Bring every bundled path into `paths`. Safe to repeat, and safe while another process does the same."""
    return tuple(
        materialise(source, paths, now=now) for source in sorted(bundled.iterdir()) if (source / "copier.yml").is_file()
    )


def materialise(source: Path, paths: Path, *, now: datetime) -> PathRepository:
    """Bring one template folder into its repository; new content is a new version."""
    with _alone(paths):
        repository = _repository(paths, source.name)
        tree = _write_tree(source, repository)
        tag, is_new = versions.tag_for(tree, wanted=_wanted_version(source), existing=_tagged_trees(repository))
        if is_new:
            _commit(repository, tree, tag, now)
    return opened(repository)


def opened(repository: Path, version: str | None = None) -> PathRepository:
    """A kept path at a version, the newest unless told otherwise.

    Raises:
        LookupError: when it has no such version.
    """
    tag = version or versions.newest(_tagged_trees(repository))
    if tag is None or tag not in _tagged_trees(repository):
        raise LookupError(f"{repository.name.removesuffix('.git')} has no version {version or 'at all'}")
    commit = git_text("rev-parse", f"refs/tags/{tag}^{{commit}}", cwd=repository)
    return PathRepository(repository.name.removesuffix(".git"), repository, tag, commit)


def read(path: PathRepository, file: str) -> str:
    """A file of the path's version; empty where it has none."""
    if not git("ls-tree", path.commit, "--", file, cwd=path.repository):
        return ""
    return git_text("show", f"{path.commit}:{file}", cwd=path.repository)


@contextmanager
def _alone(paths: Path) -> Iterator[None]:
    paths.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (paths / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _repository(paths: Path, name: str) -> Path:
    repository = paths / f"{name}.git"
    if not repository.is_dir():
        staging = Path(tempfile.mkdtemp(prefix=".new-", dir=paths))
        git("init", "--quiet", "--bare", "--template=", str(staging), cwd=paths)
        # A rename is all or nothing: a start that is killed here leaves no half-made repository.
        staging.rename(repository)
    return repository


def _write_tree(source: Path, repository: Path) -> str:
    with tempfile.TemporaryDirectory() as folder:
        env = _elsewhere(repository, tree=source, index=Path(folder) / "index")
        # Installers lose executable bits; leaving modes out makes the same content the same version everywhere.
        git("-c", "core.fileMode=false", "-c", "core.bare=false", "add", "--all", ".", cwd=source, env=env)
        return git_text("write-tree", cwd=source, env=env)


def _elsewhere(repository: Path, *, tree: Path, index: Path) -> dict[str, str]:
    return {"GIT_DIR": str(repository), "GIT_WORK_TREE": str(tree), "GIT_INDEX_FILE": str(index)}


def _wanted_version(source: Path) -> str:
    described = yaml.safe_load((source / "path.yaml").read_text(encoding="utf-8"))
    return f"v{described['version']}"


def _tagged_trees(repository: Path) -> dict[str, str]:
    listing = git_text("for-each-ref", "refs/tags", "--format=%(refname:short) %(tree)%(*tree)", cwd=repository)
    return dict(line.split(" ", 1) for line in listing.splitlines() if versions.parse(line.split(" ", 1)[0]))


def _commit(repository: Path, tree: str, tag: str, now: datetime) -> None:
    stamp = f"{int(now.timestamp())} +0000"
    env = {
        **{f"GIT_{role}_NAME": "Roadbed" for role in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{role}_EMAIL": "roadbed@localhost" for role in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{role}_DATE": stamp for role in ("AUTHOR", "COMMITTER")},
    }
    former = git_text("for-each-ref", "refs/heads/main", "--format=%(objectname)", cwd=repository)
    parents = ["-p", former] if former else []
    commit = git_text("commit-tree", tree, *parents, "-m", f"Publish {tag}", cwd=repository, env=env)
    git("update-ref", "refs/heads/main", commit, former or "0" * 40, cwd=repository)
    git("update-ref", f"refs/tags/{tag}", commit, "0" * 40, cwd=repository)
    git("symbolic-ref", "HEAD", "refs/heads/main", cwd=repository)


def kept(paths: Path) -> tuple[PathRepository, ...]:
    """Every path in the folder that has a version."""
    if not paths.is_dir():
        return ()
    found = []
    for entry in sorted(os.scandir(paths), key=lambda each: each.name):
        if entry.name.endswith(".git") and entry.is_dir():
            try:
                found.append(opened(Path(entry.path)))
            except LookupError:
                continue
    return tuple(found)
