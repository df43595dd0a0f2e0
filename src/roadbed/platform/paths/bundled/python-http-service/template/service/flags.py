"""Feature flags through OpenFeature, defined in flags.yaml in flagd's form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from openfeature import api
from openfeature.client import OpenFeatureClient
from openfeature.provider.in_memory_provider import InMemoryFlag, InMemoryProvider

# What the code does when a flag is missing, disabled or of the wrong type: what it did before the flag.
GREET_FROM_UPSTREAM = "greet-from-upstream"


def load(path: Path) -> OpenFeatureClient:
    """A client over the definitions in the file. Another provider changes this function only."""
    definitions = yaml.safe_load(path.read_text(encoding="utf-8"))["flags"]
    enabled: dict[str, InMemoryFlag[Any]] = {
        key: InMemoryFlag(default_variant=flag["defaultVariant"], variants=flag["variants"])
        for key, flag in definitions.items()
        if flag["state"] == "ENABLED"
    }
    api.set_provider_and_wait(InMemoryProvider(enabled))
    return api.get_client()
