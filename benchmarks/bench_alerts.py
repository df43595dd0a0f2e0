"""Alerts from other systems: taken in, paged at 50 a second, in a storm, and judged against labelled cases.

The real web server and the real pager with a data folder of their own on SQLite (write-ahead log, synchronous FULL),
or on the PostgreSQL that ROADBED_TEST_DATABASE names.
Intake is counted in alerts a second of the web server's own processor time, which is what one core gives: one alert a
request, and fifty. Then alerts of as many services come at 50 a second, and the time from posting one until a webhook
receiver has its page is taken. In the storm 10,000 alerts of 38 services of a team come while a critical one of another of its services does.
"""

from __future__ import annotations

import http.client
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
from pathlib import Path
from typing import Any

import psutil

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "tests")]
from bench_intake import SOURCES, free_port, processor, wait_for  # noqa: E402 - it stands beside this file

SERVICES, RATE, PACED, SENT, CLIENTS, EACH, STORMED = 320, 50, 250, 1000, 16, 50, 40
POSTGRES = os.environ.get("ROADBED_TEST_DATABASE", "")
DATABASE = "PostgreSQL" if POSTGRES else "SQLite, synchronous FULL"
SETUP = """
import sys
from datetime import UTC, datetime
import django
django.setup()
from django.core.management import call_command
for alias in ("default", "samples"):
    call_command("migrate", database=alias, verbosity=0)
from roadbed.config.wiring import wire
wire()
sys.path.insert(0, sys.argv[2])
import shop
from roadbed.ground.catalog import usecases as catalog
from roadbed.ground.ledger import reactions
from roadbed.ground.people import usecases as people
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.paging import usecases as paging
from roadbed.reliability.paging.alerts import integrating
now, email = datetime.now(UTC), "hanne@kestrel.example"
for team in ("team-bench", "team-storm"):
    people.create_team(ROADBED, name=team, now=now)
for number in range(0, int(sys.argv[3]), 40):
    text = "---\\n".join(shop.entry(f"page-{one:03}") for one in range(number, number + 40))
    # The last ones are of the team that the storm is of.
    text = text.replace("team-bench", "team-storm") if number >= int(sys.argv[3]) - 40 else text
    catalog.register(ROADBED, text=text, location=f"https://git.example/{number}", now=now)
people.invite_person(ROADBED, email=email, name="Hanne", now=now)
for team in ("team-bench", "team-storm"):
    people.join_team(ROADBED, team=team, email=email, now=now)
    paging.set_rotation(ROADBED, team, emails=(email,), now=now)
paging.add_channel(ROADBED, kind="webhook", address=sys.argv[1], email=email, now=now)
from roadbed.reliability.paging.models import Channel
Channel.objects.update(verified_at=now)
reactions.begin(now=now)
print(integrating.add(ROADBED, "alertmanager", "bench", team="team-bench", now=now).key)
"""
AWAKE = """
import sys, time
from datetime import UTC, datetime
import django
django.setup()
from roadbed.ground.jobs.models import Pulse
began, until = datetime.fromtimestamp(float(sys.argv[1]), UTC), time.monotonic() + 120
while not Pulse.objects.filter(name="pager", began_at__gt=began).exists():
    assert time.monotonic() < until, "the pager did not begin"
    time.sleep(0.05)
print("awake")
"""
"""A pager's own start is no part of what is measured."""
READ = """
import django
django.setup()
from roadbed.ground.ledger.models import InboxItem
print(InboxItem.objects.filter(state="received").update(state="read"))
"""
"""What the door was measured with is not what the pager is measured with."""
TELL = """
import json
import django
django.setup()
from roadbed.ground.ledger.models import InboxItem
from roadbed.reliability.paging.models import Alert, Signal
print(json.dumps({"waiting": InboxItem.objects.filter(state="received").count(), "signals": Signal.objects.count(),
                  "failed": InboxItem.objects.filter(state="failed").count(),
                  "storm": Alert.objects.filter(team="team-storm").exclude(service="page-318").count()}))
"""


