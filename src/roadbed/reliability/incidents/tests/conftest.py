"""The cast of the room's tests: a service of the catalogue, facts of its life, people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from roadbed.ground import asks
from roadbed.ground.catalog import usecases as catalog
from roadbed.ground.ledger.queries import fact, facts_of
from roadbed.ground.ledger.rules import FactView
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.ground.people.usecases import create_team
from roadbed.reliability.incidents import queries, reacting
from roadbed.reliability.incidents.values import IncidentPage

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CATALOG = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: {name}
spec:
  type: service
  lifecycle: production
  owner: team-payments
"""


def minutes(number: float) -> datetime:
    """So many minutes after NOW."""
    return NOW + timedelta(minutes=number)


@dataclass
class House:
    """Two services and a ledger to write their lives into."""

    uids: dict[str, str]
    mara: Caller

    @property
    def checkout(self) -> str:
        return self.uids["checkout"]

    def fact(self, kind: str, at: datetime, /, *, service: str = "checkout", **data: Any) -> FactView:
        with unit(ROADBED, now=at) as writing:
            known = {"service": service, "environment": "production"}
            uid = writing.record(kind, self.uids[service], environment="production", data=known | data)
        found = fact(uid)
        assert found is not None
        return found

    def deployed(self, at: datetime, version: str = "v7", former: str = "v6", **data: Any) -> FactView:
        more = {"version": version, "former": former, "deployment": f"d-{version}", "kind": "feature"}
        return self.fact("service.upgraded", at, **(more | {"commit": f"{version}beef123456", "by": "roadbed"} | data))

    def alert(self, at: datetime, name: str = "a1", *, service: str = "checkout", **data: Any) -> FactView:
        said = {
            "alert": name,
            "service_uid": self.uids[service],
            "title": "Requests answered burns 111 times too fast",
            "severity": "page",
            "started_at": (at - timedelta(minutes=2)).isoformat(),
        }
        return self.fact("alert.opened", at, service=service, **(said | data))

    def opened(self, at: datetime = NOW, name: str = "a1", **data: Any) -> IncidentPage:
        uid = reacting.alert_opened(self.alert(at, name, **data), now=at)
        assert uid is not None
        return queries.incident(uid, now=at)

    def kinds(self, uid: str) -> list[str]:
        return [one.kind for one in reversed(facts_of(uid))]


@pytest.fixture
def house(db: Any, wired: None) -> Iterator[House]:
    answerers = dict(asks._answerers)
    create_team(ROADBED, name="team-payments", now=NOW)
    uids = {}
    for name in ("checkout", "parcels"):
        registered = catalog.register(ROADBED, text=CATALOG.format(name=name), location=f"/srv/git/{name}.git", now=NOW)
        uids[name] = registered.uid_of_component
    person = Person.objects.create(email="mara@kestrel.example", name="Mara Lindqvist", role="admin", created_at=NOW)
    yield House(uids, Caller(person.uid, person.name, "admin"))
    asks._answerers = answerers
