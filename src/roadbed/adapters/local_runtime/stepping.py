"""Owns how a step of a runbook runs beside a service: a user of its own, a fresh folder, limits, and an end for all."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from roadbed.adapters.local_runtime import accounts, disk, launcher, programs
from roadbed.ground.ports.runtime import RuntimeFailure
from roadbed.ground.ports.steps import ENDED, STOPPED, TIMED_OUT, StepEnd, StepSpec

if TYPE_CHECKING:
    from collections.abc import Callable

    from roadbed.adapters.local_runtime.accounts import Account
    from roadbed.adapters.local_runtime.layout import Layout

MEMORY_MB: Final = 512
FILE_MB: Final = 256
PROCESSES: Final = 128
OPEN_FILES: Final = 1024
GRACE_SECONDS: Final = 5.0
LINGER_SECONDS: Final = 1.0
ASK_SECONDS: Final = 0.5
ROUNDS: Final = 50
FLAGS: Final = {"sh": ["/bin/sh", "-e", "-c"], "bash": ["/bin/bash", "-e", "-o", "pipefail", "-c"]}


class LocalSteps:
    """Steps on this machine. At most one runs beside a workload: its user is the step's alone, and ends with it."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def refusal(self) -> str:
        if self.layout.isolates:
            return ""
        return "Roadbed does not run as root here, so no step could be given a user of its own."

    def user_of(self, workload: str) -> str:
        account = accounts.find(_name(workload), self._home(workload))
        return account.name if account else accounts.names_for(_name(workload), self._home(workload))[0]

    def prepare(self, run: str, workload: str) -> Path:
        if refusal := self.refusal():
            raise RuntimeFailure("start", refusal, remedy="Copy the command and run it in your own terminal.")
        with disk.writing("start", self.layout.data):
            self.layout.prepare()
            for folder in (self.layout.root / "steps", self._home(workload)):
                disk.make_folder(folder, 0o711)
            self._account(workload)
            folder = self._folder(run, workload)
            disk.clear(folder)
            disk.make_folder(folder, 0o711)
            for name in ("files", "home"):
                disk.make_folder(folder / name, 0o700)
        return folder / "files"

    def run(self, spec: StepSpec, *, output: Callable[[bytes], None], stop: Callable[[], bool]) -> StepEnd:
        account, folder = self._account(spec.workload), self._folder(spec.run, spec.workload)
        for name in ("files", "home"):
            programs.give(folder / name, account)
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", launcher.__file__, "-"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0,
            start_new_session=True, env={}, cwd="/",
        )  # fmt: skip
        assert process.stdin is not None  # noqa: S101 - both were asked for
        assert process.stdout is not None  # noqa: S101
        try:
            with contextlib.suppress(BrokenPipeError), process.stdin as given:
                # By a pipe and not by a file: what it is given holds secrets.
                given.write(json.dumps(self._program(spec, account, folder)).encode())
            how = _follow(_Following(process, process.stdout, began + spec.seconds, output, stop))
        finally:
            _signal(process, signal.SIGKILL)
            end_all_of(account)
            process.stdout.close()
            code = process.wait()
        return StepEnd(how, code if how == ENDED else None, time.monotonic() - began)

    def clean(self, run: str, workload: str) -> bool:
        account = accounts.find(_name(workload), self._home(workload))
        ended = end_all_of(account) if account else 0
        disk.clear(self._folder(run, workload))
        return ended > 0

    def forget(self, workload: str) -> None:
        """Remove the user and everything of steps beside a workload that is removed."""
        account = accounts.find(_name(workload), self._home(workload))
        if account is not None:
            end_all_of(account)
            accounts.drop(_name(workload), self._home(workload))
        disk.clear(self._home(workload))

    def _program(self, spec: StepSpec, account: Account, folder: Path) -> dict[str, Any]:
        path = f"{programs.SYSTEM_PATH}:{Path(sys.executable).parent}"
        own = {"PATH": path, "HOME": str(folder / "home"), "TMPDIR": str(folder / "home"), "LANG": "C.UTF-8"}
        return {
            "argv": [*FLAGS[spec.shell], spec.script],
            "folder": str(folder / "files"),
            "environment": {**own, "SERVICE_URL": self.layout.url_of(spec.workload), **spec.environment},
            "uid": account.uid,
            "gid": account.gid,
            "limits": {
                "core": 0, "data": MEMORY_MB * programs.MIB, "fsize": FILE_MB * programs.MIB, "nofile": OPEN_FILES,
                "nproc": PROCESSES, "cpu": int(spec.seconds) + 1,
            },
            "log": None,
            "dies_with_parent": True,
        }  # fmt: skip

    def _account(self, workload: str) -> Account:
        return accounts.ensure(_name(workload), self._home(workload))

    def _home(self, workload: str) -> Path:
        self.layout.workload(workload)
        return self.layout.root / "steps" / workload

    def _folder(self, run: str, workload: str) -> Path:
        if not run.isalnum():
            raise RuntimeFailure("start", f"{run!r} names no run", remedy="ask for it again")
        return self._home(workload) / run


