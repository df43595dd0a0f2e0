"""Owns the start of a release: run it beside the one that serves, and wait until it is ready or say why it is not."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING

from roadbed.adapters.local_runtime import processes, programs, records
from roadbed.ground.ports.runtime import RuntimeFailure

if TYPE_CHECKING:
    from pathlib import Path

    from roadbed.adapters.local_runtime.accounts import Account
    from roadbed.adapters.local_runtime.daemon import Daemon
    from roadbed.adapters.local_runtime.layout import Layout
    from roadbed.ground.ports.runtime import ReleaseSpec, Report

READY_IN_A_ROW = 2
FIRST_PAUSE, LONGEST_PAUSE = 0.02, 0.5
PROBE_SECONDS = 2.0
TELL_SECONDS = 1.0
SHOWN_LINES = 20
FIRST_GOOD, FIRST_BAD = 200, 300


@dataclass(frozen=True, slots=True)
class Probe:
    """One look at the health path. `ready` is None when nothing took the connection."""

    ready: bool | None
    seen: str


def probe(port: int, path: str, *, seconds: float = PROBE_SECONDS) -> Probe:
    """Ask the health path once."""
    connection = HTTPConnection(programs.HOST, port, timeout=seconds)
    try:
        connection.request("GET", path, headers={"User-Agent": "roadbed-health", "Connection": "close"})
        status = connection.getresponse().status
    except ConnectionRefusedError:
        return Probe(None, "refuses connections")
    except TimeoutError:
        return Probe(False, f"did not answer {path} within {seconds:g} s")
    except (OSError, HTTPException) as error:
        return Probe(False, f"breaks the connection on {path} ({type(error).__name__})")
    finally:
        connection.close()
    return Probe(FIRST_GOOD <= status < FIRST_BAD, f"answers {status} on {path}")


class Start:
    """One start of one release."""

    def __init__(self, layout: Layout, daemon: Daemon, spec: ReleaseSpec, account: Account) -> None:
        self.layout = layout
        self.daemon = daemon
        self.spec = spec
        self.account = account
        self.folder: Path = layout.release(spec.workload, spec.number)
        self.name = programs.name_of(spec.workload, spec.number)
        self.log = programs.log_of(layout, spec.workload, spec.number)
        self.daemon_log_from = daemon.log_size()
        self.log_from = self.log.stat().st_size if self.log.exists() else 0

    def runs(self) -> bool:
        """Whether it runs already, from before or because somebody else has just started it."""
        return self.name in self.daemon.names() and processes.look(self.folder).pid is not None

    def is_ready(self) -> bool:
        """Whether it answers right now: a rollback to a release that still drains needs no start."""
        port = programs.port_of(self.layout, self.spec.workload, self.spec.number)
        return port is not None and bool(probe(port, self.spec.health_path, seconds=1.0).ready)

    def begin(self, report: Report) -> None:
        """Have it running anew, on a port that is free now."""
        self.daemon.take_away(self.name, self.folder)
        port = programs.write_program(self.layout, self.spec, self.account)
        report("start", f"Starting {self.spec.label} on port {port} as {self.account.name}")
        self.daemon.add(self.name, self.folder)

    def await_ready(self, report: Report) -> None:
        """Wait until it answers, or say why it does not."""
        port = programs.port_of(self.layout, self.spec.workload, self.spec.number)
        if port is None:
            raise RuntimeFailure("ready", f"{self.spec.label} was removed while it started", remedy="deploy again")
        self._await_ready(port, self.daemon_log_from, report)

    def _await_ready(self, port: int, since: int, report: Report) -> None:
        began = told = time.monotonic()
        pause, in_a_row, last = FIRST_PAUSE, 0, Probe(None, "refuses connections")
        while True:
            self._refuse_crash(since)
            left = self.spec.ready_seconds - (time.monotonic() - began)
            if left <= 0:
                raise self._never_ready(port, last)
            last = probe(port, self.spec.health_path, seconds=min(PROBE_SECONDS, max(0.1, left)))
            in_a_row = in_a_row + 1 if last.ready else 0
            if in_a_row >= READY_IN_A_ROW:
                self._refuse_stranger(port)
                report("ready", f"{self.spec.label} is ready after {time.monotonic() - began:.1f} s")
                return
            if time.monotonic() - told >= TELL_SECONDS:
                # Also the moment at which whoever asked can call the start off, by raising.
                report("ready", f"Waiting for {self.spec.label}: it {last.seen}")
                told = time.monotonic()
            pause = FIRST_PAUSE if last.ready else min(pause * 1.5, LONGEST_PAUSE)
            time.sleep(min(pause, max(0.0, left)))

    def _refuse_crash(self, since: int) -> None:
        running = processes.look(self.folder)
        if running.starts == 0 or (running.starts == 1 and running.pid is not None):
            return
        how = self._how_it_ended(since)
        raise RuntimeFailure(
            "ready",
            f"{self.spec.label} ended before it was ready: {how}",
            remedy=f"mend what the log shows; the command was `{self.spec.run}`",
            log=self._log(),
        )

    def _how_it_ended(self, since: int) -> str:
        deadline = time.monotonic() + 1.0
        while (how := self.daemon.exit_of(self.name, since=since)) == "unknown status" and time.monotonic() < deadline:
            time.sleep(0.02)
        return how

    def _refuse_stranger(self, port: int) -> None:
        """Somebody else may have taken the port between its choice and the start."""
        ports = processes.listening_ports(self.folder)
        if ports and port not in ports:
            raise self._never_ready(port, Probe(None, "leaves the port to another process"))

    def _never_ready(self, port: int, last: Probe) -> RuntimeFailure:
        label, limit = self.spec.label, f"within {self.spec.ready_seconds:g} s"
        others = sorted(processes.listening_ports(self.folder) - {port})
        path = self.spec.health_path
        if last.ready is not None:
            detail = f"{label} was not ready {limit}: it {last.seen}"
            remedy = (
                f"make {path} answer 2xx when the service can take traffic, or name another path in roadbed.dev/health"
            )
        elif others:
            heard = ", ".join(map(str, others))
            detail = f"{label} listens on port {heard}, not on the port {port} that it was given"
            remedy = "make the run command listen on $PORT of $HOST"
        elif port in processes.listening_ports(self.folder):
            detail = f"{label} listens on port {port}, but not on {programs.HOST}"
            remedy = "make the run command listen on $PORT of $HOST"
        else:
            detail = f"{label} listened on no port {limit}"
            remedy = "make the run command listen on $PORT of $HOST and stay in the foreground"
        return RuntimeFailure("ready", detail, remedy=remedy, log=self._log())

    def _log(self) -> tuple[str, ...]:
        with contextlib.suppress(OSError):
            return records.tail(self.log, SHOWN_LINES, since=self.log_from)
        return ()
