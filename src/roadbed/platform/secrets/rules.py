"""What a secret's name and value may be, and how a value is bound to the place it belongs to."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

from roadbed.ground.errors import Invalid, Place

NAME: Final = re.compile(r"[A-Z][A-Z0-9_]{0,99}")
ENVIRONMENT: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
RESERVED: Final = frozenset({"HOST", "PORT", "PATH", "HOME", "USER", "LD_PRELOAD", "LD_LIBRARY_PATH"})
LONGEST: Final = 64 * 1024
"""Linux takes 128 KiB for one variable; half of it leaves room for certificates and refuses whole files."""


def checked_name(name: str) -> str:
    """The name, refused where it cannot be a variable of the service or is not the owner's to set."""
    if not NAME.fullmatch(name):
        raise Invalid(
            f"{name!r} is not a name for a secret.",
            remedy="Use upper-case letters, digits and underscores, like API_TOKEN: it becomes a variable.",
            place=Place(field="name"),
        )
    if name in RESERVED or name.startswith("ROADBED_"):
        raise Invalid(f"{name} is not yours to set.", remedy="Choose another name.", place=Place(field="name"))
    return name


def checked_environment(name: str) -> str:
    """The environment's name."""
    if not ENVIRONMENT.fullmatch(name):
        raise Invalid(
            f"{name!r} is not an environment.",
            remedy="Use 1 to 40 lower-case letters, digits and hyphens, like production.",
            place=Place(field="environment"),
        )
    return name


def checked_value(value: str) -> str:
    """The value, refused where the service could not get it. No message repeats any part of it."""
    if not value:
        raise Invalid(
            "The value is empty.",
            remedy="Pipe it in or type it; `roadbed secrets remove` takes one away.",
            place=Place(field="value"),
        )
    if "\x00" in value:
        raise Invalid(
            "The value holds a NUL byte, which no variable can.",
            remedy="Encode it, as with base64.",
            place=Place(field="value"),
        )
    if any("\ud800" <= sign <= "\udfff" for sign in value):
        raise Invalid("The value is not UTF-8 text.", remedy="Encode it, as with base64.", place=Place(field="value"))
    if len(value.encode()) > LONGEST:
        raise Invalid(
            f"The value is longer than {LONGEST // 1024} KiB.",
            remedy="Store a reference to it, or a smaller secret that opens it.",
            place=Place(field="value"),
        )
    return value


@dataclass(frozen=True, slots=True)
class Belonging:
    """Where a value belongs; sealed with it, so that a ciphertext moved to another row opens nothing."""

    service_uid: str
    environment: str
    name: str
    number: int


def sealed(value: str, belonging: Belonging) -> bytes:
    """The plaintext that is encrypted: the value and where it belongs."""
    return json.dumps([belonging.service_uid, belonging.environment, belonging.name, belonging.number, value]).encode()


def opened(plaintext: bytes, belonging: Belonging) -> str | None:
    """The value, None when it was sealed for another place."""
    service_uid, environment, name, number, value = json.loads(plaintext)
    return str(value) if Belonging(service_uid, environment, name, number) == belonging else None
