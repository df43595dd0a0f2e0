"""What a service depends on, directly or further down, as relations in the catalogue say it."""

from __future__ import annotations

from typing import Final

from roadbed.ground.catalog.models import Entity, Relation

DEEPEST: Final = 6
MOST: Final = 2_000
_FORWARD: Final = ("dependsOn", "consumesApi")
_BACKWARD: Final = ("dependencyOf", "providesApi")


def needs(service_uid: str) -> dict[str, str]:
    """The services that a service depends on by uid, with the way there in names: `cart, then its-database`.

    An API that it consumes stands for whoever provides it. A circle ends where it began.
    """
    start = Entity.objects.filter(uid=service_uid).values_list("ref", flat=True).first()
    if start is None:
        return {}
    ways: dict[str, str] = {start: ""}
    frontier = [start]
    for _ in range(DEEPEST):
        found: dict[str, str] = {}
        for here, there in _edges(frontier):
            if there not in ways and there not in found and len(ways) + len(found) < MOST:
                name = there.rpartition("/")[2]
                found[there] = f"{ways[here]}, then {name}" if ways[here] else name
        if not found:
            break
        ways |= found
        frontier = list(found)
    rows = Entity.objects.filter(ref__in=list(ways), kind="Component").values_list("ref", "uid")
    return {uid: ways[ref] for ref, uid in rows if ref != start}


def _edges(refs: list[str]) -> list[tuple[str, str]]:
    forward = Relation.objects.filter(source__ref__in=refs, type__in=_FORWARD).values_list("source__ref", "target")
    # Who provides an API is behind it; what says of itself that it is needed is too.
    backward = Relation.objects.filter(target__in=refs, type__in=_BACKWARD).values_list("target", "source__ref")
    return sorted({*forward, *backward})
