"""Credentials of sources of counts and of the chat: a service's secret, looked up through the ask, never kept."""

from __future__ import annotations

from django.utils import timezone

from roadbed.ground import asks
from roadbed.ground.catalog.queries import require_service
from roadbed.ground.errors import Refusal
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.ports.counts import SourceFailed

PRODUCTION = "production"


def secret_of(service: str, name: str, *, named_by: str = "sources.toml") -> str:
    """The value of a service's secret in production, which some file names. Raises SourceFailed."""
    try:
        found = require_service(service)
        asked = asks.ResolveSecrets(found.uid, PRODUCTION, (name,), asked_by=ROADBED, now=timezone.now())
        value = asks.put(asked).values.get(name)
    except Refusal as fault:
        raise SourceFailed(f"The secret {service}/{name} of {named_by}: {fault.detail}", fault.remedy) from None
    if value is None:
        raise SourceFailed(
            f"{service} has no secret {name} in production, which {named_by} names.",
            f"`roadbed secrets set {service} {name}` sets it.",
        )
    return value
