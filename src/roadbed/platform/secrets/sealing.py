"""Encrypts the few secrets that other rooms keep for themselves, each bound to the place that it belongs to."""

from __future__ import annotations

import json

from roadbed.ground.asks import Seal, Unseal
from roadbed.ground.errors import Unavailable
from roadbed.platform.secrets import keys


def seal(asked: Seal) -> bytes:
    """The value, encrypted together with where it belongs."""
    return keys.encrypt(json.dumps([asked.belongs, asked.value]).encode())


def unseal(asked: Unseal) -> str:
    """The value.

    Raises:
        Unavailable: when the master key is another one, or it was sealed for another place.
    """
    belongs, value = json.loads(keys.decrypt(asked.sealed))
    if belongs != asked.belongs:
        raise Unavailable(
            "A stored secret belongs to another place.", remedy="Make a new one, and look who changed the records."
        )
    return str(value)
