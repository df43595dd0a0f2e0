"""How values are found in an event whatever its source calls them; what is not there is empty, never made up."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from roadbed.delivery.metrics.rules.events.values import Unreadable
from roadbed.delivery.metrics.rules.values import Commit

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
"""Before that a clock was not set, and no deployment was told."""
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
_FRACTION: Final = re.compile(r"(\.\d{6})\d+")
_PLAIN: Final = re.compile(r"[^a-z0-9]")

DEPLOYMENT: Final = ("deployment", "deploymentId", "deploymentUid")
CAUSE: Final = ("causeDeployment", "causedByDeployment", "failedDeployment", *DEPLOYMENT, "causedBy", "cause")
COMMIT: Final = ("commit", "commitSha", "sha", "revision", "gitCommit", "headSha", "mergeCommit", "mergeCommitSha")
VERSION: Final = ("version", "tag", "release")
FIRST: Final = ("firstCommitAt", "firstCommitAuthoredAt", "firstCommitTime", "firstCommitDate", "firstCommit")
AUTHORED: Final = ("authoredAt", "authorDate", "authorAt", "authored", "author_time")
COMMITTED: Final = ("committedAt", "committerDate", "commitDate", "timestamp", "date", "at", "createdAt")
STARTED: Final = ("startedAt", "startTime", "deploymentStartedAt", "started")


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """A name without case and separators, so that firstCommitAt and first_commit_at are one."""
    return _PLAIN.sub("", name.lower())


def found(data: Mapping[str, Any], names: Iterable[str]) -> Any:
    """The first of these names that has a value, however it is written; None where none has."""
    if not data:
        return None
    folded = {fold(name): value for name, value in data.items() if value is not None and value != ""}
    for name in names:
        if (value := folded.get(fold(name))) is not None:
            return value
    return None


def text(data: Mapping[str, Any], *names: str) -> str:
    """A text, or the id or name of an object that stands in its place."""
    return as_text(found(data, names))


def as_text(value: Any) -> str:
    """A value as text where it is one."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, Mapping):
        return as_text(next((value[key] for key in ("id", "uid", "sha", "name") if value.get(key)), ""))
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def texts(value: Any) -> tuple[str, ...]:
    """A list of texts, or of objects with an id or name."""
    values = value if isinstance(value, list) else [value]
    return tuple(one for each in values if (one := as_text(each)))


def instant(value: Any) -> datetime | None:
    """An instant with its offset, or seconds or milliseconds since 1970; None of anything else."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _of_seconds(float(value))
    if not isinstance(value, str):
        return None
    try:
        # Python keeps microseconds; what is finer is cut off.
        at = datetime.fromisoformat(_FRACTION.sub(r"\1", value.strip()))
    except ValueError:
        return None
    if at.tzinfo is None:
        # Without an offset nobody knows which instant it was.
        return None
    return _sane(at)


def _of_seconds(value: float) -> datetime | None:
    seconds = value / 1000 if abs(value) > 1e11 else value  # noqa: PLR2004 - milliseconds since 1970
    try:
        return _sane(datetime.fromtimestamp(seconds, UTC))
    except (ValueError, OverflowError, OSError):
        return None


def _sane(at: datetime) -> datetime | None:
    try:
        moment = at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if EARLIEST <= moment <= LATEST else None


def needed_instant(value: Any, name: str) -> datetime:
    """An instant that has to be there.

    Raises:
        Unreadable: saying what stands there instead.
    """
    at = instant(value)
    if at is None:
        shown = "is missing" if value in (None, "") else f"is no instant: {str(value)[:40]!r}"
        raise Unreadable(f"{name} {shown}", "Write it like 2026-11-23T09:00:00Z, with its offset from UTC.")
    return at


def mapping(value: Any) -> Mapping[str, Any]:
    """An object, also where it stands as text, as custom data may; empty of anything else."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return value if isinstance(value, Mapping) else {}


def short(name: str) -> str:
    """A name that fits where facts keep names; a longer one becomes a digest, so that two never become one."""
    return name if len(name) <= 64 else digest(name)  # noqa: PLR2004 - what a fact keeps of a name


def digest(*parts: str) -> str:
    """A short name for something that has a long one or none."""
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def canonical(value: Any) -> str:
    """A value as one text, whatever the order of its names."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def commit_told(one: Any) -> Commit | None:
    """A commit from whatever a source tells of it; None without its name."""
    if isinstance(one, str):
        return Commit(one.strip(), "") if one.strip() else None
    if not isinstance(one, Mapping):
        return None
    sha = text(one, "sha", "id", "hash", "commit", "oid", "commitSha")
    if not sha:
        return None
    message = text(one, "message", "subject", "title")
    subject, _, body = message.partition("\n")
    author = found(one, ("author", "authorName", "authorEmail"))
    return Commit(
        sha=sha,
        subject=subject.strip(),
        authored_at=instant(found(one, AUTHORED)),
        committed_at=instant(found(one, COMMITTED)),
        body=(body.strip() or text(one, "body"))[:4000],
        labels=texts(one.get("labels") or ()),
        author=as_text(author)[:200] or (text(author, "login", "email") if isinstance(author, Mapping) else ""),
        change=text(one, "change", "pullRequest", "pr", "number"),
        first_at=instant(found(one, FIRST)),
        reviewed_at=instant(found(one, ("reviewedAt", "firstReviewAt"))),
        merged_at=instant(found(one, ("mergedAt",))),
    )


def commits_told(value: Any) -> tuple[Commit, ...] | None:
    """Commits in the order in which they are told; None where nothing is."""
    if not isinstance(value, list):
        return None
    return tuple(one for each in value if (one := commit_told(each)) is not None)
