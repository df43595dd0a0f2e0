"""Starts the real processes quickly: everything is loaded once, and each start is a fork of that.

A process that is started here runs its own `main` from its first line on, reads its settings and opens its connections
itself; only the importing and the wiring of modules, which takes seconds, is behind it. A cold start is the command
that the process tree runs. One command a line comes in as JSON and one answer a line goes out. When the commands end,
so does every process that was started.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import pkgutil
import signal
import sys
import threading
import traceback
from typing import Any, BinaryIO

LEFT_OUT = (".tests", ".migrations", ".bundled", "roadbed.cli", "settings_test", "__main__", "config.manage")
SUBREAPER = 36
"""prctl(2): whoever loses its parent below this process becomes its child, so that it can be waited for."""


def load() -> None:
    """Import and wire what the processes would; nothing is opened and no thread begun."""
    import django

    django.setup()
    import roadbed

    for found in pkgutil.walk_packages(roadbed.__path__, "roadbed."):
        if not any(part in found.name for part in LEFT_OUT):
            importlib.import_module(found.name)
    from django.db import connections

    assert threading.active_count() == 1
    assert all(connection.connection is None for connection in connections.all(initialized_only=True))
    gc.collect()
    gc.freeze()


def start(name: str, moment: dict[str, Any] | None, *, cold: bool) -> int:
    """Start a process in a group of its own; with a moment it ends itself by SIGKILL when that comes."""
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        if cold:
            os.execv(sys.executable, [sys.executable, "-m", f"roadbed.config.{name}"])  # noqa: S606 - as the tree does
        try:
            if moment is not None:
                from faults.kills import moments

                moments.arm(moments.Moment(**moment))
            importlib.import_module(f"roadbed.config.{name}").main()
        except BaseException:  # noqa: BLE001 - the fork must never return into the loop of commands
            traceback.print_exc()
        os._exit(0)
    # Here as well, so that the group is there before anybody kills it.
    with contextlib.suppress(OSError):
        os.setpgid(pid, pid)
    return pid


def end(pid: int) -> None:
    """SIGKILL for a whole group; returns when none of it is left."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-pid, 0)


def call(verb: str, arguments: list[Any]) -> Any:
    """Run a function of `house` in a fork; answers what it answered."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(2, 1)
        os.close(reading)
        try:
            from faults.kills import house

            said = {"answer": getattr(house, verb)(*arguments)}
        except BaseException:  # noqa: BLE001 - as above
            said = {"fault": traceback.format_exc()}
        with os.fdopen(writing, "w") as out:
            json.dump(said, out)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    os.waitpid(pid, 0)
    return json.loads(text) if text else {"fault": "it ended without an answer"}


def main(commands: BinaryIO, answers: BinaryIO) -> None:
    """Do as told until nobody tells any more."""
    load()
    ctypes.CDLL(None, use_errno=True).prctl(SUBREAPER, 1, 0, 0, 0)
    running: set[int] = set()

    def answer(said: Any) -> None:
        answers.write(json.dumps(said).encode() + b"\n")
        answers.flush()

    answer({"answer": "ready"})
    for line in commands:
        told = json.loads(line)
        if told["do"] == "start":
            pid = start(told["name"], told["moment"], cold=told["cold"])
            running.add(pid)
            answer({"answer": pid})
        elif told["do"] == "end":
            end(told["pid"])
            running.discard(told["pid"])
            answer({"answer": None})
        else:
            answer(call(told["verb"], told["arguments"]))
    for pid in running:
        end(pid)


if __name__ == "__main__":
    # What a process prints must not be read as an answer.
    kept = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    main(sys.stdin.buffer, kept)
