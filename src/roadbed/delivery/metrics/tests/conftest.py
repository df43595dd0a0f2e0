"""The cast of the room's tests: a team with a service, and facts as releases, incidents and the gate record them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from roadbed.delivery.metrics.tests.history import NOW
from roadbed.ground.catalog import usecases as catalog
from roadbed.ground.ledger import projections
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.people.usecases import create_team

COMPONENT = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: {name}
spec:
  type: service
  lifecycle: production
  owner: {owner}
"""


@dataclass
class House:
    """Two teams with a service each, and a hand to record facts."""

    checkout: str
    tracking: str

    def record(self, kind: str, subject: str, when: datetime, /, **data: Any) -> str:
        """One fact."""
        supersedes = data.pop("supersedes", "")
        environment = data.pop("environment", "production")
        with unit(ROADBED, now=NOW) as writing:
            return writing.record(
                kind, subject, environment=environment, occurred_at=when, supersedes=supersedes, data=data
            )

    def catch_up(self) -> None:
        """Let projections read."""
        projections.catch_up(now=NOW)


@pytest.fixture
def house(wired: None) -> House:
    for team in ("team-payments", "team-routing"):
        create_team(ROADBED, name=team, now=NOW)
    uids: list[str] = []
    for name, owner in (("checkout", "team-payments"), ("tracking", "team-routing")):
        text = COMPONENT.format(name=name, owner=owner)
        done = catalog.register(ROADBED, text=text, location=f"/srv/git/{name}.git", now=NOW)
        uids.append(done.uid_of_component)
    return House(*uids)
