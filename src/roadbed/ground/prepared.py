"""Queries of the hot paths, whose SQL is compiled once in each thread and then only given its values.

Compiling a query costs Django several times what SQLite needs to answer it: half of what a token check or a gate's
answer spends. The query is still written as a queryset, so that columns and both databases stay Django's.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Model, QuerySet

Value = str | int | datetime
Rows = QuerySet[Any, Any]
Question = Callable[[Any], Rows | tuple[Rows, ...]]
"""What has to be there at an instant: a queryset, or several of which any may have rows."""
_MARK: Final = 9_007_199_254_740_000
_FAR: Final = datetime(9999, 1, 1, tzinfo=UTC)
_NEAR: Final = timedelta(days=400)
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


class Asked:
    """Questions whether there is anything, put together: one statement a database, whatever their number.

    Args:
        questions: by name. Each is given the instant of asking, and may compare with it or with what lies less than a
            year before or after it; it is called once, so it must not depend on anything else.
    """

    def __init__(self, questions: Mapping[str, Question]) -> None:
        self.questions = questions
        self._statements: tuple[_Statement, ...] | None = None

    def __call__(self, now: datetime) -> frozenset[str]:
        """The names of those that have rows."""
        if self._statements is None:
            self._statements = self._compiled()
        return frozenset(name for statement in self._statements for name in statement(now))

    def _compiled(self) -> tuple[_Statement, ...]:
        by_database: dict[str, _Statement] = {}
        for name, question in self.questions.items():
            asked = question(_FAR)
            for rows in asked if isinstance(asked, tuple) else (asked,):
                by_database.setdefault(rows.db, _Statement(rows.db)).add(name, rows)
        return tuple(by_database.values())


class _Statement:
    def __init__(self, using: str) -> None:
        self.using = using
        self.names: list[str] = []
        self.parts: list[str] = []
        self.template: list[tuple[timedelta | None, Any]] = []

    def add(self, name: str, rows: Rows) -> None:
        try:
            sql, params = rows.query.exists().get_compiler(using=self.using).as_sql()
        except EmptyResultSet:
            return
        self.names.append(name)
        self.parts.append(f"EXISTS({sql})")
        adapted = connections[self.using].ops.adapt_datetimefield_value
        self.template += [(_after(part, adapted), part) for part in params]

    def __call__(self, now: datetime) -> list[str]:
        if not self.parts:
            return []
        connection = connections[self.using]
        adapted = connection.ops.adapt_datetimefield_value
        params = [part if after is None else adapted(now + after) for after, part in self.template]
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(self.parts)}", params)
            answers = cursor.fetchone()
        return [name for name, there in zip(self.names, answers, strict=True) if there]


def _after(part: Any, adapted: Callable[[datetime], Any]) -> timedelta | None:
    """How long after the instant of asking a compared value lies; None of what is no instant near it."""
    instant = part
    if isinstance(part, str):
        try:
            instant = datetime.fromisoformat(part).replace(tzinfo=UTC)
        except ValueError:
            return None
    if not isinstance(instant, datetime) or abs(instant - _FAR) > _NEAR:
        return None
    # A text that only looks like an instant is none.
    return instant - _FAR if adapted(instant) == part else None


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
