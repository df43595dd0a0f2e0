"""Writing many rows of the samples at once, in as few statements as each database takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, Final

from django.db import connections

ALIAS: Final = "samples"
_ROWS: Final = 250
"""Rows of one SQLite statement: a third of the CPU of one statement each, and well under its limit of values."""
_APART: Final = "\x00"
"""What no text of PostgreSQL can hold."""


def put(
    table: str,
    columns: Mapping[str, str],
    rows: Sequence[tuple[Any, ...]],
    *,
    key: int,
    fixed: frozenset[str] = frozenset(),
) -> None:
    """Write rows in the open transaction; one whose first `key` columns are there is replaced.

    Args:
        table: its name.
        columns: by name, with their PostgreSQL types.
        rows: values as the database takes them.
        key: how many of the columns are the key.
        fixed: columns that stay as they were first written, whose indexes therefore need no touch.
    """
    if not rows:
        return
    connection = connections[ALIAS]
    names = tuple(columns)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            query = _of_arrays(table, tuple(columns.items()), key, fixed)
            cursor.execute(query, [array_of(one) for one in zip(*rows, strict=True)])
        return
    connection.ensure_connection()
    with connection.wrap_database_errors:
        # Straight to the driver: Django would look for its own marks in a text as long as the rows are many.
        execute = connection.connection.execute
        for start in range(0, len(rows), _ROWS):
            part = rows[start : start + _ROWS]
            execute(_of_values(table, names, key, fixed, len(part)), list(chain.from_iterable(part)))


def _otherwise(names: tuple[str, ...], key: int, fixed: frozenset[str]) -> str:
    changes = ", ".join(f"{name} = excluded.{name}" for name in names[key:] if name not in fixed)
    return f"ON CONFLICT ({', '.join(names[:key])}) DO UPDATE SET {changes}"


@lru_cache(maxsize=128)
def _of_values(table: str, names: tuple[str, ...], key: int, fixed: frozenset[str], rows: int) -> str:
    one = f"({', '.join('?' * len(names))})"
    values = ", ".join([one] * rows)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES {values} {_otherwise(names, key, fixed)}"  # noqa: S608 - constants


@lru_cache(maxsize=32)
def _of_arrays(table: str, columns: tuple[tuple[str, str], ...], key: int, fixed: frozenset[str]) -> str:
    names = tuple(name for name, _ in columns)
    # Whole columns in one statement cost a quarter of as many statements as there are rows.
    arrays = ", ".join(f"%s::{kind}[]" for _, kind in columns)
    return f"INSERT INTO {table} ({', '.join(names)}) SELECT * FROM unnest({arrays}) {_otherwise(names, key, fixed)}"  # noqa: S608 - constants


def array_of(values: Sequence[Any]) -> str:
    """A column as PostgreSQL writes an array: one text is passed on many times faster than a thousand values."""
    kinds = set(map(type, values))
    if kinds <= {int, bool}:
        return f"{{{str(list(values))[1:-1]}}}"
    if kinds <= {int, bool, float, type(None)}:
        return f"{{{str(list(values))[1:-1].replace('None', 'NULL')}}}"
    if kinds == {str}:
        joined = _APART.join(values).replace("\\", "\\\\").replace('"', '\\"').replace(_APART, '","')
        return f'{{"{joined}"}}'
    # Instants, of which a whole column shares few.
    known = {value: _element(value) for value in set(values)}
    return f"{{{','.join(map(known.__getitem__, values))}}}"


def _element(value: Any) -> str:
    return "NULL" if value is None else array_of([str(value)])[1:-1]
