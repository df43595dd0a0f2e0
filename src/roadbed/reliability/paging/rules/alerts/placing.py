"""What a message does to an alert that is known, and where a new one belongs: decisions with their reasons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from roadbed.reliability.paging.rules.alerts.naming import PRODUCTION
from roadbed.reliability.paging.rules.alerts.values import (
    ACKNOWLEDGE,
    RESOLVE,
    SEVERITIES,
    Signal,
)

APPEND, NEW, EPISODE, RESOLVED, ACKNOWLEDGED, DROP = (
    "append", "new", "new_episode", "resolve", "acknowledge", "drop",
)  # fmt: skip
_NOTHING: Final = "nothing is open for it"
UNSAID: Final = 2
"""The severity of an alert that says none, or one that nobody agreed on: it pages."""
GRACE: Final = timedelta(seconds=60)
"""How long what hung on a dependency has to recover after it."""

_DENIED: Final = re.compile(
    r"\bunrelated\b|\bno (?:relation|link|connection) to\b|\bindependent(?:ly)? of\b"
    r"|\bnot (?:related|connected|due|caused|involved|the cause)\b|\bnothing to do with\b",
    re.IGNORECASE,
)
_OWN: Final = re.compile(
    r"\bcert(?:ificate)?s?\b|certificate|\bexpir(?:y|es|ed|ing)\b|expiry|\blicen[cs]es?\b|\bquotas?\b", re.IGNORECASE
)
"""What no dependency brings about."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a message does to the alert of its key."""

    kind: str
    said: str = ""


def step(signal: Signal, *, is_open: bool, began: datetime | None = None, ended_began: datetime | None = None) -> Step:
    """What one message does.

    Args:
        signal: what it tells.
        is_open: whether an alert of its key is open.
        began: when the open one's episode began, as its sender counts.
        ended_began: when the episode began that the sender itself ended last.
    """
    if signal.action == ACKNOWLEDGE:
        return Step(ACKNOWLEDGED, "its sender says that somebody has it") if is_open else Step(DROP, _NOTHING)
    if signal.action == RESOLVE:
        return _ending(signal, is_open=is_open, began=began)
    if is_open:
        if signal.started_at and began and signal.started_at > began:
            return Step(EPISODE, "it began anew without its end having been heard of")
        return Step(APPEND, "it is open already")
    if signal.started_at and ended_began and signal.started_at <= ended_began:
        return Step(DROP, "this episode was told to be over; the message came late")
    return Step(EPISODE if ended_began else NEW)


def _ending(signal: Signal, *, is_open: bool, began: datetime | None) -> Step:
    if not is_open:
        return Step(DROP, _NOTHING)
    if signal.started_at and began and signal.started_at < began:
        return Step(DROP, "it ends an earlier episode")
    return Step(RESOLVED, "its sender says that it is over")


@dataclass(frozen=True, slots=True)
class Open:
    """A page that is open, or was until a moment ago, as others look at it.

    Attributes:
        ended_at: when it closed, None while it is open.
    """

    uid: str
    service_uid: str
    service: str
    environment: str
    severity: int
    title: str
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Withheld:
    """Why somebody is not paged about an alert for now: by what (`silence:…`, `dependency:…`) and in words."""

    by: str
    said: str


def held_back(
    *,
    service: str,
    environment: str,
    severity: int,
    needs: Mapping[str, str],
    others: Iterable[Open],
    now: datetime,
    text: str = "",
) -> Withheld | None:
    """Whether a service's alert waits because something that it depends on has a page at least as severe.

    One that denies this in its own words, or is about what no dependency brings about, waits for nobody.

    Args:
        service: its name.
        environment: where it happens.
        severity: of the alert.
        needs: how it depends on each service, by uid: the names on the way.
        others: pages that are open, or closed within GRACE.
        now: the instant.
        text: its title.
    """
    if _DENIED.search(text) or _OWN.search(text):
        return None
    worst = None
    for one in others:
        if one.service_uid not in needs or one.environment != environment or one.severity > severity:
            continue
        if one.ended_at is not None and now - one.ended_at >= GRACE:
            continue
        if worst is None or (one.ended_at is not None, one.severity) < (worst.ended_at is not None, worst.severity):
            worst = one
    if worst is None:
        return None
    way = needs[worst.service_uid]
    if worst.ended_at is not None:
        said = (
            f"{service} depends on {way}, which recovered less than {GRACE.seconds} s ago: it has that long to follow."
        )
    else:
        said = f"{service} depends on {way}, whose page is open: {worst.title}."
    return Withheld(f"dependency:{worst.uid}", said)


def listed(*, severity: int, pages_at: int, environment: str, integration: str) -> str:
    """Why an alert is listed and pages nobody, empty where it pages."""
    if environment != PRODUCTION:
        return f"It is about {environment}; alerts page for production."
    if severity > pages_at:
        return (
            f"Its severity is {SEVERITIES[severity]}; {integration} pages from {SEVERITIES[pages_at]} on and lists "
            f"what is less."
        )
    return ""
