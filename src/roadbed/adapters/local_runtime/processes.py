"""Owns what we know of running processes: the one a record names, the group it leads, and how both are ended."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from roadbed.adapters.local_runtime import disk, launcher


@dataclass(frozen=True, slots=True)
class Running:
    """What a program folder's record says of its process.

    Attributes:
        pid: the process that leads the program's group; None when it does not run.
        started_at: when it began.
        starts: how often it was begun since the release was started.
        quick: how many times in a row it then died within seconds.
        adopted: supervisord waits on it, but did not start it: it outlived an earlier one.
    """

    pid: int | None
    started_at: datetime | None
    starts: int
    quick: int
    adopted: bool


def look(folder: Path, *, supervised: int | None = None) -> Running:
    """The process of a program folder; `supervised` is the pid that supervisord holds for it."""
    record = disk.load(folder / "process.json") or {}
    alive = launcher.runs(record)
    return Running(
        pid=record["pid"] if alive else None,
        started_at=datetime.fromtimestamp(record["at"], tz=UTC) if alive else None,
        starts=record.get("starts", 0),
        quick=record.get("quick", 0),
        adopted=alive and supervised is not None and supervised != record["pid"],
    )


def end(folder: Path, *, grace: float) -> bool:
    """Make sure that nothing of a program is left: its group, and what moved to groups of its own; True if it was."""
    record = disk.load(folder / "process.json") or {}
    found = launcher.runs(record)
    if found:
        signal_group(record["pid"], signal.SIGTERM)
    return finish(folder, grace=grace) or found


def finish(folder: Path, *, grace: float) -> bool:
    """Wait for a program that was told to end, then end what is left of it; True if anything was."""
    program = disk.load(folder / "program.json") or {}
    record = disk.load(folder / "process.json") or {}
    marker = str(program.get("marker", ""))
    if launcher.runs(record) and not gone(record, seconds=grace):
        signal_group(record["pid"], signal.SIGKILL)
        gone(record, seconds=5.0)
    return bool(marker) and launcher.kill_marked(marker) > 0


def kill_in(folder: Path) -> None:
    """End supervisord and its launchers that work in the folder; not a shell in which somebody looks around there."""
    for pid in psutil.pids():
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/cwd").readlink() == folder and pid != os.getpid():
                words = Path(f"/proc/{pid}/cmdline").read_bytes()
                if b"launcher.py" in words or b"roadbed.adapters.local_runtime.supervising" in words:
                    os.kill(pid, signal.SIGKILL)


def signal_group(pid: int, number: int) -> None:
    """Signal the whole group that the process leads."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, number)


def gone(record: dict[str, Any], *, seconds: float) -> bool:
    """Wait until the recorded process has ended; whether it has."""
    try:
        watched = os.pidfd_open(record["pid"])
    except OSError:
        return True
    try:
        poll = select.poll()
        poll.register(watched, select.POLLIN)
        deadline = time.monotonic() + seconds
        while launcher.runs(record) and (left := deadline - time.monotonic()) > 0:
            poll.poll(min(200.0, left * 1000))
        return not launcher.runs(record)
    finally:
        os.close(watched)


def remember(pid: int) -> dict[str, Any]:
    """A record of a process, to ask about it later."""
    return {"pid": pid, "start": launcher.start_ticks(pid), "boot": launcher.boot()}


def members(folder: Path) -> set[int]:
    """A program's processes: those that carry its marker, and its group, since a title can overwrite a marker."""
    program = disk.load(folder / "program.json") or {}
    record = disk.load(folder / "process.json") or {}
    found = set(launcher.marked(str(program["marker"]))) if program.get("marker") else set()
    if launcher.runs(record):
        for pid in psutil.pids():
            with contextlib.suppress(ProcessLookupError):
                if os.getpgid(pid) == record["pid"]:
                    found.add(pid)
    return found


def listening_ports(folder: Path) -> set[int]:
    """The TCP ports that a program's processes listen on."""
    ports: set[int] = set()
    for pid in members(folder):
        with contextlib.suppress(psutil.Error):
            for connection in psutil.Process(pid).net_connections(kind="tcp"):
                if connection.status == psutil.CONN_LISTEN and connection.laddr:
                    ports.add(connection.laddr.port)
    return ports


def who_listens(port: int) -> str:
    """The process that has a port, as far as we may see it."""
    with contextlib.suppress(psutil.Error):
        for connection in psutil.net_connections(kind="tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port:
                if connection.pid is None:
                    return "a process of another user"
                with contextlib.suppress(psutil.Error):
                    return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    return "another process"
