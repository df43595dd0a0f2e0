"""What may be read before its turn: messages with a critical alert, past messages about other alerts and groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from roadbed.reliability.paging.rules.alerts.values import CRITICAL, TRIGGER, Told


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What the order of messages depends on: what they are about, and whether one of their alerts is critical."""

    about: frozenset[str]
    urgent: bool


NOTHING: Final = Glimpse(frozenset(), urgent=False)


def about(told: Told) -> set[str]:
    """The alerts and the group that a message is about: only messages that share none of these can change places."""
    return {f"key:{one.key}" for one in told.signals} | ({f"group:{told.group}"} if told.group else set())


def glimpse(source: str, told: Told) -> Glimpse:
    """What of a message of a source says when it can be read."""
    urgent = any(one.severity == CRITICAL and one.action == TRIGGER for one in told.signals)
    return Glimpse(frozenset(f"{source}\n{one}" for one in about(told)), urgent)


def overtaking(waiting: Iterable[tuple[int, Glimpse]]) -> list[int]:
    """Of messages in their order those that are read first: urgent, and none before them is about the same."""
    found: list[int] = []
    before: set[str] = set()
    for number, one in waiting:
        if one.urgent and not before & one.about:
            # What comes after it may overtake as well: both keep their order.
            found.append(number)
        else:
            before |= one.about
    return found
