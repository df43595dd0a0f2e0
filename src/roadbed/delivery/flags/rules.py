"""What a flag is, what it is set to, and whom it is on for: values in, values out."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import mmh3

from roadbed.ground.errors import Invalid, Place

BOOLEAN: Final = "boolean"
PERCENTAGE: Final = "percentage"
KINDS: Final = (BOOLEAN, PERCENTAGE)
PRODUCTION: Final = "production"
KEY: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?")
ENVIRONMENT: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
SHARE: Final = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,2})?) ?%?")
WHOLE: Final = 10_000
"""Shares are kept in hundredths of a percent, so that one user in ten thousand can be the first."""
PER_CENT: Final = 100
LIMITED: Final = "flags:"
LONGEST_REASON: Final = 200
LONGEST_DESCRIPTION: Final = 300


def _fractional_v2(key: str, targeting_key: str) -> int:
    """The bucket of flagd's second `fractional`: murmur3-x86-32 with seed 0, spread over the whole by its high bits.

    Whole per cents fall as they do in flagd, whose weights add up to 100: only the proportion counts.
    """
    # JSON can carry half a surrogate pair; it has to fall somewhere, and always into the same bucket.
    return (mmh3.hash((key + targeting_key).encode("utf-8", "surrogatepass"), 0, signed=False) * WHOLE) >> 32


FRACTIONAL_V2: Final = "fractional-v2"
ALGORITHMS: Final[dict[str, Callable[[str, str], int]]] = {FRACTIONAL_V2: _fractional_v2}
"""By the name that is stored with each flag: another algorithm would move users, so a flag keeps its own."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a flag is set to in one environment. Not enabled, the code's own default stands."""

    enabled: bool = False
    share: int = 0


UNSET: Final = Setting()


@dataclass(frozen=True, slots=True)
class Definition:
    """A flag as it is evaluated in one environment."""

    key: str
    kind: str
    algorithm: str
    setting: Setting


def checked_key(key: str) -> str:
    """The key, refused where it could not stand in an address."""
    if not KEY.fullmatch(key):
        raise Invalid(
            f"{key[:120]!r} is not a key for a flag.",
            remedy="Use 1 to 100 letters, digits, dots, hyphens and underscores, like eta-v2.",
            place=Place(field="key"),
        )
    return key


def checked_kind(kind: str) -> str:
    """The kind."""
    if kind not in KINDS:
        raise Invalid(
            f"{kind[:40]!r} is not a kind of flag.", remedy=f"Use {' or '.join(KINDS)}.", place=Place(field="kind")
        )
    return kind


def checked_environment(name: str) -> str:
    """The environment's name."""
    if not ENVIRONMENT.fullmatch(name):
        raise Invalid(
            f"{name[:60]!r} is not an environment.",
            remedy="Use 1 to 40 lower-case letters, digits and hyphens, like production.",
            place=Place(field="environment"),
        )
    return name


def checked_reason(reason: str) -> str:
    """Why, in one line: whoever reads the incident's timeline has nothing else."""
    said = " ".join(reason.split())
    if not said or len(said) > LONGEST_REASON or "\x00" in said:
        raise Invalid(
            "A change of a flag needs a reason of 1 to 200 characters.",
            remedy="Say why: it stands in the history and on the timeline of an incident.",
            place=Place(field="reason"),
        )
    return said


def checked_description(text: str) -> str:
    """What the flag is for."""
    said = text.strip()
    if len(said) > LONGEST_DESCRIPTION or "\x00" in said:
        raise Invalid("A description has at most 300 characters.", place=Place(field="description"))
    return said


def setting_of(text: str, kind: str) -> Setting:
    """What `on`, `off`, `default` or a percentage sets.

    Raises:
        Invalid: for anything else, and for a share of a boolean flag.
    """
    said = text.strip().lower()
    if said in ("default", "code default"):
        return UNSET
    if said in ("on", "off"):
        return Setting(enabled=True, share=WHOLE if said == "on" else 0)
    share = _share(said)
    if kind != PERCENTAGE and share not in (0, WHOLE):
        raise Invalid(
            f"A boolean flag cannot be on for {said}.",
            remedy="Set it to on, off or default, or make a percentage flag.",
            place=Place(field="state"),
        )
    return Setting(enabled=True, share=share)


