"""Which runbook serves an alert: the surest sign first, and what has none at all."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

FINGERPRINT, ADDRESS, ALERT, OBJECTIVE, GENERAL = "fingerprint", "address", "alert", "objective", "general"
WORDS: Final = {
    FINGERPRINT: "by the alert's fingerprint",
    ADDRESS: "by the alert's runbook_url",
    ALERT: "by the alert's name",
    OBJECTIVE: "by its objective",
    GENERAL: "for everything of the service",
}
RANK: Final = (FINGERPRINT, ADDRESS, ALERT, OBJECTIVE, GENERAL)


@dataclass(frozen=True, slots=True)
class Serves:
    """What a runbook says it serves. Naming nothing, it serves everything of its service."""

    uid: str
    slug: str
    path: str
    alerts: tuple[str, ...] = ()
    objectives: tuple[str, ...] = ()
    fingerprints: tuple[str, ...] = ()

    @property
    def general(self) -> bool:
        return not (self.alerts or self.objectives or self.fingerprints)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What somebody looks a runbook up for; what is not known stays empty."""

    names: tuple[str, ...] = ()
    objectives: tuple[str, ...] = ()
    fingerprint: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A runbook that serves, and by which sign."""

    uid: str
    by: str


def match(trouble: Trouble, offered: Iterable[Serves]) -> tuple[Match, ...]:
    """Every runbook that serves, the surest first; those of one sign in the order that they are offered."""
    found = [Match(one.uid, by) for one in offered if (by := _sign(trouble, one))]
    return tuple(sorted(found, key=lambda one: RANK.index(one.by)))


@dataclass(slots=True)
class Covered:
    """What the runbooks of one service cover together, made once for a look at a thousand troubles."""

    general: bool = False
    alerts: set[str] = field(default_factory=set)
    objectives: set[str] = field(default_factory=set)

    def add(self, alerts: Iterable[str], objectives: Iterable[str], *, general: bool) -> None:
        """One more runbook. Naming nothing, it covers everything."""
        self.general = self.general or general
        self.alerts |= {name.casefold() for name in alerts}
        self.objectives |= {name.casefold() for name in objectives}

    def covers(self, *, names: Iterable[str] = (), objectives: Iterable[str] = ()) -> bool:
        """Whether one of them serves an alert or objective of any of these names, as `match` would say."""
        if self.general or any(name.casefold() in self.alerts for name in names):
            return True
        return any(name.casefold() in self.objectives for name in objectives)


def _sign(trouble: Trouble, one: Serves) -> str:
    if trouble.fingerprint and trouble.fingerprint in one.fingerprints:
        return FINGERPRINT
    if trouble.address and _leads_to(trouble.address, one):
        return ADDRESS
    if _same(trouble.names, one.alerts):
        return ALERT
    if _same(trouble.objectives, one.objectives):
        return OBJECTIVE
    return GENERAL if one.general else ""


def _same(asked: tuple[str, ...], said: tuple[str, ...]) -> bool:
    return bool(said) and not {name.casefold() for name in asked if name}.isdisjoint(name.casefold() for name in said)


def _leads_to(address: str, one: Serves) -> bool:
    """Whether an address is this runbook's: its page here, its file in a repository, or its name at the end."""
    try:
        path = urlsplit(address).path.rstrip("/")
    except ValueError:
        return False
    last = posixpath.basename(path)
    return last in (one.uid, one.slug) or (bool(one.path) and f"/{path}".endswith(f"/{one.path}"))
