"""The door for deliveries: proves who sent one, stores it raw, answers; reading comes later and elsewhere."""

from __future__ import annotations

import hashlib
import json
import math
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db import connections

from roadbed.delivery.changes.models import Source
from roadbed.delivery.changes.sources import rules
from roadbed.delivery.changes.sources.limiting import FAILURES
from roadbed.delivery.changes.sources.usecases import place_of, source_of
from roadbed.ground import asks
from roadbed.ground.ledger import inbox
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.ports import board
from roadbed.ground.ports.events import LARGEST, Delivery

REMEMBERED: Final = 2.0
"""Seconds for which a source and its secrets are remembered: so long a rotation or an archiving takes to be obeyed."""
MOST_REMEMBERED: Final = 400
_KEPT: Final = ("content-type", "user-agent", "idempotency-key")
_KEPT_BEGINNINGS: Final = ("x-github-", "x-gitlab-", "ce-", "webhook-")
_NEVER: Final = frozenset({"x-gitlab-token", "webhook-signature"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sender is told; `retry_after` in seconds, where it failed too often."""

    status: int
    body: Mapping[str, Any]
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    kind: str
    source: str
    secrets: tuple[str, ...]
    archived: bool
    until: float


_known: dict[str, _Known] = {}
_lock = threading.Lock()


def accept(name: str, headers: Mapping[str, str], body: bytes | None, *, now: datetime, address: str = "") -> Answer:
    """Take a delivery for a source: committed when this answers 202, refused otherwise with nothing kept.

    `headers` have names in lower case; a body of None is one that was too large to be read. Whoever fails too often is
    answered 429; what is proven is taken all the same, since senders give a delivery up at any answer below 500.
    """
    known = _source(name, now=now)
    if known is None:
        missing = _refused(404, "not-found", f"There is no source {name[:60]!r}.", "`roadbed source list` shows them.")
        return _counted(missing, "", address, now)
    if known.archived:
        return _refused(410, "gone", f"The source {name} is archived.", f"`roadbed source restore {name}` opens it.")
    if body is None or len(body) > LARGEST:
        return _refused(413, "too-large", f"A delivery has at most {LARGEST:,} bytes.", "Send fewer events at a time.")
    reader = board.event_reader(known.kind)
    delivery = Delivery(headers=headers, body=body)
    at = now.timestamp()
    # Every secret is tried, so that the time tells nobody which of them is the present one.
    proven = [reader.proves(delivery, secret, now=at) for secret in known.secrets]
    if not any(proven):
        wrong = _refused(
            401,
            "not-proven",
            f"Nothing proves that this was sent by {name}: {rules.KINDS[known.kind].proof} is missing or wrong.",
            f"Give the sender the secret again, or make a new one: `roadbed source rotate {name}`.",
        )
        return _counted(wrong, name, address, now)
    given = reader.identity(delivery)
    identity = given if 0 < len(given) <= 190 and given.isprintable() else f"sha256:{hashlib.sha256(body).hexdigest()}"  # noqa: PLR2004 - the column's length
    uid = inbox.receive(ROADBED, source=known.source, delivery_id=identity, headers=_kept(headers), body=body, now=now)
    return Answer(202, {"delivery": uid})


def _counted(refused: Answer, source: str, address: str, now: datetime) -> Answer:
    wait = FAILURES.add(source, address, now=now)
    if wait is None:
        return refused
    seconds = max(1, math.ceil(wait.total_seconds()))
    remedy = f"{refused.body['remedy']} What is proven is taken at any time."
    many = _refused(429, "too-many-failures", "Too many deliveries from here or for this source failed.", remedy)
    return replace(many, retry_after=seconds)


def _source(name: str, *, now: datetime) -> _Known | None:
    present = time.monotonic()
    known = _known.get(name)
    if known is not None and known.until > present:
        return known
    if not rules.NAME.fullmatch(name):
        return None
    if not connections["default"].in_atomic_block:
        # No request of Django's began here, so that nobody else looks whether the connection is still good.
        connections["default"].close_if_unusable_or_obsolete()
    row = Source.objects.filter(name=name).first()
    if row is None:
        return None
    found = _Known(row.kind, source_of(row), _secrets(row, now), row.archived_at is not None, present + REMEMBERED)
    with _lock:
        if len(_known) >= MOST_REMEMBERED:
            _known.clear()
        _known[name] = found
    return found


def _secrets(row: Source, now: datetime) -> tuple[str, ...]:
    present = asks.put(asks.Unseal(bytes(row.sealed), belongs=place_of(row.uid, row.generation)))
    if row.former_sealed is None or row.former_until is None or now >= row.former_until:
        return (present,)
    former = asks.put(asks.Unseal(bytes(row.former_sealed), belongs=place_of(row.uid, row.generation - 1)))
    return present, former


def forget() -> None:
    """Forget what is remembered of sources, as after one was changed in this process."""
    with _lock:
        _known.clear()


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    """What readers need; whatever proves identity is not kept."""
    return {
        name: value[:500].replace("\x00", "")
        for name, value in headers.items()
        if (name in _KEPT or name.startswith(_KEPT_BEGINNINGS)) and name not in _NEVER
    }


def _refused(status: int, code: str, detail: str, remedy: str) -> Answer:
    title = code.replace("-", " ").capitalize()
    return Answer(
        status,
        {"type": f"urn:roadbed:problem:{code}", "title": title, "status": status, "detail": detail, "remedy": remedy},
    )


def written(answer: Answer) -> tuple[str, bytes]:
    """The content type and the body of an answer."""
    kind = "application/json" if answer.status < 400 else "application/problem+json"  # noqa: PLR2004
    return kind, json.dumps(answer.body).encode()
