"""The cast of the room's tests: services in repositories, a door to post through, a hand that lets things be read."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from roadbed.config.indoors import Indoors
from roadbed.delivery.changes.jobs import link
from roadbed.delivery.changes.models import Deployed
from roadbed.delivery.changes.sources import door, limiting, usecases
from roadbed.ground.catalog import usecases as catalog
from roadbed.ground.ledger import inbox, projections
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.people.usecases import create_team

COMPONENT = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: {name}
  annotations:
    roadbed.dev/deployed-by: external
{annotations}
spec:
  type: service
  lifecycle: production
  owner: team-payments
"""


@dataclass
class Reply:
    """What the door answered."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str]


@dataclass
class Door:
    """A way in, as the web server calls it."""

    secrets: dict[str, str] = field(default_factory=dict)
    address: str = ""

    def open(self, kind: str, name: str, **more: Any) -> None:
        """Add a source and remember its secret."""
        self.secrets[name] = usecases.add(ROADBED, kind, name, now=now(), **more).secret
        door.forget()

    def send(self, name: str, body: Any, headers: dict[str, str] | None = None, method: str = "POST") -> Reply:
        """One request, with the headers as given."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": f"/in/{name}",
            "CONTENT_LENGTH": str(len(raw)),
            "wsgi.input": io.BytesIO(raw),
            "REMOTE_ADDR": self.address,
        }
        for header, value in (headers or {}).items():
            environ["CONTENT_TYPE" if header == "Content-Type" else f"HTTP_{header.upper().replace('-', '_')}"] = value
        seen: list[Any] = []
        answered = Indoors(lambda *_: pytest.fail("not for Django"))(environ, lambda *given: seen.extend(given))
        said = b"".join(answered)
        known = dict(seen[1])
        return Reply(int(seen[0][:3]), json.loads(said) if "json" in known.get("Content-Type", "") else {}, known)

    def github(self, name: str, event: str, body: Any, delivery: str = "") -> Reply:
        """A delivery that GitHub signed."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        signature = hmac.new(self.secrets[name].encode(), raw, hashlib.sha256).hexdigest()
        headers = {"X-GitHub-Event": event, "X-Hub-Signature-256": f"sha256={signature}"}
        return self.send(name, raw, headers | ({"X-GitHub-Delivery": delivery} if delivery else {}))

    def bearer(self, name: str, body: Any, **headers: str) -> Reply:
        """A delivery that carries the secret."""
        return self.send(name, body, {"Authorization": f"Bearer {self.secrets[name]}", **headers})


def now() -> datetime:
    """The present; what is posted in these tests happened before it."""
    return datetime.now(UTC)


@pytest.fixture
def way_in(wired: None) -> Iterator[Door]:
    door.forget()
    limiting.FAILURES.forget()
    yield Door()
    door.forget()
    limiting.FAILURES.forget()


@pytest.fixture
def shop(wired: None) -> dict[str, str]:
    """checkout and tracking alone in a repository each, and two services in a monorepo; their uids by name."""
    create_team(ROADBED, name="team-payments", now=now())
    homes = {
        "checkout": ("https://github.com/acme/checkout.git", "catalog-info.yaml", ""),
        "tracking": ("https://gitlab.com/acme/tracking.git", "catalog-info.yaml", ""),
        "cart": ("https://github.com/acme/mono.git", "services/cart/catalog-info.yaml", ""),
        "search": ("https://github.com/acme/mono.git", "services/search/catalog-info.yaml", ""),
    }
    uids = {}
    for name, (location, path, further) in homes.items():
        text = COMPONENT.format(name=name, annotations=further)
        done = catalog.register(ROADBED, text=text, location=location, path=path, now=now())
        uids[name] = done.uid_of_component
    return uids


def settle(runs: int = 2) -> None:
    """Let the worker read, project and link until nothing is left."""
    while inbox.read_pending(now=now()):
        pass
    for _ in range(runs):
        projections.catch_up(now=now())
        link(None, {})  # type: ignore[arg-type] - the job needs nothing of its run
    projections.catch_up(now=now())


def deployed(service_uid: str) -> list[Deployed]:
    """The deployments of a service, oldest first."""
    return list(Deployed.objects.filter(service_uid=service_uid).order_by("at", "uid"))


def ago(minutes: float) -> str:
    """An instant so many minutes before now, as senders write it."""
    return (now() - timedelta(minutes=minutes)).isoformat()
