"""What the catalogue says belongs to whom, kept until the catalogue changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from django.db.models import Count, Max, Min

from roadbed.delivery.changes.linking.rules.owning import Owned, owned_of
from roadbed.delivery.changes.models import Repository, Resident
from roadbed.ground.api.paging import Page
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.catalog.models import Entity
from roadbed.ground.catalog.queries import ServiceView

_kept: tuple[object, tuple[Owned, ...]] | None = None


def owned() -> tuple[Owned, ...]:
    """Every service with what is its own, by name; two small queries while nothing has changed."""
    global _kept
    mark = Entity.objects.filter(kind="Component").aggregate(Max("changed_at"), Count("id"), Min("uid"), Max("uid"))
    residents = tuple(Resident.objects.order_by("repository", "service_uid").values_list("repository", "service_uid"))
    state = (tuple(mark.values()), residents)
    if _kept is None or _kept[0] != state:
        _kept = (state, tuple(_read(residents)))
    return _kept[1]


def _read(residents: tuple[tuple[str, str], ...]) -> Iterator[Owned]:
    names = dict(Repository.objects.values_list("digest", "name"))
    lives: dict[str, list[str]] = defaultdict(list)
    for digest, service in residents:
        if digest in names:
            lives[service].append(names[digest])
    for known in _services():
        one = owned_of(
            uid=known.uid, name=known.name, namespace=known.namespace, location=known.location,
            entity_path=known.entity_path, annotations=known.annotations,
        )  # fmt: skip
        further = {name: () for name in lives[known.uid] if name not in one.paths}
        yield replace(one, paths={**one.paths, **further}) if further else one


def _services() -> Iterator[ServiceView]:
    cursor: str | None = ""
    while cursor is not None:
        page: Page[ServiceView] = catalog.services(cursor=cursor, limit=200)
        yield from page.items
        cursor = page.next_cursor


def forget() -> None:
    """Read the catalogue anew at the next question."""
    global _kept
    _kept = None