def _share(said: str) -> int:
    read = SHARE.fullmatch(said)
    hundredths = WHOLE + 1 if read is None else int(Decimal(read[1]) * PER_CENT)
    if hundredths > WHOLE:
        raise Invalid(
            f"{said[:40]!r} is nothing that a flag can be set to.",
            remedy="Use on, off, default, or 0% to 100% with at most two decimals.",
            place=Place(field="state"),
        )
    return hundredths


def said(setting: Setting, kind: str) -> str:
    """A setting in the words in which it is set."""
    if not setting.enabled:
        return "default"
    if kind == BOOLEAN:
        return "on" if setting.share else "off"
    return f"{setting.share / PER_CENT:g}%"


def is_on(definition: Definition, targeting_key: str) -> bool:
    """Whether a flag that is enabled is on for whoever has this key.

    Who is on stays on while the share grows: `on` has the low buckets.
    """
    return ALGORITHMS[definition.algorithm](definition.key, targeting_key) < definition.setting.share


Answer = tuple[int, bytes]
"""A status and one flag's part of an OFREP body."""


def answering(definition: Definition) -> Callable[[str | None], Answer]:
    """How the flag answers a targeting key, with every possible body written ahead."""
    key, setting = definition.key, definition.setting
    if not setting.enabled:
        # No value: the provider gives the code's default. Python's provider wants a variant even then.
        return _always(_body(key=key, reason="DISABLED", variant="code-default"))
    if definition.kind == BOOLEAN:
        return _always(_valued(key, value=bool(setting.share), reason="STATIC"))
    if definition.algorithm not in ALGORITHMS:
        unknown = f"This Roadbed knows no algorithm {definition.algorithm}; a newer one made this flag."
        return _always(_body(key=key, errorCode="GENERAL", errorDetails=unknown), status=400)
    on, off = _valued(key, value=True, reason="SPLIT"), _valued(key, value=False, reason="SPLIT")
    missing = _body(
        key=key,
        errorCode="TARGETING_KEY_MISSING",
        errorDetails=f"Flag {key} is on for a share: context.targetingKey says for whom it is asked.",
    )

    def by_share(targeting_key: str | None) -> Answer:
        if not targeting_key:
            return 400, missing
        return 200, on if is_on(definition, targeting_key) else off

    return by_share


def _always(body: bytes, *, status: int = 200) -> Callable[[str | None], Answer]:
    return lambda _targeting_key: (status, body)


def _valued(key: str, *, value: bool, reason: str) -> bytes:
    return _body(key=key, value=value, reason=reason, variant="on" if value else "off")


def _body(**members: str | bool) -> bytes:
    return json.dumps(members, separators=(",", ":")).encode()


def entity_tag(service_uid: str, environment: str, version: int, targeting_key: str | None) -> str:
    """The tag of a bulk answer: it changes with any flag of the service there, and with whom it is asked for."""
    asked = json.dumps([service_uid, environment, version, targeting_key]).encode()
    return f'"{hashlib.blake2b(asked, digest_size=16).hexdigest()}"'


def limits_of(token: str) -> tuple[str, str] | None:
    """The service and the environment that a token's name limits it to; None where it is no name of that form.

    `flags:checkout` reads checkout's flags alone, `flags:checkout@staging` only those of staging.
    """
    if not token.startswith(LIMITED):
        return None
    service, _, environment = token.removeprefix(LIMITED).strip().partition("@")
    return service, environment


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many requests are left at an instant; it fills up again by itself."""

    left: float
    at: float


def taken(allowance: Allowance, *, at: float, per_second: float, burst: float) -> tuple[Allowance, float]:
    """The allowance after one request, and the seconds to wait where there is none left; then nothing is taken."""
    left = min(burst, allowance.left + max(0.0, at - allowance.at) * per_second)
    if left < 1:
        return Allowance(left, at), (1 - left) / per_second
    return Allowance(left - 1, at), 0.0
