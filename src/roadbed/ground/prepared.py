"""Queries of the hot paths, whose SQL is compiled once in each thread and then only given its values.

Compiling a query costs Django several times what SQLite needs to answer it: half of what a token check or a gate's
answer spends. The query is still written as a queryset, so that columns and both databases stay Django's.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from django.db import connections
from django.db.models import Model, QuerySet

Value = str | int | datetime
_MARK: Final = 9_007_199_254_740_000
_FAR: Final = datetime(9999, 1, 1, tzinfo=UTC)
_M = TypeVar("_M", bound=Model)


class Prepared:
    """A queryset of `values_list` with named values: strings, whole numbers or instants.

    Args:
        make: gives the queryset for those values; called once a thread, so it must not depend on anything else.
        kinds: the values' types by name.

    Raises:
        ValueError: at the first use, where the query does not hold a value as it was given.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Any]], **kinds: type[Value]) -> None:
        self.make = make
        self.kinds = kinds
        self._of_thread = threading.local()

    def rows(self, **values: Value) -> list[tuple[Any, ...]]:
        """The rows for these values, converted as Django would."""
        compiler, sql, template = self._compiled()
        given = {name: _adapted(compiler, value) for name, value in values.items()}
        with compiler.connection.cursor() as cursor:
            cursor.execute(sql, [part if name is None else given[name] for name, part in template])
            found = cursor.fetchall()
        return [tuple(row) for row in compiler.results_iter([found])]

    def first(self, **values: Value) -> tuple[Any, ...] | None:
        """The first row, or None."""
        return next(iter(self.rows(**values)), None)

    def _compiled(self) -> tuple[Any, str, list[tuple[str | None, Any]]]:
        known: tuple[Any, str, list[tuple[str | None, Any]]] | None = getattr(self._of_thread, "it", None)
        if known is None or known[0].connection is not connections[known[0].using]:
            known = self._of_thread.it = self._compile()
        return known

    def _compile(self) -> tuple[Any, str, list[tuple[str | None, Any]]]:
        marks = {name: _mark(kind, number) for number, (name, kind) in enumerate(self.kinds.items())}
        queryset = self.make(**marks)
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, params = compiler.as_sql()
        names = {_adapted(compiler, mark): name for name, mark in marks.items()}
        template = [(names.get(part), part) for part in params]
        if {name for name, _ in template if name} != set(self.kinds):
            raise ValueError(f"the query does not hold each of {', '.join(self.kinds)} as it was given")
        return compiler, sql, template


def _mark(kind: type[Value], number: int) -> Value:
    if kind is datetime:
        return _FAR.replace(microsecond=number + 1)
    return _MARK + number if kind is int else f"<value {number}>"


def _adapted(compiler: Any, value: Value) -> Any:
    return compiler.connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def columns(model: type[Model]) -> tuple[str, ...]:
    """All columns of a model, for `values_list`."""
    return tuple(field.attname for field in model._meta.concrete_fields)  # noqa: SLF001 - documented by Django


def instances(model: type[_M], rows: list[tuple[Any, ...]]) -> list[_M]:
    """Rows of all `columns` as instances that were read from the database."""
    names = columns(model)
    return [model.from_db(getattr(model, "database", "default"), names, row) for row in rows]
