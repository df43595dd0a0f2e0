"""What a service depends on, directly or further down, as relations in the catalogue say it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    return needs_of([service_uid]).get(service_uid, {})


def needed_by(service_uid: str) -> dict[str, str]:
    """The services that depend on a service directly by uid, with their names; also through an API that it provides."""
    ref = Entity.objects.filter(uid=service_uid).values_list("ref", flat=True).first()
    if ref is None:
        return {}
    provided = Relation.objects.filter(source__ref=ref, type="providesApi").values_list("target", flat=True)
    incoming = Relation.objects.filter(target__in=[ref, *provided], type__in=_FORWARD)
    told = Relation.objects.filter(source__ref=ref, type="dependencyOf").values_list("target", flat=True)
    refs = {*incoming.values_list("source__ref", flat=True), *told} - {ref}
    return dict(Entity.objects.filter(ref__in=sorted(refs), kind="Component").values_list("uid", "name"))


def needs_of(service_uids: Iterable[str]) -> dict[str, dict[str, str]]:
    """What `needs` says of each of several services, in as many queries as of one."""
    starts = dict(Entity.objects.filter(uid__in=list(service_uids)).values_list("uid", "ref"))
    edges: dict[str, list[str]] = {}
    frontier = set(starts.values())
    for _ in range(DEEPEST):
        if not frontier:
            break
        edges |= {ref: [] for ref in frontier}
        for here, there in _edges(sorted(frontier)):
            edges[here].append(there)
        frontier = {there for here in frontier for there in edges[here]} - edges.keys()
    ways = {uid: _ways(ref, edges) for uid, ref in starts.items()}
    wanted = {ref for found in ways.values() for ref in found}
    rows = Entity.objects.filter(ref__in=list(wanted), kind="Component").values_list("ref", "uid")
    uids = dict(rows) if wanted else {}
    return {uid: {uids[ref]: way for ref, way in found.items() if ref in uids} for uid, found in ways.items()}


def _ways(start: str, edges: Mapping[str, list[str]]) -> dict[str, str]:
    """The ways from one on, the shortest to each, without the way to itself."""
    ways: dict[str, str] = {start: ""}
    frontier = [start]
    for _ in range(DEEPEST):
        found: dict[str, str] = {}
        for here in sorted(frontier):
            for there in edges.get(here, ()):
                if there not in ways and there not in found and len(ways) + len(found) < MOST:
                    name = there.rpartition("/")[2]
                    found[there] = f"{ways[here]}, then {name}" if ways[here] else name
        if not found:
            break
        ways |= found
        frontier = list(found)
    del ways[start]
    return ways


def _edges(refs: list[str]) -> list[tuple[str, str]]:
    forward = Relation.objects.filter(source__ref__in=refs, type__in=_FORWARD).values_list("source__ref", "target")
    # Who provides an API is behind it; what says of itself that it is needed is too.
    backward = Relation.objects.filter(target__in=refs, type__in=_BACKWARD).values_list("target", "source__ref")
    return sorted({*forward, *backward})
