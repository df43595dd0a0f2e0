"""A new master key in the place of the old one: it seals at once, everything is sealed anew, the old one goes last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from roadbed.ground.asks import sealed
from roadbed.ground.errors import Conflict
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import Caller, authorise
from roadbed.platform.secrets import keys

VERB = "secret.key"


@dataclass(frozen=True, slots=True)
class KeyView:
    """The master key as it may be shown: its public half, and how many former ones still open.

    `renewed` is how many values each room sealed anew just now.
    """

    public: str
    former: int
    renewed: dict[str, int]


def show(caller: Caller) -> KeyView:
    """Which key seals now."""
    authorise(caller, VERB)
    halves = keys.public_halves()
    return KeyView(halves[0] if halves else "", max(0, len(halves) - 1), {})


def rotate(caller: Caller, *, now: datetime) -> KeyView:
    """Make a new key and seal everything to it. The former one still opens until it is forgotten."""
    authorise(caller, VERB)
    keys.add_new()
    return _told(caller, "rotated", _renewed(), now=now)


def forget(caller: Caller, *, now: datetime) -> KeyView:
    """Seal anew what another process sealed to a former key meanwhile, then keep the newest key alone.

    Raises:
        Conflict: when there is no former one.
    """
    authorise(caller, VERB)
    if len(keys.public_halves()) < 2:  # noqa: PLR2004 - the key and one before it
        raise Conflict("There is no former key.", remedy="`roadbed secrets rotate-key` makes a new one first.")
    renewed = _renewed()
    keys.forget_former()
    return _told(caller, "former forgotten", renewed, now=now)


def _renewed() -> dict[str, int]:
    """Every room's values sealed to the newest key, each row for itself: no transaction spans them."""
    return {room: kept.renew(lambda old: keys.encrypt(keys.decrypt(old))) for room, kept in sealed.places().items()}


def _told(caller: Caller, change: str, renewed: dict[str, int], *, now: datetime) -> KeyView:
    halves = keys.public_halves()
    with unit(caller, now=now) as writing:
        writing.record("secret.key.changed", "organization", data={"change": change, "public": halves[0], **renewed})
    return KeyView(halves[0], len(halves) - 1, renewed)
