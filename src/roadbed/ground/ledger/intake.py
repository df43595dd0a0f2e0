"""Commits concurrent deliveries together: whoever comes first writes for all that wait, each answered after its commit.

A commit to a disk costs as much for fifty deliveries as for one, so that under load they share it, and a lone one
waits for nobody.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

R = TypeVar("R")
MOST: Final = 200
"""Deliveries a commit: the write lock of SQLite is everybody's."""


class _Ticket(Generic[R]):
    __slots__ = ("ended", "fault", "row", "woken")

    def __init__(self, row: R) -> None:
        self.row = row
        self.woken = threading.Event()
        self.ended = False
        self.fault: Exception | None = None

    def end(self, fault: Exception | None) -> None:
        self.fault, self.ended = fault, True
        self.woken.set()


class Intake(Generic[R]):
    """One queue of rows and the function that writes some of them in one transaction of its own."""

    def __init__(self, write: Callable[[Sequence[R]], None], *, most: int = MOST) -> None:
        self._write = write
        self._most = most
        self._lock = threading.Lock()
        self._waiting: list[_Ticket[R]] = []
        self._writing = False

    def put(self, row: R) -> None:
        """Return when the row is committed; raise what its commit raised, and then it is not."""
        ticket = _Ticket(row)
        with self._lock:
            self._waiting.append(ticket)
            leads, self._writing = not self._writing, True
        if not leads:
            ticket.woken.wait()
        if not ticket.ended:
            self._lead()
        if ticket.fault is not None:
            raise ticket.fault

    def _lead(self) -> None:
        with self._lock:
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
        try:
            self._commit(batch)
        finally:
            # Whatever happened, somebody else leads from here: no one may wait for a leader that is gone.
            with self._lock:
                following = self._waiting[0] if self._waiting else None
                self._writing = following is not None
            if following is not None:
                following.woken.set()

    def _commit(self, batch: Sequence[_Ticket[R]]) -> None:
        try:
            self._write([ticket.row for ticket in batch])
        except Exception as fault:  # noqa: BLE001 - each waiting request is told, and raises it
            if len(batch) == 1:
                batch[0].end(fault)
                return
            # One row that cannot be written must not take the others with it.
            for ticket in batch:
                self._commit([ticket])
            return
        for ticket in batch:
            ticket.end(None)
