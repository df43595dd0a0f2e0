"""How the sources of a demo leave, with what came through them."""

from __future__ import annotations

from roadbed.delivery.changes.models import Source
from roadbed.delivery.changes.sources.usecases import source_of
from roadbed.ground.demo.rules import Belongings, Gone
from roadbed.ground.ledger.models import Fact, InboxItem


def forget(held: Belongings) -> Gone:
    """Delete the sources that were added while the demo was made, and their deliveries."""
    if not held.last:
        return Gone()
    added = Fact.objects.filter(kind="source.changed", position__gte=held.first, position__lte=held.last)
    uids = list(added.values_list("subject", flat=True).distinct())
    sources = Source.objects.filter(uid__in=uids)
    rows = InboxItem.objects.filter(source__in=[source_of(row) for row in sources]).delete()[0]
    return Gone(rows + sources.delete()[0], subjects=frozenset(uids))
