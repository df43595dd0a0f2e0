"""A restored folder at another path than the backup's: what names the old path is made to name the new one."""

from __future__ import annotations

import sqlite3
from pathlib import Path

KEPT = ("ledger_fact", "ledger_inboxitem")
"""History says what was true then, so it is left as it is."""


def relocate(database: Path, *, old: Path, new: Path) -> int:
    """Replace the old folder by the new one in every text of a SQLite file; answers how many rows changed."""
    if old == new:
        return 0
    connection = sqlite3.connect(database)
    try:
        with connection:
            tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return sum(
                _replace(connection, table, column, f"{old}/", f"{new}/")
                for table in tables
                if table not in KEPT and not table.startswith(("sqlite_", "django_"))
                for column in _texts(connection, table)
            )
    finally:
        connection.close()


def _texts(connection: sqlite3.Connection, table: str) -> list[str]:
    rows = connection.execute(f'PRAGMA table_info("{table}")')
    return [name for _, name, kind, *_ in rows if kind.lower().startswith(("varchar", "text", "char"))]


def _replace(connection: sqlite3.Connection, table: str, column: str, old: str, new: str) -> int:
    # Names of tables and columns come from the database's own schema, never from input.
    sql = f'UPDATE "{table}" SET "{column}" = replace("{column}", ?, ?) WHERE instr("{column}", ?) > 0'  # noqa: S608
    return connection.execute(sql, [old, new, old]).rowcount
