"""Whether a journey leads back to itself over the journeys that are its steps."""

from __future__ import annotations

from collections.abc import Mapping


def cycle_of(name: str, leads: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The shortest way from a journey back to itself, beginning and ending with it; empty where there is none."""
    ways: list[tuple[str, ...]] = [(name,)]
    seen: set[str] = set()
    while ways:
        longer: list[tuple[str, ...]] = []
        for way in ways:
            for following in leads.get(way[-1], ()):
                if following == name:
                    return (*way, name)
                if following not in seen:
                    seen.add(following)
                    longer.append((*way, following))
        ways = longer
    return ()
