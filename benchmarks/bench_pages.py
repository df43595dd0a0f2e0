"""Home, services, objectives and the catalogue with 500 services of 50 teams and 1,000 objectives, as a member."""

from __future__ import annotations

import json
import re
import shutil
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psutil
import shop

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from journeys.running import Running

SERVICES, TEAMS, ASKED = 500, 50, 100
SETTLED = 12
"""Seconds until all were evaluated: it is done every ten."""
PAGES = (("home", "/"), ("service", "/services/shop-{number:03}"), ("catalogue", "/catalogue"), ("layers", "/layers"),
         ("objectives", "/objectives"), ("objectives, filtered", "/objectives?owner=team-{team:02}&sort=left&q=shop"),
         ("objective", "/objectives/{objective}"))  # fmt: skip
FEW, MANY = 60, 9_900
"""Minutes pushed of each objective, and of the one whose page is asked for."""


def fill(url: str, token: str) -> str:
    """50 teams with ten services each; each service with one objective that nobody counts and one that is pushed.

    Answers the uid of one objective with a week of counts.
    """
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=60, trust_env=False) as api:
        for team in range(TEAMS):
            api.post("/teams", json={"name": f"team-{team:02}"}).raise_for_status()
        for first in range(0, SERVICES, 50):
            text = "---\n".join(
                shop.entry(f"shop-{n:03}", owner=f"team-{n % TEAMS:02}", external=True)
                for n in range(first, first + 50)
            )
            entity = {"text": text, "location": f"https://git.example/{first}"}
            api.post("/catalog/entities", json=entity).raise_for_status()
        for number in range(SERVICES):
            name = f"shop-{number:03}"
            text = f"{shop.slo(name)}---\n{shop.pushed_slo(name)}"
            api.post(f"/services/{name}/objectives", json={"text": text}).raise_for_status()
            held = api.get(f"/services/{name}/objectives").raise_for_status().json()["items"]
            uid = next(str(one["uid"]) for one in held if one["name"] == "in-time")
            counts = rows(MANY if number == SERVICES - 1 else FEW, bad=number % 7)
            api.post(f"/objectives/{uid}/counts", json=counts).raise_for_status()
    return uid


def rows(minutes: int, *, bad: int) -> list[dict[str, Any]]:
    """So many minutes of 600 requests each, up to now."""
    last = int(time.time()) // 60 - 1
    return [
        {"timestamp": datetime.fromtimestamp((last - back) * 60, tz=UTC).isoformat(), "good": 600 - bad, "total": 600}
        for back in range(minutes)
    ]


def signed_in(running: Running, link: str) -> httpx.Client:
    """A session, made of the link as a browser would."""
    browser = httpx.Client(base_url=running.url, timeout=30, trust_env=False, follow_redirects=True)
    page = browser.get(link).text
    hidden = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert hidden is not None
    browser.post(link, data={"csrfmiddlewaretoken": hidden[1]}, headers={"Referer": link}).raise_for_status()
    return browser


def web_cpu(running: Running) -> float:
    """CPU seconds that the web process has spent, its workers included."""
    pid = json.loads((running.data / "run/web.pid").read_text())["pid"]
    web = psutil.Process(pid)
    return sum(sum(one.cpu_times()[:2]) for one in (web, *web.children(recursive=True)))


def run() -> list[dict[str, Any]]:
    """The figures."""
    home = Path(tempfile.mkdtemp(prefix="roadbed-bench-", dir="/var/tmp"))
    home.chmod(0o711)
    running = Running(home)
    found = []
    try:
        link = running.up()
        objective = fill(running.url, json.loads((running.data / "client.json").read_text())["token"])
        me = json.loads(running.run("person", "list", "--json"))
        running.run("team", "add-member", "team-07", (me["items"] if isinstance(me, dict) else me)[0]["email"])
        browser = signed_in(running, link)
        time.sleep(SETTLED)
        for name, address in PAGES:
            found += measured(running, browser, name, address.replace("{objective}", objective))
        browser.close()
    finally:
        running.command("down")
        shutil.rmtree(home, ignore_errors=True)
    return found


def measured(running: Running, browser: httpx.Client, name: str, address: str) -> list[dict[str, Any]]:
    """One page asked for again and again."""
    spent = []
    browser.get(address.format(number=7, team=7)).raise_for_status()
    before = web_cpu(running)
    for turn in range(ASKED):
        began = time.perf_counter()
        browser.get(address.format(number=turn * 7 % SERVICES, team=turn % TEAMS)).raise_for_status()
        spent.append((time.perf_counter() - began) * 1000)
    cpu = (web_cpu(running) - before) / ASKED * 1000
    size = f"{SERVICES} services, {2 * SERVICES} objectives, {TEAMS} teams, {ASKED} requests"
    return [
        {"name": f"page: {name}, p95", "value": statistics.quantiles(spent, n=20)[18], "unit": "ms", "target": 100,
         "size": size},
        {"name": f"page: {name}, CPU of the web", "value": cpu, "unit": "ms", "size": size},
    ]  # fmt: skip
