"""The fixed cast of the catalogue's tests: Hanne's team owns checkout."""

from __future__ import annotations

from datetime import UTC, datetime

from roadbed.ground.people.rules import Caller

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
