"""Which four weeks a thing falls in, and what tells whether they changed."""

from __future__ import annotations

import marshal
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Final

from roadbed.delivery.metrics.rollups.columns import EPOCH, FORMAT, instant
from roadbed.delivery.metrics.rules.values import Carried, Incident, Judged

LENGTH: Final = timedelta(weeks=4)
_BITS: Final = 128
_SHORTEST: Final = 3
"""A change's name, title and lead time are always kept."""
_PLAIN: Final = tuple(name for name in Judged.__slots__ if name != "carried")


def block_of(at: datetime) -> int:
    """The number of the four weeks since 1970 that an instant falls in."""
    return (at - EPOCH) // LENGTH


def begin_of_block(block: int) -> datetime:
    """Where four weeks begin."""
    return EPOCH + block * LENGTH


@dataclass(slots=True)
class Block:
    """What one service did in four weeks; `carried` are the changes of each deployment as they are kept."""

    judged: list[Judged] = field(default_factory=list)
    carried: list[list[list[Any]]] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)

    def digest(self) -> str:
        """What is the same exactly if every row is."""
        rows = [
            [*(_plain(getattr(one, name)) for name in _PLAIN), carried]
            for one, carried in zip(self.judged, self.carried, strict=True)
        ]
        troubles = [[_plain(getattr(one, name)) for name in Incident.__slots__] for one in self.incidents]
        # The second version writes equal values as equal bytes, whichever objects they are.
        return blake2b(marshal.dumps([FORMAT, rows, troubles], 2), digest_size=_BITS // 8).hexdigest()


def _plain(value: object) -> object:
    return instant(value) if isinstance(value, datetime) else value


def blocks_of(judged: Sequence[Judged], incidents: Sequence[Incident]) -> Mapping[int, Block]:
    """A service's history by four weeks."""
    found: dict[int, Block] = defaultdict(Block)
    for one in judged:
        block = found[block_of(one.at)]
        block.judged.append(one)
        block.carried.append([_kept(each) for each in one.carried])
    for each in incidents:
        found[block_of(each.started_at)].incidents.append(each)
    return found


def _kept(one: Carried) -> list[Any]:
    """What is known of a change, without the tail that nobody told."""
    told = [one.sha, one.subject[:120], one.seconds, one.reviewed, one.merged, one.started, one.bot]
    while told[-1] in (None, False) and len(told) > _SHORTEST:
        told.pop()
    return told