class Door(http.server.BaseHTTPRequestHandler):
    """Keeps when each service's page came."""

    protocol_version = "HTTP/1.1"
    came: dict[str, float]
    news: threading.Condition

    def do_POST(self) -> None:
        at = time.time()
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.news:
            self.came.setdefault(said.get("data", {}).get("service", ""), at)
            self.news.notify_all()
        self.send_response(204)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing is printed for each message."""


class Receiver(http.server.ThreadingHTTPServer):
    """A provider to which many connect at once, as to any real one."""

    request_queue_size = 128


def alert(service: str, name: str, severity: str = "critical") -> dict[str, Any]:
    labels = {"alertname": name, "service": service, "severity": severity, "pod": f"{service}-{name}"}
    return {"status": "firing", "labels": labels, "annotations": {"summary": f"{name} of {service}"},
            "startsAt": "2026-11-23T08:00:00Z", "fingerprint": f"{service}-{name}"}  # fmt: skip


def message(alerts: list[dict[str, Any]], group: str) -> bytes:
    return json.dumps(
        {"version": "4", "groupKey": group, "truncatedAlerts": 1, "status": "firing", "alerts": alerts}
    ).encode()


def post(port: int, key: str, bodies: list[bytes]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for body in bodies:
        connection.request("POST", f"/alerts/in/{key}", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
    connection.close()


def together(port: int, key: str, bodies: list[bytes]) -> None:
    parts = [bodies[number::CLIENTS] for number in range(CLIENTS)]
    threads = [threading.Thread(target=post, args=(port, key, part)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def python(environment: dict[str, str], script: str, *arguments: str) -> str:
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip().splitlines()[-1]


def taken(port: int, key: str, server: subprocess.Popen[bytes], *, each: int) -> float:
    """Alerts a second of one core; all repeat the same few alerts, since it is the door that is measured."""
    body = message([alert("page-000", f"A{number}", "info") for number in range(each)], "intake")
    parent = psutil.Process(server.pid)
    processes = [parent, *parent.children(recursive=True)]
    count = SENT if each == 1 else SENT // 10
    together(port, key, [body] * CLIENTS * 5)
    used = processor(processes)
    together(port, key, [body] * count)
    return count * each / (processor(processes) - used)


def paced(port: int, key: str) -> list[float]:
    """Seconds from posting until the page came, at RATE alerts a second."""
    sent: dict[str, float] = {}
    began = time.time()
    for number in range(PACED):
        time.sleep(max(0.0, began + number / RATE - time.time()))
        name = f"page-{number + 1:03}"
        sent[name] = time.time()
        post(port, key, [message([alert(name, "Down")], name)])
    with Door.news:
        Door.news.wait_for(lambda: sent.keys() <= Door.came.keys(), 40)
    return [Door.came.get(name, time.time()) - at for name, at in sent.items()]


def storm(port: int, key: str, environment: dict[str, str]) -> tuple[float, float, dict[str, int]]:
    """Seconds until the other service's page came, until all was read, and what was found then."""
    bodies = [
        message(
            [alert(f"page-{280 + (first + one) % (STORMED - 2)}", f"S{first + one}", "error") for one in range(EACH)],
            "storm",
        )
        for first in range(0, 10_000, EACH)
    ]
    began = time.time()
    sender = threading.Thread(target=post, args=(port, key, bodies))
    sender.start()
    time.sleep(1.0)
    at = time.time()
    post(port, key, [message([alert("page-318", "Down")], "other")])
    with Door.news:
        Door.news.wait_for(lambda: "page-318" in Door.came, 40)
    other = Door.came.get("page-318", time.time()) - at
    sender.join()
    while (found := json.loads(python(environment, TELL)))["waiting"]:
        time.sleep(0.5)
    return other, time.time() - began, found


