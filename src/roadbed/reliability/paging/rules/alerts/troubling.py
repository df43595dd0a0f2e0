"""What a silence's matchers are held against when a page comes of a fact and of no alert."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from roadbed.reliability.paging.rules.alerts.values import SEVERITIES
from roadbed.reliability.paging.rules.troubles import BURN_BEGAN, LOST, MISSED

INTEGRATION: Final = "roadbed"
"""The label `integration` of every page that Roadbed itself found the reason for."""

NAMES: Final[Mapping[str, str]] = {
    BURN_BEGAN: "ErrorBudgetBurn", LOST: "MeasurementLost", MISSED: "HeartbeatMissed",
}  # fmt: skip
"""The label `alertname`, by the kind of fact that begins it."""

_SAID: Final[Mapping[str, str]] = {BURN_BEGAN: "objective", LOST: "source", MISSED: "heartbeat"}


def labels_of(
    kind: str, data: Mapping[str, Any], *, service: str, environment: str, team: str, severity: int
) -> dict[str, str]:
    """The labels: as those of alerts, and `objective`, `journey`, `source` or `heartbeat` by name."""
    found = {
        "alertname": NAMES.get(kind, kind), "integration": INTEGRATION, "service": service, "team": team,
        "environment": environment, "severity": SEVERITIES.get(severity, str(severity)),
    }  # fmt: skip
    own = _SAID.get(kind, "")
    name = str(data.get("name") or data.get("source") or "")
    if own and name:
        found[own] = name
    if data.get("journey"):
        found["journey"] = str(data.get("title") or data.get("name") or "")
    return found
