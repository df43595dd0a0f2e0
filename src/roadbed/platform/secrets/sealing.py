"""Encrypts the few secrets that other rooms keep for themselves, each bound to the place that it belongs to."""

from __future__ import annotations

import json

from roadbed.ground.asks import Seal, Unseal
from roadbed.ground.asks.sealed import Kept, Renew
from roadbed.ground.errors import Unavailable
from roadbed.platform.secrets import keys
from roadbed.platform.secrets.models import SecretVersion


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


def _renew(renew: Renew) -> int:
    """Seal every version anew; one that was written meanwhile has the new key already."""
    done = 0
    for pk, ciphertext, recipient in SecretVersion.objects.values_list("pk", "ciphertext", "recipient").iterator():
        if recipient != keys.recipient():
            fresh = renew(bytes(ciphertext))
            done += SecretVersion.objects.filter(pk=pk).update(ciphertext=fresh, recipient=keys.recipient())
    return done


VERSIONS = Kept(SecretVersion.objects.exists, _renew)
"""Values of services' secrets, which never change once they are written."""
