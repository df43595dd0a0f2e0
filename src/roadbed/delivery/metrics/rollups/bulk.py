"""Inserts plain rows by the thousand, which as models would cost more than judging them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

import orjson
from django.db import connections, models

from roadbed.ground.ledger import projections

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE: Final = _EPOCH.replace(tzinfo=None)
_MICROSECOND: Final = timedelta(microseconds=1)
_TEXT: Final = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
Fields = tuple["models.Field[Any, Any]", ...]


def text_of(document: object) -> str:
    """A document as the database keeps it."""
    try:
        return orjson.dumps(document).decode()
    except TypeError:
        # Half of a pair of surrogates, or a number beyond 64 bits.
        return _TEXT(document)


def document_of(text: str | bytes) -> Any:
    """A document from its text."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)


def insert(table: type[models.Model], rows: Iterable[tuple[Any, ...]], *, ignoring: bool = False) -> None:
    """Insert rows whose values come in the order of the table's fields, without its own number.

    Args:
        table: of the projections' database.
        rows: instants are aware, or microseconds since 1970; documents are whatever JSON can say, or their text.
        ignoring: leave out rows that break a constraint.
    """
    connection = connections[projections.database()]
    fields = _fields(table)
    prepared = _preparing(fields, _written if connection.vendor == "sqlite" else _instant)
    values = [prepared(row) for row in rows]
    if not values:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and not ignoring:
            names = ", ".join(f'"{one.column}"' for one in fields)
            into = f'COPY "{table._meta.db_table}" ({names}) FROM STDIN'  # noqa: SLF001
            # The driver says at the end of copying what is wrong, past Django's cursor.
            with connection.wrap_database_errors, cursor.copy(into) as copy:
                for row in values:
                    copy.write_row(row)
        else:
            cursor.executemany(_statement(table, connection.vendor, ignoring=ignoring), values)


def _instant(at: datetime | int) -> datetime:
    return _EPOCH + at * _MICROSECOND if isinstance(at, int) else at


def _written(at: datetime | int) -> str:
    """As Django writes an instant into SQLite."""
    naive = _NAIVE + at * _MICROSECOND if isinstance(at, int) else at.astimezone(UTC).replace(tzinfo=None)
    return naive.isoformat(" ")


def _preparing(fields: Fields, adapt: Callable[[datetime | int], Any]) -> Callable[[tuple[Any, ...]], list[Any]]:
    instants = [at for at, field in enumerate(fields) if isinstance(field, models.DateTimeField)]
    documents = [at for at, field in enumerate(fields) if isinstance(field, models.JSONField)]

    def prepared(row: tuple[Any, ...]) -> list[Any]:
        values = list(row)
        for at in instants:
            if (value := values[at]) is not None:
                values[at] = adapt(value)
        for at in documents:
            if type(values[at]) is not str:
                values[at] = text_of(values[at])
        return values

    return prepared


@cache
def _fields(table: type[models.Model]) -> Fields:
    meta = table._meta  # noqa: SLF001 - Django's documented way to a model's fields
    return tuple(one for one in meta.local_concrete_fields if not isinstance(one, models.AutoField))


@cache
def _statement(table: type[models.Model], vendor: str, *, ignoring: bool) -> str:
    fields = _fields(table)
    names = ", ".join(f'"{one.column}"' for one in fields)
    marks = ", ".join(["%s"] * len(fields))
    ignore, conflict = (
        ("", "") if not ignoring else ("OR IGNORE ", "") if vendor == "sqlite" else ("", " ON CONFLICT DO NOTHING")
    )
    name = table._meta.db_table  # noqa: SLF001
    return f'INSERT {ignore}INTO "{name}" ({names}) VALUES ({marks}){conflict}'  # noqa: S608 - names of ours
