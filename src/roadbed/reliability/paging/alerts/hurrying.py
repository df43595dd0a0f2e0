"""Which messages of a backlog are read first: what is critical overtakes others, never those about the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db.models import QuerySet

from roadbed.ground.ledger.models import InboxItem
from roadbed.reliability.paging.alerts.models import Integration
from roadbed.reliability.paging.rules.alerts import hurrying, reading
from roadbed.reliability.paging.rules.alerts.hurrying import NOTHING, Glimpse

LOOKED_AHEAD: Final = 2_000
"""Messages that are looked at beyond those whose turn it is."""
GLIMPSED: Final = 40
"""Messages that are looked at in one turn: a message of fifty alerts takes a millisecond or two."""
BYTES: Final = 16 * 1024
"""What is read in a turn of a backlog, so that pages go out in between."""


@dataclass
class Hurry:
    """What is known of messages that wait, by their id; looked at once each, and only while there is a backlog."""

    _known: dict[int, Glimpse] = field(default_factory=dict)

    def first(self, waiting: QuerySet[InboxItem], limit: int) -> list[InboxItem]:
        """The messages of the next turn."""
        oldest = list(waiting[:limit])
        if len(oldest) < limit:
            self._known.clear()
            return oldest
        ids = list(waiting.values_list("pk", flat=True)[:LOOKED_AHEAD])
        self._look(waiting, ids)
        # Only past what has been looked at may anything go.
        seen = [pk for pk in ids if pk in self._known]
        urgent = hurrying.overtaking([(pk, self._known[pk]) for pk in seen])[:limit]
        chosen = list(waiting.filter(pk__in=urgent)) if urgent else []
        return _few(chosen + [item for item in oldest if item.pk not in urgent])[:limit]

    def _look(self, waiting: QuerySet[InboxItem], ids: Sequence[int]) -> None:
        known = set(ids)
        self._known = {pk: glimpse for pk, glimpse in self._known.items() if pk in known}
        fresh = [pk for pk in ids if pk not in self._known][:GLIMPSED]
        if fresh:
            items = list(waiting.filter(pk__in=fresh))
            found = _integrations(item.source for item in items)
            self._known |= {item.pk: _glimpse(found.get(item.source), item) for item in items}


def _few(items: Sequence[InboxItem]) -> list[InboxItem]:
    size = 0
    found: list[InboxItem] = []
    for item in items:
        size += len(item.body)
        if found and size > BYTES:
            break
        found.append(item)
    return found


def _integrations(sources: Iterable[str]) -> dict[str, Integration]:
    by_name = {source.partition(":")[2]: source for source in sources}
    return {by_name[row.name]: row for row in Integration.objects.filter(name__in=list(by_name))}


def _glimpse(integration: Integration | None, item: InboxItem) -> Glimpse:
    if integration is None:
        return NOTHING
    try:
        told = reading.read(integration.kind, bytes(item.body), item.headers, mapped=integration.mapping)
    except Exception:  # noqa: BLE001 - whatever a stranger's payload brings about is told when its turn comes
        return NOTHING
    return hurrying.glimpse(item.source, told)
