"""One CDEvent that was found to be one, and what it says of commits and repositories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from roadbed.ground.ports import payloads


@dataclass(frozen=True, slots=True)
class Told:
    """One CDEvent that was found to be one."""

    subject: str
    predicate: str
    key: str
    at: datetime
    source: str
    id: str
    content: Mapping[str, Any]
    custom: object
    chain: str = ""


def custom(one: Told, *names: str) -> str:
    """What senders add for want of a word: a commit, a version, a repository."""
    return next((found for name in names if (found := payloads.text(one.custom, name, most=300))), "")


def commit_of(one: Told) -> str:
    """The commit that it is about, empty where it says none."""
    # Our own events carry the whole fact.
    found = custom(one, "commit", "sha", "data.commit")
    return payloads.commit({"sha": found}, "sha") if found else ""


def repository_of(one: Told) -> str:
    """The repository that it is about, empty where it says none."""
    host, name = payloads.text(one.content, "repository.source"), payloads.text(one.content, "repository.id")
    if not name:
        return payloads.repository_name(custom(one, "repository", "data.repository"))
    whole = name if "://" in name or not host else f"{host.rstrip('/')}/{name.lstrip('/')}"
    return payloads.repository_name(whole)
