"""A circuit breaker: after repeated failures it answers at once, then lets one call try again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class CircuitOpen(Exception):
    """The other side has failed too often; it was not called."""


class CircuitBreaker:
    """Opens after `failures` in a row, rests `rest_seconds`, then lets a single trial call decide.

    The lock guards the decision only, never the call: threads must not queue behind a slow one.
    """

    def __init__(self, *, failures: int, rest_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = failures
        self._rest = rest_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._failed = 0
        self._opened_at: float | None = None
        self._trying = False

    @property
    def is_open(self) -> bool:
        return self._opened_at is not None

    def call(self, work: Callable[[], T]) -> T:
        """Do the work, or raise CircuitOpen without doing it."""
        trial = self._admit()
        try:
            result = work()
        except BaseException:
            self._note_failure(trial)
            raise
        self._note_success(trial)
        return result

    def _admit(self) -> bool:
        """Whether this call is the one that decides about an open circuit."""
        with self._lock:
            if self._opened_at is None:
                return False
            if self._trying or self._clock() - self._opened_at < self._rest:
                raise CircuitOpen
            self._trying = True
            return True

    # Calls that began before the circuit opened may end after it; only the trial says how things are now.

    def _note_success(self, trial: bool) -> None:
        with self._lock:
            if trial or self._opened_at is None:
                self._failed, self._opened_at = 0, None
            if trial:
                self._trying = False

    def _note_failure(self, trial: bool) -> None:
        with self._lock:
            self._failed += 1
            if trial or (self._opened_at is None and self._failed >= self._limit):
                self._opened_at = self._clock()
            if trial:
                self._trying = False
