"""Reading the catalogue: lists in one query, an entity with its relations, a service with what is wrong with it."""

from __future__ import annotations

from typing import Any, Final

from roadbed.ground.api.paging import Page, page_of
from roadbed.ground.catalog.engaged import accountable, engaged, engagements
from roadbed.ground.catalog.fields import OTHER_END
from roadbed.ground.catalog.filtering import filtered
from roadbed.ground.catalog.models import Entity, Location, Relation
from roadbed.ground.catalog.references import BadReference, parse_reference
from roadbed.ground.catalog.services import (
    UID,
    Owned,
    errors_of,
    ingest_errors,
    owned,
    owners_and_systems,
    require_service,
    service,
    service_names,
    services,
    systems_and_tiers,
)
from roadbed.ground.catalog.values import (
    Accountable,
    EngagementView,
    EntityRow,
    EntityView,
    ErrorView,
    LocationView,
    RelationView,
    ServiceView,
)
from roadbed.ground.errors import NotFound, Place

__all__ = [
    "Accountable",
    "EngagementView",
    "EntityRow",
    "EntityView",
    "ErrorView",
    "LocationView",
    "Owned",
    "RelationView",
    "ServiceView",
    "accountable",
    "engaged",
    "engagements",
    "entities",
    "ingest_errors",
    "locations",
    "owned",
    "owners_and_systems",
    "require_entity",
    "require_service",
    "service",
    "service_names",
    "services",
    "systems_and_tiers",
]

_LISTED: Final = (
    "id", "uid", "ref", "kind", "namespace", "name", "title", "description", "type", "lifecycle", "owner", "system",
    "tier", "tags", "orphaned_at",
)  # fmt: skip


def entities(
    *,
    kind: str = "",
    type: str = "",  # noqa: A002 - the catalogue's own word
    owner: str = "",
    lifecycle: str = "",
    system: str = "",
    tag: str = "",
    q: str = "",
    cursor: str = "",
    limit: int = 20,
) -> Page[EntityRow]:
    """Entities by name, filtered; one query on columns alone."""
    rows = filtered(
        kind=kind, type=type, owner=owner, lifecycle=lifecycle, system=system, tag=tag, q=q, cursor=cursor, limit=limit
    )
    found = [_entity_row_of(row) for row in rows.values_list(*_LISTED)[: limit + 1]]
    return page_of(found, limit, lambda row: (row.name.lower(), row.id))


def _entity_row_of(row: tuple[Any, ...]) -> EntityRow:
    *columns, tags, orphaned_at = row
    return EntityRow(*(*columns, tuple(tags.split()), orphaned_at is not None))


def _entity_row(ref: str) -> Entity | None:
    rows = Entity.objects.select_related("location")
    if UID.fullmatch(ref) and (by_uid := rows.filter(uid=ref).first()) is not None:
        return by_uid
    try:
        return rows.filter(ref=parse_reference(ref, kind="Component").key).first()
    except BadReference:
        return None


def require_entity(ref: str) -> EntityView:
    """An entity by its uid or `[kind:][namespace/]name`, a Component where no kind is said.

    Raises:
        NotFound: naming how to find what there is.
    """
    row = _entity_row(ref)
    if row is None:
        raise NotFound(
            f"There is no entity {ref[:200]}.",
            remedy="`roadbed catalog list` shows what there is.",
            place=Place(field="ref"),
        )
    return EntityView(
        uid=row.uid, ref=row.ref, kind=row.kind, namespace=row.namespace, name=row.name, title=row.title or row.name,
        owner=row.owner, metadata=row.metadata, spec=row.spec, relations=_relations(row),
        location=row.location.location, path=row.location.path, line=row.line, digest=row.digest,
        registered_at=row.registered_at, changed_at=row.changed_at, orphaned_at=row.orphaned_at,
        errors=errors_of([row.location_id]).get(row.location_id, ()),
    )  # fmt: skip


def _relations(row: Entity) -> tuple[RelationView, ...]:
    outgoing = set(Relation.objects.filter(source=row).values_list("type", "target"))
    incoming = Relation.objects.filter(target=row.ref).values_list("type", "source__ref")
    ends = outgoing | {(OTHER_END[kind], ref) for kind, ref in incoming}
    known = {
        ref: (uid, name)
        for ref, uid, name in Entity.objects.filter(ref__in={ref for _, ref in ends}).values_list("ref", "uid", "name")
    }
    found = []
    for kind, ref in sorted(ends):
        uid, name = known.get(ref, (None, ref.rpartition("/")[2]))
        found.append(RelationView(type=kind, ref=ref, uid=uid, name=name))
    return tuple(found)


def locations() -> tuple[LocationView, ...]:
    """All files that entities are read from."""
    return tuple(
        LocationView(
            uid=row.uid, location=row.location, path=row.path, commit=row.commit, active=row.active,
            checked_at=row.checked_at, next_check_at=row.next_check_at, failures=row.failures,
        )
        for row in Location.objects.order_by("location", "path")
    )  # fmt: skip
