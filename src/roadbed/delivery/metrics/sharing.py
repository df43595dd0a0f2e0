"""Shares the judging after a rebuild among processes: each takes its part of the services that wait, and nothing else.

The marks in the database are the queue, so that a process that dies leaves its part to whoever settles next.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from typing import Final

PROCESSES: Final = 2
"""So many at most; each holds about 200 MB."""
ENOUGH: Final = 50_000
"""Facts that wait; of fewer a process of its own costs more time than it saves."""
CACHE_KILOBYTES: Final = 65_536
"""Memory for pages of SQLite while a part is judged: the year's index is written all over."""
AT_ONCE: Final = 25
"""Services between two looks whether the parent lives."""


def settle_all() -> None:
    """Judge every service that has news, in processes of its own where there is much to do."""
    from roadbed.delivery.metrics.settling import facts_waiting, settle

    parts = min(PROCESSES, os.cpu_count() or 1)
    if parts > 1 and facts_waiting(at_least=ENOUGH) >= ENOUGH:
        _settle_in_parts(parts)
    # What a part left, because it died or because there was news.
    while settle():
        pass


def _settle_in_parts(parts: int) -> None:
    from django.conf import settings

    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE}
    begun = [
        subprocess.Popen([sys.executable, "-m", __name__, str(part), str(parts), str(os.getpid())], env=environment)
        for part in range(parts)
    ]
    try:
        for one in begun:
            one.wait()
    finally:
        for one in begun:
            if one.poll() is None:
                one.kill()
                one.wait()


def main(part: int, parts: int, parent: int) -> None:
    """Judge one part, for as long as the process that asked for it lives."""
    import django

    django.setup()
    from django.db import connections

    from roadbed.delivery.metrics.settling import settle
    from roadbed.ground.ledger import projections

    connection = connections[projections.database()]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size=-{CACHE_KILOBYTES}")
    # A history is millions of small values without circles, which the collector would look at again and again.
    gc.disable()
    while os.getppid() == parent and settle(most=AT_ONCE, part=(part, parts)):
        gc.collect()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
