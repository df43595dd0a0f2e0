"""What is written in one go comes back as it was, whatever characters it has."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from roadbed.reliability.objectives import store
from roadbed.reliability.objectives.rules.counts import Cumulative
from roadbed.reliability.objectives.rules.minutes import Head, Row

READ_AT = datetime(2026, 11, 23, 9, 0, 10, 250_000, tzinfo=UTC)


@pytest.mark.django_db(databases=["default", "samples"])
def test_heads_and_rows_come_back_as_they_were_written() -> None:
    reasons = ['It said "no", {1,2}', "back\\slash", "NULL", "", "it's 5 % – ü,\n"]
    stored = {
        number: store.StoredHead(
            Head(1, 9, Cumulative(2**40, 2**41, 8, 1, 2), 3, 4, "bad"), READ_AT if number % 2 else None, reason
        )
        for number, reason in enumerate(reasons, start=1)
    }
    store.write(stored, {number: [Row(9, head.head.cumulative)] for number, head in stored.items()})
    assert store.heads() == stored
    assert store.heads([2, 3]) == {number: stored[number] for number in (2, 3)}
    assert store.until(stored, [9])[1][9] == stored[1].head.cumulative
