"""Owns how a release becomes a program: its folder, its user, its environment, its limits and its port."""

from __future__ import annotations

import contextlib
import os
import random
import re
import socket
import stat
from typing import TYPE_CHECKING, Any

from roadbed.adapters.local_runtime import accounts, disk
from roadbed.ground.ports.runtime import ReleaseSpec, RuntimeFailure

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from roadbed.adapters.local_runtime.accounts import Account
    from roadbed.adapters.local_runtime.layout import Layout

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# What a package manager behind a proxy or a mirror needs; nothing else of our own environment reaches a build.
BUILD_VARIABLES = re.compile(
    r"(PIP|UV|NPM_CONFIG|npm_config|YARN|GO|CARGO|MAVEN|GRADLE)_\w+|GOPROXY|GOSUMDB|GOFLAGS"
    r"|(?i:https?|all|no|ftp)_(?i:proxy)|SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE"
    r"|NODE_EXTRA_CA_CERTS|SOURCE_DATE_EPOCH"
)
DEFAULT_MEMORY_MB = 1024
DEFAULT_OPEN_FILES = 8192
DEFAULT_PROCESSES = 512
GRACE_SECONDS = 10.0
MIB = 1024 * 1024
HOST = "127.0.0.1"
PORT_TRIES = 200


def check(spec: ReleaseSpec) -> None:
    """Refuse what cannot be run, before anything is written."""
    fault = None
    if not spec.run.strip() or "\0" in spec.run + spec.build:
        fault = "the run command is empty"
    elif not re.fullmatch(r"/[!-~]*", spec.health_path):
        fault = f"the health path {spec.health_path!r} is not a path of a URL"
    elif spec.number < 1:
        fault = f"a release has a number from 1, not {spec.number}"
    for name, value in spec.environment.items():
        if not VARIABLE.fullmatch(name) or "\0" in value:
            fault = f"{name!r} cannot be a variable of the environment"
    if fault:
        raise RuntimeFailure("start", fault, remedy="mend catalog-info.yaml, commit, and deploy again")


def name_of(workload: str, number: int) -> str:
    """What supervisord calls the release."""
    return f"{workload}.v{number}"


def marker_of(layout: Layout, workload: str, number: int) -> str:
    """What every process of the release carries in its environment, so that none is ever lost from sight."""
    return f"{layout.data.absolute()}#{workload}/{number}"


def account_for(layout: Layout, workload: str) -> Account:
    """Who the workload runs as."""
    return accounts.ensure(workload, layout.home(workload)) if layout.isolates else accounts.own()


def make_folders(layout: Layout, workload: str, account: Account) -> None:
    """The workload's folders: ours for records and logs, its own for state and cache."""
    folder = layout.workload(workload)
    for path in (folder, folder / "releases"):
        disk.make_folder(path, 0o711)
    disk.make_folder(folder / "logs", 0o700)
    for path in (folder / "home", folder / "cache"):
        disk.make_folder(path, 0o700)
        if account.uid is not None and account.gid is not None:
            os.chown(path, account.uid, account.gid)


def give(tree: Path, account: Account) -> None:
    """Make the release's files the service's, so that its build can write there."""
    if account.uid is None or account.gid is None:
        return
    for folder, folders, files in os.walk(tree):
        for name in (*folders, *files):
            os.chown(os.path.join(folder, name), account.uid, account.gid, follow_symlinks=False)  # noqa: PTH118
    os.chown(tree, account.uid, account.gid)
    tree.chmod(0o700)


def seal(tree: Path, account: Account) -> None:
    """Take the built files back: the service reads them and changes none. Only its own are touched."""
    if account.uid is None or account.gid is None:
        return
    for _folder, folders, files, descriptor in os.fwalk(tree, topdown=False):
        for name in (*folders, *files):
            found = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
            if found.st_uid != account.uid:
                continue
            os.chown(name, 0, account.gid, dir_fd=descriptor, follow_symlinks=False)
            if not stat.S_ISLNK(found.st_mode):
                kept = (found.st_mode & 0o700) | ((found.st_mode & 0o500) >> 3)
                os.chmod(name, kept, dir_fd=descriptor)
    os.chown(tree, 0, account.gid)
    tree.chmod(0o750)


