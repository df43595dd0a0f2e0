"""The house itself: start to ready, memory of the process tree, write transactions with three writing processes."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from journeys.running import Running

WRITERS, WRITES = 3, 300
WRITER = """
import sys, time, json, os
os.environ["DJANGO_SETTINGS_MODULE"] = "roadbed.config.settings"
import django; django.setup()
from django.utils import timezone
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED
spent, failed = [], 0
for turn in range(int(sys.argv[1])):
    began = time.perf_counter()
    try:
        with unit(ROADBED, now=timezone.now()) as writing:
            for _ in range(5):
                writing.record("gate.asked", f"bench-{os.getpid()}", data={"turn": turn})
    except Exception:
        failed += 1
    spent.append((time.perf_counter() - began) * 1000)
    time.sleep(0.01)
print(json.dumps({"spent": spent, "failed": failed}))
"""


def tree_memory(running: Running) -> float:
    """Proportional set size of everything that Roadbed runs without services, in MB."""
    return (
        sum(
            psutil.Process(int(line.split()[0])).memory_full_info().pss
            for line in running.leftovers()
            if psutil.pid_exists(int(line.split()[0]))
        )
        / 1e6
    )


def writes(running: Running) -> tuple[list[float], int]:
    """Milliseconds of each transaction of three processes beside the running web and worker, and how many failed."""
    environment = running.environment()
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(WRITES)], env=environment, stdout=subprocess.PIPE, text=True
        )
        for _ in range(WRITERS)
    ]
    results = [json.loads(process.communicate(timeout=300)[0]) for process in processes]
    return [spent for result in results for spent in result["spent"]], sum(result["failed"] for result in results)


def run() -> list[dict[str, Any]]:
    """The figures."""
    home = Path(tempfile.mkdtemp(prefix="roadbed-bench-", dir="/var/tmp"))
    home.chmod(0o711)
    running = Running(home)
    try:
        running.up()
        running.down()
        began = time.monotonic()
        running.up()
        ready = time.monotonic() - began
        memory = tree_memory(running)
        spent, failed = writes(running)
        p50, p99 = statistics.median(spent), statistics.quantiles(spent, n=100)[98]
        size = f"{WRITERS} processes × {WRITES} transactions of 5 facts, web and worker running"
        scaffold = scaffold_seconds(running)
        return [
            {"name": "start to ready, second start", "value": ready, "unit": "s", "target": 5, "size": "empty catalogue",
             "peer": "Backstage back end, as measured in the field notes", "peer_value": 6.0},
            {"name": "memory of the whole tree, PSS", "value": memory, "unit": "MB", "target": 300,
             "size": "web, worker, two supervisords, HAProxy"},
            {"name": "write transaction, median", "value": p50, "unit": "ms", "target": 20, "size": size},
            {"name": "write transaction, p99", "value": p99, "unit": "ms", "size": size},
            {"name": "write transactions locked out", "value": failed, "unit": "of " + str(len(spent)), "target": 0, "size": size},
            {"name": "scaffold to healthy", "value": scaffold, "unit": "s", "target": 60, "size": "python-http-service, first build"},
        ]  # fmt: skip
    finally:
        running.command("down")
        shutil.rmtree(home, ignore_errors=True)


def scaffold_seconds(running: Running) -> float:
    """From `roadbed new` until the service's health path answers through the edge."""
    running.run("team", "create", "team-bench")
    began = time.monotonic()
    running.run("new", "python-http-service", "bench", "--owner", "team-bench")
    running.run("deploy", "bench")
    assert running.service("bench", "/healthz").status_code == 200
    assert os.path.isdir(running.home / "bench")  # noqa: PTH112 - the clone is there
    return time.monotonic() - began
