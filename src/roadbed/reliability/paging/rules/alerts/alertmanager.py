"""Reading the webhooks of Alertmanager (version 4) and of Grafana, which sends the same with more in it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from roadbed.ground.ports.events import Unreadable
from roadbed.ground.ports.payloads import at, instant, mapping, text
from roadbed.reliability.paging.rules.alerts.naming import labels_of, severity_in, titled
from roadbed.reliability.paging.rules.alerts.values import LONGEST_TEXT, MOST, RESOLVE, TRIGGER, Signal, Told

_SUMMARY: Final = ("summary", "title", "message", "description")
_STATES: Final = {"firing": TRIGGER, "resolved": RESOLVE}


def read(payload: Any, headers: Mapping[str, str]) -> Told:  # noqa: ARG001 - every reader takes both
    """One notification: the alerts of one group. Fields that are not known are left alone.

    Raises:
        Unreadable: naming the field.
    """
    found = mapping(payload)
    alerts = found.get("alerts")
    if not isinstance(alerts, list):
        raise Unreadable("alerts is missing, or is no list.")
    if len(alerts) > MOST:
        raise Unreadable(f"alerts holds {len(alerts):,}; {MOST:,} are the most. Group them, or set max_alerts.")
    truncated = found.get("truncatedAlerts") or 0
    if not isinstance(truncated, int) or isinstance(truncated, bool) or truncated < 0:
        raise Unreadable("truncatedAlerts is no whole number.")
    group = text(found, "groupKey", most=LONGEST_TEXT)
    signals = tuple(_signal(one, f"alerts[{number}]") for number, one in enumerate(alerts))
    return Told(signals, group=group, whole=bool(group) and not truncated)


def _signal(found: Any, field: str) -> Signal:
    one = mapping(found, field)
    state = _STATES.get(text(one, "status"))
    if state is None:
        raise Unreadable(f"{field}.status is {text(one, 'status')[:40]!r}, neither firing nor resolved.")
    labels = labels_of(mapping(one.get("labels") or {}, f"{field}.labels"))
    annotations = labels_of(mapping(one.get("annotations") or {}, f"{field}.annotations"))
    summary = next((annotations[name] for name in _SUMMARY if annotations.get(name)), "")
    return Signal(
        key=text(one, "fingerprint", most=200) or fingerprint(labels),
        action=state,
        title=titled(summary, labels),
        severity=severity_in(labels),
        labels=labels,
        annotations=annotations,
        started_at=_started(one, field),
        link=_link(one),
    )


def _started(one: Mapping[str, Any], field: str) -> datetime | None:
    said = at(one, "startsAt")
    if said is None or str(said).startswith("0001-01-01"):
        return None
    try:
        return instant(one, "startsAt")
    except Unreadable as fault:
        raise Unreadable(f"{field}.{fault}") from None


def _link(one: Mapping[str, Any]) -> str:
    found = (text(one, name, most=500) for name in ("panelURL", "dashboardURL", "generatorURL"))
    return next((link for link in found if link.startswith(("https://", "http://"))), "")


def fingerprint(labels: Mapping[str, str]) -> str:
    """What stands for the fingerprint of a sender that sends none: labels are an alert's identity."""
    text_of = "\n".join(f"{name}={labels[name]}" for name in sorted(labels))
    return hashlib.sha256(text_of.encode()).hexdigest()[:16]
