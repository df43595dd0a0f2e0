"""Which service each fact is about, looked up once for a batch of them."""

from __future__ import annotations

from collections.abc import Iterable

from roadbed.ground.catalog.services import names_and_owners
from roadbed.ground.ledger.rules import FactView
from roadbed.ground.subscriptions.rules.patterns import About, service_uid_of

NOTHING = About()


class Lookup:
    """Asks the catalogue once for a batch, and never twice for the same service."""

    def __init__(self) -> None:
        self._known: dict[str, About] = {}

    def learn(self, facts: Iterable[FactView]) -> None:
        """Look up the services of all these facts by one query."""
        asked = {service_uid_of(fact) for fact in facts} - set(self._known) - {""}
        if not asked:
            return
        found = names_and_owners(asked)
        self._known |= {uid: About(uid, *found[uid]) if uid in found else NOTHING for uid in asked}

    def __call__(self, fact: FactView) -> About:
        self.learn([fact])
        return self._known.get(service_uid_of(fact), NOTHING)
