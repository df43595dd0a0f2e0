"""What a monitoring system tells, whichever it is: signals, and what a message of several proves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

TRIGGER, ACKNOWLEDGE, RESOLVE = "trigger", "acknowledge", "resolve"
ALERTMANAGER, GRAFANA, PAGERDUTY = "alertmanager", "grafana", "pagerduty"
CLOUDWATCH, JSON, MAIL = "cloudwatch", "json", "mail"
KINDS: Final[Mapping[str, str]] = {
    ALERTMANAGER: "Alertmanager",
    GRAFANA: "Grafana",
    PAGERDUTY: "PagerDuty Events v2",
    CLOUDWATCH: "CloudWatch over SNS",
    JSON: "JSON with a mapping",
    MAIL: "E-mail",
}
CRITICAL, ERROR, WARNING, INFO = 1, 2, 3, 4
SEVERITIES: Final[Mapping[int, str]] = {CRITICAL: "critical", ERROR: "error", WARNING: "warning", INFO: "info"}
MOST: Final = 10_000
"""Alerts of one message."""
LONGEST_TEXT: Final = 4_000
LABELS, LONGEST_LABEL = 100, 1_000


@dataclass(frozen=True, slots=True)
class Signal:
    """One alert as one message tells it.

    Attributes:
        key: what is the same in every message about it; with the integration it names the alert.
        severity: 1 (worst) to 4 as the sender says it, None where it says none.
        started_at: when this episode began, None where the sender counts no episodes.
        service: the service that the sender names, empty where labels have to tell.
        link: where its sender shows it.
    """

    key: str
    action: str
    title: str = ""
    severity: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    started_at: datetime | None = None
    service: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A message.

    Attributes:
        group: the sender's own name for the group that the message is about.
        whole: whether it names every alert of that group, so that one it leaves out is over.
        confirmation: a subscription that waits to be confirmed: `topic` and `url`.
        changes: what changed, as PagerDuty's change events tell it: summary, source, at, link.
    """

    signals: tuple[Signal, ...] = ()
    group: str = ""
    whole: bool = False
    confirmation: Mapping[str, str] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """Something that was changed, told without anything being wrong."""

    summary: str
    source: str = ""
    at: datetime | None = None
    link: str = ""
    service: str = ""
