"""Reading the catalogue: lists in one query, an entity with its relations, a service with what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Q

from roadbed.ground.api.paging import Page, checked_limit, decode_cursor, page_of
from roadbed.ground.catalog.fields import OTHER_END
from roadbed.ground.catalog.models import Engagement, Entity, IngestError, Location, Relation
from roadbed.ground.catalog.references import BadReference, parse_reference
from roadbed.ground.errors import Invalid, NotFound, Place

_UID: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class ErrorView:
    """One fault of a location's file, since when it is there."""

    location: str
    path: str
    line: int | None
    field: str
    message: str
    remedy: str
    since: datetime


@dataclass(frozen=True, slots=True)
class EntityRow:
    """An entity as lists show it."""

    id: int
    uid: str
    ref: str
    kind: str
    namespace: str
    name: str
    title: str
    description: str
    type: str
    lifecycle: str
    owner: str
    system: str
    tier: str
    tags: tuple[str, ...]
    orphaned: bool


@dataclass(frozen=True, slots=True)
class RelationView:
    """One relation from this entity's end. `uid` is None where the other end is not registered."""

    type: str
    ref: str
    uid: str | None
    name: str


@dataclass(frozen=True, slots=True)
class EntityView:
    """An entity with everything that is known of it."""

    uid: str
    ref: str
    kind: str
    namespace: str
    name: str
    title: str
    owner: str
    metadata: Mapping[str, Any]
    spec: Mapping[str, Any]
    relations: tuple[RelationView, ...]
    location: str
    path: str
    line: int
    digest: str
    registered_at: datetime
    changed_at: datetime
    orphaned_at: datetime | None
    errors: tuple[ErrorView, ...]


@dataclass(frozen=True, slots=True)
class ServiceView:
    """A service: a Component, its one owning team, and where it is described."""

    uid: str
    name: str
    title: str
    description: str
    owner: str
    owner_uid: str
    lifecycle: str
    type: str
    system: str
    tier: str
    annotations: Mapping[str, str]
    links: tuple[Mapping[str, str], ...]
    location: str
    entity_path: str
    registered_at: datetime
    errors: tuple[ErrorView, ...] = ()
    namespace: str = "default"
    tags: tuple[str, ...] = ()
    orphaned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EngagementView:
    """An SRE team's engagement on a service. `ended_on` is its last day, None while it is open."""

    uid: str
    service_uid: str
    service: str
    team: str
    team_uid: str
    started_on: date
    ended_on: date | None
    entry_review: str
    objectives: tuple[str, ...] = field(default_factory=tuple)
    hand_back: tuple[str, ...] = field(default_factory=tuple)
    end_reason: str = ""


@dataclass(frozen=True, slots=True)
class Accountable:
    """Who answers for a service on a day: by engagement where there is one, else as its owner."""

    team: str
    team_uid: str
    by: str


@dataclass(frozen=True, slots=True)
class LocationView:
    """A file that entities are read from."""

    uid: str
    location: str
    path: str
    commit: str
    active: bool
    checked_at: datetime | None
    next_check_at: datetime
    failures: int


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
    found = [
        EntityRow(*row[:-2], tags=tuple(row[-2].split()), orphaned=row[-1] is not None)
        for row in rows.values_list(*_LISTED)[: limit + 1]
    ]
    return page_of(found, limit, lambda row: (row.name.lower(), row.id))


def _filtered(*, cursor: str, limit: int, q: str = "", tag: str = "", system: str = "", **exact: str) -> Any:
    checked_limit(limit)
    rows = Entity.objects.order_by("key", "id")
    if exact.get("kind"):
        rows = rows.filter(kind__iexact=exact["kind"]) if exact["kind"].islower() else rows.filter(kind=exact["kind"])
    if exact.get("owner"):
        rows = rows.filter(owner=exact["owner"].lower())
    if exact.get("type"):
        rows = rows.filter(type=exact["type"])
    if exact.get("lifecycle"):
        rows = rows.filter(lifecycle=exact["lifecycle"])
    if system:
        rows = rows.filter(system__iexact=system)
    if tag:
        rows = rows.filter(tags__contains=f" {tag} ")
    for word in q.lower().split()[:8]:
        rows = rows.filter(search__contains=word)
    if cursor:
        key, last = decode_cursor(cursor, 2)
        if not isinstance(key, str) or not isinstance(last, int) or not 0 <= last < 2**63 or "\x00" in key:
            raise Invalid("This cursor was not made by this list.", place=Place(field="cursor"))
        rows = rows.filter(Q(key__gt=key) | Q(key=key, id__gt=last))
    if any("\x00" in text for text in (q, tag, system, *exact.values())):
        raise Invalid("A filter holds a NUL character.", remedy="Remove it.", place=Place(field="filter"))
    return rows


def _services() -> Any:
    return Entity.objects.filter(kind="Component").select_related("location")


def service(name_or_uid: str) -> ServiceView | None:
    """A service by its uid, its name, or `namespace/name`; a bare name outside `default` must be the only one."""
    row = _component(name_or_uid)
    return None if row is None else _service_view(row, _errors([row.location_id]).get(row.location_id, ()))


def _component(name_or_uid: str) -> Entity | None:
    if _UID.fullmatch(name_or_uid):
        by_uid: Entity | None = _services().filter(uid=name_or_uid).first()
        if by_uid is not None:
            return by_uid
    try:
        reference = parse_reference(name_or_uid, kind="Component")
    except BadReference:
        return None
    row: Entity | None = _services().filter(ref=reference.key).first()
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
    found = list(rows.select_related("location").defer("spec", "search")[: limit + 1])
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
        owner_uid=row.owner_team_id or "",
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


def engagements(service_uid: str = "", *, on: date | None = None) -> tuple[EngagementView, ...]:
    """Engagements, newest first: of one service or all, on one day or ever."""
    rows = Engagement.objects.select_related("service", "team").order_by("-started_on", "-pk")
    if service_uid:
        rows = rows.filter(service=service_uid)
    if on is not None:
        rows = rows.filter(Q(ended_on=None) | Q(ended_on__gte=on), started_on__lte=on)
    return tuple(
        EngagementView(
            uid=row.uid, service_uid=row.service.uid, service=row.service.name, team=row.team.name,
            team_uid=row.team.uid, started_on=row.started_on, ended_on=row.ended_on, entry_review=row.entry_review,
            objectives=tuple(row.objectives), hand_back=tuple(row.hand_back), end_reason=row.end_reason,
        )
        for row in rows
    )  # fmt: skip


def accountable(service_uid: str, *, on: date) -> Accountable | None:
    """Who answers for a service on a day, None for an unknown service."""
    engaged = engagements(service_uid, on=on)
    if engaged:
        return Accountable(team=engaged[0].team, team_uid=engaged[0].team_uid, by="engagement")
    row = Entity.objects.filter(uid=service_uid).values_list("owner", "owner_team_id").first()
    return None if row is None else Accountable(team=row[0], team_uid=row[1] or "", by="owner")
