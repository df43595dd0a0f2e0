"""Writes deliveries into the inbox, many at once and each at most once, as each database does that for least."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from django.db import connections

from roadbed.ground.ledger.models import InboxItem

_STATEMENT: Final = """
INSERT INTO ledger_inboxitem (uid, source, delivery_id, received_at, headers, body, state, error, attempts)
SELECT uid, source, delivery_id, received_at, headers::jsonb, body, %s, '', 0
FROM unnest(%s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::text[], %b::bytea[])
  AS given (uid, source, delivery_id, received_at, headers, body)
ON CONFLICT DO NOTHING
"""
"""Columns as arrays, and the bodies as they are: written out in SQL they would be twice as long, and read once more."""


def store(rows: Sequence[InboxItem]) -> None:
    """Insert deliveries in the caller's transaction; one that is there already changes nothing."""
    connection = connections["default"]
    if connection.vendor != "postgresql":
        InboxItem.objects.bulk_create(rows, ignore_conflicts=True)
        return
    import psycopg

    connection.ensure_connection()
    columns = (
        [one.uid for one in rows], [one.source for one in rows], [one.delivery_id for one in rows],
        [one.received_at for one in rows], [json.dumps(one.headers) for one in rows],
        [bytes(one.body) for one in rows],
    )  # fmt: skip
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(_STATEMENT, (InboxItem.RECEIVED, *columns))
