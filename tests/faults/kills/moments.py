"""The exact moments at which a process ends itself by SIGKILL: around a write to a table, or around its commit.

Nothing of a room is touched: the database's connections are watched, so that a moment holds for whatever code writes.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any, Final

SIDES: Final = ("before", "written", "committing", "committed")
"""Before the statement; after it, its transaction still open; just before its commit; just after it."""
ANY: Final = ""
MESSAGES, PAGES, SENDINGS, SIGNALS, FACTS = (
    "ledger_inboxitem", "paging_alert", "paging_delivery", "paging_signal", "ledger_fact",
)  # fmt: skip
MEANINGS: Final = {
    "web": {MESSAGES: "intake", PAGES: "acknowledging", FACTS: "acknowledging", ANY: "serving"},
    "pager": {
        MESSAGES: "reading", SIGNALS: "reading", PAGES: "opening and escalating", SENDINGS: "sending",
        FACTS: "recording", "jobs_job": "jobs of pages", ANY: "anything else",
    },
    "worker": {"jobs_job": "jobs", FACTS: "recording", ANY: "projections and schedules"},
}  # fmt: skip
"""What a write to a table is a part of, by process."""
FIRST_ONES, ANY_ONES = (1, 1, 1, 2, 3, 5), tuple(range(1, 13))


@dataclass(frozen=True)
class Moment:
    """One such moment.

    Attributes:
        table: of the write; empty for any.
        side: one of SIDES.
        nth: at which such write.
    """

    table: str
    side: str
    nth: int

    def meaning(self, process: str) -> str:
        """What is going on then."""
        return f"{MEANINGS[process][self.table]}, {self.side}"


def moment_of(process: str, chance: Random) -> Moment:
    """A moment in the life of a process, by chance."""
    table = chance.choice(list(MEANINGS[process]))
    return Moment(table, chance.choice(SIDES), chance.choice(FIRST_ONES if table else ANY_ONES))


def arm(moment: Moment) -> None:
    """Let this process, and what it forks, end itself with its whole group at that moment."""
    from django.db.backends.signals import connection_created

    watch = _Watch(moment)

    def begin(connection: Any, **_: Any) -> None:
        if watch.statement not in connection.execute_wrappers:
            connection.execute_wrappers.append(watch.statement)
            connection.commit = partial(watch.commit, connection.commit)

    connection_created.connect(begin, weak=False)


class _Watch:
    """Stands around every statement and every commit."""

    def __init__(self, moment: Moment) -> None:
        self.moment, self.came, self.open = moment, _Count(moment.nth), threading.local()

    def statement(self, execute: Callable[..., Any], sql: str, params: Any, many: Any, context: dict[str, Any]) -> Any:
        if not _writes(sql, self.moment.table):
            return execute(sql, params, many, context)
        self._at("before")
        answer = execute(sql, params, many, context)
        if context["connection"].in_atomic_block:
            self._at("written")
            self.open.touched = True
        else:
            self._at("committed")
        return answer

    def commit(self, commit: Callable[[], None]) -> None:
        touched, self.open.touched = getattr(self.open, "touched", False), False
        if touched:
            self._at("committing")
        commit()
        if touched:
            self._at("committed")

    def _at(self, side: str) -> None:
        if self.moment.side == side:
            self.came.one_more()


class _Count:
    """Counts up to the last one."""

    def __init__(self, last: int) -> None:
        self.left, self.lock = last, threading.Lock()

    def one_more(self) -> None:
        with self.lock:
            self.left -= 1
            if self.left == 0:
                os.killpg(0, signal.SIGKILL)


def _writes(sql: str, table: str) -> bool:
    return sql.startswith(("INSERT", "UPDATE", "DELETE")) and table in sql
