"""Reads a repository for adopting, from a folder or by cloning a URL, without running anything that it brings."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from roadbed.ground.errors import Invalid, Place, Unavailable
from roadbed.platform.paths.adopting.findings import Author, Group, Listing
from roadbed.platform.paths.git import GitFailed, blobs, git, git_text

FILE_LIMIT = 256 * 1024
READ_LIMIT = 16 * 1024 * 1024
FILES_LIMIT = 100_000
CLONE_LIMIT = 1024 * 1024 * 1024
_URL = re.compile(r"^(?:https?|ssh|git|file)://|^[\w.-]+@[\w.-]+:")
_WORTH_READING = re.compile(
    r"(?:^|/)(?:CODEOWNERS|Procfile|Makefile|Dockerfile|Jenkinsfile|Gemfile|Pipfile|go\.mod|README\.md)$"
    r"|\.(?:py|js|mjs|cjs|ts|go|rs|rb|java|kt|properties|ya?ml|toml|cfg|txt|lock|xml|gradle|kts|json)$"
)
_NOT_WORTH_READING = re.compile(
    r"(?:^|/)(?:node_modules|vendor|dist|build|target|\.venv|third_party|testdata)/|\.min\.js$"
    r"|(?:^|/)(?:package-lock\.json|pnpm-lock\.yaml|yarn\.lock|uv\.lock|poetry\.lock|Cargo\.lock)$"
)


@dataclass(frozen=True, slots=True)
class Repository:
    """A work tree that can be read and written. `origin` is where it is cloned from; empty without one."""

    folder: Path
    name: str
    commit: str
    origin: str


def is_url(location: str) -> bool:
    """Whether the location is to be cloned, rather than a folder here."""
    return bool(_URL.match(location))


@contextmanager
def opened(location: str) -> Iterator[Repository]:
    """A local repository as it is, or a URL's newest commit in a folder that is removed afterwards.

    Raises:
        Invalid: there is no Git repository, or it has no commit.
        Unavailable: it could not be cloned.
    """
    if not is_url(location):
        yield _local(location)
        return
    parent = Path(tempfile.mkdtemp(prefix="roadbed-adopt-"))
    try:
        yield _cloned(location, parent / "repository")
    finally:
        shutil.rmtree(parent, ignore_errors=True)


def _local(location: str) -> Repository:
    given = Path(location).expanduser().absolute()
    remedy = "Give the folder of a Git repository, or its URL."
    if not given.is_dir():
        raise Invalid(f"There is no folder {given}.", remedy=remedy, place=Place(field="path"))
    try:
        folder = Path(git_text("rev-parse", "--show-toplevel", cwd=given))
    except GitFailed as fault:
        raise Invalid(f"{given} is not a Git work tree: {fault}.", remedy=remedy, place=Place(field="path")) from None
    return _described(folder, origin=_origin(folder), name="")


def _cloned(url: str, folder: Path) -> Repository:
    try:
        # Some history is needed to see who works on it; blobs of old commits are not.
        git(
            "clone", "--quiet", "--depth", "500", "--single-branch", "--no-tags", "--template=", "--", url, str(folder),
            cwd=folder.parent, seconds=300,
        )  # fmt: skip
    except GitFailed as fault:
        raise Unavailable(
            f"{_without_credentials(url)} could not be cloned: {_without_credentials(str(fault))}.",
            remedy="Check the address and that this machine may read it, or clone it yourself and give the folder.",
            place=Place(field="path"),
        ) from None
    size = sum(file.stat().st_size for file in (folder / ".git").rglob("*") if file.is_file())
    if size > CLONE_LIMIT:
        raise Invalid(
            f"The repository is {size // 1_048_576} MiB large and may have {CLONE_LIMIT // 1_048_576}.",
            remedy="Clone it yourself and give the folder.",
        )
    name = re.split(r"[/:]", url.rstrip("/"))[-1].removesuffix(".git")
    return _described(folder, origin=url, name=name)


def _described(folder: Path, *, origin: str, name: str) -> Repository:
    try:
        commit = git_text("rev-parse", "--verify", "HEAD^{commit}", cwd=folder)
    except GitFailed:
        remedy = "Commit something first."
        raise Invalid(f"{folder} has no commit yet.", remedy=remedy, place=Place(field="path")) from None
    # A folder may be called anything; where the code is kept it has the name that people know.
    from_origin = re.split(r"[/:]", origin.rstrip("/"))[-1].removesuffix(".git") if is_url(origin) else ""
    return Repository(folder, name or from_origin or folder.name, commit, origin)


def _origin(folder: Path) -> str:
    try:
        return git_text("config", "--get", "remote.origin.url", cwd=folder)
    except GitFailed:
        return ""


def _without_credentials(text: str) -> str:
    return re.sub(r"://[^/@\s]+@", "://", text)


def read(repository: Repository, groups: tuple[Group, ...] = ()) -> Listing:
    """What the rules of adopting look at: committed files only, within limits.

    Raises:
        Invalid: the repository has too many files.
    """
    entries = git("ls-tree", "-r", "-z", "--long", "HEAD", cwd=repository.folder).decode(errors="replace")
    files: list[str] = []
    worth: list[tuple[str, str]] = []
    left = READ_LIMIT
    for entry in entries.split("\0"):
        described, _, path = entry.partition("\t")
        fields = described.split()
        if len(fields) != 4 or fields[1] != "blob" or fields[0] == "120000":  # noqa: PLR2004 - mode, type, name, size
            continue
        files.append(path)
        size = int(fields[3])
        if size <= min(FILE_LIMIT, left) and _WORTH_READING.search(path) and not _NOT_WORTH_READING.search(path):
            worth.append((path, fields[2]))
            left -= size
    if len(files) > FILES_LIMIT:
        raise Invalid(
            f"The repository has {len(files)} files and may have {FILES_LIMIT}.", remedy="Adopt a part of it."
        )
    contents = _contents(repository.folder, worth)
    return Listing(repository.name, tuple(files), contents, _authors(repository.folder), groups)


def _contents(folder: Path, worth: list[tuple[str, str]]) -> dict[str, str]:
    raw = zip(worth, blobs(folder, [name for _, name in worth]), strict=True)
    return {path: content.decode("utf-8", errors="replace") for (path, _), content in raw if b"\0" not in content}


def _authors(folder: Path) -> tuple[Author, ...]:
    listing = git_text("shortlog", "-sne", "--no-merges", "--max-count=500", "HEAD", cwd=folder)
    found = (re.match(r"\s*(\d+)\t(.*) <([^>]*)>$", line) for line in listing.splitlines())
    return tuple(Author(each[2], each[3], int(each[1])) for each in found if each)
