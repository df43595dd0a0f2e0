"""Runbooks: the page of all with 500 services, and the reading of one file; processor time, so that a busy machine counts less.

A process of its own with a data folder of its own on SQLite: 500 services with two runbooks and two objectives each.
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
SERVICES, TIMES = 500, 60
SCRIPT = """
import json, sys, time
from datetime import UTC, datetime, timedelta
import django
django.setup()
from django.core.management import call_command
for alias in ("default", "samples"):
    call_command("migrate", database=alias, verbosity=0)
from django.test import Client
from roadbed.config import urls
from roadbed.ground import asks
from roadbed.ground.asks.runbooks import Promised, Promises
from roadbed.ground.catalog import usecases as catalog
from roadbed.ground.people import usecases as people
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ROADBED
from roadbed.platform.runbooks.models import Runbook
from roadbed.platform.runbooks.rules import linting

SERVICES, TIMES = map(int, sys.argv[1:])
now = datetime.now(UTC)
people.create_team(ROADBED, name="team", now=now)
people.invite_person(ROADBED, email="a@b.example", name="A", role="admin", now=now)
entity = "apiVersion: backstage.io/v1alpha1\\nkind: Component\\nmetadata: {name: s%d, annotations: {roadbed.dev/run: x}}\\n" \\
    "spec: {type: service, lifecycle: production, owner: team}\\n"
text = "---\\n".join(entity % number for number in range(SERVICES))
made = catalog.register(ROADBED, text=text, location="memory://shop", now=now).entities
Runbook.objects.bulk_create(
    Runbook(service_uid=one.uid, service=one.name, owner="team", slug=f"r{n}", origin="put", title=f"Runbook {n}", version=1,
            serves={"objectives": [f"o{n}"]}, steps=5, runnable=4, written_at=now - timedelta(days=30 + 90 * n))
    for one in made for n in range(2)
)
promised = tuple(Promised(one.uid, f"{one.uid}{n}", f"o{n}", f"Objective {n}") for one in made for n in range(3))
asks.answer_with(Promises, lambda asked: promised)
client = Client()
client.force_login(Person.objects.get(email="a@b.example"))
# What was made here is no part of what a server holds, and going over it would be counted as the page's.
import gc
gc.collect()
gc.freeze()
spent = []
for number in range(TIMES + 5):
    began = time.process_time()
    answer = client.get("/runbooks" + ("?state=stale" if number % 2 else ""))
    assert answer.status_code == 200 and b"Runbook" in answer.content
    spent.append((time.process_time() - began) * 1000)
spent = sorted(spent[5:])
file = sys.stdin.read()
began = time.process_time()
for _ in range(200):
    linting.lint(file)
read = (time.process_time() - began) * 5
print(json.dumps({"page": spent[int(len(spent) * 0.95)], "middle": spent[len(spent) // 2], "read": read}))
"""
TEXT = (
    """---
title: T
parameters: {x: {type: integer, default: 1}}
---
## Meaning
m
## Impact
i
## Diagnosis
"""
    + "".join(f'```sh step="Step {n}"\nshow {{{{x}}}}\n```\n' for n in range(20))
    + "## Mitigation\nm\n"
)


def run() -> list[dict[str, Any]]:
    """The figures."""
    folder = Path(tempfile.mkdtemp(prefix="roadbed-bench-"))
    environment = os.environ | {
        "ROADBED_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "roadbed.config.settings_test", "PYTHONPATH": str(SOURCES),
    }  # fmt: skip
    try:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(SERVICES), str(TIMES)],
            input=TEXT, env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    told = json.loads(done.stdout.splitlines()[-1])
    size = f"{SERVICES} services, 1,000 runbooks, 1,500 objectives"
    return [
        {"name": "Page of all runbooks, p95 of CPU", "value": told["page"], "unit": "ms", "target": 100, "size": size},
        {"name": "Page of all runbooks, median of CPU", "value": told["middle"], "unit": "ms", "size": size},
        {"name": "Reading and linting a runbook of 20 steps, CPU", "value": told["read"], "unit": "ms"},
    ]


if __name__ == "__main__":
    print(json.dumps(run()))
