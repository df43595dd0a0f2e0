"""What to set at each kind of sender, and when an integration counts as silent."""

from __future__ import annotations

from datetime import datetime, timedelta

from roadbed.reliability.paging.rules.alerts.values import ALERTMANAGER, CLOUDWATCH, GRAFANA, JSON, MAIL, PAGERDUTY


def address(kind: str, base: str) -> str:
    """Where messages go; KEY stands for the key."""
    return f"{base}/v2/enqueue" if kind == PAGERDUTY else f"{base}/alerts/in/KEY"


def setting(kind: str, base: str) -> str:
    """One sentence for whoever configures the sender."""
    where = address(kind, base)
    return {
        ALERTMANAGER: f"A receiver with webhook_configs: url {where}, send_resolved true.",
        GRAFANA: f"A contact point of type Webhook: URL {where}, resolved messages on.",
        PAGERDUTY: f"Send events to {where} with the key as routing_key; in Alertmanager pagerduty_configs with url.",
        CLOUDWATCH: f"An HTTPS subscription of the alarms' SNS topic: {where}, without raw delivery.",
        JSON: f"POST JSON to {where}; the mapping says what its fields mean.",
        MAIL: f"A pipe of the mail server: `roadbed alerts mail KEY`, or POST the mail as it came to {where}.",
    }[kind]


def silent_since(last: datetime, seconds: int | None, now: datetime) -> datetime | None:
    """Since when an integration that should speak has said nothing."""
    return last if seconds is not None and now - last >= timedelta(seconds=seconds) else None
