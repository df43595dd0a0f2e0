"""Where rooms keep what is sealed to the master key, so that a new key can be put in the place of an old one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Renew = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Kept:
    """One room's sealed values.

    Attributes:
        exists: whether there is any.
        renew: seals every one of them anew with what it is given, row by row; answers how many.
    """

    exists: Callable[[], bool]
    renew: Callable[[Renew], int]


_kept: dict[str, Kept] = {}


def register(room: str, kept: Kept) -> None:
    """Say where a room keeps sealed values; called by its wiring."""
    _kept[room] = kept


def places() -> Mapping[str, Kept]:
    """All of them, by room."""
    return dict(_kept)
