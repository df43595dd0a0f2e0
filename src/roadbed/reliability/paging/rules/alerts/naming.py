"""What labels say of severity, environment and service; senders agree on little, so several names are looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from roadbed.ground.ports.payloads import clean
from roadbed.reliability.paging.rules.alerts.values import (
    CRITICAL,
    ERROR,
    INFO,
    LABELS,
    LONGEST_LABEL,
    WARNING,
)

PRODUCTION: Final = "production"
_SEVERITIES: Final[Mapping[str, int]] = {
    **dict.fromkeys(("critical", "crit", "page", "fatal", "emergency", "disaster", "p1", "sev1", "s1", "1"), CRITICAL),
    **dict.fromkeys(("error", "err", "major", "high", "alert", "p2", "sev2", "s2", "2"), ERROR),
    **dict.fromkeys(("warning", "warn", "minor", "medium", "ticket", "p3", "sev3", "s3", "3"), WARNING),
    **dict.fromkeys(("info", "information", "informational", "notice", "low", "none", "debug", "ok"), INFO),
    **dict.fromkeys(("p4", "p5", "sev4", "sev5", "s4", "s5", "4", "5"), INFO),
}
_SEVERITY: Final = ("severity", "priority", "level", "urgency")
_ENVIRONMENT: Final = ("environment", "env", "stage", "deployment_environment")
_LIVE: Final = frozenset({"production", "prod", "prd", "live", ""})
_SERVICE: Final = (
    "service", "service_name", "roadbed_service", "app", "app_kubernetes_io_name", "application", "component", "job",
    "deployment",
)  # fmt: skip
_POD: Final = ("pod", "pod_name")
_REPLICA: Final = re.compile(r"(-[0-9a-f]{6,10})?-([a-z0-9]{5}|\d{1,3})$")


def labels_of(found: Mapping[Any, Any]) -> dict[str, str]:
    """Labels as texts, as many and as long as can be kept."""
    kept = {}
    for name, value in list(found.items())[:LABELS]:
        if isinstance(value, dict | list) or value is None:
            continue
        kept[clean(str(name))[:100]] = clean(str(value))[:LONGEST_LABEL]
    return kept


def severity_of(said: object) -> int | None:
    """1 to 4 of a word, None for one that nobody agreed on."""
    return _SEVERITIES.get(str(said).strip().lower()) if said is not None else None


def severity_in(labels: Mapping[str, str]) -> int | None:
    """The severity that labels say."""
    return next((found for name in _SEVERITY if (found := severity_of(labels.get(name))) is not None), None)


def environment_in(labels: Mapping[str, str]) -> str:
    """The environment that labels say; what says none is taken for production, since silence is no excuse."""
    said = next((labels[name].strip().lower() for name in _ENVIRONMENT if labels.get(name)), "")
    return PRODUCTION if said in _LIVE else said[:40]


def services_in(labels: Mapping[str, str], named: str = "") -> Iterator[str]:
    """What may be the service's name, likeliest first; the catalogue decides which of them is one."""
    if named:
        yield named
    for name in _SERVICE:
        if labels.get(name):
            yield labels[name]
    for name in _POD:
        if labels.get(name):
            yield _REPLICA.sub("", labels[name])


def titled(summary: str, labels: Mapping[str, str]) -> str:
    """A title for a list and a subject."""
    words = " ".join(summary.split())
    if words:
        return words[:200]
    name = labels.get("alertname", "")
    where = labels.get("instance") or labels.get("service") or ""
    return (f"{name} on {where}" if name and where else name or "An alert without a title")[:200]
