"""Whether anybody has written since the last look, told by the database at next to no cost where it can tell."""

from __future__ import annotations

from django.db import connections


class Changes:
    """SQLite counts the commits of other connections; a database that does not says so, or is taken for changed."""

    def __init__(self) -> None:
        self._version: int | None = None

    def seen(self, *, hears: bool = False) -> bool:
        """Whether another connection, of this process or of another, has committed since the last call.

        Who `hears` is called by a database that does not count.
        """
        connection = connections["default"]
        if connection.vendor != "sqlite":
            return not hears
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            version = int(cursor.fetchone()[0])
        former, self._version = self._version, version
        return version != former