def _name(workload: str) -> str:
    return f"{workload}-steps"


def end_all_of(account: Account) -> int:
    """End every process of a user, also those that fork meanwhile; how many there were. Never our own user's."""
    if account.uid in (None, 0, os.geteuid()):
        return 0
    ended: set[int] = set()
    for _ in range(ROUNDS):
        found = [pid for pid in _pids() if _uid(pid) == account.uid and launcher.start_ticks(pid) is not None]
        if not found:
            break
        for pid in found:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        ended |= set(found)
        time.sleep(0.01)
    return len(ended)


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208 - a fifth of the time


def _uid(pid: int) -> int | None:
    try:
        return os.stat(f"/proc/{pid}").st_uid  # noqa: PTH116
    except OSError:
        return None


@dataclass(slots=True)
class _Following:
    """A process whose output is followed."""

    process: subprocess.Popen[bytes]
    pipe: IO[bytes]
    deadline: float
    output: Callable[[bytes], None]
    stop: Callable[[], bool]


def _follow(one: _Following) -> str:  # noqa: C901 - one loop over what can happen
    """Hand on what it prints until it ends, its time is over, or somebody stops it; then how that was."""
    os.set_blocking(one.pipe.fileno(), False)
    asked = time.monotonic()
    kill_at, how, lingering = None, ENDED, None
    with selectors.DefaultSelector() as selector:
        selector.register(one.pipe, selectors.EVENT_READ)
        while True:
            now = time.monotonic()
            if one.process.poll() is not None:
                # What it left running may hold the pipe only a moment longer.
                lingering = lingering or now + LINGER_SECONDS
                if now >= lingering:
                    return how
            if kill_at is None and now >= one.deadline:
                kill_at, how = now + GRACE_SECONDS, TIMED_OUT
                _signal(one.process, signal.SIGTERM)
            elif kill_at is None and now - asked >= ASK_SECONDS:
                asked = now
                if one.stop():
                    kill_at, how = now + GRACE_SECONDS, STOPPED
                    _signal(one.process, signal.SIGTERM)
            if kill_at is not None and now >= kill_at:
                return how
            if selector.select(0.05):
                data = one.pipe.read(1 << 16)
                if data:
                    one.output(data)
                elif one.process.poll() is None:
                    # It closed its output and goes on.
                    selector.unregister(one.pipe)
                    _wait(one.process, 0.05)
                    return _follow_silent(one, how, kill_at)
                else:
                    return how


def _follow_silent(one: _Following, how: str, kill_at: float | None) -> str:
    """The same for a process that prints no more."""
    while one.process.poll() is None:
        now = time.monotonic()
        if kill_at is None and (now >= one.deadline or one.stop()):
            how, kill_at = (TIMED_OUT if now >= one.deadline else STOPPED), now + GRACE_SECONDS
            _signal(one.process, signal.SIGTERM)
        if kill_at is not None and now >= kill_at:
            return how
        _wait(one.process, ASK_SECONDS)
    return how


def _wait(process: subprocess.Popen[bytes], seconds: float) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