def regroup(tree: Path, account: Account) -> None:
    """Make a release readable to its user where that is another than when it was built: restored, or moved."""
    if account.uid is None or account.gid is None or tree.stat().st_gid == account.gid:
        return
    if tree.stat().st_uid != 0:
        give(tree, account)
        seal(tree, account)
        return
    former = tree.stat().st_gid
    for _folder, folders, files, descriptor in os.fwalk(tree):
        for name in (*folders, *files):
            if os.stat(name, dir_fd=descriptor, follow_symlinks=False).st_gid == former:
                os.chown(name, -1, account.gid, dir_fd=descriptor, follow_symlinks=False)
    os.chown(tree, -1, account.gid)


def build_environment(layout: Layout, spec: ReleaseSpec) -> dict[str, str]:
    """What a build sees: no secrets, a cache of the workload's own, and how to reach package registries."""
    folder = layout.workload(spec.workload)
    passed = {name: value for name, value in os.environ.items() if BUILD_VARIABLES.fullmatch(name)}
    return passed | {
        "PATH": SYSTEM_PATH,
        "HOME": str(folder / "cache"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "LANG": "C.UTF-8",
        "CI": "true",
    }


def run_environment(layout: Layout, spec: ReleaseSpec, port: int) -> dict[str, str]:
    """What a service sees: its configuration and secrets, where to listen, and the system's path."""
    base = {"PATH": SYSTEM_PATH, "HOME": str(layout.home(spec.workload)), "LANG": "C.UTF-8"}
    ours = {"HOST": HOST, "PORT": str(port), "ROADBED_COMMIT": spec.commit, "ROADBED_VERSION": spec.label}
    return base | dict(spec.environment) | ours


def describe(
    layout: Layout,
    spec: ReleaseSpec,
    account: Account,
    *,
    command: str,
    environment: Mapping[str, str],
    log: Path | None,
) -> dict[str, Any]:
    """The program for the launcher."""
    resources = spec.resources
    limits = {
        "core": 0,
        # Writable private memory: the address space itself is no measure, node reserves gigabytes that it never uses.
        "data": (resources.memory_mb or DEFAULT_MEMORY_MB) * MIB,
        "nofile": resources.open_files or DEFAULT_OPEN_FILES,
    }
    if account.uid is not None:
        # Counted by user, so only where the user is the service's own.
        limits["nproc"] = resources.processes or DEFAULT_PROCESSES
    marker = marker_of(layout, spec.workload, spec.number)
    return {
        "argv": ["/bin/sh", "-c", command],
        "folder": str(layout.release(spec.workload, spec.number) / "app"),
        "environment": {**environment, "ROADBED_RELEASE": marker},
        "uid": account.uid,
        "gid": account.gid,
        "limits": limits,
        "log": str(log) if log else None,
        "grace": GRACE_SECONDS,
        "marker": marker,
    }


def log_of(layout: Layout, workload: str, number: int) -> Path:
    """Where the release prints."""
    return layout.workload(workload) / "logs" / f"v{number}.log"


def write_program(layout: Layout, spec: ReleaseSpec, account: Account) -> int:
    """Give the release a free port and write its program; the port."""
    folder = layout.release(spec.workload, spec.number)
    with disk.locked(layout.lock("ports"), step="start", what="the choice of a port"), disk.writing("start", folder):
        (folder / "process.json").unlink(missing_ok=True)
        port = free_port(layout)
        environment = run_environment(layout, spec, port)
        log = log_of(layout, spec.workload, spec.number)
        program = describe(layout, spec, account, command=spec.run, environment=environment, log=log)
        disk.save(folder / "program.json", program | {"port": port})
    return port


def port_of(layout: Layout, workload: str, number: int) -> int | None:
    """The port that the release was last given."""
    program = disk.load(layout.release(workload, number) / "program.json")
    return int(program["port"]) if program and "port" in program else None


def free_port(layout: Layout) -> int:
    """A port that nothing listens on and no release was given."""
    given = set()
    for path in layout.workloads.glob("*/releases/*/program.json"):
        given.add((disk.load(path) or {}).get("port"))
    for _ in range(PORT_TRIES):
        port = random.randint(*layout.ports)  # noqa: S311 - spread, not secret
        if port not in given and is_free(port):
            return port
    raise RuntimeFailure(
        "start",
        f"no port is free from {layout.ports[0]} to {layout.ports[1]}",
        remedy="stop services that are not needed, or prune old releases",
    )


def is_free(port: int) -> bool:
    """Whether nobody listens on the port."""
    for host in (HOST, "0.0.0.0"):  # noqa: S104 - only to see whether anyone has it
        with contextlib.closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                return False
    return True
