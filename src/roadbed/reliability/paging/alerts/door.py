"""The doors for alerts: who knows the key is let in, the message is stored raw and answered; the pager reads it."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connections
from django.db.models import Q

from roadbed.ground.ledger import inbox
from roadbed.ground.people.queries import digest
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.ports import proofs
from roadbed.ground.ports.events import LARGEST, Unreadable
from roadbed.ground.ports.payloads import at, parsed
from roadbed.reliability.paging.alerts.integrating import source_of
from roadbed.reliability.paging.alerts.models import Integration
from roadbed.reliability.paging.rules.alerts import mail, pagerduty
from roadbed.reliability.paging.rules.alerts.values import CLOUDWATCH, MAIL, PAGERDUTY

IN: Final = "/alerts/in"
ENQUEUE: Final = "/v2/enqueue"
CHANGE: Final = "/v2/change/enqueue"
PREFIXES: Final = (f"{IN}/", ENQUEUE, CHANGE)
REMEMBERED: Final = 2.0
"""Seconds for which an integration is remembered: so long a rotation or an archiving takes to be obeyed."""
_KEPT: Final = ("content-type", "user-agent", "x-amz-sns-message-type", "x-amz-sns-message-id")
_BASIC: Final = "basic "


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sender is told."""

    status: int
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Known:
    name: str
    kind: str
    archived: bool
    until: float


_known: dict[str, _Known] = {}
_lock = threading.Lock()


def accept(path: str, headers: Mapping[str, str], body: bytes | None, *, now: datetime) -> Answer:
    """Take a message: committed when this answers 2xx, and never refused because there are many.

    Args:
        path: the address without host and query.
        headers: with names in lower case.
        body: None for one that was too large to be read.
        now: the instant.
    """
    if path.rstrip("/") in (ENQUEUE, CHANGE):
        return _event(headers, body, change=path.rstrip("/") == CHANGE, now=now)
    key = path.removeprefix(IN).strip("/") or _key_of(headers)
    known = _integration(key, now=now)
    if known is None:
        detail = "No integration has this key."
        return _refused(
            401, "not-proven", detail, "`roadbed alerts integration list` shows them, `rotate` makes a key."
        )
    if known.archived:
        return _refused(410, "gone", f"The integration {known.name} is archived.", "Restore it, or stop sending.")
    most = mail.LARGEST if known.kind == MAIL else LARGEST
    if body is None or len(body) > most:
        return _refused(413, "too-large", f"A message has at most {most:,} bytes.", "Group alerts into smaller ones.")
    if known.kind == PAGERDUTY:
        return _event(headers, body, change=False, now=now, known=known)
    return Answer(200, {"status": "stored", "delivery": _stored(known, headers, body, now=now)})


def _key_of(headers: Mapping[str, str]) -> str:
    said = headers.get("authorization", "")
    if said.lower().startswith(_BASIC):
        return proofs.password(headers)
    return said.partition(" ")[2].strip()


def _event(
    headers: Mapping[str, str], body: bytes | None, *, change: bool, now: datetime, known: _Known | None = None
) -> Answer:
    """An event as PagerDuty takes it, with its answers."""
    if body is None:
        return _invalid(["The event is larger than it may be"], status=413)
    try:
        payload = parsed(body)
    except Unreadable as fault:
        return _invalid([str(fault)])
    key = at(payload, "routing_key")
    if known is None:
        known = _integration(key, now=now) if isinstance(key, str) else None
    if known is None or known.kind != PAGERDUTY:
        return _invalid(["'routing_key' is missing or is the key of no integration for PagerDuty events"])
    if known.archived:
        return _invalid([f"The integration {known.name} is archived"])
    wrong = pagerduty.faults(payload, change=change)
    told = {pagerduty.CHANGED: "yes"} if change else {}
    given = payload.get("dedup_key") if isinstance(payload, dict) else None
    if not given and not change:
        given = uuid.uuid4().hex
        told[pagerduty.GIVEN_KEY] = given
    # What is refused is kept as well: somebody who may page us wanted to say something.
    _stored(known, {**headers, **told}, body, now=now)
    if wrong:
        return _invalid(wrong)
    answer = {"status": "success", "message": "Event processed"}
    return Answer(202, answer if change else {**answer, "dedup_key": given})


def _stored(known: _Known, headers: Mapping[str, str], body: bytes, *, now: datetime) -> str:
    kept = {
        name: value[:300].replace("\x00", "")
        for name, value in headers.items()
        if name in _KEPT or name in (pagerduty.GIVEN_KEY, pagerduty.CHANGED)
    }
    given = headers.get("x-amz-sns-message-id", "") if known.kind == CLOUDWATCH else ""
    identity = given if 0 < len(given) <= 100 and given.isprintable() else uuid.uuid4().hex  # noqa: PLR2004
    return inbox.receive(ROADBED, source=source_of(known.name), delivery_id=identity, headers=kept, body=body, now=now)


def _integration(key: str, *, now: datetime) -> _Known | None:
    if not 8 <= len(key) <= 100:  # noqa: PLR2004 - no key is so short or so long
        return None
    made, present = digest(key), time.monotonic()
    known = _known.get(made)
    if known is not None and known.until > present:
        return known
    if not connections["default"].in_atomic_block:
        # No request of Django's began here, so that nobody else looks whether the connection is still good.
        connections["default"].close_if_unusable_or_obsolete()
    row = Integration.objects.filter(Q(digest=made) | Q(former_digest=made, former_until__gt=now)).first()
    if row is None:
        return None
    found = _Known(row.name, row.kind, row.archived_at is not None, present + REMEMBERED)
    with _lock:
        if len(_known) > 1000:  # noqa: PLR2004 - more keys than there are integrations
            _known.clear()
        _known[made] = found
    return found


def forget() -> None:
    """Forget what is remembered of integrations, as after one was changed in this process."""
    with _lock:
        _known.clear()


def _invalid(errors: list[str], *, status: int = 400) -> Answer:
    return Answer(status, {"status": "invalid event", "message": "Event object is invalid", "errors": errors})


def _refused(status: int, code: str, detail: str, remedy: str) -> Answer:
    title = code.replace("-", " ").capitalize()
    return Answer(
        status,
        {"type": f"urn:roadbed:problem:{code}", "title": title, "status": status, "detail": detail, "remedy": remedy},
    )
