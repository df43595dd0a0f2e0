"""Reading PagerDuty's Events API v2: events that trigger, acknowledge and resolve, and change events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from roadbed.ground.ports.events import Unreadable
from roadbed.ground.ports.payloads import at, instant_of, mapping, text
from roadbed.reliability.paging.rules.alerts.naming import labels_of, severity_of, titled
from roadbed.reliability.paging.rules.alerts.values import (
    ACKNOWLEDGE,
    RESOLVE,
    TRIGGER,
    Change,
    Signal,
    Told,
)

GIVEN_KEY: Final = "x-roadbed-dedup-key"
"""The header under which the key is kept that was made for an event without one."""
CHANGED: Final = "x-roadbed-change"
LONGEST_KEY: Final = 255
_ACTIONS: Final = (TRIGGER, ACKNOWLEDGE, RESOLVE)
_SEVERITIES: Final = ("critical", "error", "warning", "info")
_NEEDED: Final = ("summary", "source", "severity")


def faults(payload: object, *, change: bool = False) -> list[str]:
    """What is wrong with an event, in words that its sender can act on; empty where nothing is."""
    if not isinstance(payload, dict):
        return ["The event is not a JSON object"]
    key = payload.get("dedup_key")
    found = []
    if key is not None and (not isinstance(key, str) or len(key) > LONGEST_KEY):
        found.append(f"'dedup_key' must be a string of at most {LONGEST_KEY} characters")
    if change:
        return found + _faults_of_payload(payload.get("payload"), ("summary",))
    action = payload.get("event_action")
    if action not in _ACTIONS:
        found.append("'event_action' must be one of: trigger, acknowledge, resolve")
    elif action == TRIGGER:
        found += _faults_of_payload(payload.get("payload"), _NEEDED)
    elif not key:
        found.append(f"'dedup_key' is missing, which {action} needs")
    return found


def _faults_of_payload(payload: object, needed: tuple[str, ...]) -> list[str]:
    if not isinstance(payload, dict):
        return ["'payload' is missing or is not an object"]
    found = [
        f"'payload.{name}' is missing or blank"
        for name in needed
        if not isinstance(payload.get(name), str) or not payload[name].strip()
    ]
    severity = payload.get("severity")
    if "severity" in needed and isinstance(severity, str) and severity.strip() and severity not in _SEVERITIES:
        found.append(f"'payload.severity' must be one of: {', '.join(_SEVERITIES)}")
    return found


def read(payload: Any, headers: Mapping[str, str]) -> Told:
    """One event.

    Raises:
        Unreadable: with everything that is wrong.
    """
    change = headers.get(CHANGED) == "yes"
    if wrong := faults(payload, change=change):
        raise Unreadable(f"{'; '.join(wrong)}.")
    found = mapping(payload)
    if change:
        return Told(changes=(_change(found),))
    key = text(found, "dedup_key", most=LONGEST_KEY) or headers.get(GIVEN_KEY, "")
    action = text(found, "event_action")
    if action != TRIGGER:
        return Told((Signal(key=key, action=action),))
    labels = _labels(found)
    return Told(
        (
            Signal(
                key=key,
                action=action,
                title=titled(text(found, "payload.summary"), labels),
                severity=severity_of(text(found, "payload.severity")),
                labels=labels,
                annotations={"client": text(found, "client", most=200)} if text(found, "client") else {},
                link=_link(found),
            ),
        )
    )


def _labels(found: Mapping[str, Any]) -> dict[str, str]:
    details = at(found, "payload.custom_details")
    own = {
        name: text(found, f"payload.{name}", most=1000)
        for name in ("source", "component", "group", "class", "severity")
    }
    labels = labels_of(details) if isinstance(details, dict) else {}
    return labels | {name: value for name, value in own.items() if value}


def _change(found: Mapping[str, Any]) -> Change:
    labels = _labels(found)
    return Change(
        summary=titled(text(found, "payload.summary"), {}),
        source=text(found, "payload.source", most=200),
        at=instant_of(_offset(text(found, "payload.timestamp"))),
        link=_link(found),
        service=labels.get("service", "") or labels.get("component", ""),
    )


def _offset(said: str) -> str:
    # PagerDuty's own examples write +0000.
    return f"{said[:-2]}:{said[-2:]}" if said[-5:-4] in ("+", "-") and said[-4:].isdecimal() else said


def _link(found: Mapping[str, Any]) -> str:
    links = found.get("links")
    named = [text(one, "href", most=500) for one in links[:20]] if isinstance(links, list) else []
    named.append(text(found, "client_url", most=500))
    return next((link for link in named if link.startswith(("https://", "http://"))), "")
