"""Posts what the company's code host and pipelines told lately, one delivery of a repository that nobody registered."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, Final

from roadbed.delivery.changes.sources import usecases
from roadbed.delivery.changes.sources.usecases import source_of
from roadbed.ground.ledger import inbox
from roadbed.ground.people.rules import ROADBED

HUB, BUS = "kestrel-github", "kestrel-pipelines"
HOME: Final = "https://github.example/kestrel"
CHANGES: Final = (
    ("checkout", "Keep the basket when the session ends", "mara-lindqvist", "User", 70),
    ("checkout", "Update django to 5.2.9", "renovate[bot]", "Bot", 52),
    ("tracking", "Show the depot's time zone", "jonas-weber", "User", 46),
    ("pricing", "Update httpx to 0.28.2", "renovate[bot]", "Bot", 31),
    ("tracking", "Round distances once", "ines-carvalho", "User", 20),
    ("checkout", "Ask for the postcode first", "mara-lindqvist", "User", 9),
)
"""Merged lately: repository, title, author, what kind of account, and how many hours ago."""


def post(*, now: datetime) -> None:
    """Open two doors, put deliveries through one of them, and have them read; the other has been silent for a week."""
    usecases.add(ROADBED, "github", HUB, now=now - timedelta(days=20))
    usecases.add(ROADBED, "cdevents", BUS, now=now - timedelta(days=20))
    for number, (name, title, author, account, hours) in enumerate(CHANGES, 1):
        at = now - timedelta(hours=hours)
        _deliver(HUB, "pull_request", _merged(number, f"{HOME}/{name}", title, (author, account), at), at=at)
    _deliver(HUB, "deployment_status", _deployed(now - timedelta(hours=3)), at=now - timedelta(hours=3))
    for days in (11, 10.9, 10.8):
        _deliver(BUS, "", {"context": {"type": "dev.cdevents.taskrun.started.0.3.0", "id": str(days), "source": "/ci",
                                       "timestamp": (now - timedelta(days=days)).isoformat()},
                           "subject": {"id": "t", "content": {}}}, at=now - timedelta(days=days))  # fmt: skip
    while inbox.read_pending(now=now):
        pass


def _deliver(source: str, event: str, body: dict[str, Any], *, at: datetime) -> None:
    raw = json.dumps(body).encode()
    headers = {"content-type": "application/json", **({"x-github-event": event} if event else {})}
    known = source_of(usecases.require(source))
    inbox.receive(ROADBED, source=known, delivery_id=f"demo-{at.isoformat()}", headers=headers, body=raw, now=at)


def _merged(number: int, repository: str, title: str, author: tuple[str, str], at: datetime) -> dict[str, Any]:
    return {
        "action": "closed",
        "repository": {"html_url": repository},
        "pull_request": {
            "number": 400 + number,
            "title": title,
            "merged": True,
            "merged_at": at.isoformat(),
            "body": None,
            "created_at": (at - timedelta(hours=5 + number)).isoformat(),
            "head": {"sha": f"{number:040x}", "ref": "work"},
            "base": {"ref": "main"},
            "merge_commit_sha": f"{number + 100:040x}",
            "user": {"login": author[0], "type": author[1]},
        },
    }


def _deployed(at: datetime) -> dict[str, Any]:
    return {
        "repository": {"html_url": f"{HOME}/label-printer"},
        "deployment": {"id": 9, "sha": f"{9:040x}", "ref": "main", "environment": "production",
                       "created_at": (at - timedelta(minutes=4)).isoformat()},
        "deployment_status": {"state": "success", "created_at": at.isoformat()},
    }  # fmt: skip
