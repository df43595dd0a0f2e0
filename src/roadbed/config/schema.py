"""Bringing the databases to this version's tables, and refusing those of a newer one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

import roadbed
from roadbed.config import ready_made
from roadbed.ground.errors import Conflict, Place

ALIASES = ("default", "samples")


def _executors() -> dict[str, MigrationExecutor]:
    return {alias: MigrationExecutor(connections[alias]) for alias in ALIASES}


def refuse_newer(executors: dict[str, MigrationExecutor] | None = None) -> None:
    """Refuse a database that has migrations which this version does not know.

    Raises:
        Conflict: naming the database and the first unknown migration.
    """
    for alias, executor in (executors or _executors()).items():
        loader = executor.loader
        unknown = sorted(set(loader.applied_migrations) - set(loader.disk_migrations))
        ours = [one for one in unknown if one[0] in loader.migrated_apps]
        if ours:
            app, name = ours[0]
            raise Conflict(
                f"The database was written by a newer Roadbed than {roadbed.__version__}: it has {app}.{name}.",
                remedy="Install that version again, or restore a backup that this version made. Nothing was changed.",
                place=Place(file=str(settings.DATABASES[alias]["NAME"])),
            )


def pending(executors: dict[str, MigrationExecutor] | None = None) -> int:
    """How many migrations are still to be applied."""
    return sum(
        len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        for executor in (executors or _executors()).values()
    )


def is_current() -> bool:
    """Whether both databases have this version's migrations and no others, told by their names."""
    ours = ready_made.on_disk()
    return all(ready_made.applied(alias) == ours for alias in ALIASES)


def migrate(*, before: Callable[[], object] = lambda: None) -> int:
    """Apply what is pending, after a copy of each SQLite file that has data; answers how many were applied.

    `before` is called only when there is something to apply: it stops who would write meanwhile.
    """
    if is_current():
        return 0
    empty = [alias for alias in ALIASES if ready_made.fits(alias)]
    if len(empty) < len(ALIASES):
        executors = _executors()
        refuse_newer(executors)
        if not pending(executors):
            return 0
    before()
    count = sum(ready_made.fill(alias) for alias in empty)
    return count if is_current() else count + _apply([alias for alias in ALIASES if alias not in empty])


def _apply(older: list[str]) -> int:
    count = pending()
    _copy_before(older)
    for alias in ALIASES:
        call_command("migrate", database=alias, verbosity=0, interactive=False)
    return count


def _copy_before(aliases: list[str]) -> None:
    for alias in aliases:
        path = Path(connections[alias].settings_dict["NAME"])
        if connections[alias].vendor == "sqlite" and path.exists() and path.stat().st_size:
            copy_sqlite(path, path.with_suffix(".db.before-upgrade"))


def copy_sqlite(source: Path, target: Path) -> None:
    """A consistent copy of a SQLite file that others may be writing."""
    target.unlink(missing_ok=True)
    with sqlite3.connect(source) as reading, sqlite3.connect(target) as writing:
        reading.backup(writing)
    reading.close()
    writing.close()
    target.chmod(0o600)
