"""Facts of one subject as plain rows, for whoever reads a whole history: no model, no copy, no document read for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence, Sized
from typing import Any, Final, NamedTuple

from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper

from roadbed.ground.ledger.models import Fact

AT_ONCE: Final = 500
"""Uids of one question, which every database takes."""


class Plain(NamedTuple):
    """A fact as the database has it.

    Attributes:
        at: when it occurred: microseconds since 1970, or as SQLite writes an instant.
        data: the text of its document.
    """

    uid: str
    kind: str
    environment: str
    at: int | str
    data: str


def plain_facts_of(subject: str, *, kinds: Collection[str]) -> list[Plain]:
    """What happened to one subject, oldest first."""
    # An expression has no declared type, so that SQLite's driver makes no object of it.
    at, data = (
        ("occurred_at || ''", "data || ''")
        if _connection().vendor == "sqlite"
        else ("(EXTRACT(EPOCH FROM occurred_at) * 1000000)::bigint", "data::text")
    )
    statement = (
        f"SELECT uid, kind, environment, {at}, {data} FROM ledger_fact"  # noqa: S608 - expressions of ours
        f" WHERE subject = %s AND kind IN ({_marks(kinds)}) ORDER BY occurred_at"
    )
    return list(map(Plain._make, _asked(statement, [subject, *kinds])))


def lengths_of(subjects: Collection[str]) -> dict[str, int]:
    """How many facts there are of each of some subjects that have any."""
    if not subjects:
        return {}
    statement = f"SELECT subject, COUNT(*) FROM ledger_fact WHERE subject IN ({_marks(subjects)}) GROUP BY subject"  # noqa: S608
    return dict(_asked(statement, [*subjects]))


def corrected_among(uids: Sequence[str], *, kinds: Collection[str]) -> set[str]:
    """Those of some facts that a later fact of these kinds supersedes."""
    found: set[str] = set()
    for begin in range(0, len(uids), AT_ONCE):
        some = uids[begin : begin + AT_ONCE]
        # Said as the index says it, which holds corrections alone; asked for kinds, a database might go by those.
        statement = (
            "SELECT supersedes, kind FROM ledger_fact WHERE supersedes > ''"  # noqa: S608 - marks alone
            f" AND supersedes IN ({_marks(some)})"
        )
        found.update(uid for uid, kind in _asked(statement, [*some]) if kind in kinds)
    return found


def subjects_of(kinds: Collection[str]) -> list[str]:
    """Whatever any fact of these kinds is about; one step of the index for each subject, not for each fact."""
    every = (
        "WITH RECURSIVE about(subject) AS (SELECT MIN(subject) FROM ledger_fact UNION ALL"
        " SELECT (SELECT MIN(subject) FROM ledger_fact WHERE subject > about.subject)"
        " FROM about WHERE about.subject IS NOT NULL) SELECT subject FROM about"
    )
    told = f"SELECT 1 FROM ledger_fact one WHERE one.subject = about.subject AND one.kind IN ({_marks(kinds)})"  # noqa: S608
    return [subject for (subject,) in _asked(f"{every} WHERE EXISTS ({told})", [*kinds])]


def _connection() -> BaseDatabaseWrapper:
    return connections[router.db_for_read(Fact)]


def _marks(values: Sized) -> str:
    return ", ".join(["%s"] * len(values))


def _asked(statement: str, values: list[str]) -> list[tuple[Any, ...]]:
    with _connection().cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
