"""What Roadbed could not be told, kept on this machine until it can: gates passed without it, steps run without it."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from roadbed.ground.errors import Refusal

MOST: Final = 1000
"""Files that are kept of a kind; a machine on which it happened more often than that is told so instead."""

GATES, STEPS = "unreachable", "steps"

AT_ONCE: Final = 50
SUFFIX: Final = ".json"


def folder(kind: str = GATES) -> Path:
    """Where those of a kind are kept: state of this user, which outlives a checkout."""
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "roadbed" / kind


def note(*, url: str, asked: dict[str, Any], why: str, kind: str = GATES) -> str:
    """Keep one use; answers its id. A file each, so that pipelines that run at once never write into one another.

    Raises:
        OSError: when nothing can be kept here.
    """
    kept = folder(kind)
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    if sum(1 for _ in kept.glob(f"*{SUFFIX}")) >= MOST:
        raise OSError(f"{MOST} uses wait in {kept} already")
    use = {"id": uuid.uuid4().hex, "at": datetime.now(UTC).isoformat(), "url": url, "why": why[:300], **asked}
    part = kept / f"{use['id']}.part"
    part.write_text(json.dumps(use))
    part.replace(part.with_suffix(SUFFIX))
    return str(use["id"])


def waiting(url: str, kind: str = GATES) -> list[tuple[Path, dict[str, Any]]]:
    """Uses that a Roadbed has not heard of: those that named it, and those that named none."""
    found = []
    for path in sorted(folder(kind).glob(f"*{SUFFIX}")):
        try:
            use = json.loads(path.read_text())
        except (OSError, ValueError):
            continue
        if isinstance(use, dict) and use.get("url", "") in ("", url):
            found.append((path, use))
    return found


def report(url: str, post: Callable[[list[dict[str, Any]]], None]) -> int:
    """Tell them, some at a time; each is forgotten only when it was taken, and telling it twice changes nothing."""
    uses = waiting(url)
    for first in range(0, len(uses), AT_ONCE):
        some = uses[first : first + AT_ONCE]
        post([{name: value for name, value in use.items() if name != "url"} for _, use in some])
        for path, _ in some:
            path.unlink(missing_ok=True)
    return len(uses)


def report_steps(url: str, post: Callable[[dict[str, Any]], None]) -> int:
    """Tell of steps one by one; each is forgotten when it was taken, or can never be."""
    told = 0
    for path, step in waiting(url, STEPS):
        try:
            post(step)
            told += 1
        except Refusal as refusal:
            if getattr(refusal, "http_status", 0) not in NEVER:
                raise
        path.unlink(missing_ok=True)
    return told


NEVER: Final = (404, 422)
"""Answers to a step whose runbook is gone, or that nobody can read: asking again changes nothing."""
