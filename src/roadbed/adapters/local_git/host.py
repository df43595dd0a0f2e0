"""The code host of one machine: repositories of its own, of its users, and copies of those elsewhere."""

from __future__ import annotations

import os
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from roadbed.adapters.local_git import stores
from roadbed.adapters.local_git.files import export
from roadbed.adapters.local_git.mirrors import is_remote, make_bare, mirror_of, shown
from roadbed.adapters.local_git.process import run
from roadbed.adapters.local_git.stores import Store
from roadbed.ground.ports.code_host import CodeUnavailable, Commit

LARGEST_READ: Final = 1_048_576
MOST_COMMITS: Final = 100_000
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_STEPS: Final = re.compile(r"(.+?)((?:[~^][0-9]{0,4})*)")
_ABBREVIATED: Final = re.compile(r"[0-9a-f]{4,40}")
_FORMAT: Final = "%H%x00%P%x00%an%x00%ae%x00%aI%x00%cI%x00%s%x00%b"
_FIELDS: Final = 8
_FILE: Final = "file://"


class LocalGit:
    """Implements the port `CodeHost` by the git command."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(os.path.realpath(folder))

    def resolve(self, location: str, ref: str = "HEAD") -> str:
        match = _STEPS.fullmatch(ref)
        if match is None:
            raise CodeUnavailable(f"{ref!r} is no name of a branch, tag or commit.")
        name, steps = match.groups()
        store = self._store(location, fetch=not stores.FULL.fullmatch(name))
        found = None if stores.FULL.fullmatch(name) else stores.reference(store, name)
        if found is None and not _ABBREVIATED.fullmatch(name):
            raise _nothing(location, name)
        spec = f"{found or name}{steps}^{{commit}}"
        code, output, _ = run("rev-parse", "--verify", "--quiet", "--end-of-options", spec, env=self._env(store))
        commit = output.decode("ascii", "replace").strip()
        if code or not stores.FULL.fullmatch(commit):
            raise CodeUnavailable(f"{shown(location)} has no commit {ref}. `git log` there shows what it has.")
        return commit

    def read(self, location: str, path: str, ref: str = "HEAD") -> bytes | None:
        parts = path.split("/")
        if not all(parts) or any(part in (".", "..") for part in parts) or any(sign < " " for sign in path):
            raise CodeUnavailable(f"{path!r} is no path in a repository.")
        commit = self.resolve(location, ref)
        env = self._env(self._store(location, fetch=False))
        code, listed, complaint = run("ls-tree", "-z", "--long", "--full-tree", commit, "--", path, env=env)
        if code:
            raise CodeUnavailable(f"{path} cannot be read from {shown(location)}: {complaint}.")
        if not listed:
            return None
        mode, kind, name, size = listed.partition(b"\t")[0].decode("ascii").split()
        if mode == "120000":
            raise CodeUnavailable(f"{path} is a symbolic link. Put the file itself there.")
        if kind != "blob":
            return None
        if not size.isdigit():
            raise CodeUnavailable(f"{path} is missing from {shown(location)}. Run `git fsck` there.")
        if int(size) > LARGEST_READ:
            raise CodeUnavailable(f"{path} has {int(size):,} bytes; {LARGEST_READ:,} is the limit. Make it smaller.")
        code, content, complaint = run("cat-file", "blob", name, env=env, limit=LARGEST_READ)
        if code:
            raise CodeUnavailable(f"{path} cannot be read from {shown(location)}: {complaint}.")
        return content

    def files(self, location: str, ref: str = "HEAD", *, under: str = "", limit: int = 20_000) -> tuple[str, ...]:
        commit = self.resolve(location, ref)
        env = self._env(self._store(location, fetch=False))
        inside = ("--", f"{under.rstrip('/')}/") if under else ()
        code, output, complaint = run(
            "ls-tree", "-r", "-z", "--name-only", "--full-tree", commit, *inside, env=env, limit=16 * 1024**2
        )
        if code:
            raise CodeUnavailable(f"The files of {shown(location)} cannot be listed: {complaint}.")
        return tuple(output.decode("utf-8", "replace").split("\0")[:-1][:limit])

    def export(self, location: str, commit: str, into: Path) -> None:
        found = self.resolve(location, commit)
        export(self._env(self._store(location, fetch=False)), found, into)

    def commits(
        self, location: str, *, since: str | None, until: str, limit: int = 1000, paths: tuple[str, ...] = ()
    ) -> tuple[Commit, ...]:
        newest = self.resolve(location, until)
        spans = [newest] if since is None else [newest, f"^{self.resolve(location, since)}"]
        most = f"--max-count={max(0, min(limit, MOST_COMMITS))}"
        code, output, complaint = run(
            "log", "-z", f"--format={_FORMAT}", "--encoding=UTF-8", "--no-color", "--no-mailmap", most, *spans, "--",
            *(f":(top,literal){path}" for path in paths),
            env=self._env(self._store(location, fetch=False)), limit=256 * 1024**2,
        )  # fmt: skip
        if code:
            raise CodeUnavailable(f"The commits of {shown(location)} cannot be listed: {complaint}.")
        fields = output.decode("utf-8", "replace").split("\0")[:-1]
        return tuple(_commit(fields[at : at + _FIELDS]) for at in range(0, len(fields) - _FIELDS + 1, _FIELDS))

    def changed_paths(self, location: str, *, since: str, until: str, limit: int = 500) -> tuple[str, ...]:
        before, after = self.resolve(location, since), self.resolve(location, until)
        code, output, complaint = run(
            "diff", "-z", "--name-only", "--no-renames", "--no-ext-diff", before, after, "--",
            env=self._env(self._store(location, fetch=False)), limit=16 * 1024**2,
        )  # fmt: skip
        if code:
            raise CodeUnavailable(f"The changed files of {shown(location)} cannot be listed: {complaint}.")
        return tuple(output.decode("utf-8", "replace").split("\0")[:-1][:limit])

    def create(self, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise CodeUnavailable(
                f"{name!r} cannot name a repository. Use 1 to 63 of a-z 0-9, with hyphens between them."
            )
        folder = self.folder / f"{name}.git"
        if folder.exists() or folder.is_symlink():
            raise CodeUnavailable(f"There is a repository {folder} already. Choose another name, or remove it.")
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            make_bare(folder)
        except OSError as fault:
            raise CodeUnavailable(f"{folder} cannot be made: {fault.strerror}.") from fault
        return str(folder)

    def hosts(self, location: str) -> bool:
        folder = Path(os.path.realpath(location))
        return folder.parent == self.folder and folder.suffix == ".git" and not is_remote(location)

    def remove(self, location: str) -> None:
        if not self.hosts(location) or Path(location).is_symlink():
            raise CodeUnavailable(f"{shown(location)} was not made by Roadbed, so it is not removed by it.")
        shutil.rmtree(location)

    def _store(self, location: str, *, fetch: bool) -> Store:
        if is_remote(location) and not location.startswith(_FILE):
            return mirror_of(location, self.folder / ".mirrors", fetch=fetch)
        return stores.find(_path(location))

    def _env(self, store: Store) -> dict[str, str]:
        reader = self.folder / ".reader.git"
        if not (reader / "HEAD").exists():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                make_bare(reader)
            except OSError:
                if not (reader / "HEAD").exists():
                    raise
        return store.environment(reader)


def _path(location: str) -> str:
    return unquote(location.removeprefix(_FILE)) if location.startswith(_FILE) else location


def _nothing(location: str, name: str) -> CodeUnavailable:
    if name == "HEAD":
        return CodeUnavailable(f"{shown(location)} has no commit yet. Commit something, and push it there.")
    return CodeUnavailable(f"{shown(location)} has no branch, tag or commit {name}.")


def _commit(fields: list[str]) -> Commit:
    sha, parents, name, email, authored, committed, subject, body = fields
    entered = _instant(committed)
    return Commit(
        sha=sha.strip(),
        subject=subject[:1000],
        author_name=name[:200],
        author_email=email[:254],
        authored_at=_instant(authored) or entered or datetime.fromtimestamp(0, UTC),
        committed_at=entered or datetime.fromtimestamp(0, UTC),
        parents=tuple(parents.split()),
        body=body.strip()[:4000],
    )


def _instant(text: str) -> datetime | None:
    """A commit's date; anybody can write any date into a commit, so some are no dates."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
