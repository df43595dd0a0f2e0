"""The frozen timeline of a review, told forward, each entry known then or learned later; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from roadbed.ground.asks import ToldEntry
from roadbed.ground.errors import Invalid, NotFound, Place

THEN, LATER = "then", "later"
KNOWN: Final = {THEN: "Known then", LATER: "Learned later"}


def frozen(entries: Iterable[ToldEntry]) -> list[dict[str, Any]]:
    """The incident's timeline as the review keeps it. What became known after it happened was learned later."""
    told = sorted(entries, key=lambda entry: entry.at)
    return [
        {
            "key": f"T{number}",
            "at": entry.at.isoformat(),
            "title": entry.title,
            "detail": entry.detail,
            "known": THEN if (entry.known_at - entry.at).total_seconds() <= _AT_ONCE else LATER,
            "evidence": "",
            "fact": entry.fact,
            "by": "",
        }
        for number, entry in enumerate(told, 1)
    ]


def retold(lines: Sequence[Mapping[str, Any]], entries: Iterable[ToldEntry]) -> list[dict[str, Any]]:
    """The timeline as the incident tells it now; what people added or moved with their evidence stays as they said."""
    known = {line["fact"]: line for line in lines if line["fact"]}
    last = max((int(line["key"][1:]) for line in lines), default=0)
    kept = [dict(line) for line in lines if not line["fact"]]
    for line in frozen(entries):
        former = known.get(line["fact"])
        if former is None:
            last += 1
            kept.append(line | {"key": f"T{last}"})
        elif former["by"]:
            kept.append(line | {name: former[name] for name in ("key", "known", "evidence", "by")})
        else:
            kept.append(line | {"key": former["key"]})
    return _in_order(kept)


def _in_order(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(lines, key=lambda line: (datetime.fromisoformat(line["at"]), int(line["key"][1:])))


_AT_ONCE: Final = 60.0


def with_entry(lines: Sequence[Mapping[str, Any]], entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The timeline with an entry of a person, in its place."""
    number = max((int(line["key"][1:]) for line in lines), default=0) + 1
    return _in_order([*map(dict, lines), {**entry, "key": f"T{number}", "fact": ""}])


def moved(lines: Sequence[Mapping[str, Any]], key: str, *, known: str, evidence: str, by: str) -> list[dict[str, Any]]:
    """The timeline with an entry on the other side, with the evidence for it.

    Raises:
        NotFound: when it has no such entry.
        Invalid: without evidence.
    """
    if not evidence:
        raise Invalid(
            "An entry changes its side only with evidence.", remedy="Say what shows it.", place=Place(field="evidence")
        )
    if not any(line["key"] == key for line in lines):
        raise NotFound(f"The timeline has no entry {key[:20]}.", place=Place(field="entry"))
    return [
        {**line, "known": known, "evidence": evidence, "by": by} if line["key"] == key else dict(line) for line in lines
    ]
