"""Owns the Unix users that services run as: one for each workload, made where we have the rights."""

from __future__ import annotations

import getpass
import grp
import hashlib
import os
import pwd
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from roadbed.ground.ports.runtime import RuntimeFailure

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_NAME = 32
PREFIX = "rb-"
TRIES = 20


@dataclass(frozen=True, slots=True)
class Account:
    """Who a service runs as; uid and gid are None when that is ourselves."""

    name: str
    uid: int | None
    gid: int | None


def own() -> Account:
    """Ourselves, where services cannot have users of their own."""
    try:
        return Account(getpass.getuser(), None, None)
    except (KeyError, OSError):
        return Account(str(os.geteuid()), None, None)


def names_for(workload: str, home: Path) -> tuple[str, str]:
    """The Unix user of a workload, and the one it gets where another data folder has taken that name."""
    digest = hashlib.sha256(f"{home}\n{workload}".encode()).hexdigest()[:8]
    plain = PREFIX + workload
    apart = f"{plain[: LONGEST_NAME - 9]}-{digest}"
    return (plain if len(plain) <= LONGEST_NAME else apart), apart


def find(workload: str, home: Path) -> Account | None:
    """The workload's own account; one of the same name that lives elsewhere is not it."""
    for name in names_for(workload, home):
        entry = _entry(name)
        if entry and entry.pw_dir == str(home):
            return Account(name, entry.pw_uid, entry.pw_gid)
    return None


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def ensure(workload: str, home: Path) -> Account:
    """The workload's own account, made when it is missing."""
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    failure = ""
    for _ in range(TRIES):
        account = find(workload, home)
        if account:
            return account
        name = next((name for name in names_for(workload, home) if _entry(name) is None), "")
        # Two deployments at once meet at the lock of /etc/passwd; the loser tries again.
        done = subprocess.run([*command, "--home-dir", str(home), name], capture_output=True, text=True, check=False)
        failure = done.stderr.strip()
        if done.returncode:
            time.sleep(0.1)
    account = find(workload, home)
    if account:
        return account
    raise RuntimeFailure(
        "start",
        f"no Unix user could be made for {workload}: {failure}",
        remedy="see whether `useradd --system` works on this machine",
    )


def drop(workload: str, home: Path) -> None:
    """Remove the workload's account; only after its files and processes are gone."""
    for _ in range(TRIES):
        account = find(workload, home)
        if account is None:
            return
        if subprocess.run(["userdel", account.name], capture_output=True, check=False).returncode:
            time.sleep(0.1)


def edge_group() -> tuple[str, str] | None:
    """User and group that HAProxy lowers itself to; Debian's package brings them."""
    try:
        return ("haproxy", grp.getgrnam("haproxy").gr_name) if pwd.getpwnam("haproxy") else None
    except KeyError:
        return None
