"""Registering, reading again, renaming, moving, orphaning and removing, with the fixed cast of the house."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from roadbed.ground.catalog import queries, usecases
from roadbed.ground.ledger.models import Fact
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.ground.people.usecases import create_team

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOME, FILE = "https://git.example/shop/checkout", "catalog-info.yaml"
HANNE = Caller(uid="p-hanne", name="Hanne Brandt", role="member", teams=frozenset({"team-payments"}))
CHECKOUT = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: checkout
  description: Takes the money
  annotations:
    roadbed.dev/run: ./serve
    roadbed.dev/tier: "1"
  tags: [python]
spec:
  type: service
  lifecycle: production
  owner: team-payments
  system: shop
  dependsOn: [resource:ledger-db]
"""


@pytest.fixture(autouse=True)
def _teams() -> None:
    for name in ("team-payments", "team-routing", "team-sre"):
        create_team(ROADBED, name=name, now=NOW)


def register(text: str, *, caller: Caller = HANNE, location: str = HOME, now: datetime = NOW, path: str = FILE):
    return usecases.register(caller, text=text, location=location, path=path, now=now)


def test_a_registered_service_is_there_with_its_owner_and_runtime_facts():
    uid = register(CHECKOUT).uid_of_component
    service = queries.require_service("Checkout")
    assert (service.uid, service.owner, service.tier, service.system) == (uid, "team-payments", "1", "shop")
    assert service.annotations["roadbed.dev/run"] == "./serve"
    assert Fact.objects.get(kind="catalog.entity.registered").subject == uid
    shown = queries.require_entity(uid)
    assert {(r.type, r.ref, r.uid) for r in shown.relations} == {
        ("ownedBy", "group:default/team-payments", None),
        ("partOf", "system:default/shop", None),
        ("dependsOn", "resource:default/ledger-db", None),
    }
