"""Facts that leave the house: deliveries made per second of processor time, and from a fact to a receiver that listens.

A process of its own with a data folder of its own on SQLite. First a storm: 10,000 facts are on the ledger when the
first of them is read, for 1 and then for 10 subscriptions that want them all. Then facts come one at a time, and the
worker's loop turns as it does in production; the time is from the commit of the fact to its arrival at a receiver on
loopback. Last a storm is sent, to see how many leave in a second.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

SOURCES = Path(__file__).parents[1] / "src"
STORM, SINGLE, SENT = 10_000, 100, 500
SCRIPT = """
import json, sys, threading, time, tracemalloc
from datetime import UTC, datetime
import django
django.setup()
from django.core.management import call_command
for alias in ("default", "samples"):
    call_command("migrate", database=alias, verbosity=0)
from roadbed.config import ports
ports.provide()
from roadbed.adapters.webhook.tests.receiver import receiver
from roadbed.ground.jobs.worker import Worker
from roadbed.ground.ledger.models import Fact
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.subscriptions import fanning, usecases
from roadbed.ground.subscriptions.models import Delivery, Subscription
from roadbed.ground.subscriptions.sender import Sender

STORM, SINGLE, SENT = map(int, sys.argv[1:])
now = lambda: datetime.now(UTC)


def record(count):
    for first in range(0, count, 500):
        with unit(ROADBED, now=now()) as writing:
            for number in range(first, min(count, first + 500)):
                writing.record("flag.changed", f"flag-{number}", environment="production", data={"number": number})


def subscribe(name, url, kinds=("flag.*",)):
    usecases.subscribe(ROADBED, usecases.Wish(name=name, url=url, kinds=kinds), now=now())


def fan_out():
    began, made = time.process_time(), 0
    while some := fanning.advance(now=now()):
        made += some
        # What is sent makes room; here nothing is, so that the reading alone is measured.
        Delivery.objects.filter(state="waiting").update(state="delivered", ended_at=now())
    return made / (time.process_time() - began)


def peak():
    start = Subscription.objects.first().position - STORM
    Delivery.objects.all().delete()
    Subscription.objects.update(position=start)
    tracemalloc.start()
    fan_out()
    return tracemalloc.get_traced_memory()[1] / 1e6


def clear():
    Delivery.objects.all().delete()
    Subscription.objects.all().delete()


figures = {}
with receiver() as hook:
    for subscriptions in (1, 10):
        clear()
        for number in range(subscriptions):
            subscribe(f"s-{number}", hook.url)
        record(STORM)
        figures[f"fan-{subscriptions}"] = fan_out()
    figures["peak"] = peak()
    tracemalloc.stop()
    clear()
    subscribe("bus", hook.url)
    sender = Sender()
    worker = Worker(ticks=(sender.tick,), accepts=lambda _: False, stopping=sender.stopping)
    working = threading.Thread(target=worker.run)
    working.start()
    came, seen = {}, threading.Condition()
    record(1)
    hook.wait_for(1)
    spent = []
    for number in range(SINGLE):
        count = len(hook.requests)
        record(1)
        began = time.perf_counter()
        hook.wait_for(count + 1)
        spent.append((time.perf_counter() - began) * 1000)
        # Not in step with the worker's quarter of a second.
        time.sleep((number * 37 % 100) / 200)
    figures["one"] = spent
    count = len(hook.requests)
    record(SENT)
    began, processor = time.perf_counter(), time.process_time()
    hook.wait_for(count + SENT, 300)
    figures["sent"] = SENT / (time.perf_counter() - began)
    figures["sent-cpu"] = SENT / (time.process_time() - processor)
    sender.stopping.set()
    working.join()
    sender.close()
print(json.dumps(figures))
"""


def run() -> list[dict[str, Any]]:
    """The figures."""
    home = Path(tempfile.mkdtemp(prefix="roadbed-bench-", dir="/var/tmp"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ROADBED", "DJANGO"))} | {
        "ROADBED_DATA": str(home),
        "DJANGO_SETTINGS_MODULE": "roadbed.config.settings",
        "PYTHONPATH": str(SOURCES),
    }
    try:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(STORM), str(SINGLE), str(SENT)],
            env=environment, check=True, capture_output=True, text=True, timeout=900,
        )  # fmt: skip
    finally:
        shutil.rmtree(home, ignore_errors=True)
    found = json.loads(done.stdout.splitlines()[-1])
    spent = sorted(found["one"])
    storm = f"{STORM} facts, SQLite, {os.cpu_count()} cores"
    return [
        {"name": "subscriptions: deliveries made, one subscriber", "value": found["fan-1"], "unit": "/CPU s", "size": storm},
        {"name": "subscriptions: deliveries made, ten subscribers", "value": found["fan-10"], "unit": "/CPU s", "size": storm},
        {"name": "subscriptions: most memory held at once, ten", "value": found["peak"], "unit": "MB", "size": storm},
        {"name": "subscriptions: fact to receiver, median", "value": spent[len(spent) // 2], "unit": "ms", "size": f"{SINGLE} facts, one at a time"},
        {"name": "subscriptions: fact to receiver, p99", "value": spent[int(len(spent) * 0.99)], "unit": "ms", "size": f"{SINGLE} facts, one at a time"},
        {"name": "subscriptions: sent to one receiver", "value": found["sent"], "unit": "/s", "size": f"{SENT} waiting, one after the other"},
        {"name": "subscriptions: sent to one receiver", "value": found["sent-cpu"], "unit": "/CPU s", "size": f"{SENT} waiting, receiver included"},
    ]  # fmt: skip
