"""What the company's monitoring told lately: symptoms of today's harm, small things, one maintenance window."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, Final

from roadbed.config.demo.cast import Cast
from roadbed.ground.ledger import inbox
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.paging.alerts import integrating, silencing
from roadbed.reliability.paging.alerts.integrating import source_of

PROMETHEUS, SENSORS = "kestrel-prometheus", "depot-sensors"
HOURS: Final = 6
ALERTS: Final = (
    ("parcel-tracking", "LookupErrors", "error", "1 lookup in 9 answers 503", 15, True),
    ("parcel-tracking", "EtaTimeouts", "error", "Calls to eta-predictor time out", 14, True),
    ("label-api", "DiskWillFill", "warning", "Volume data-1 is full in 4 days", 190, True),
    ("route-planner", "PodRestarts", "warning", "One of 5 pods restarted twice", 240, False),
    ("checkout-web", "CertificateExpiry", "info", "The certificate ends in 29 days", 300, True),
    ("rate-quote", "ReplicaLag", "critical", "The replica is 4 minutes behind", 35, True),
)
"""Service, name, severity, summary, minutes ago, and whether it still fires."""


def tell(crew: Cast, *, now: datetime) -> None:
    """Open two doors, silence one service's replica, and put messages through; one of them cannot be read."""
    began = now - timedelta(days=20)
    integrating.add(
        ROADBED, "alertmanager", PROMETHEUS, team="reliability", settings={"silent_seconds": 7200}, now=began
    )
    mapping = {"title": "what", "key": "sensor", "status": "state", "severity": "level", "service": "of"}
    integrating.add(ROADBED, "json", SENSORS, team="depot", settings={"mapping": mapping}, now=began)
    asked = silencing.Asked(
        ["service=rate-quote", "alertname=ReplicaLag"], now - timedelta(hours=1), now + timedelta(hours=2),
        "The replica is rebuilt; reads go to the primary",
    )  # fmt: skip
    silencing.silence(crew.people["Yuki Tanabe"], asked, now=now - timedelta(hours=1))
    for service, name, severity, summary, minutes, lasts in ALERTS:
        at = now - timedelta(minutes=minutes)
        _post(PROMETHEUS, _message(service, name, severity, summary, at, status="firing"), at=at)
        if not lasts:
            ended = at + timedelta(minutes=9)
            _post(PROMETHEUS, _message(service, name, severity, summary, at, status="resolved"), at=ended)
    _post(SENSORS, {"sensor": "dock-3", "level": "low", "state": "alarm", "of": ""}, at=now - timedelta(hours=HOURS))


def _post(name: str, body: dict[str, Any], *, at: datetime) -> None:
    raw, source = json.dumps(body).encode(), source_of(name)
    headers = {"content-type": "application/json"}
    identity = f"demo-{at.isoformat()}"
    inbox.receive(ROADBED, source=source, delivery_id=identity, headers=headers, body=raw, now=at)
    inbox.read_pending(now=at, accepts=lambda reader: reader == integrating.SOURCE)


def _message(service: str, name: str, severity: str, summary: str, at: datetime, *, status: str) -> dict[str, Any]:
    labels = {"alertname": name, "service": service, "severity": severity, "cluster": "ams-1"}
    alert = {
        "status": status, "labels": labels, "annotations": {"summary": summary}, "startsAt": at.isoformat(),
        "fingerprint": f"{service}-{name}",
    }  # fmt: skip
    return {"version": "4", "groupKey": f"{{}}:{{service={service}, alertname={name}}}", "truncatedAlerts": 0,
            "status": status, "receiver": "roadbed", "alerts": [alert]}  # fmt: skip
