"""CPU of our process and of the PostgreSQL processes that serve it, for benchmarks that write to a database."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

POSTGRES = "ROADBED_TEST_DATABASE" in os.environ


def cpu(work: Callable[[], object], *, rounds: int = 15) -> tuple[float, float | None]:
    """The least of a few rounds, in milliseconds of this process's CPU, and the mean of its server's.

    The least, since whatever else runs on the machine only ever adds; the server's clock is too coarse for one round.
    """
    work()
    spent, servers = [], _servers()
    before = _spent_by(servers)
    for _ in range(rounds):
        began = time.process_time()
        work()
        spent.append((time.process_time() - began) * 1000)
    return min(spent), (_spent_by(servers) - before) / rounds if servers else None


def _servers() -> list[int]:
    """The processes that serve our connections to PostgreSQL; none on SQLite."""
    from django.db import connections

    found = []
    for connection in connections.all() if POSTGRES else ():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            found.append(int(cursor.fetchone()[0]))
    return found


def _spent_by(processes: list[int]) -> float:
    """Milliseconds of CPU that other processes have used."""
    ticks = 0
    for process in processes:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")
