"""Roadbed's own processes: web and worker under a supervisord of their own, apart from the runtime of the services."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from roadbed.adapters.local_runtime import supervising
from roadbed.config.folder import Folder
from roadbed.ground.errors import Unavailable

NAMES = ("web", "worker", "pager")
STOP_SECONDS = 20.0

# All paths are relative to the folder, so that nothing in a data folder's name can be read as syntax.
CONFIGURATION = """\
[supervisord]
nodaemon = true
logfile = supervisord.log
logfile_maxbytes = 2MB
logfile_backups = 1
pidfile = supervisord.pid
umask = 077
{user}
"""
PROGRAM = """
[program:{name}]
command = ./python -m roadbed.config.{name}
autorestart = true
startsecs = 1
startretries = 1000000
stopwaitsecs = 15
stopasgroup = true
killasgroup = true
redirect_stderr = true
stdout_logfile = {name}.out
stdout_logfile_maxbytes = 1MB
stdout_logfile_backups = 0
"""


@dataclass(frozen=True, slots=True)
class Known:
    """A process of ours as its pid file tells, and whether it is that process still."""

    name: str
    pid: int | None
    started_at: float | None


class Control:
    """The process tree of one data folder."""

    def __init__(self, folder: Folder) -> None:
        self.data = folder
        self.folder = folder.run / "control"

    def known(self, name: str) -> Known:
        """What runs under a name now."""
        record = _read(self.data.run / f"{name}.pid")
        return Known(name=name, pid=record[0] if record else None, started_at=record[1] if record else None)

    def supervisor(self) -> int | None:
        """The pid of the running supervisord, None when there is none."""
        record = _read(self.folder / "supervisord.json")
        return record[0] if record else None

    def start(self) -> bool:
        """Start supervisord with web and worker unless it runs; leftovers of a killed one are ended first."""
        if self.supervisor() is not None:
            return False
        self.end_leftovers()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        user = "user = root" if os.geteuid() == 0 else ""
        text = CONFIGURATION.format(user=user) + "".join(PROGRAM.format(name=name) for name in NAMES)
        (self.folder / "supervisord.conf").write_text(text)
        _interpreter(self.folder / "python")
        environment = {**os.environ, "ROADBED_DATA": str(self.data.root), "PYTHONUNBUFFERED": "1"}
        supervising.start(self.folder, environment=environment, output="start.out")
        self._note_supervisor()
        return True

    def _note_supervisor(self) -> None:
        pid_file = self.folder / "supervisord.pid"
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, ValueError, psutil.NoSuchProcess):
                process = psutil.Process(int(pid_file.read_text()))
                if "supervisord" in " ".join(process.cmdline()):
                    write_record(self.folder / "supervisord.json", process)
                    return
            time.sleep(0.02)
        raise Unavailable(
            "supervisord did not start.",
            remedy=f"Read {self.folder / 'start.out'} and {self.folder / 'supervisord.log'}.",
        )

    def stop(self) -> list[str]:
        """Stop supervisord, web and worker with everything they started; answers what was stopped."""
        stopped = []
        pid = self.supervisor()
        if pid is not None:
            stopped.append("supervisord")
            _end(psutil.Process(pid), group=False)
        (self.folder / "supervisord.json").unlink(missing_ok=True)
        return stopped + self.end_leftovers()

    def end_leftovers(self) -> list[str]:
        """End web and worker processes whose supervisord is gone, whole groups."""
        ended = []
        for name in NAMES:
            known = self.known(name)
            if known.pid is not None:
                with contextlib.suppress(psutil.NoSuchProcess):
                    _end(psutil.Process(known.pid), group=True)
                ended.append(name)
            (self.data.run / f"{name}.pid").unlink(missing_ok=True)
        return ended

    def restart(self, name: str) -> None:
        """End one process; supervisord starts it again with the code and settings of now."""
        known = self.known(name)
        if known.pid is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                _end(psutil.Process(known.pid), group=True)


def _interpreter(script: Path) -> None:
    # A link to the interpreter would lose its virtual environment; the path may hold blanks and percent signs.
    quoted = sys.executable.replace("'", "'\\''")
    script.unlink(missing_ok=True)
    script.write_text(f"#!/bin/sh\nexec '{quoted}' \"$@\"\n")
    script.chmod(0o700)


def write_record(path: Path, process: psutil.Process) -> None:
    """Note a process by pid and start, so that another with the same pid is never taken for it."""
    text = json.dumps({"pid": process.pid, "started": process.create_time()})
    part = path.with_suffix(".part")
    part.write_text(text)
    part.replace(path)


def _read(path: Path) -> tuple[int, float] | None:
    try:
        record = json.loads(path.read_text())
        process = psutil.Process(int(record["pid"]))
        alive = abs(process.create_time() - record["started"]) < 1 and process.status() != psutil.STATUS_ZOMBIE
    except (OSError, ValueError, KeyError, psutil.NoSuchProcess):
        return None
    return (process.pid, process.create_time()) if alive else None


def _end(process: psutil.Process, *, group: bool) -> None:
    def send(number: int) -> None:
        with contextlib.suppress(ProcessLookupError, psutil.NoSuchProcess):
            if group and os.getpgid(process.pid) == process.pid:
                os.killpg(process.pid, number)
            else:
                process.send_signal(number)

    send(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except psutil.TimeoutExpired:
        send(signal.SIGKILL)
        process.wait(5)


def begin(folder: Folder, name: str) -> None:
    """Make this process the one of that name: its own group, its record, its log file as output.

    Output goes to a file of its own and not into supervisord's pipe, since a pipe breaks when supervisord dies.
    """
    with contextlib.suppress(PermissionError):
        os.setpgid(0, 0)
    os.umask(0o077)
    folder.make()
    write_record(folder.run / f"{name}.pid", psutil.Process())
    log = os.open(folder.logs / f"{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)


def missing_programs() -> tuple[tuple[str, str], ...]:
    """Programs that Roadbed needs and this machine lacks, each with the Debian package that has it."""
    path = os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin"
    needed = (("haproxy", "haproxy"), ("git", "git"), ("setsid", "util-linux"))
    return tuple((program, package) for program, package in needed if shutil.which(program, path=path) is None)