def pager(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """A pager that is at work already."""
    began = time.time()
    made = subprocess.Popen([sys.executable, "-m", "roadbed.config.pager"], env=environment, start_new_session=True)
    python(environment, AWAKE, str(began))
    return made


def stop(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def run() -> list[dict[str, Any]]:
    """The figures."""
    folder = Path(tempfile.mkdtemp(prefix="roadbed-alerts-", dir="/var/tmp"))
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ROADBED", "DJANGO"))}
    environment = kept | {
        "ROADBED_DATA": str(folder), "PYTHONPATH": str(SOURCES), "ROADBED_ADDRESS": f"127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "roadbed.config.settings", "ROADBED_DATABASE": POSTGRES,
    }  # fmt: skip
    Door.came, Door.news = {}, threading.Condition()
    receiver = Receiver(("127.0.0.1", 0), Door)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    running: list[subprocess.Popen[bytes]] = []
    try:
        url = f"http://127.0.0.1:{receiver.server_port}/page"
        key = python(environment, SETUP, url, str(Path(__file__).parent), str(SERVICES))
        web = subprocess.Popen([sys.executable, "-m", "roadbed.config.web"], env=environment, start_new_session=True)
        running.append(web)
        wait_for(port)
        single, many = taken(port, key, web, each=1), taken(port, key, web, each=EACH)
        python(environment, READ)
        # A page for each, which a team in a storm does not get.
        running.append(pager(environment | {"ROADBED_STORM_PAGES": "0"}))
        pages = psutil.Process(running[-1].pid)
        used, began = processor([pages]), time.time()
        waits = paced(port, key)
        used, took = processor([pages]) - used, time.time() - began
        stop(running.pop())
        running.append(pager(environment))
        other, whole, found = storm(port, key, environment)
    finally:
        for process in running:
            stop(process)
        receiver.shutdown()
        shutil.rmtree(folder, ignore_errors=True)
    size = f"{CLIENTS} connections, {DATABASE}"
    return [
        {"name": "alerts: a second of one core, one a request", "value": single, "unit": "/s", "target": 1000,
         "at_least": True, "size": size},
        {"name": f"alerts: a second of one core, {EACH} a request", "value": many, "unit": "/s", "target": 1000,
         "at_least": True, "size": size},
        {"name": f"alerts: posted to the provider's door at {RATE}/s, median", "value": statistics.median(waits), "unit": "s"},
        {"name": f"alerts: posted to the provider's door at {RATE}/s, p99",
         "value": statistics.quantiles(waits, n=100)[98], "unit": "s", "target": 2.0, "size": f"{PACED} services"},
        {"name": "alerts: the pager's processor time for one, all the way", "value": used * 1000 / PACED, "unit": "ms",
         "target": 20.0, "size": f"{used / took:.2f} of a core at {PACED / took:.0f}/s"},
        {"name": "alerts: another service's page in a storm of 10,000", "value": other, "unit": "s", "target": 3.0,
         "size": DATABASE},
        {"name": "alerts: pages of the storm", "value": found["storm"], "unit": "", "target": 6,
         "size": f"{found['signals']:,} alerts kept, {found['failed']} unreadable"},
        {"name": "alerts: the storm read", "value": whole, "unit": "s", "target": 60.0, "size": "10,000 alerts"},
        *accuracy(),
    ]  # fmt: skip


def accuracy() -> list[dict[str, Any]]:
    """Shares right of the labelled cases, where they are beside the repository."""
    from conformance.labelled_alerts import DATA, judged

    if not DATA.exists():
        return []
    cases = list(judged())
    return [
        {"name": f"alerts: {what} right", "value": sum(getattr(one, field) for one in cases) / len(cases), "unit": "",
         "target": 0.9, "at_least": True, "size": f"{len(cases)} labelled cases"}
        for what, field in (("owner", "owner_right"), ("grouping", "grouping_right"))
    ]  # fmt: skip
