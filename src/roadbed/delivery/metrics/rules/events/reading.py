"""The events of a file, each read once, whichever of the known formats it has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from roadbed.delivery.metrics.rules.events import cdevents, facts, telling
from roadbed.delivery.metrics.rules.events.lines import Fault, Item, items_of
from roadbed.delivery.metrics.rules.events.values import Heard, Unreadable

_REMEDY = "Give CDEvents, bare or as CloudEvents in JSON, or Roadbed's facts."


@dataclass(frozen=True, slots=True)
class Read:
    """A file.

    Attributes:
        heard: its events in the order of their instants, each once.
        faults: lines that could not be read, in the file's order.
        items: how many values there were; `repeated` of them were told before, `other` are of no use here.
    """

    heard: tuple[Heard, ...]
    faults: tuple[Fault, ...]
    items: int
    repeated: int
    other: int


def read(lines: Iterable[str]) -> Read:
    """Read all; neither the order of lines nor a repeated one makes a difference to what is heard."""
    known: dict[str, tuple[Heard, Any]] = {}
    faults: list[Fault] = []
    items = repeated = other = 0
    for item in items_of(lines):
        if isinstance(item, Fault):
            faults.append(item)
            continue
        items += 1
        try:
            found = heard_of(item.value)
        except Unreadable as fault:
            faults.append(_fault(item, fault))
            continue
        if found is None:
            other += 1
            continue
        before = known.get(found.identity)
        repeated += before is not None
        if before is None or _outweighs(found, item.value, *before):
            known[found.identity] = (found, item.value)
    ordered = tuple(sorted((one for one, _ in known.values()), key=lambda one: (one.at, one.identity)))
    return Read(ordered, tuple(faults), items, repeated, other)


def _outweighs(one: Heard, value: Any, before: Heard, other: Any) -> bool:
    """Of the same event told differently the later instant counts, and among equals always the same one."""
    if one.at != before.at:
        return one.at > before.at
    return value != other and telling.canonical(value) > telling.canonical(other)


def _fault(item: Item, fault: Unreadable) -> Fault:
    which = f"item {item.index} of the array: " if item.index else ""
    return Fault(item.line, f"{which}{fault.text}", fault.remedy)


_KINDS: Final = {type(None): "null", str: "a text", list: "an array", bool: "true or false"}


def heard_of(value: Any) -> Heard | None:
    """One event; None where it is none of these metrics'.

    Raises:
        Unreadable: when it is no event, or lacks what it needs.
    """
    if not isinstance(value, Mapping):
        raise Unreadable(f"{_KINDS.get(type(value), 'a number')} in place of an event", _REMEDY)
    if facts.is_fact(value):
        return facts.heard(value)
    if cdevents.is_cloudevent(value):
        return cdevents.heard_of_cloudevent(value)
    if cdevents.is_cdevent(value):
        return cdevents.heard(value)
    named = ", ".join(sorted(map(str, value))[:5])
    raise Unreadable(f"neither a CDEvent nor a fact; it has {named or 'nothing'}", _REMEDY)
