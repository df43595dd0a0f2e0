"""Which four weeks a thing falls in, how it is kept there, and what tells whether they changed."""

from __future__ import annotations

import marshal
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Final

from roadbed.delivery.metrics.rollups.bulk import text_of
from roadbed.delivery.metrics.rollups.columns import EPOCH, FORMAT, Columns, columns_of, instant
from roadbed.delivery.metrics.rules.values import Incident, Judged

LENGTH: Final = timedelta(weeks=4)
_BITS: Final = 128
_OF_JUDGED: Final = (
    "uid", "service_uid", "service", "at", "version", "commit", "by", "label", "label_by", "failed_by", "restored_at",
    "first", "linked", "partial",
)  # fmt: skip
"""In the order of the table's columns; what was carried comes last, as its text."""
Row = tuple[Any, ...]
"""Plain values in the order of a table's columns, instants in microseconds since 1970."""


def block_of(at: datetime) -> int:
    """The number of the four weeks since 1970 that an instant falls in."""
    return (at - EPOCH) // LENGTH


def begin_of_block(block: int) -> datetime:
    """Where four weeks begin."""
    return EPOCH + block * LENGTH


@dataclass(frozen=True, slots=True)
class Kept:
    """What one service did in four weeks as it is stored: rows of deployments and of incidents, and their columns."""

    judged: Sequence[Row]
    incidents: Sequence[Row]
    columns: Columns

    def digest(self) -> str:
        """What is the same exactly if every row is."""
        # The second version writes equal values as equal bytes, whichever objects they are.
        told = marshal.dumps([FORMAT, list(self.judged), list(self.incidents)], 2)
        return blake2b(told, digest_size=_BITS // 8).hexdigest()


@dataclass(slots=True)
class Block:
    """What one service did in four weeks."""

    judged: list[Judged] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)

    def kept(self) -> Kept:
        """As it is stored."""
        rows = [(*_plain(one, _OF_JUDGED), carried_text(one)) for one in self.judged]
        return Kept(rows, rows_of(self.incidents), columns_of(self.judged, self.incidents))

    def digest(self) -> str:
        """What is the same exactly if every row is."""
        return self.kept().digest()


def rows_of(incidents: Sequence[Incident]) -> list[Row]:
    """Incidents as they are stored."""
    return [_plain(one, Incident.__slots__) for one in incidents]


def _plain(one: Judged | Incident, names: Sequence[str]) -> Row:
    values = (getattr(one, name) for name in names)
    return tuple(instant(value) if isinstance(value, datetime) else value for value in values)


def blocks_of(judged: Sequence[Judged], incidents: Sequence[Incident]) -> Mapping[int, Block]:
    """A service's history by four weeks."""
    found: dict[int, Block] = defaultdict(Block)
    for one in judged:
        found[block_of(one.at)].judged.append(one)
    for each in incidents:
        found[block_of(each.started_at)].incidents.append(each)
    return found


def carried_text(one: Judged) -> str:
    """The changes of a deployment as they are stored."""
    return text_of([
        change(each.sha, each.subject, each.seconds, each.reviewed, each.merged, each.started, each.bot)
        for each in one.carried
    ])  # fmt: skip


def change(  # noqa: PLR0917 - a row's values, five million times a rebuild
    sha: str,
    subject: str,
    seconds: float | None,
    reviewed: float | None,
    merged: float | None,
    started: float | None,
    bot: bool,  # noqa: FBT001
    /,
) -> list[Any]:
    """What is known of a change, without the tail that nobody told."""
    if bot:
        return [sha, subject[:120], seconds, reviewed, merged, started, bot]
    if started is not None:
        return [sha, subject[:120], seconds, reviewed, merged, started]
    if merged is not None:
        return [sha, subject[:120], seconds, reviewed, merged]
    return [sha, subject[:120], seconds] if reviewed is None else [sha, subject[:120], seconds, reviewed]
