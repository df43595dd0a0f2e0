"""Inserts plain rows by the thousand, which as models would cost more than judging them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import Any, Final

from django.db import connections, models

from roadbed.ground.ledger import projections

_TEXT: Final = json.JSONEncoder(separators=(", ", ": ")).encode


def insert(table: type[models.Model], rows: Iterable[tuple[Any, ...]], *, ignoring: bool = False) -> None:
    """Insert rows whose values come in the order of the table's fields, without its own number.

    Args:
        table: of the projections' database.
        rows: instants are aware, JSON is whatever JSON can say.
        ignoring: leave out rows that break a constraint.
    """
    connection = connections[projections.database()]
    fields, statement = _statement(table, connection.vendor, ignoring=ignoring)
    adapt = connection.ops.adapt_datetimefield_value
    prepared = _preparing(fields, adapt)
    values = [prepared(row) for row in rows]
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(statement, values)


def _preparing(
    fields: tuple[models.Field[Any, Any], ...], adapt: Callable[[datetime], Any]
) -> Callable[[tuple[Any, ...]], list[Any]]:
    instants = [at for at, field in enumerate(fields) if isinstance(field, models.DateTimeField)]
    documents = [at for at, field in enumerate(fields) if isinstance(field, models.JSONField)]

    def prepared(row: tuple[Any, ...]) -> list[Any]:
        values = list(row)
        for at in instants:
            if values[at] is not None:
                values[at] = adapt(values[at])
        for at in documents:
            values[at] = _TEXT(values[at])
        return values

    return prepared


@cache
def _statement(
    table: type[models.Model], vendor: str, *, ignoring: bool
) -> tuple[tuple[models.Field[Any, Any], ...], str]:
    meta = table._meta  # noqa: SLF001 - Django's documented way to a model's fields
    fields = tuple(one for one in meta.local_concrete_fields if not isinstance(one, models.AutoField))
    names = ", ".join(f'"{one.column}"' for one in fields)
    marks = ", ".join(["%s"] * len(fields))
    ignore, conflict = (
        ("", "") if not ignoring else ("OR IGNORE ", "") if vendor == "sqlite" else ("", " ON CONFLICT DO NOTHING")
    )
    return fields, f'INSERT {ignore}INTO "{meta.db_table}" ({names}) VALUES ({marks}){conflict}'  # noqa: S608 - names of ours
