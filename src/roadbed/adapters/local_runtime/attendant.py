"""Owns two standing duties beside HAProxy: counting every request from its log, and keeping the services' logs short.

Run by supervisord as a plain file with the standard library alone. HAProxy keeps log lines in a ring in its memory
and hands them over a stream, so a restart of this process loses at most what was in the socket. Counts live in a
memory-mapped file: one store per request, so `kill -9` at any moment leaves whole counts and loses none already stored.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import selectors
import shutil
import signal
import socket
import sys
import time
import uuid
from pathlib import Path
from typing import Any

# A row per workload: failures, answers slower than the last bound, then one count per millisecond of latency.
WORDS = 16384
ROW_BYTES = WORDS * 8
FAILED, SLOWEST, FIRST_MS = 0, 1, 2
LAST_MS = WORDS - FIRST_MS - 1

LOG_BYTES = 10 * 1024 * 1024
LOG_LOOK_SECONDS = 5.0
LINE_FIELDS = 8
# Once to see the death, once to start anew, and some for a process that takes a moment to be gone.
WAKES, WAKE_PAUSE = 8, 0.02
# Termination states in which the service or the edge ended the request, and not its client.
BROKEN_BY_US = frozenset("SsKDRI")
WORST_STATUS = 500
FIRST_STATUS = 100


def column(fields: list[str]) -> int | None:
    """Which count of its row a log line raises; None where the client gave up."""
    status, state = int(fields[2]), fields[3]
    if state[0] in "Cc":
        return None
    if status >= WORST_STATUS or status < FIRST_STATUS or state[0] in BROKEN_BY_US:
        return FAILED
    took = sum(max(0, int(part)) for part in fields[5:8])
    return FIRST_MS + took if took <= LAST_MS else SLOWEST


class Counts:
    """The rows on disk, found by the workload's name."""

    def __init__(self, folder: Path) -> None:
        self.names = folder / "counts.json"
        self.rows = folder / "counts.bin"
        self.waiting: dict[str, dict[int, int]] = {}
        self.views: dict[str, memoryview] = {}
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        self.head: dict[str, Any] = self._known(boot) or self._anew(boot)
        self.descriptor = os.open(self.rows, os.O_RDWR | os.O_CREAT, 0o600)
        for name in self.head["rows"]:
            self._map(name)

    def _known(self, boot: str) -> dict[str, Any] | None:
        # After a power loss the counts may be older than what was already read: a new epoch says so.
        with contextlib.suppress(OSError, ValueError):
            head = json.loads(self.names.read_text(encoding="utf-8"))
            size = self.rows.stat().st_size
            if head["boot"] == boot and head["words"] == WORDS and size >= len(head["rows"]) * ROW_BYTES:
                return dict(head)
        return None

    def _anew(self, boot: str) -> dict[str, Any]:
        self.rows.unlink(missing_ok=True)
        head: dict[str, Any] = {"epoch": uuid.uuid4().hex, "boot": boot, "words": WORDS, "rows": {}}
        self._write(head)
        return head

    def _write(self, head: dict[str, Any]) -> None:
        temporary = self.names.with_suffix(".new")
        temporary.write_text(json.dumps(head), encoding="utf-8")
        temporary.replace(self.names)

    def _map(self, name: str) -> None:
        index = self.head["rows"][name]
        mapped = mmap.mmap(self.descriptor, ROW_BYTES, offset=index * ROW_BYTES)
        self.views[name] = memoryview(mapped).cast("Q")

    def _make(self, name: str) -> None:
        rows: dict[str, int] = dict(self.head["rows"])
        # Storing into a hole of a full disk would be a SIGBUS, so the space is taken first.
        os.posix_fallocate(self.descriptor, len(rows) * ROW_BYTES, ROW_BYTES)
        rows[name] = len(rows)
        head = self.head | {"rows": rows}
        self._write(head)
        self.head = head
        self._map(name)

    def add(self, name: str, column: int) -> None:
        if name not in self.views:
            try:
                self._make(name)
            except OSError:
                kept = self.waiting.setdefault(name, {})
                kept[column] = kept.get(column, 0) + 1
                return
            for late, count in self.waiting.pop(name, {}).items():
                self.views[name][late] += count
        self.views[name][column] += 1


class Attendant:
    """Listens for HAProxy's log lines and looks after the logs in between."""

    def __init__(self, edge: Path, logs: Path) -> None:
        self.logs = logs
        self.counts = Counts(edge)
        self.rest: dict[int, bytes] = {}
        self.selector = selectors.DefaultSelector()
        os.chdir(edge)
        Path("meter.sock").unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        # Relative, so that a deep data folder does not exceed the 107 bytes of a socket's path.
        listener.bind("meter.sock")
        os.chmod("meter.sock", 0o660)  # noqa: PTH101
        with contextlib.suppress(PermissionError):
            os.chown("meter.sock", -1, edge.stat().st_gid)
        listener.listen()
        self.selector.register(listener, selectors.EVENT_READ)

    def take(self, line: str) -> None:
        fields = line.split()
        if len(fields) != LINE_FIELDS or fields[0] != "=" or fields[1] == "-":
            return
        with contextlib.suppress(ValueError):
            raised = column(fields)
            if raised is not None:
                self.counts.add(fields[1], raised)

    def hear(self, connection: socket.socket) -> None:
        number = connection.fileno()
        try:
            data = connection.recv(1 << 16)
        except OSError:
            data = b""
        if not data:
            self.selector.unregister(connection)
            self.rest.pop(number, None)
            connection.close()
            self.wake_supervisord()
            return
        *lines, self.rest[number] = (self.rest.get(number, b"") + data).split(b"\n")
        for line in lines:
            self.take(line.decode("utf-8", "replace"))

    def wake_supervisord(self) -> None:
        """HAProxy hung up, so it may be dead; supervisord looks once a second, or when spoken to."""
        for _ in range(WAKES):
            with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as link:
                link.settimeout(1.0)
                link.connect("../daemon/supervisor.sock")
            time.sleep(WAKE_PAUSE)

    def shorten(self) -> None:
        """Copy an overgrown log aside and empty it; its writer appends, so it goes on at the start."""
        for log in (*self.logs.glob("workloads/*/logs/*.log"), *self.logs.glob("daemon/[ae]*.log")):
            with contextlib.suppress(OSError):
                if log.stat().st_size > LOG_BYTES:
                    shutil.copyfile(log, log.with_suffix(".log.1"))
                    os.truncate(log, 0)

    def work(self) -> None:
        looked = time.monotonic()
        while True:
            for key, _ in self.selector.select(LOG_LOOK_SECONDS):
                held = key.fileobj
                if not isinstance(held, socket.socket):
                    continue
                if held.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    self.selector.register(held.accept()[0], selectors.EVENT_READ)
                else:
                    self.hear(held)
            if time.monotonic() - looked >= LOG_LOOK_SECONDS:
                looked = time.monotonic()
                self.shorten()


def main(edge: str, logs: str) -> None:
    """Attend until told to stop."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    Attendant(Path(edge).resolve(), Path(logs).resolve()).work()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
