"""The doors for alerts as tests knock at them, and the reading that the pager would do."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from roadbed.ground.ledger import inbox
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.paging.alerts import door, integrating, sweeping
from roadbed.reliability.paging.models import Alert, Signal
from roadbed.reliability.paging.tests.conftest import House


def firing(
    name: str = "HighErrorRate", status: str = "firing", *, since: int = 0, print_: str = "", **labels: str
) -> dict[str, Any]:
    """One alert of Alertmanager; `since` is the minute of its episode."""
    labels = {"alertname": name, "severity": "critical", "service": "checkout", **labels}
    return {
        "status": status,
        "labels": labels,
        "annotations": {"summary": f"{name} of {labels['service']}"},
        "startsAt": f"2026-11-23T08:{since:02}:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example/graph",
        "fingerprint": f"{name}-{labels['service']}",
    }


def message(*alerts: dict[str, Any], truncated: int = 0, group: str = '{}:{service="checkout"}') -> dict[str, Any]:
    """Alertmanager's message about a group."""
    firing_ones = any(one["status"] == "firing" for one in alerts)
    return {
        "version": "4", "groupKey": group, "truncatedAlerts": truncated, "receiver": "roadbed",
        "status": "firing" if firing_ones else "resolved", "groupLabels": {}, "commonLabels": {},
        "commonAnnotations": {}, "externalURL": "http://alertmanager.example", "alerts": list(alerts), "new": {"a": 1},
    }  # fmt: skip


@dataclass
class Doors:
    """A house with integrations."""

    house: House
    keys: dict[str, str] = field(default_factory=dict)

    def open(self, kind: str, name: str = "", *, team: str = "team-sre", service: str = "", **settings: Any) -> str:
        name = name or kind
        opened = integrating.add(
            ROADBED, kind, name, team="" if service else team, service=service, settings=settings, now=self.house.now
        )
        self.keys[name] = opened.key
        return opened.key

    def post(self, name: str, body: Any, **headers: str) -> door.Answer:
        """Knock, and let the pager read."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = door.accept(f"/alerts/in/{self.keys[name]}", headers, raw, now=self.house.now)
        self.read()
        return answer

    def event(self, action: str = "trigger", *, key: str | None = None, **payload: Any) -> door.Answer:
        """PagerDuty's event."""
        body: dict[str, Any] = {"routing_key": self.keys["pagerduty"], "event_action": action}
        if key is not None:
            body["dedup_key"] = key
        if action == "trigger":
            body["payload"] = {"summary": "Disk full", "source": "db-1", "severity": "critical", **payload}
        answer = door.accept("/v2/enqueue", {}, json.dumps(body).encode(), now=self.house.now)
        self.read()
        return answer

    def read(self) -> None:
        while inbox.read_pending(now=self.house.now, accepts=lambda reader: reader == "alerts"):
            pass

    def wait(self, seconds: float) -> None:
        """Let time pass, then do what the pager would do."""
        self.house.now += timedelta(seconds=seconds)
        if sweeping.has_work(self.house.now):
            sweeping.sweep(now=self.house.now)

    def pages(self) -> list[tuple[str, str, int]]:
        """Service, state and severity of every page, in order."""
        return list(Alert.objects.order_by("pk").values_list("service", "state", "severity"))

    def signals(self) -> list[tuple[str, str, str, int]]:
        """Title, state, stance and count of every alert, in order."""
        return list(Signal.objects.order_by("pk").values_list("title", "state", "stance", "times"))
