"""Starts the real processes quickly: everything is imported once, and each start is a fork of that.

A process that is started here runs its own `main` from its first line on, reads its settings, wires the house and opens
its connections itself; only the importing of modules, which takes seconds, is behind it. One command a line comes in as
JSON and one answer a line goes out. When the commands end, so does every process that was started.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import signal
import sys
import traceback
from typing import Any, BinaryIO

LEFT_OUT = (
    ".tests",
    ".migrations",
    ".bundled",
    "roadbed.cli",
    "settings_test",
    "config.wsgi",
    "__main__",
    "config.manage",
)


def load() -> None:
    """Import what the processes would import."""
    import django

    django.setup()
    import roadbed

    for found in pkgutil.walk_packages(roadbed.__path__, "roadbed."):
        if not any(part in found.name for part in LEFT_OUT):
            importlib.import_module(found.name)
    gc.collect()
    gc.freeze()


def start(name: str, point: str) -> int:
    """Fork a process; with a point it ends itself by SIGKILL when it comes there."""
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        try:
            if point:
                from faults.kills import points

                points.arm(point)
            importlib.import_module(f"roadbed.config.{name}").main()
        except BaseException:  # noqa: BLE001 - the fork must never return into the loop of commands
            traceback.print_exc()
        os._exit(0)
    # Here as well, so that the group is there before anybody kills it.
    with contextlib.suppress(OSError):
        os.setpgid(pid, pid)
    return pid


def call(verb: str, arguments: list[Any]) -> Any:
    """Run a function of `house` in a fork; answers what it answered."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.dup2(2, 1)
        os.close(reading)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
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
    return json.loads(text) if text else {"fault": "it ended without an answer"}


def main(commands: BinaryIO, answers: BinaryIO) -> None:
    """Do as told until nobody tells any more."""
    load()
    # Whoever ends is forgotten at once: nobody here waits for it.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    started = []
    answers.write(b'{"answer": "ready"}\n')
    answers.flush()
    for line in commands:
        told = json.loads(line)
        if told["do"] == "start":
            started.append(start(told["name"], told["point"]))
            said: Any = {"answer": started[-1]}
        else:
            said = call(told["verb"], told["arguments"])
        answers.write(json.dumps(said).encode() + b"\n")
        answers.flush()
    for pid in started:
        try:
            if os.getpgid(pid) == pid:
                os.killpg(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


if __name__ == "__main__":
    # What a process prints must not be read as an answer.
    kept = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    main(sys.stdin.buffer, kept)
