"""Owns the runtime's daemon: supervisord, started once, outliving the rest of Roadbed, spoken to over its socket."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import sys
import time
import xmlrpc.client
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any

from roadbed.adapters.local_runtime import attendant, disk, launcher, processes, supervising
from roadbed.ground.ports.runtime import RuntimeFailure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from roadbed.adapters.local_runtime.layout import Layout

UP_SECONDS = 15.0
# Every call that we make is answered at once; a supervisord that takes longer hangs.
ANSWER_SECONDS = 5.0
STOP_SECONDS = 10
ALREADY_ADDED, STILL_RUNNING = 90, 91
SECRET_FILE = 0o600
OK = 200

# Every path is relative to the daemon's folder: no percent sign, blank or semicolon of a data folder's name can be
# read as syntax, and a socket below a deep folder stays within 107 bytes.
CONFIGURATION = """\
[unix_http_server]
file = /proc/self/cwd/supervisor.sock
chmod = 0600

[supervisord]
nodaemon = true
logfile = supervisord.log
logfile_maxbytes = 5MB
logfile_backups = 2
pidfile = supervisord.pid
childlogdir = .
umask = 077
minfds = 1024
{user}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[include]
files = /proc/self/cwd/programs/*.ini
"""

# startsecs is 0 because the launcher itself counts restarts and spaces them out, also across supervisords.
PROGRAM = """\
[program:{name}]
command = ./python -I -S launcher.py {folder} supervised
autostart = true
autorestart = true
startsecs = 0
stopwaitsecs = {stop}
stopasgroup = true
killasgroup = true
redirect_stderr = true
stdout_logfile = NONE
"""


class _Connection(HTTPConnection):
    """HTTP over the daemon's socket, reached through its folder so that its path's length does not matter."""

    def __init__(self, folder: Path) -> None:
        super().__init__("localhost", timeout=ANSWER_SECONDS)
        self.folder = folder

    def connect(self) -> None:
        self.sock = connected(self.folder, "supervisor.sock", seconds=ANSWER_SECONDS)


def connected(folder: Path, name: str, *, seconds: float) -> socket.socket:
    """A connection to a Unix socket in the folder, however long the folder's path is."""
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    link = socket.socket(socket.AF_UNIX)
    link.settimeout(seconds)
    try:
        link.connect(f"/proc/self/fd/{descriptor}/{name}")
    except OSError:
        link.close()
        raise
    finally:
        os.close(descriptor)
    return link


class Daemon:
    """supervisord and the programs in it."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.folder = layout.daemon

    # --- itself

    def is_up(self) -> bool:
        try:
            state = self.call("getState")
        except RuntimeFailure:
            return False
        return bool(state["statecode"] == 1)

    def ensure(self) -> bool:
        """Have it running; whether it had to be started."""
        if self.is_up():
            return False
        with disk.locked(self.layout.lock("daemon-start"), step="start", what="the runtime's daemon"):
            if self.is_up():
                return False
            self._make_room()
            self._begin()
        return True

    def _make_room(self) -> None:
        """A supervisord that runs and does not answer is ended; its programs live on and are adopted."""
        record = disk.load(self.folder / "supervisord.json") or {}
        if launcher.runs(record):
            with contextlib.suppress(ProcessLookupError):
                os.kill(record["pid"], signal.SIGKILL)
            processes.gone(record, seconds=5.0)
        processes.kill_in(self.folder.resolve())
        (self.folder / "supervisor.sock").unlink(missing_ok=True)

    def _begin(self) -> None:
        with disk.writing("start", self.folder):
            self._lay_out()
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"}
        supervising.start(self.folder, environment=environment, output="daemon.out")
        deadline = time.monotonic() + UP_SECONDS
        while not self.is_up():
            if time.monotonic() > deadline:
                last = (self.folder / "daemon.out").read_text(errors="replace").splitlines()[-10:]
                raise RuntimeFailure(
                    "start",
                    f"supervisord did not answer within {UP_SECONDS:.0f} s",
                    remedy=f"read {self.folder / 'supervisord.log'}",
                    log=tuple(last),
                )
            time.sleep(0.02)
        disk.save(self.folder / "supervisord.json", processes.remember(int(self.call("getPID"))))

    def _lay_out(self) -> None:
        user = "user = root\n" if os.geteuid() == 0 else ""
        disk.replace(self.folder / "supervisord.conf", CONFIGURATION.format(user=user).encode())
        for module in (launcher, attendant):
            source = Path(str(module.__file__))
            disk.replace(self.folder / source.name, source.read_bytes())
        # The interpreter without its virtual environment: an upgrade of Roadbed may replace that one at any time.
        link = self.folder / "python"
        link.unlink(missing_ok=True)
        link.symlink_to(os.path.realpath(sys.executable))
        if not shutil.which("setsid"):
            raise RuntimeFailure("start", "setsid is missing", remedy="apt-get install util-linux")

    def call(self, method: str, *arguments: Any) -> Any:
        """One call of supervisord's RPC. Raises xmlrpc.client.Fault for a refusal."""
        body = xmlrpc.client.dumps(arguments, f"supervisor.{method}").encode()
        try:
            return xmlrpc.client.loads(self._post(body))[0][0]
        except (OSError, HTTPException) as error:
            raise RuntimeFailure(
                "start", f"supervisord does not answer: {error}", remedy="run `roadbed up`, which starts it again"
            ) from error

    def _post(self, body: bytes) -> bytes:
        with contextlib.closing(_Connection(self.folder)) as connection:
            connection.request("POST", "/RPC2", body, {"Content-Type": "text/xml"})
            answer = connection.getresponse()
            if answer.status != OK:
                raise HTTPException(f"{answer.status} {answer.reason}")
            return answer.read()

    def let_go(self) -> None:
        """End supervisord at once and leave its programs running; launchers that are no program yet end with it."""
        with disk.locked(self.layout.lock("daemon-start"), step="drain", what="the runtime's daemon"):
            self._make_room()

    # --- its programs

    def add(self, name: str, folder: Path) -> None:
        """Have the program of that folder running under that name."""
        with self._configuring():
            text = PROGRAM.format(name=name, folder=os.path.relpath(folder, self.folder), stop=STOP_SECONDS + 2)
            with disk.writing("start", self.folder):
                disk.replace_if_other(self.layout.programs / f"{name}.ini", text.encode())
            try:
                self.call("reloadConfig")
                self.call("addProcessGroup", name)
            except xmlrpc.client.Fault as fault:
                if fault.faultCode != ALREADY_ADDED:
                    raise RuntimeFailure(
                        "start", f"supervisord refused {name}: {fault.faultString}", remedy="run `roadbed doctor`"
                    ) from fault
                with contextlib.suppress(xmlrpc.client.Fault):
                    self.call("startProcess", name, False)

    def take_away(self, name: str, folder: Path) -> None:
        """Stop the program, the whole of it, and forget it."""
        with self._configuring():
            (self.layout.programs / f"{name}.ini").unlink(missing_ok=True)
        try:
            self.call("stopProcessGroup", name, False)
        except (xmlrpc.client.Fault, RuntimeFailure):
            # supervisord does not know it, or is dead: then the signal is ours to send.
            processes.end(folder, grace=STOP_SECONDS)
            return
        processes.finish(folder, grace=STOP_SECONDS)
        self._forget(name)

    def _forget(self, name: str) -> None:
        """Have supervisord remove a program, which it does once it has seen it end; each call makes it look again."""
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            try:
                self.call("removeProcessGroup", name)
            except xmlrpc.client.Fault as fault:
                if fault.faultCode != STILL_RUNNING:
                    return
                time.sleep(0.01)
            except RuntimeFailure:
                return
            else:
                return

    @contextlib.contextmanager
    def _configuring(self) -> Iterator[None]:
        with disk.locked(self.layout.lock("daemon"), step="start", what="supervisord's programs"):
            yield

    def names(self) -> tuple[str, ...]:
        """Programs that supervisord is to run."""
        return tuple(sorted(path.stem for path in self.layout.programs.glob("*.ini")))

    def pid_of(self, name: str) -> int | None:
        """The process that supervisord holds for the program: the program itself, or what waits on it."""
        with contextlib.suppress(RuntimeFailure, xmlrpc.client.Fault):
            return int(self.call("getProcessInfo", name)["pid"]) or None
        return None

    def log_size(self) -> int:
        path = self.folder / "supervisord.log"
        return path.stat().st_size if path.exists() else 0

    def exit_of(self, name: str, *, since: int) -> str:
        """How the program last ended, in words; supervisord keeps that in its log alone once it has restarted it."""
        with contextlib.suppress(OSError), (self.folder / "supervisord.log").open("rb") as file:
            file.seek(min(since, self.log_size()))
            text = file.read().decode("utf-8", "replace")
            found = re.findall(rf"exited: {re.escape(name)} \(([^;)]+)", text)
            if found:
                return str(found[-1])
        return "unknown status"
