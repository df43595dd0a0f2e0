"""Reading services: one by its name or uid, as every hot path does, and lists; each with what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from roadbed.ground.api.paging import Page, page_of
from roadbed.ground.catalog.filtering import filtered
from roadbed.ground.catalog.models import Entity, IngestError
from roadbed.ground.catalog.references import BadReference, parse_reference
from roadbed.ground.catalog.values import ErrorView, ServiceView
from roadbed.ground.errors import NotFound, Place
from roadbed.ground.prepared import Prepared

UID: Final = re.compile(r"[0-9a-f]{32}")
OFFERED: Final = 1000
_COLUMNS: Final = (
    "id", "location_id", "uid", "name", "title", "description", "owner", "owner_team_id", "lifecycle", "type", "system",
    "tier", "metadata", "tags", "orphaned_at", "registered_at", "namespace", "location__location", "location__path",
)  # fmt: skip
_WRONG: Final = ("location_id", "location__location", "location__path", "line", "field", "message", "remedy", "since")


def service(name_or_uid: str) -> ServiceView | None:
    """A service by its uid, its name, or `namespace/name`; a bare name outside `default` must be the only one."""
    row = _component(name_or_uid)
    return None if row is None else _view(row, _errors(_ERRORS.rows(location=row[1])).get(row[1], ()))


def _component(name_or_uid: str) -> tuple[Any, ...] | None:
    if UID.fullmatch(name_or_uid) and (by_uid := _BY_UID.first(uid=name_or_uid)) is not None:
        return by_uid
    try:
        reference = parse_reference(name_or_uid, kind="Component")
    except BadReference:
        return None
    row = _BY_REF.first(ref=reference.key)
    if row is None and "/" not in name_or_uid:
        same = _BY_KEY.rows(key=reference.name.lower())
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
    rows = filtered(
        kind="Component", type=type, owner=owner, lifecycle=lifecycle, system=system, tag=tag, q=q, cursor=cursor,
        limit=limit,
    )  # fmt: skip
    found = list(rows.values_list(*_COLUMNS)[: limit + 1])
    errors = errors_of({row[1] for row in found})
    page = page_of(found, limit, lambda row: (row[3].lower(), row[0]))
    return Page(tuple(_view(row, errors.get(row[1], ())) for row in page.items), page.next_cursor)


def names_and_owners(uids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Names and owning teams of services by uid; a removed one is missing."""
    rows = Entity.objects.filter(kind="Component", uid__in=list(uids))
    return {uid: (name, owner) for uid, name, owner in rows.values_list("uid", "name", "owner")}


@dataclass(frozen=True, slots=True)
class Owned:
    """A service with its owning team, and nothing that costs reading a document."""

    uid: str
    name: str
    owner: str
    registered_at: datetime
    system: str = ""
    namespace: str = "default"


def owned(*, owner: str = "", system: str = "") -> tuple[Owned, ...]:
    """Every service with its owner, or those of an owner or a system, by name; one query on columns alone."""
    rows = Entity.objects.filter(kind="Component").order_by("key", "id")
    if owner:
        rows = rows.filter(owner=owner.lower())
    if system:
        rows = rows.filter(system__iexact=system)
    told = rows.values_list("uid", "name", "owner", "registered_at", "system", "namespace")
    return tuple(Owned(*row) for row in told)


def owners_and_systems(uids: Iterable[str] | None = None) -> dict[str, tuple[str, str, str]]:
    """Name, owning team and system of services by uid, of some or of all; a removed one is missing."""
    rows = Entity.objects.filter(kind="Component")
    if uids is not None:
        rows = rows.filter(uid__in=list(uids))
    return {
        uid: (name, owner, system) for uid, name, owner, system in rows.values_list("uid", "name", "owner", "system")
    }


def systems_and_tiers() -> dict[str, tuple[str, str]]:
    """The system and the tier of every service by uid; each is empty where its file does not say."""
    rows = Entity.objects.filter(kind="Component", orphaned_at=None)
    return {uid: (system, tier) for uid, system, tier in rows.values_list("uid", "system", "tier")}


def names_offered() -> tuple[str, ...]:
    """Names of services for a field to offer, by name; a page carries no more than these."""
    rows = Entity.objects.filter(kind="Component", orphaned_at=None).order_by("name")
    return tuple(rows.values_list("name", flat=True)[:OFFERED])


def service_names(uids: Iterable[str]) -> dict[str, str]:
    """Names of services by uid; a removed one is missing."""
    return dict(Entity.objects.filter(uid__in=list(uids)).values_list("uid", "name"))


def _view(row: tuple[Any, ...], errors: tuple[ErrorView, ...]) -> ServiceView:
    (_, _, uid, name, title, description, owner, owner_team, lifecycle, kind, system, tier, metadata, tags,
     orphaned_at, registered_at, namespace, location, path) = row  # fmt: skip
    return ServiceView(
        uid=uid,
        name=name,
        title=title or name,
        description=description,
        owner=owner,
        owner_uid=str(owner_team or ""),
        lifecycle=lifecycle,
        type=kind,
        system=system,
        tier=tier,
        annotations=metadata.get("annotations") or {},
        links=tuple(metadata.get("links") or ()),
        location=location,
        entity_path=path,
        registered_at=registered_at,
        errors=errors,
        namespace=namespace,
        tags=tuple(tags.split()),
        orphaned_at=orphaned_at,
        labels=metadata.get("labels") or {},
    )


def errors_of(location_ids: Iterable[int]) -> dict[int, tuple[ErrorView, ...]]:
    """What is wrong with the files, by location."""
    rows = _errors_in_order(IngestError.objects.filter(location__in=list(location_ids)))
    return _errors(list(rows))


def ingest_errors() -> tuple[ErrorView, ...]:
    """Everything that is wrong with what is registered, longest-standing first."""
    rows = IngestError.objects.order_by("since", "location_id", "line", "id").values_list(*_WRONG)
    return tuple(ErrorView(*row[1:]) for row in rows[:500])


def _errors(rows: list[tuple[Any, ...]]) -> dict[int, tuple[ErrorView, ...]]:
    found: dict[int, tuple[ErrorView, ...]] = {}
    for location, *values in rows:
        found[location] = (*found.get(location, ()), ErrorView(*values))
    return found


def _errors_in_order(rows: QuerySet[IngestError]) -> QuerySet[IngestError, tuple[Any, ...]]:
    return rows.order_by("line", "id").values_list(*_WRONG)


def _one(**exact: str) -> QuerySet[Entity, tuple[Any, ...]]:
    return Entity.objects.filter(kind="Component", **exact).values_list(*_COLUMNS)[:2]


_BY_UID: Final = Prepared(lambda uid: _one(uid=uid), uid=str)
_BY_REF: Final = Prepared(lambda ref: _one(ref=ref), ref=str)
_BY_KEY: Final = Prepared(lambda key: _one(key=key), key=str)
_ERRORS: Final = Prepared(
    lambda location: _errors_in_order(IngestError.objects.filter(location=location)), location=int
)
