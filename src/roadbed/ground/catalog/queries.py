"""Reading the catalogue: lists in one query, an entity with its relations, a service with what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Q, QuerySet

from roadbed.ground.api.paging import Page, checked_limit, decode_cursor, page_of
from roadbed.ground.catalog.engaged import accountable, engagements
from roadbed.ground.catalog.fields import OTHER_END
from roadbed.ground.catalog.models import Entity, IngestError, Location, Relation
from roadbed.ground.catalog.references import BadReference, canonical_kind, parse_reference
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
from roadbed.ground.errors import Invalid, NotFound, Place

__all__ = [
    "Accountable",
    "EngagementView",
    "EntityRow",
    "EntityView",
    "ErrorView",
    "LocationView",
    "RelationView",
    "ServiceView",
    "accountable",
    "engagements",
    "entities",
    "ingest_errors",
    "locations",
    "require_entity",
    "require_service",
    "service",
    "service_names",
    "services",
]

_UID: Final = re.compile(r"[0-9a-f]{32}")

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
    rows = _filtered(
        kind=kind, type=type, owner=owner, lifecycle=lifecycle, system=system, tag=tag, q=q, cursor=cursor, limit=limit
    )
    found = [_entity_row_of(row) for row in rows.values_list(*_LISTED)[: limit + 1]]
    return page_of(found, limit, lambda row: (row.name.lower(), row.id))


def _entity_row_of(row: tuple[Any, ...]) -> EntityRow:
    *columns, tags, orphaned_at = row
    return EntityRow(*(*columns, tuple(tags.split()), orphaned_at is not None))


def _filtered(
    *, cursor: str, limit: int, q: str = "", tag: str = "", system: str = "", **exact: str
) -> QuerySet[Entity]:
    checked_limit(limit)
    if any("\x00" in text for text in (q, tag, system, *exact.values())):
        raise Invalid("A filter holds a NUL character.", remedy="Remove it.", place=Place(field="filter"))
    wanted = {name: value for name, value in exact.items() if value}
    for name, read in (("owner", str.lower), ("kind", _kind)):
        if name in wanted:
            wanted[name] = read(wanted[name])
    rows = Entity.objects.filter(**wanted).order_by("key", "id")
    if system:
        rows = rows.filter(system__iexact=system)
    if tag:
        rows = rows.filter(tags__contains=f" {tag} ")
    for word in q.lower().split()[:8]:
        rows = rows.filter(search__contains=word)
    return _after(rows, cursor) if cursor else rows


def _kind(text: str) -> str:
    return canonical_kind(text) or text


def _after(rows: QuerySet[Entity], cursor: str) -> QuerySet[Entity]:
    key, last = decode_cursor(cursor, 2)
    if not isinstance(key, str) or not isinstance(last, int) or not 0 <= last < 2**63 or "\x00" in key:
        raise Invalid("This cursor was not made by this list.", place=Place(field="cursor"))
    return rows.filter(Q(key__gt=key) | Q(key=key, id__gt=last))


def _services() -> QuerySet[Entity]:
    return Entity.objects.filter(kind="Component").select_related("location").defer("spec", "search", "location__teams")


def service(name_or_uid: str) -> ServiceView | None:
    """A service by its uid, its name, or `namespace/name`; a bare name outside `default` must be the only one."""
    row = _component(name_or_uid)
    return None if row is None else _service_view(row, _errors([row.location_id]).get(row.location_id, ()))


def _component(name_or_uid: str) -> Entity | None:
    if _UID.fullmatch(name_or_uid):
        by_uid = _services().filter(uid=name_or_uid).first()
        if by_uid is not None:
            return by_uid
    try:
        reference = parse_reference(name_or_uid, kind="Component")
    except BadReference:
        return None
    row = _services().filter(ref=reference.key).first()
    if row is None and "/" not in name_or_uid:
        same = list(_services().filter(key=reference.name.lower())[:2])
        row = same[0] if len(same) == 1 else None
    return row


def require_service(name_or_uid: str) -> ServiceView:
    """The service.

    Raises:
        NotFound: naming how to register it.
    """
    found = service(name_or_uid)
    if found is None:
        raise NotFound(
            f"There is no service {name_or_uid[:130]}.",
            remedy="`roadbed catalog list` shows what there is; `roadbed catalog add PATH` registers a repository.",
            place=Place(field="service"),
        )
    return found


def services(
    *,
    owner: str = "",
    type: str = "",  # noqa: A002 - the catalogue's own word
    lifecycle: str = "",
    system: str = "",
    tag: str = "",
    q: str = "",
    cursor: str = "",
    limit: int = 50,
) -> Page[ServiceView]:
    """Services by name, filtered; two queries whatever the number."""
    rows = _filtered(
        kind="Component", type=type, owner=owner, lifecycle=lifecycle, system=system, tag=tag, q=q, cursor=cursor,
        limit=limit,
    )  # fmt: skip
    found = list(rows.select_related("location").defer("spec", "search", "location__teams")[: limit + 1])
    errors = _errors({row.location_id for row in found})
    page = page_of(found, limit, lambda row: (row.key, row.pk))
    return Page(tuple(_service_view(row, errors.get(row.location_id, ())) for row in page.items), page.next_cursor)


def service_names(uids: Iterable[str]) -> dict[str, str]:
    """Names of services by uid; a removed one is missing."""
    return dict(Entity.objects.filter(uid__in=list(uids)).values_list("uid", "name"))


def _service_view(row: Entity, errors: tuple[ErrorView, ...]) -> ServiceView:
    return ServiceView(
        uid=row.uid,
        name=row.name,
        title=row.title or row.name,
        description=row.description,
        owner=row.owner,
        owner_uid=str(row.owner_team_id or ""),
        lifecycle=row.lifecycle,
        type=row.type,
        system=row.system,
        tier=row.tier,
        annotations=row.metadata.get("annotations") or {},
        links=tuple(row.metadata.get("links") or ()),
        location=row.location.location,
        entity_path=row.location.path,
        registered_at=row.registered_at,
        errors=errors,
        namespace=row.namespace,
        tags=tuple(row.tags.split()),
        orphaned_at=row.orphaned_at,
    )


def _errors(location_ids: Iterable[int]) -> dict[int, tuple[ErrorView, ...]]:
    found: dict[int, tuple[ErrorView, ...]] = {}
    rows = IngestError.objects.filter(location__in=list(location_ids)).select_related("location")
    for row in rows.order_by("line", "id"):
        found[row.location_id] = (*found.get(row.location_id, ()), _error_view(row))
    return found


def _error_view(row: IngestError) -> ErrorView:
    return ErrorView(
        location=row.location.location,
        path=row.location.path,
        line=row.line,
        field=row.field,
        message=row.message,
        remedy=row.remedy,
        since=row.since,
    )


def ingest_errors() -> tuple[ErrorView, ...]:
    """Everything that is wrong with what is registered, longest-standing first."""
    rows = IngestError.objects.select_related("location").order_by("since", "location_id", "line", "id")
    return tuple(_error_view(row) for row in rows[:500])


def _entity_row(ref: str) -> Entity | None:
    rows = Entity.objects.select_related("location")
    if _UID.fullmatch(ref) and (by_uid := rows.filter(uid=ref).first()) is not None:
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
        errors=_errors([row.location_id]).get(row.location_id, ()),
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
