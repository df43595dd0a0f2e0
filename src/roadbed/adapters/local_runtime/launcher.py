"""Owns how a program begins: as its user, within its limits, into its own log; supervisord runs this as a plain file.

Needs the standard library alone, because it is copied into the data folder and outlives an upgrade of Roadbed.
It ends in one of two ways. Either it becomes the program (exec), so that nothing stands between the program and the
kernel and the death of supervisord takes no pipe away; or, when the program that it once became still runs, it waits
on that process and forwards signals, so that a new supervisord supervises an old program again.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import select
import signal
import sys
import time
from typing import Any

QUICK_DEATH_SECONDS = 10.0
LONGEST_DELAY_SECONDS = 30.0
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)
LIMITS = {
    "core": resource.RLIMIT_CORE,
    "cpu": resource.RLIMIT_CPU,
    "data": resource.RLIMIT_DATA,
    "fsize": resource.RLIMIT_FSIZE,
    "nofile": resource.RLIMIT_NOFILE,
    "nproc": resource.RLIMIT_NPROC,
}


def boot() -> str:
    """The identity of this boot: a pid and a start time mean nothing in another one."""
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:  # noqa: PTH123 - pathlib costs 10 ms a start
        return file.read().strip()


def start_ticks(pid: int) -> int | None:
    """When the process began, in clock ticks since boot; None where there is none or it is a zombie."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123
            text = file.read()
    except OSError:
        return None
    fields = text[text.rindex(b")") + 2 :].split()
    return None if fields[0] in (b"Z", b"X") else int(fields[19])


def runs(record: dict[str, Any]) -> bool:
    """Whether the very process that the record names still runs; a recycled pid has another start time."""
    if not record or record.get("boot") != boot():
        return False
    return bool(start_ticks(record["pid"]) == record["start"])


def marked(marker: str) -> list[int]:
    """Processes that carry the marker in their environment: what a program left behind, in whatever session."""
    needle = f"ROADBED_RELEASE={marker}".encode()
    found = []
    for name in os.listdir("/proc"):  # noqa: PTH208
        if not name.isdigit() or int(name) == os.getpid():
            continue
        try:
            with open(f"/proc/{name}/environ", "rb") as file:  # noqa: PTH123
                entries = file.read().split(b"\0")
        except OSError:
            continue
        if needle in entries and start_ticks(int(name)) is not None:
            found.append(int(name))
    return found


def kill_marked(marker: str) -> int:
    """End what a program left behind, and say how many processes that were."""
    ended = 0
    for pid in marked(marker):
        try:
            os.kill(pid, signal.SIGKILL)
            ended += 1
        except OSError:
            continue
    return ended


def read(path: str) -> dict[str, Any]:
    """A JSON object of ours; an empty one where there is none or it was cut short."""
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123
            return dict(json.load(file))
    except (OSError, ValueError):
        return {}


def write(path: str, value: dict[str, Any]) -> None:
    """Replace the file at once, so that a reader sees the old or the new."""
    temporary = f"{path}.{os.getpid()}"
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123
        json.dump(value, file)
    os.replace(temporary, path)  # noqa: PTH105


def delay_after(quick_deaths: int) -> float:
    """Seconds to wait before the next start: none after one death, then doubling from a quarter to half a minute."""
    return 0.0 if quick_deaths <= 1 else min(0.25 * 2 ** (min(quick_deaths, 20) - 2), LONGEST_DELAY_SECONDS)


def wait_for(record: dict[str, Any], *, grace: float, marker: str) -> None:
    """Stand in for an adopted program: end when it ends, hand it the signals we get, kill its group after the grace."""
    pid = int(record["pid"])
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, lambda *_: None)
    try:
        watched = os.pidfd_open(pid)
    except OSError:
        return
    poll = select.poll()
    poll.register(watched, select.POLLIN)
    poll.register(reading, select.POLLIN)
    deadline = None
    while True:
        left = None if deadline is None else max(0.0, deadline - time.monotonic()) * 1000
        ready = {descriptor for descriptor, _ in poll.poll(left)}
        if watched in ready:
            break
        for received in os.read(reading, 64) if reading in ready else b"":
            deadline = time.monotonic() + grace if received in ENDING else deadline
            os.killpg(pid, received)
        if deadline is not None and time.monotonic() >= deadline:
            os.killpg(pid, signal.SIGKILL)
            deadline = time.monotonic() + grace
    kill_marked(marker)


def become(program: dict[str, Any]) -> None:
    """Take the program's log, limits, user and environment, and turn into it."""
    if program.get("log"):
        log = os.open(program["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.dup2(log, 1)
        os.dup2(log, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for name, value in program["limits"].items():
        hard = resource.getrlimit(LIMITS[name])[1]
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(LIMITS[name], (bound, bound))
    if program.get("uid") is not None:
        os.setgroups([])
        os.setgid(program["gid"])
        os.setuid(program["uid"])
    if not program.get("privileged"):
        ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    os.umask(0o077)
    os.chdir(program["folder"])
    os.closerange(3, 1024)
    # Python ignores these; a program that inherits that would not end when its reader goes away.
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    # From here on the program outlives supervisord; its record is on disk already. A step of a runbook has none: it
    # goes with whoever follows it.
    ends = signal.SIGKILL if program.get("dies_with_parent") else 0
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, ends, 0, 0, 0)
    os.execve(program["argv"][0], program["argv"], program["environment"])  # noqa: S606 - the purpose of this file


def bind_to_supervisord() -> bool:
    """Die with supervisord until the program itself runs: the next one starts its own launcher. False if it is dead."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    try:
        with open(f"/proc/{os.getppid()}/cmdline", "rb") as file:  # noqa: PTH123
            return b"supervisord" in file.read()
    except OSError:
        return False


def begin_given() -> int:
    """Begin the program described on standard input, which holds what must not be written to a file."""
    try:
        become(json.load(sys.stdin))
    except (OSError, ValueError) as error:
        os.write(2, f"roadbed: the step could not be started: {error}\n".encode())
    return 71


def main(folder: str, *, supervised: bool) -> int:
    """Adopt or begin the program described in the folder; `-` begins the one on standard input."""
    if supervised and not bind_to_supervisord():
        return 0
    if folder == "-":
        return begin_given()
    program = read(f"{folder}/program.json")
    if not program:
        sys.stderr.write(f"{folder}/program.json is missing or cut short\n")
        return 78
    path = f"{folder}/process.json"
    record = read(path)
    if runs(record):
        wait_for(record, grace=float(program["grace"]), marker=program["marker"])
        return 0
    kill_marked(program["marker"])
    now = time.clock_gettime(time.CLOCK_BOOTTIME)
    same_boot = record.get("boot") == boot()
    quick = 0
    if same_boot:
        quick = record["quick"] + 1 if now - record["began"] < QUICK_DEATH_SECONDS else 0
    time.sleep(delay_after(quick))
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    fresh = {
        "pid": os.getpid(),
        "start": start_ticks(os.getpid()),
        "boot": boot(),
        "began": time.clock_gettime(time.CLOCK_BOOTTIME),
        "at": time.time(),
        "starts": record.get("starts", 0) + 1,
        "quick": quick,
    }
    write(path, fresh)
    try:
        become(program)
    except OSError as error:
        os.write(2, f"roadbed: the program could not be started: {error}\n".encode())
    return 71


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], supervised="supervised" in sys.argv[2:]))
