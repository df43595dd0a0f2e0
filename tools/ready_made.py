"""Writes down the tables that all migrations together give on SQLite, for `roadbed up` to make them in one pass."""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "roadbed.config.settings"
KEPT = ("django_content_type", "auth_permission")
"""What Django itself writes after migrating; a migration that leaves rows anywhere else cannot be written down."""


def lines(path: Path, covers: list[tuple[str, str]]) -> Iterator[str]:
    """A database as SQL: the migrations that it comes from, its tables and indexes, its few rows."""
    yield "-- Written by `make docs` from the migrations; add a migration instead of changing it.\n"
    for app, name in covers:
        yield f"-- covers {app} {name}\n"
    with closing(sqlite3.connect(path)) as database:
        made = database.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "
            "ORDER BY type != 'table', rowid"
        ).fetchall()
        for _, _, sql in made:
            yield f"{sql};\n"
        for table in [name for kind, name, _ in made if kind == "table" and name != "django_migrations"]:
            rows = database.execute(f'SELECT * FROM "{table}" ORDER BY 1').fetchall()  # noqa: S608 - its own table
            if rows and table not in KEPT:
                sys.exit(f"{table} has rows after migrating; remedy: let the first start write them, not a migration")
            for row in rows:
                values = ", ".join(database.execute("SELECT quote(?)", [value]).fetchone()[0] for value in row)
                yield f'INSERT INTO "{table}" VALUES ({values});\n'  # noqa: S608 - its own table


def main() -> int:
    """The command."""
    with tempfile.TemporaryDirectory(prefix="roadbed-ready-") as folder:
        os.environ["ROADBED_DATA"] = folder
        import django

        django.setup()
        from django.db import connections

        from roadbed.config import ready_made, schema

        # What stands written must not come into what is written anew.
        ready_made.WRITTEN, written = Path(folder) / "none", ready_made.WRITTEN
        schema.migrate()
        written.mkdir(exist_ok=True)
        for alias in schema.ALIASES:
            covers = sorted(ready_made.applied(alias))
            text = "".join(lines(Path(connections[alias].settings_dict["NAME"]), covers))
            (written / f"{alias}.sql").write_text(text, encoding="utf-8")
            connections[alias].close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
