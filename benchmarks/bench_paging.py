"""From a sample that shows a burn to the provider's door: the real pager process, a real webhook receiver, 500 services.

The benchmark samples with a meter of its own, so that chosen services fail at chosen moments; everything behind the
meter is the product's: counts, evaluation, facts, the pager's process, routing, the outbox, the signed webhook.
"""

from __future__ import annotations

import http.server
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import shop

SERVICES, BURNING, ROUNDS = 500, 30, 30


class Door(http.server.BaseHTTPRequestHandler):
    """Keeps when each service's page came; a test message of the channel names none."""

    came: dict[str, float]
    news: threading.Condition

    def do_POST(self) -> None:
        at = time.time()
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = next((word for word in said["subject"].replace(":", " ").split() if word.startswith("page-")), "")
        with self.news:
            self.came.setdefault(name, at)
            self.news.notify_all()
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing is printed for each message."""


class Meter:
    """Counts that the benchmark chooses: a service that breaks fails every request from then on."""

    def __init__(self) -> None:
        self.counts = {number: [0, 0] for number in range(SERVICES)}
        self.broken: set[int] = set()

    def read(self, *, bounds: tuple[int, ...] = ()) -> Any:
        from roadbed.ground.ports.metrics import EdgeCounters, EdgeReading

        for number, count in self.counts.items():
            # So many that they outweigh all good ones of the rounds before.
            count[0] += 50_000 if number in self.broken else 200
            count[1] += 50_000 if number in self.broken else 0
        counters = tuple(
            EdgeCounters(
                f"page-{number:03}", "epoch", total, failed, tuple((bound, total - failed) for bound in bounds)
            )
            for number, (total, failed) in self.counts.items()
        )
        return EdgeReading(datetime.now(UTC), counters)


def stage() -> None:
    """In a process of its own: fill the folder, sample, break, sample, and print what came when."""
    import django

    django.setup()
    from roadbed.config.wiring import wire

    wire()
    from django.core.management import call_command

    for alias in ("default", "samples"):
        call_command("migrate", database=alias, verbosity=0)
    meter = Meter()
    fill(meter)
    Door.came, Door.news = {}, threading.Condition()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    channel(f"http://127.0.0.1:{server.server_port}/page")
    pager = subprocess.Popen([sys.executable, "-m", "roadbed.config.pager"])
    try:
        print(json.dumps(timed(meter)))
    finally:
        pager.send_signal(signal.SIGTERM)
        pager.wait(30)
        server.shutdown()


def fill(meter: Meter) -> None:
    """500 services with an objective each, of one team whose first on call is reached by a webhook."""
    from roadbed.ground import asks
    from roadbed.ground.asks import MeasuredWorkload, MeasuredWorkloads
    from roadbed.ground.catalog import queries, usecases
    from roadbed.ground.people import usecases as people
    from roadbed.ground.people.rules import ROADBED
    from roadbed.ground.ports import board
    from roadbed.reliability.objectives import usecases as objectives

    now = datetime.now(UTC)
    people.create_team(ROADBED, name="team-bench", now=now)
    for number in range(0, SERVICES, 50):
        text = "---\n".join(shop.entry(f"page-{one:03}") for one in range(number, number + 50))
        usecases.register(ROADBED, text=text, location=f"https://git.example/{number}", now=now)
    uids = {}
    for number in range(SERVICES):
        uids[number] = queries.require_service(f"page-{number:03}").uid
        text = shop.slo(f"page-{number:03}", target=0.99)
        objectives.apply(ROADBED, uids[number], text=text, now=now)
    since = now - timedelta(minutes=1)
    workloads = tuple(MeasuredWorkload(f"page-{n:03}", uid, "production", since, None) for n, uid in uids.items())
    asks.answer_with(MeasuredWorkloads, lambda _: workloads)
    board.provide("edge_meter", lambda: meter)


def channel(url: str) -> None:
    """One person on call, reached by a webhook."""
    from roadbed.ground.ledger import reactions
    from roadbed.ground.people import usecases as people
    from roadbed.ground.people.rules import ROADBED
    from roadbed.reliability.paging import usecases as paging
    from roadbed.reliability.paging.models import Channel

    now, email = datetime.now(UTC), "hanne@kestrel.example"
    people.invite_person(ROADBED, email=email, name="Hanne", now=now)
    people.join_team(ROADBED, team="team-bench", email=email, now=now)
    paging.add_channel(ROADBED, kind="webhook", address=url, email=email, now=now)
    Channel.objects.update(verified_at=now)
    paging.set_rotation(ROADBED, "team-bench", emails=(email,), now=now)
    reactions.begin(now=now)


def timed(meter: Meter) -> dict[str, Any]:
    """Seconds from the sample to the receiver, one service at a time and then many at once."""
    from roadbed.ground.people.rules import ROADBED
    from roadbed.reliability.objectives.sampling import sample
    from roadbed.reliability.paging.models import Alert

    def burn(numbers: range) -> dict[str, float]:
        meter.broken = set(numbers)
        names = {f"page-{number:03}" for number in numbers}
        began = time.time()
        sample(ROADBED, now=datetime.now(UTC))
        with Door.news:
            if not Door.news.wait_for(lambda: names <= Door.came.keys(), 20):
                raise TimeoutError(f"no page about {sorted(names - Door.came.keys())} within 20 s")
        return dict.fromkeys(names, began)

    with Door.news:
        Door.news.wait_for(lambda: "" in Door.came, 60)
    sample(ROADBED, now=datetime.now(UTC))
    alone: dict[str, float] = {}
    for number in range(ROUNDS):
        alone |= burn(range(number, number + 1))
    together = burn(range(ROUNDS, ROUNDS + BURNING))
    opened = {row.service: row.opened_at.timestamp() for row in Alert.objects.all()}
    came = {name: at for name, at in Door.came.items() if name}
    return {
        "alone": [came[name] - at for name, at in alone.items() if name in came],
        "together": [came[name] - at for name, at in together.items() if name in came],
        "from_intake": [at - opened[name] for name, at in came.items()],
        "lost": len(alone.keys() | together.keys()) - len(came),
    }


def run() -> list[dict[str, Any]]:
    """The figures."""
    folder = Path(tempfile.mkdtemp(prefix="roadbed-bench-", dir="/var/tmp"))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ROADBED", "DJANGO"))}
    environment = kept | {"ROADBED_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "roadbed.config.settings"}
    try:
        told = subprocess.run(
            [sys.executable, __file__], env=environment, check=True, timeout=600, stdout=subprocess.PIPE, text=True
        ).stdout
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    found = json.loads(told.splitlines()[-1])
    one, many, intake = found["alone"], found["together"], found["from_intake"]
    size = f"{SERVICES} services"
    return [
        {"name": "sample to page, one burns, median", "value": statistics.median(one), "unit": "s", "size": size},
        figure("sample to page, one burns, p99", one, 5.0, f"{size}, {len(one)} pages one after another"),
        figure(f"sample to page, {BURNING} burn at once, p99", many, 5.0, f"{size}, {len(many)} pages"),
        figure("page opened to the provider's door, p99", intake, 2.0, f"{size}, {len(intake)} pages"),
        {"name": "pages lost", "value": found["lost"], "unit": "", "target": 0, "size": size},
    ]


def figure(name: str, spent: list[float], target: float, size: str) -> dict[str, Any]:
    """The 99th percentile, which of so few is their worst."""
    return {"name": name, "value": statistics.quantiles(spent, n=100)[98], "unit": "s", "target": target, "size": size}


if __name__ == "__main__":
    stage()
