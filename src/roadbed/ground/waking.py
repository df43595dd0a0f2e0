"""Wakes processes that wait for work as soon as there may be some: NOTIFY on PostgreSQL, a pipe for each on SQLite.

A call that is not heard costs time alone: whoever waits looks again by itself every half a second.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import threading
from pathlib import Path
from typing import Any, Final

import psutil
import structlog
from django.conf import settings
from django.db import DatabaseError, connections, transaction

log = structlog.get_logger(__name__)

CHANNEL: Final = "roadbed_work"
LOOKED: Final = 0.5
"""Seconds between looks at whether to go on listening."""

_numbers = itertools.count()


def ring() -> None:
    """Wake whoever listens, once the open transaction is committed."""
    connection = connections["default"]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
    else:
        transaction.on_commit(_ring_pipes, using="default", robust=True)


def _ring_pipes() -> None:
    try:
        pipes = list(_folder().iterdir())
    except FileNotFoundError:
        return
    for path in pipes:
        # Without a reader, or with one that was called often enough, there is nothing to do.
        with contextlib.suppress(OSError):
            pipe = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
            try:
                os.write(pipe, b"!")
            finally:
                os.close(pipe)


def _folder() -> Path:
    return Path(settings.FOLDER.run) / "wake"


class Bell:
    """What a loop waits at: rung by threads of its own process and by other processes.

    Attributes:
        hears: whether calls of other processes arrive, as far as is known.
    """

    def __init__(self) -> None:
        self.hears = False
        self._rung = threading.Event()
        self._rung_here = threading.Event()
        self._closing = threading.Event()
        self._listening: threading.Thread | None = None
        self._pipe: Path | None = None

    def ring(self, *_: Any) -> None:
        """Wake the loop, at once: something ended in this process that is to be written down."""
        self._rung_here.set()
        self._rung.set()

    def wait_here(self, seconds: float) -> None:
        """Wait so long, or until this process itself rings; what others rang meanwhile is answered with it."""
        self._rung_here.wait(seconds)
        self._rung_here.clear()
        self._rung.clear()

    def wait(self, seconds: float) -> bool:
        """Wait so long at most; answers whether somebody rang."""
        rung = self._rung.wait(seconds)
        self._rung.clear()
        return rung

    def listen(self) -> None:
        """Hear other processes from now on."""
        listens = self._hear_database
        if connections["default"].vendor != "postgresql":
            try:
                self._pipe = _made_pipe()
            except OSError as fault:
                log.warning("waking.no_pipe", fault=str(fault)[:200])
                return
            listens = self._hear_pipe
        self._listening = threading.Thread(target=listens, name="bell", daemon=True)
        self._listening.start()

    def close(self) -> None:
        """Hear nobody any more."""
        self._closing.set()
        if self._pipe is not None:
            _ring_pipes()
        if self._listening is not None:
            self._listening.join(10)
        if self._pipe is not None:
            self._pipe.unlink(missing_ok=True)
        self._rung.clear()

    def _hear_pipe(self) -> None:
        assert self._pipe is not None  # noqa: S101 - it was made before this thread
        # Open for writing as well, so that reading never meets an end.
        pipe = os.open(self._pipe, os.O_RDWR)
        try:
            self.hears = True
            while not self._closing.is_set():
                os.read(pipe, 4096)
                self._rung.set()
        finally:
            self.hears = False
            os.close(pipe)

    def _hear_database(self) -> None:
        while not self._closing.is_set():
            try:
                self._hear_notices()
            except Exception as fault:  # noqa: BLE001 - psycopg's own faults among them: it listens again in a moment
                log.info("waking.deaf", fault=str(fault)[:200])
            finally:
                self.hears = False
                with contextlib.suppress(DatabaseError):
                    connections["default"].close()
            self._closing.wait(LOOKED)

    def _hear_notices(self) -> None:
        connection = connections["default"]
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
        self.hears = True
        # What was committed before it listened is looked for now.
        self._rung.set()
        while not self._closing.is_set():
            for _ in connection.connection.notifies(timeout=LOOKED, stop_after=1):
                self._rung.set()


def _made_pipe() -> Path:
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.iterdir():
        owner = left.name.partition("-")[0]
        if not owner.isdigit() or not psutil.pid_exists(int(owner)):
            left.unlink(missing_ok=True)
    pipe = folder / f"{os.getpid()}-{next(_numbers)}"
    pipe.unlink(missing_ok=True)
    os.mkfifo(pipe, 0o600)
    return pipe
