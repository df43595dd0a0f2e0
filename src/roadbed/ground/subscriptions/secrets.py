"""What signs a subscription's deliveries: shown once when it is made, derived again whenever something is sent."""

from __future__ import annotations

from datetime import datetime

from roadbed.ground.people.derived import derived
from roadbed.ground.subscriptions.models import Subscription


def secret_of(row: Subscription) -> str:
    """The secret of now."""
    return _secret(row.uid, row.generation)


def former_secret_of(row: Subscription, *, now: datetime) -> str:
    """The one before it while both sign; empty otherwise."""
    if row.generation == 1 or row.former_until is None or now >= row.former_until:
        return ""
    return _secret(row.uid, row.generation - 1)


def _secret(uid: str, generation: int) -> str:
    return f"rbs_{derived('subscription', f'{uid}:{generation}')}"
