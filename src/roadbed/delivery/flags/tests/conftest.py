"""The cast of the room's tests: two teams, their services, a token of checkout's, and memories that begin empty."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from roadbed.delivery.flags import clients, snapshots
from roadbed.ground.catalog import usecases as catalog
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.ground.people.usecases import create_team, create_token

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HANNE = Caller(uid="p-hanne", name="Hanne Brandt", role="member", teams=frozenset({"team-payments"}))
MARA = Caller(uid="p-mara", name="Mara Lindqvist", role="member", teams=frozenset({"team-routing"}))
ADMIN = Caller(uid="p-ines", name="Ines Carvalho", role="admin")
CATALOG = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {{name: {name}}}
spec: {{type: service, lifecycle: production, owner: {owner}}}
"""
Asking = Callable[..., HttpResponse]


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of memories that nothing else has filled."""
    found = Clock()
    monkeypatch.setattr(snapshots, "held", snapshots.Snapshots(found))
    monkeypatch.setattr(clients, "seen", clients.Clients(found))
    return found


@pytest.fixture
def checkout(db: None) -> str:
    """The uid of checkout, beside which there is routing."""
    uids = []
    for name, owner in (("checkout", "team-payments"), ("routing", "team-routing")):
        create_team(ROADBED, name=owner, now=NOW)
        text = CATALOG.format(name=name, owner=owner)
        made = catalog.register(ROADBED, text=text, location=f"https://git.example/{name}", now=NOW)
        uids.append(made.uid_of_component)
    return uids[0]


def token(name: str = "flags:checkout", *, scopes: tuple[str, ...] | None = ("flag.evaluate",)) -> str:
    """The secret of a new token."""
    _, secret = create_token(ADMIN, name=name, scopes=scopes, now=datetime.now(UTC))
    return secret


@pytest.fixture
def ask(client: Client, clock: Clock, checkout: str) -> Asking:
    """Asks by the protocol: `ask("eta-v2", {"targetingKey": "user-1"})`; without a key for all flags."""
    own = token()

    def asking(key: str = "", context: Any = None, *, query: str = "", secret: str = own, **headers: str) -> Any:
        body = {"context": {"targetingKey": "user-1"} if context is None else context}
        path = "/ofrep/v1/evaluate/flags" + (f"/{key}" if key else "")
        named = {"Authorization": f"Bearer {secret}", **headers} if secret else headers
        return client.post(f"{path}{query}", json.dumps(body), content_type="application/json", headers=named)

    return asking
