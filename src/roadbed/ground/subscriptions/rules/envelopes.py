"""A fact as it leaves: our own JSON, or a CloudEvent that carries CDEvents where that has a word."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from roadbed.ground.ledger.rules import FactView
from roadbed.ground.subscriptions.rules import cdevents
from roadbed.ground.subscriptions.rules.patterns import About

ROADBED: Final = "roadbed"
CDEVENTS: Final = "cdevents"
FORMATS: Final = (ROADBED, CDEVENTS)

SCHEMA: Final = "roadbed.fact/1"
PING: Final = "ping"
"""The kind of a test message; no fact has it."""

JSON: Final = "application/json"
CLOUDEVENT: Final = "application/cloudevents+json"
LARGEST: Final = 128 * 1024
"""Bytes of a fact's data; more is left out, and where it can be read is said instead."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is sent."""

    body: bytes
    content_type: str


def envelope(fact: FactView, about: About, *, form: str, source: str) -> Envelope:
    """A fact as the subscriber's format has it. `source` is this Roadbed's own address."""
    told = _told(fact, about, source=source)
    if form == ROADBED:
        return Envelope(_bytes(told), JSON)
    known = cdevents.content_of(fact, about)
    kind = known[0] if known else f"{cdevents.OWN}{fact.kind}"
    data = told if known is None else _cdevent(fact, told, kind=kind, content=known[1], source=source)
    event = {
        "specversion": "1.0",
        "id": fact.uid,
        "source": source,
        "type": kind,
        "time": fact.occurred_at.isoformat(),
        "datacontenttype": JSON,
        "data": data,
    }
    if fact.subject:
        event["subject"] = fact.subject
    return Envelope(_bytes(event), CLOUDEVENT)


def ping(name: str, uid: str, *, at: datetime, form: str, source: str) -> Envelope:
    """A message that tells nothing, for who wants to see whether one arrives."""
    told = {"schema": SCHEMA, "id": uid, "kind": PING, "occurred_at": at.isoformat(), "data": {"subscription": name}}
    if form == ROADBED:
        return Envelope(_bytes(told), JSON)
    event = {"specversion": "1.0", "id": uid, "source": source, "type": f"{cdevents.OWN}{PING}"}
    return Envelope(
        _bytes(event | {"time": at.isoformat(), "datacontenttype": JSON, "data": told}),
        CLOUDEVENT,
    )


def _told(fact: FactView, about: About, *, source: str) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "id": fact.uid,
        "position": fact.position,
        "kind": fact.kind,
        "subject": fact.subject,
        "environment": fact.environment,
        "occurred_at": fact.occurred_at.isoformat(),
        "recorded_at": fact.recorded_at.isoformat(),
        "actor": {"uid": fact.actor, "name": fact.actor_name},
        "source": fact.source,
        "source_id": fact.source_id,
        "supersedes": fact.supersedes or None,
        "service": {"uid": about.service_uid, "name": about.service, "team": about.team} if about.service_uid else None,
        "data": _bounded(fact, source),
    }


def _bounded(fact: FactView, source: str) -> dict[str, Any]:
    data = dict(fact.data)
    size = len(json.dumps(data, default=str))
    if size <= LARGEST:
        return data
    return {"left_out": f"{size} bytes of data", "read_it_at": f"{source}/api/v1/ledger/facts/{fact.uid}"}


def _cdevent(fact: FactView, told: dict[str, Any], *, kind: str, content: dict[str, Any], source: str) -> object:
    return {
        "context": {
            "specversion": cdevents.SPECVERSION,
            "id": fact.uid,
            "source": source,
            "type": kind,
            "timestamp": fact.occurred_at.isoformat(),
        },
        "subject": {"id": fact.subject or fact.uid, "source": source, "content": content},
        "customData": told,
        "customDataContentType": JSON,
    }


def _bytes(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()
