"""The tables of an empty SQLite database, made in one pass instead of by every migration since the first.

`make docs` writes them down from what the migrations give. Migrations that came later are applied on top of them, so
what was written down may lag behind; a migration among them that this version no longer has leaves them unused.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from django.apps import apps
from django.db import connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

WRITTEN = Path(__file__).with_name("ready")
COVERS = "-- covers "
Migration = tuple[str, str]


def on_disk() -> set[Migration]:
    """The migrations of this version, by the names of their files alone: loading them all takes a while."""
    found = set()
    for app in apps.get_app_configs():
        name, _ = MigrationLoader.migrations_module(app.label)
        try:
            package = import_module(name) if name else None
        except ModuleNotFoundError:
            continue  # a room without tables
        if package is not None:
            found |= {
                (app.label, module.name) for module in iter_modules(package.__path__) if module.name[0] not in "_~"
            }
    return found


def applied(alias: str) -> set[Migration]:
    """The migrations that a database has."""
    return set(MigrationRecorder(connections[alias]).applied_migrations())


@cache
def _lines(alias: str) -> tuple[str, ...]:
    try:
        return tuple((WRITTEN / f"{alias}.sql").read_text(encoding="utf-8").splitlines(keepends=True))
    except FileNotFoundError:
        return ()


def covered(alias: str) -> tuple[Migration, ...]:
    """The migrations that the written tables stand for."""
    pairs = (line.removeprefix(COVERS).split() for line in _lines(alias) if line.startswith(COVERS))
    return tuple((app, name) for app, name in pairs)


def fits(alias: str) -> bool:
    """Whether a database is an empty SQLite and the written tables are a beginning of this version's."""
    connection = connections[alias]
    covers = covered(alias)
    return connection.vendor == "sqlite" and bool(covers) and set(covers) <= on_disk() and _is_empty(alias)


def _is_empty(alias: str) -> bool:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_master")
        return bool(cursor.fetchone()[0] == 0)


def fill(alias: str) -> int:
    """Make the tables in one transaction, unless another process did meanwhile; how many migrations they stand for."""
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        if not _is_empty(alias):
            return 0
        for statement in _statements(_lines(alias)):
            cursor.execute(statement)
        recorder = MigrationRecorder(connections[alias])
        recorder.migration_qs.bulk_create(recorder.Migration(app=app, name=name) for app, name in covered(alias))
    return len(covered(alias))


def _statements(lines: tuple[str, ...]) -> Iterator[str]:
    held = ""
    for line in lines:
        if held or not line.startswith("--"):
            held += line
        if held.strip() and sqlite3.complete_statement(held):
            yield held
            held = ""
