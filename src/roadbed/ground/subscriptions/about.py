"""Which service each fact is about, looked up once for a batch of them."""

from __future__ import annotations

from roadbed.ground.catalog.queries import service
from roadbed.ground.ledger.rules import FactView
from roadbed.ground.subscriptions.rules.patterns import About, service_uid_of


class Lookup:
    """Asks the catalogue at most once for each service."""

    def __init__(self) -> None:
        self._known: dict[str, About] = {}

    def __call__(self, fact: FactView) -> About:
        uid = service_uid_of(fact)
        if uid not in self._known:
            found = service(uid) if uid else None
            # A subject can be anything, even a name that some service happens to have.
            ours = found is not None and found.uid == uid
            self._known[uid] = About(found.uid, found.name, found.owner or "") if found and ours else About()
        return self._known[uid]
