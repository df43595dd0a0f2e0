"""The filters that lists of entities and of services have in common."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from roadbed.ground.api.paging import checked_limit, decode_cursor
from roadbed.ground.catalog.models import Entity
from roadbed.ground.catalog.references import canonical_kind
from roadbed.ground.errors import Invalid, Place


def filtered(
    *, cursor: str, limit: int, q: str = "", tag: str = "", system: str = "", **exact: str
) -> QuerySet[Entity]:
    """Entities by name that fit, from a cursor on; the caller takes `limit` and one more."""
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
