"""Which reader reads which kind of integration's messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from roadbed.ground.ports.payloads import parsed
from roadbed.reliability.paging.rules.alerts import alertmanager, cloudwatch, mail, mapping, pagerduty
from roadbed.reliability.paging.rules.alerts.values import CLOUDWATCH, JSON, MAIL, PAGERDUTY, Told


def read(kind: str, body: bytes, headers: Mapping[str, str], *, mapped: Mapping[str, Any]) -> Told:
    """A message of an integration of some kind; `mapped` is the mapping of one that has one.

    Raises:
        Unreadable: naming what in it cannot be read.
    """
    if kind == MAIL:
        return mail.read(body, headers)
    payload = parsed(body)
    if kind == JSON:
        return mapping.read(payload, mapped)
    if kind == PAGERDUTY:
        return pagerduty.read(payload, headers)
    if kind == CLOUDWATCH:
        return cloudwatch.read(payload, headers)
    return alertmanager.read(payload, headers)
