"""The catalogue's speed: ingest of a thousand entities, a page of twenty, one by name; beside Backstage's own figures."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

ENTITY = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: service-{number:04}
  title: Service {number}
  description: Answers requests of kind {number}
  tags: [python, tier-{tier}]
  labels: {{area: a{area}}}
  annotations:
    github.com/project-slug: kestrel/service-{number:04}
    roadbed.dev/run: ./serve
    roadbed.dev/tier: "{tier}"
  links: [{{url: "https://wiki.kestrel.example/{number}", title: Wiki}}]
spec:
  type: service
  lifecycle: production
  owner: team-{team}
  system: system-{area}
  dependsOn: [component:service-{former:04}]
"""
COUNT = 1000
PEER = "Backstage's catalogue back end alone, SQLite, two contended cores: {range} in the field notes, not in this run"


def run() -> list[dict[str, Any]]:
    """All figures, measured in a process of its own, because Django takes its databases once."""
    shown = subprocess.run([sys.executable, "-W", "ignore", __file__], check=True, stdout=subprocess.PIPE, text=True)
    return [json.loads(line) for line in shown.stdout.splitlines()]


def measured() -> list[dict[str, Any]]:
    """All figures, each with its target and the peer's better figure where there is one."""
    _prepare()
    from django.utils import timezone

    from roadbed.ground.catalog import queries, usecases
    from roadbed.ground.people.rules import ROADBED, Caller
    from roadbed.ground.people.usecases import create_team, create_token

    now = timezone.now()
    for team in range(10):
        create_team(ROADBED, name=f"team-{team}", now=now)
    text = "---\n".join(
        ENTITY.format(number=n, tier=n % 4, area=n % 30, team=n % 10, former=max(0, n - 1)) for n in range(COUNT)
    )
    rows = [*_ingest(text, usecases, now)]
    admin = Caller(uid="bench", name="Bench", role="admin")
    _, token = create_token(admin, name="bench", now=now)
    http = _server(token)
    rows.append(_figure("list of 20, query", _cpu(lambda: queries.entities(kind="Component", limit=20)), "ms CPU", 2.0))
    listing = _cpu(lambda: http("/api/v1/catalog/entities", "kind=Component&limit=20"))
    rows.append(_figure("list of 20, whole request", listing, "ms CPU", 2.0, (3.0, "3 to 4 ms")))
    rows.append(_figure("by name, query", _cpu(lambda: queries.require_service("service-0500")), "ms CPU", 2.0))
    single = _cpu(lambda: http("/api/v1/catalog/services/service-0500"))
    rows.append(_figure("by name, whole request", single, "ms CPU", 2.5, (1.7, "1.7 to 2.5 ms")))
    search = _cpu(lambda: queries.entities(q="kind 77", tag="python", limit=20))
    rows.append(_figure("search in 1,000, query", search, "ms CPU", 5.0))
    return rows


def _prepare() -> None:
    folder = tempfile.mkdtemp(prefix="roadbed-bench-")
    os.environ["ROADBED_DATA"] = folder
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roadbed.config.settings")
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    settings.ALLOWED_HOSTS = ["*"]
    for alias in ("default", "samples"):
        call_command("migrate", database=alias, verbosity=0)


def _server(token: str) -> Callable[..., bytes]:
    """Requests as granian hands them over, without a client's own cost."""
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()

    def get(path: str, query: str = "") -> bytes:
        statuses: list[str] = []
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000", "HTTP_HOST": "127.0.0.1:8000", "HTTP_AUTHORIZATION": f"Bearer {token}",
            "wsgi.input": io.BytesIO(), "wsgi.url_scheme": "http", "wsgi.errors": sys.stderr,
        }  # fmt: skip
        response = application(environ, lambda status, _headers: statuses.append(status))
        body = b"".join(response)
        response.close()
        assert statuses == ["200 OK"], (statuses, body)
        return body

    return get


def _ingest(text: str, usecases: Any, now: Any) -> list[dict[str, Any]]:
    from roadbed.ground.people.rules import ROADBED

    home = "https://git.kestrel.example/all"
    began = time.perf_counter()
    usecases.register(ROADBED, text=text, location=home, now=now)
    first = time.perf_counter() - began
    began = time.perf_counter()
    usecases.register(ROADBED, text=text, location=home, now=now)
    again = time.perf_counter() - began
    began = time.perf_counter()
    usecases.register(ROADBED, text=text.replace("production", "deprecated"), location=home, now=now)
    changed = time.perf_counter() - began
    return [
        _figure("ingest of 1,000 entities", first, "s", 3.0, (27.0, "27 to 44 s until visible")),
        _figure("the same 1,000 again", again, "s", 3.0),
        _figure("1,000 changed", changed, "s", 3.0),
    ]


def _cpu(call: Callable[[], Any], *, rounds: int = 15, each: int = 20) -> float:
    """Milliseconds of processor time per call: the best of the rounds, since what else runs here can only add to it."""
    for _ in range(each):
        call()
    found = []
    for _ in range(rounds):
        began = time.process_time()
        for _ in range(each):
            call()
        found.append((time.process_time() - began) / each * 1000)
    return min(found)


def _figure(name: str, value: float, unit: str, target: float, peer: tuple[float, str] | None = None) -> dict[str, Any]:
    row = {
        "name": f"catalogue: {name}",
        "value": round(value, 3),
        "unit": unit,
        "target": target,
        "size": f"{COUNT} entities",
    }
    return row if peer is None else {**row, "peer_value": peer[0], "peer": PEER.format(range=peer[1])}


if __name__ == "__main__":
    for figure in measured():
        print(json.dumps(figure))
