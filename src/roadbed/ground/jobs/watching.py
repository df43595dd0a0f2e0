"""Whether anybody has written since the last look, told by the database at next to no cost where it can tell."""

from __future__ import annotations

from django.db import connections


class Changes:
    """SQLite counts the commits of other connections; a database that does not is always taken for changed."""

    def __init__(self) -> None:
        self._version: int | None = None

    def seen(self) -> bool:
        """Whether another connection, of this process or of another, has committed since the last call."""
        connection = connections["default"]
        if connection.vendor != "sqlite":
            return True
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            version = int(cursor.fetchone()[0])
        former, self._version = self._version, version
        return version != former
