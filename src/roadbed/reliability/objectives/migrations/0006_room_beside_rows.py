"""Leave room on PostgreSQL's pages beside rows that are rewritten every ten seconds.

With it a new version of a row lies on the page of the old one and no index is touched: half of the server's CPU.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

TABLES = ("objectives_evaluated", "objectives_head", "objectives_pull")


def leave_room(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 - Django's signature
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"ALTER TABLE {table} SET (fillfactor = 40)")


def fill_up(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 - Django's signature
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"ALTER TABLE {table} RESET (fillfactor)")


class Migration(migrations.Migration):
    dependencies = [("objectives", "0005_sources_of_counts")]
    operations = [migrations.RunPython(leave_room, fill_up, elidable=False)]
