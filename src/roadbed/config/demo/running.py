"""The demo's service that really runs: made on a golden path, deployed twice by this Roadbed, asked once a second."""

from __future__ import annotations

import http.client
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import structlog
from django.utils import timezone

from roadbed.config.demo import company, repositories
from roadbed.config.demo.company import NODE, PYTHON, RUNNING, RUNNING_TEAM
from roadbed.config.demo.repositories import Entry
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.demo import queries, rules
from roadbed.ground.demo import usecases as demo
from roadbed.ground.errors import Refusal
from roadbed.ground.jobs import registry
from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import caller_of_person
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.platform.paths.usecases import scaffold_service
from roadbed.platform.releases import queries as releases
from roadbed.platform.releases import usecases

log = structlog.get_logger(__name__)

WHERE: Final = "/usr/local/bin:/usr/bin:/bin"
EVERY: Final = 5.0
REQUESTS: Final = 5
PATHS: Final = ("/", "/", "/", "/", "/healthz")
SECONDS: Final = 2.0
MAKER: Final = "Yuki Tanabe"
GOOD: Final = 2
"""Releases to deploy: with a second one there is one to roll back to."""


def toolchain() -> str:
    """The golden path whose language is here; Node's needs nothing downloaded. Empty where neither is."""
    if shutil.which("node", path=WHERE):
        return NODE
    return PYTHON if Path("/usr/bin/python3").exists() else ""


def register() -> None:
    """Let the worker tend the running service and ask it, for as long as there is a demo."""

    @registry.job("demo.tend", attempts=1, time_limit=120.0, every=EVERY)
    def tend(run: Any, payload: dict[str, Any]) -> None:
        del run, payload
        step(now=timezone.now())


def step(*, now: datetime) -> None:
    """One look: make what is missing, deploy what is not live yet, and send a few requests to what serves."""
    held = queries.present()
    if held is None or held.state != rules.STANDING:
        return
    try:
        text = _forward(now)
    except Refusal as refusal:
        text = f"{RUNNING} does not run: {refusal.detail} {refusal.remedy}".strip()
    if text != held.running:
        demo.note_running(ROADBED, text, now=now)


def _forward(now: datetime) -> str:
    """Do the next thing; answers what runs, or why nothing does."""
    path, known = toolchain(), catalog.service(RUNNING)
    if not path:
        return f"{RUNNING} does not run: services find neither Node.js nor Python here. `roadbed doctor` says more."
    if known is None:
        _make(path, now=now)
        return f"{RUNNING} is being made."
    if not queries.is_demo(known.uid):
        return f"A service {RUNNING} of your own was here first, so the demo runs none."
    return _deployed(known.uid, now=now)


def _deployed(uid: str, *, now: datetime) -> str:
    if releases.active_deployments(uid):
        return f"{RUNNING} is being deployed."
    live = [one for one in releases.releases_of(uid) if one.live_at is not None]
    newest = releases.newest_deployment(uid)
    if newest is not None and newest.state != "succeeded" and not live:
        return f"{RUNNING} does not run: {newest.failure.detail if newest.failure else newest.state}"
    if len(live) < GOOD and (newest is None or newest.state == "succeeded"):
        usecases.request_deployment(_maker(), RUNNING, ref="HEAD" if live else "HEAD~1", now=now)
        return f"{RUNNING} is being deployed."
    return _asked(uid)


def _asked(uid: str) -> str:
    workloads = releases.runtime_status(uid).workloads
    serving = next((one for one in workloads if one.environment == "production"), None)
    if serving is None or serving.desired == "stopped" or not serving.url:
        return f"{RUNNING} is stopped."
    if ask(serving.url):
        return f"{RUNNING} runs {serving.version} and is asked once a second."
    return f"{RUNNING} does not answer."


def _maker() -> Caller:
    person = Person.objects.filter(name=MAKER, email__endswith=f"@{company.DOMAIN}").first()
    return ROADBED if person is None else caller_of_person(person)


def _make(path: str, *, now: datetime) -> None:
    answers = {
        "owner": RUNNING_TEAM, "description": "Return labels for senders", "availability": "99.5", "latency_ms": 300,
        "tier": "2",
    }  # fmt: skip
    made = scaffold_service(_maker(), path=path, name=RUNNING, answers=answers, now=now)
    demo.belongs(ROADBED, rules.REPOSITORY, [made.location], now=now)
    demo.belongs(ROADBED, rules.ENTITY, [made.entity_uid], now=now)
    said = "Return labels are asked for at /returns, by label-api first.\n"
    entry = Entry("docs: say who asks for labels", "", MAKER, now, now, (("docs/callers.md", said),))
    repositories.write(made.location, [entry])


def ask(url: str) -> bool:
    """Send a few requests through the edge over one connection; whether any was answered."""
    parts = urlsplit(url)
    near = (parts.hostname or "").endswith(".localhost")
    connection = http.client.HTTPConnection("127.0.0.1" if near else parts.hostname or "", parts.port, timeout=SECONDS)
    answered = False
    try:
        for number in range(REQUESTS):
            connection.request("GET", PATHS[number % len(PATHS)], headers={"Host": parts.netloc})
            connection.getresponse().read()
            answered = True
    except (OSError, http.client.HTTPException) as fault:
        log.info("demo.unanswered", url=url, fault=str(fault), at=datetime.now(UTC).isoformat())
    finally:
        connection.close()
    return answered
