"""Owns the code host of one machine: repositories in a folder of Roadbed's, at other paths, and mirrors of URLs."""

from __future__ import annotations

import fcntl
import hashlib
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from roadbed.adapters.local_git import export
from roadbed.adapters.local_git.command import CLONE_SECONDS, git
from roadbed.ground.ports.code_host import CodeUnavailable, Commit

NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
URL = re.compile(r"(?:https?|ssh|file)://[^\s\x00]+|[\w.-]+@[\w.-]+:[^\s\x00]+")
FULL = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
REF = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/@{}^~-]{0,254}")
MOST_BYTES = 1024 * 1024
FRESH_SECONDS = 5.0
FIELDS = "%H%x1f%s%x1f%an%x1f%ae%x1f%aI%x1f%cI%x1f%P%x1e"


class LocalGit:
    """A home of Git repositories; see the port `CodeHost` for what each method promises."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def resolve(self, location: str, ref: str = "HEAD") -> str:
        repository = self._repository(location, wanted=ref)
        checked_ref(ref)
        for candidate in (ref, f"refs/remotes/origin/{ref}"):
            try:
                found = git(
                    repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{candidate}^{{commit}}"
                )
            except CodeUnavailable:
                continue
            return found.decode().strip()
        raise CodeUnavailable(
            f"{location} has no commit {ref}. Remedy: commit and `git push`, or name another branch, tag or commit."
        )

    def read(self, location: str, path: str, ref: str = "HEAD") -> bytes | None:
        checked_path(path)
        commit = self.resolve(location, ref)
        repository = self._repository(location, wanted=commit)
        listed = git(repository, "ls-tree", "-z", commit, "--", path)
        if not listed:
            return None
        mode, kind, blob = listed.split(b"\t")[0].split(b" ")
        if kind != b"blob" or mode == b"120000":
            return None
        if int(git(repository, "cat-file", "-s", blob.decode())) > MOST_BYTES:
            raise CodeUnavailable(f"{path} of {location} is larger than 1 MiB.")
        return git(repository, "cat-file", "blob", blob.decode(), most=MOST_BYTES)

    def export(self, location: str, commit: str, into: Path) -> None:
        if any(into.iterdir()):
            raise CodeUnavailable(f"{into} is not empty.")
        repository = self._repository(location, wanted=commit)
        checked_ref(commit)
        export.write(repository, commit, into)

    def commits(self, location: str, *, since: str | None, until: str, limit: int = 1000) -> tuple[Commit, ...]:
        repository = self._repository(location, wanted=until)
        checked_ref(until)
        span = [until] if since is None else [until, f"^{checked_ref(since)}"]
        if since is not None:
            self.resolve(location, since)
        options = (f"--format={FIELDS}", f"--max-count={int(limit)}", "--end-of-options", *span, "--")
        printed = git(repository, "log", *options)
        return tuple(_commit(record) for record in printed.decode(errors="replace").split("\x1e") if record.strip())

    def create(self, name: str) -> str:
        if not NAME.fullmatch(name):
            raise CodeUnavailable(f"{name!r} is no name for a repository. Remedy: lower-case letters, digits, hyphens.")
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = self.folder / f"{name}.git"
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=".making-") as room:
            made = Path(room) / "made"
            git(None, "init", "--quiet", "--bare", "--initial-branch=main", str(made))
            try:
                target.mkdir(mode=0o700)
            except FileExistsError:
                raise CodeUnavailable(f"There is a repository {name} already, at {target}.") from None
            made.rename(target)
        return str(target)

    def remove(self, location: str) -> None:
        target = Path(location)
        if target.parent != self.folder or target.suffix != ".git":
            raise CodeUnavailable(f"{location} was not made here, so it is not removed here.")
        shutil.rmtree(target, ignore_errors=False)

    def _repository(self, location: str, *, wanted: str) -> Path:
        """The folder of a repository on this machine; a URL's mirror is fetched when it may have moved."""
        if URL.fullmatch(location):
            return self._mirror(location, wanted=wanted)
        path = Path(location)
        if not path.is_absolute() or "\x00" in location:
            raise CodeUnavailable(f"{location!r} is no repository: give an absolute path or a URL.")
        if not path.exists():
            raise CodeUnavailable(f"{location} does not exist. Remedy: check the path, or adopt the repository anew.")
        if not ((path / ".git").exists() or (path / "HEAD").is_file()):
            raise CodeUnavailable(f"{location} is no Git repository. Remedy: `git init` there, and commit.")
        return path

    def _mirror(self, url: str, *, wanted: str) -> Path:
        mirrors = self.folder / ".mirrors"
        mirrors.mkdir(mode=0o700, parents=True, exist_ok=True)
        mirror = mirrors / f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.git"
        with _locked(mirrors / f"{mirror.name}.lock"):
            if not mirror.exists():
                self._clone(url, mirror)
            elif not (FULL.fullmatch(wanted) and _has(mirror, wanted)) and _age(mirror) > FRESH_SECONDS:
                git(mirror, "fetch", "--quiet", "--prune", "--tags", "origin", seconds=CLONE_SECONDS)
                (mirror / "fetched").touch()
        return mirror

    def _clone(self, url: str, mirror: Path) -> None:
        part = mirror.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        try:
            git(None, "clone", "--quiet", "--mirror", "--no-local", "--", url, str(part), seconds=CLONE_SECONDS)
        except CodeUnavailable as fault:
            shutil.rmtree(part, ignore_errors=True)
            raise CodeUnavailable(f"{without_password(url)} cannot be cloned: {without_password(str(fault))}") from None
        (part / "fetched").touch()
        part.rename(mirror)


def checked_ref(ref: str) -> str:
    """The ref, refused when Git could read it as something else."""
    if not REF.fullmatch(ref) or ".." in ref:
        raise CodeUnavailable(f"{ref!r} is no branch, tag or commit.")
    return ref


def checked_path(path: str) -> str:
    """The path, refused when it leaves the repository."""
    parts = Path(path).parts
    if not parts or path.startswith(("/", "-", ":")) or ".." in parts or "\x00" in path or len(path) > 1000:  # noqa: PLR2004
        raise CodeUnavailable(f"{path!r} is no path inside a repository.")
    return path


def without_password(text: str) -> str:
    """The text without what stands between :// and @ in a URL."""
    return re.sub(r"(?<=://)[^/@\s]+@", "", text)


def _commit(record: str) -> Commit:
    sha, subject, name, email, authored, committed, parents = record.strip("\n").split("\x1f")
    return Commit(
        sha=sha,
        subject=subject,
        author_name=name,
        author_email=email,
        authored_at=datetime.fromisoformat(authored),
        committed_at=datetime.fromisoformat(committed),
        parents=tuple(parents.split()),
    )


def _has(repository: Path, commit: str) -> bool:
    try:
        git(repository, "cat-file", "-e", f"{commit}^{{commit}}")
    except CodeUnavailable:
        return False
    return True


def _age(mirror: Path) -> float:
    mark = mirror / "fetched"
    return time.time() - mark.stat().st_mtime if mark.exists() else float("inf")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
