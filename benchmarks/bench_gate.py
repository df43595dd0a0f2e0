"""The gate's speed over HTTP: 500 services, 50 askers at once, each asking anew a while after its answer.

The askers pace themselves, as pipelines do: 50 connections stay busy with one question each per PACE. Every answer is
recorded before it is given, so the figure holds the write too.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import shop

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from journeys.running import Running

SERVICES, ASKERS, SECONDS, PACE, BATCH = 500, 50, 10.0, 2.0, 50


def ask(url: str, token: str, spent: list[float], failed: list[int], until: float) -> None:
    """One asker: a question, its answer, a pause. The plainest client there is, since it shares the cores."""
    choice = random.Random(threading.get_ident())  # noqa: S311 - which service is asked about is no secret
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    link = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    link.connect()
    time.sleep(choice.random() * PACE)
    while time.monotonic() < until:
        body = {"service": f"gate-{choice.randrange(SERVICES):03}", "commit": f"{choice.getrandbits(160):040x}"}
        began = time.perf_counter()
        link.request("POST", "/api/v1/gate/check", json.dumps(body), headers)
        answer = link.getresponse()
        answer.read()
        spent.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            failed.append(answer.status)
        time.sleep(PACE * (0.5 + choice.random()))
    link.close()


def prepared(url: str, token: str) -> None:
    """Register the services and their objectives, and ask a few times before anything is timed."""
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=30, trust_env=False) as api:
        for number in range(0, SERVICES, BATCH):
            text = "---\n".join(shop.entry(f"gate-{n:03}", external=True) for n in range(number, number + BATCH))
            entity = {"text": text, "location": f"https://git.example/{number}"}
            api.post("/catalog/entities", json=entity).raise_for_status()
        for number in range(SERVICES):
            text = shop.slo(f"gate-{number:03}")
            api.post(f"/services/gate-{number:03}/objectives", json={"text": text}).raise_for_status()
        for _ in range(100):
            api.post("/gate/check", json={"service": "gate-000"}).raise_for_status()


def measured(url: str, token: str) -> tuple[list[float], list[int], float]:
    """Milliseconds of each answer, the failures, and how long it took."""
    spent: list[float] = []
    failed: list[int] = []
    prepared(url, token)
    began = time.monotonic()
    given = (url, token, spent, failed, began + SECONDS)
    askers = [threading.Thread(target=ask, args=given, daemon=True) for _ in range(ASKERS)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    return spent, failed, time.monotonic() - began


def run() -> list[dict[str, Any]]:
    """The figures."""
    home = Path(tempfile.mkdtemp(prefix="roadbed-bench-", dir="/var/tmp"))
    home.chmod(0o711)
    running = Running(home)
    try:
        running.up()
        running.run("team", "create", "team-bench")
        token = json.loads((running.data / "client.json").read_text())["token"]
        spent, failed, took = measured(running.url, token)
    finally:
        running.command("down")
        shutil.rmtree(home, ignore_errors=True)
    cuts = statistics.quantiles(spent, n=100)
    size = f"{SERVICES} services, {ASKERS} askers, {len(spent) / took:.0f} questions/s, {os.cpu_count()} cores"
    return [
        {"name": "gate: an answer, median", "value": cuts[49], "unit": "ms", "size": size},
        {"name": "gate: an answer, p99", "value": cuts[98], "unit": "ms", "target": 20, "size": size},
        {"name": "gate: questions that failed", "value": len(failed), "unit": "", "target": 0, "size": size},
    ]
