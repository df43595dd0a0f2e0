"""Copies of repositories elsewhere, fetched into bare repositories of ours, one at a time each."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import time
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from roadbed.adapters.local_git.process import run
from roadbed.adapters.local_git.stores import Store
from roadbed.ground.ports.code_host import CodeUnavailable

FRESH_SECONDS: Final = 10.0
FETCH_SECONDS: Final = 180.0
_SCP: Final = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]*@[A-Za-z0-9][A-Za-z0-9.-]*:(?!-)[^\s]+")
_REFS: Final = ("+HEAD:refs/roadbed/HEAD", "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")


def is_remote(location: str) -> bool:
    """Whether the location is an address, not a path."""
    return "://" in location or "::" in location or _SCP.fullmatch(location) is not None


def shown(location: str) -> str:
    """The address without a password that it may carry."""
    return re.sub(r"//[^/@\s]*@", "//", location)


def mirror_of(location: str, mirrors: Path, *, fetch: bool) -> Store:
    """Our copy of a remote repository, fetched first when it is not there or not fresh.

    Raises:
        CodeUnavailable: when the address is not allowed or does not answer.
    """
    _refuse_address(location)
    folder = mirrors / f"{hashlib.sha256(location.encode()).hexdigest()[:40]}.git"
    mirrors.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (mirrors / f"{folder.stem}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = folder / "roadbed-fetched"
        age = time.time() - stamp.stat().st_mtime if stamp.exists() else None
        if age is None or (fetch and not 0 <= age < FRESH_SECONDS):
            _fetch(location, folder)
            stamp.touch()
    return Store(folder, folder)


def _refuse_address(location: str) -> None:
    try:
        parts = urlsplit(location)
        host = parts.hostname or "-"
        bad = "://" in location and (parts.scheme not in ("https", "http", "ssh") or host.startswith("-"))
    except ValueError:
        bad = True
    if bad or ("://" not in location and not _SCP.fullmatch(location)) or any(sign <= " " for sign in location):
        raise CodeUnavailable(f"{shown(location)!r} is no https or ssh address. Give one, or a folder's path.")


def _fetch(location: str, folder: Path) -> None:
    env = {"GIT_DIR": str(folder)}
    first = not (folder / "HEAD").exists()
    if first:
        make_bare(folder)
        (folder / "HEAD").write_text("ref: refs/roadbed/HEAD\n")
    code, _, complaint = run(
        "fetch", "--quiet", "--no-tags", "--prune", "--force", "--no-write-fetch-head", "--no-recurse-submodules",
        "--", location, *_REFS, env=env, seconds=FETCH_SECONDS,
    )  # fmt: skip
    if code:
        if first:
            shutil.rmtree(folder, ignore_errors=True)
        reason = shown(complaint).splitlines()[-1] if complaint else f"git answered {code}"
        raise CodeUnavailable(f"{shown(location)} cannot be fetched: {reason}. Check the address and the access to it.")


def make_bare(folder: Path) -> None:
    """An empty bare repository, whole or not at all."""
    unfinished = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    code, _, complaint = run("init", "--quiet", "--bare", "--initial-branch=main", str(unfinished), env={})
    if code:
        raise CodeUnavailable(f"git cannot make {folder}: {complaint}.")
    unfinished.rename(folder)
