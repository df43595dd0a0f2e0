"""Where records and samples live: two SQLite files, or one PostgreSQL."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.db.models import Model

from roadbed.config.folder import Folder
from roadbed.ground.errors import Invalid, Place

PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000; "
    "PRAGMA foreign_keys=ON; PRAGMA cache_size=-4000; PRAGMA journal_size_limit=16777216;"
)


def _sqlite(path: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 5, "init_command": PRAGMAS},
        "CONN_MAX_AGE": None,
    }


def databases(url: str, folder: Folder) -> dict[str, dict[str, Any]]:
    """Django's DATABASES for a `postgresql://…` URL, or for the folder's SQLite files when it is empty.

    Raises:
        Invalid: for another scheme.
    """
    if not url:
        return {"default": _sqlite(str(folder.records)), "samples": _sqlite(str(folder.samples))}
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise Invalid(
            f"The database URL begins with {parts.scheme or 'nothing'!r}.",
            remedy="Use postgresql://user:password@host:5432/name, or leave it empty for SQLite.",
            place=Place(field="database"),
        )
    query = dict(parse_qsl(parts.query))
    one = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": query,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }
    # The second alias keeps its own connection, so that code opens the same two transactions on both databases.
    return {"default": one, "samples": {**one, "OPTIONS": dict(query), "TEST": {"MIRROR": "default"}}}


class Router:
    """Sends models with `database = "samples"` to that alias; each table is migrated in one place only."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:  # noqa: ARG002 - Django's signature
        return getattr(model, "database", "default")

    db_for_write = db_for_read

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:  # noqa: ARG002 - Django's signature
        return self.db_for_read(type(one)) == self.db_for_read(type(other))

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool | None:
        from django.apps import apps
        from django.db import connections

        if connections[db].vendor == "postgresql":
            return db == "default"
        if "database" in hints:
            return bool(hints["database"] == db)
        if model_name is None:
            return db == "default"
        try:
            model = apps.get_model(app_label, model_name)
        except LookupError:
            return db == "default"
        return self.db_for_read(model) == db
