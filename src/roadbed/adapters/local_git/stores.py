"""Finding a repository's objects and references without reading its configuration, which may be anybody's."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from roadbed.ground.ports.code_host import CodeUnavailable

FULL: Final = re.compile(r"[0-9a-f]{40}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_REF: Final = re.compile(r"(?!-)[A-Za-z0-9._/+@#=-]{1,200}")
_LARGEST_PACKED: Final = 64 * 1024**2
_LARGEST_REF: Final = 4096
_SYMBOLIC_DEPTH: Final = 5
_ALTERNATES_DEPTH: Final = 5


@dataclass(frozen=True, slots=True)
class Store:
    """Where a repository keeps its objects and references: `own` is the checkout's folder, `common` the shared one."""

    own: Path
    common: Path

    @property
    def objects(self) -> Path:
        return self.common / "objects"

    def environment(self, reader: Path) -> dict[str, str]:
        """Git reads these objects through an empty repository of ours, so no setting or hook of theirs applies."""
        shallow = self.common / "shallow"
        kept = {"GIT_SHALLOW_FILE": str(shallow)} if _read(shallow) is not None else {}
        return {"GIT_DIR": str(reader), "GIT_OBJECT_DIRECTORY": str(self.objects), **kept}


def find(location: str) -> Store:
    """The repository at a path of this machine: bare, a checkout, or a worktree of one.

    Raises:
        CodeUnavailable: when there is none, or when it points to what belongs to somebody else.
    """
    if "\x00" in location or not location.startswith("/"):
        raise CodeUnavailable(f"{location!r} is no absolute path. Give the whole path of the repository.")
    top = Path(os.path.realpath(location))
    try:
        if not top.is_dir():
            raise CodeUnavailable(f"There is no folder {location}. Mend the path, or clone the repository there.")
        store = _bare(top) or _checkout(top)
    except OSError as fault:
        raise CodeUnavailable(f"{location} cannot be read: {fault.strerror}. Give Roadbed's user the right.") from fault
    if store is None:
        raise CodeUnavailable(f"{location} is no Git repository. Run `git init` there and commit.")
    _stays_inside(store, top, location)
    _same_owner(store, location)
    return store


def _bare(folder: Path) -> Store | None:
    looks = (folder / "objects").is_dir() and (folder / "refs").is_dir() and (folder / "HEAD").is_file()
    return Store(folder, folder) if looks else None


def _checkout(top: Path) -> Store | None:
    inner = top / ".git"
    if inner.is_dir():
        return _bare(inner)
    pointer = _read(inner)
    if pointer is None or not pointer.startswith("gitdir: "):
        return None
    own = Path(os.path.realpath(top / pointer.removeprefix("gitdir: ").strip()))
    # A worktree's folder points back to it; without that, a file could lead anywhere on the machine.
    back, common = _read(own / "gitdir"), _read(own / "commondir")
    if back is None or common is None or os.path.realpath(back.strip()) != os.path.realpath(inner):
        raise CodeUnavailable(f"{inner} leads to another folder. Give that folder's path, or clone the repository.")
    return Store(own, Path(os.path.realpath(own / common.strip())))


def _stays_inside(store: Store, top: Path, location: str) -> None:
    home = store.common if store.own != store.common else top
    for part in (store.common, store.objects, store.common / "refs", store.objects / "pack"):
        real = Path(os.path.realpath(part))
        if not real.is_relative_to(home):
            raise CodeUnavailable(f"{location} has a link that leads out of it. Clone it, and give the clone's path.")


def _same_owner(store: Store, location: str) -> None:
    """Objects borrowed from somebody else are refused: we may be able to read what the borrower may not."""
    owner = store.common.stat().st_uid
    waiting, seen = [store.objects], 0
    while waiting:
        folder = waiting.pop()
        if folder.stat().st_uid != owner:
            raise CodeUnavailable(f"{location} borrows objects of another user. Run `git repack -ad` in a clone of it.")
        seen += 1
        if seen > _ALTERNATES_DEPTH:
            raise CodeUnavailable(f"{location} borrows objects from too many repositories. Give a clone of it.")
        for line in (_read(folder / "info" / "alternates") or "").splitlines():
            if line and not line.startswith("#"):
                borrowed = Path(os.path.realpath(folder / line))
                if not borrowed.is_dir():
                    raise CodeUnavailable(f"{location} borrows objects from a folder that is gone. Clone it anew.")
                waiting.append(borrowed)


def reference(store: Store, name: str) -> str | None:
    """What a branch, tag or HEAD stands for; None when there is no such reference.

    Raises:
        CodeUnavailable: for a name that cannot be one.
    """
    if not is_reference(name):
        raise CodeUnavailable(f"{name!r} is no name of a branch, tag or commit.")
    tried = [name] if name == "HEAD" or name.startswith("refs/") else []
    tried += [f"{prefix}{name}" for prefix in ("refs/", "refs/tags/", "refs/heads/", "refs/remotes/")]
    packed = _packed(store)
    for candidate in tried:
        found = _follow(store, candidate, packed)
        if found is not None:
            return found
    return None


def is_reference(name: str) -> bool:
    """Whether the text can name a reference and nothing else."""
    parts = name.split("/")
    return (
        bool(_REF.fullmatch(name))
        and ".." not in name
        and all(parts)
        and not any(part.startswith(".") for part in parts)
    )


def _follow(store: Store, name: str, packed: dict[str, str]) -> str | None:
    for _ in range(_SYMBOLIC_DEPTH):
        folder = store.own if name == "HEAD" else store.common
        text = _read(folder / name)
        text = packed.get(name) if text is None else text.strip()
        if text is None:
            return None
        if not text.startswith("ref: "):
            return _object_name(text)
        name = text.removeprefix("ref: ").strip()
        if not name.startswith("refs/") or not is_reference(name):
            return None
    return None


def _object_name(text: str) -> str | None:
    if _SHA256.fullmatch(text):
        raise CodeUnavailable("The repository names its objects by SHA-256, which is not read yet. Use SHA-1.")
    return text if FULL.fullmatch(text) else None


def _packed(store: Store) -> dict[str, str]:
    text = _read(store.common / "packed-refs", largest=_LARGEST_PACKED) or ""
    found = {}
    for line in text.splitlines():
        name, _, ref = line.partition(" ")
        if ref and FULL.fullmatch(name):
            found[ref] = name
    return found


def _read(path: Path, *, largest: int = _LARGEST_REF) -> str | None:
    """A small regular file's text; never blocks on a pipe, never follows a link, never says what else it found."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        raw = file.read(largest + 1)
    return raw.decode("utf-8", "replace") if len(raw) <= largest else None
