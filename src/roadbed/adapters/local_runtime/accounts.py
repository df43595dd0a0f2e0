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


def name_for(workload: str) -> str:
    """The Unix user of a workload; a long name ends in a digest, so that two never share one."""
    name = PREFIX + workload
    if len(name) <= LONGEST_NAME:
        return name
    return name[: LONGEST_NAME - 9] + "-" + hashlib.sha256(workload.encode()).hexdigest()[:8]


def find(name: str) -> Account | None:
    """The account of that name."""
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(name, entry.pw_uid, entry.pw_gid)


def ensure(workload: str, home: Path) -> Account:
    """The workload's own account, made when it is missing."""
    name = name_for(workload)
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    failure = ""
    for _ in range(TRIES):
        account = find(name)
        if account:
            return account
        # Two deployments at once meet at the lock of /etc/passwd; the loser tries again.
        done = subprocess.run([*command, "--home-dir", str(home), name], capture_output=True, text=True, check=False)
        failure = done.stderr.strip()
        if done.returncode:
            time.sleep(0.1)
    account = find(name)
    if account:
        return account
    raise RuntimeFailure(
        "start",
        f"the Unix user {name} could not be made: {failure}",
        remedy=f"make it by hand: useradd --system {name}",
    )


def drop(workload: str) -> None:
    """Remove the workload's account; only after its files and processes are gone."""
    name = name_for(workload)
    for _ in range(TRIES):
        if find(name) is None:
            return
        if subprocess.run(["userdel", name], capture_output=True, check=False).returncode:
            time.sleep(0.1)


def edge_group() -> tuple[str, str] | None:
    """User and group that HAProxy lowers itself to; Debian's package brings them."""
    try:
        return ("haproxy", grp.getgrnam("haproxy").gr_name) if pwd.getpwnam("haproxy") else None
    except KeyError:
        return None
