"""Reading flags: of a service, one with its history, all of them in pages, and as they are evaluated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q, Sum

from roadbed.delivery.flags import rules
from roadbed.delivery.flags.models import Flag, FlagState, FlagVersion
from roadbed.ground.api.paging import MAX_LIMIT, Page, checked_limit, decode_cursor, page_of
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.ground.ledger.queries import facts_of
from roadbed.ground.ledger.rules import FactView

FACTS: Final = ("flag.created", "flag.changed", "flag.archived")
SEARCHED: Final = 500


@dataclass(frozen=True, slots=True)
class StateView:
    """What a flag is set to in an environment. `share` is in per cent; None where the code's default stands."""

    environment: str
    state: str
    share: float | None
    changed_at: datetime | None
    changed_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class FlagView:
    """A flag with what it is set to; production is always among the states, and first."""

    uid: str
    service_uid: str
    service: str
    key: str
    kind: str
    algorithm: str
    description: str
    created_at: datetime
    created_by: str
    archived_at: datetime | None
    states: tuple[StateView, ...]

    def state_in(self, environment: str) -> StateView:
        """What it is set to there."""
        return next((one for one in self.states if one.environment == environment), _unset(environment))


def _unset(environment: str) -> StateView:
    return StateView(environment=environment, state="default", share=None, changed_at=None, changed_by="", reason="")


def _state_view(row: FlagState, kind: str) -> StateView:
    return StateView(
        environment=row.environment,
        state=rules.said(rules.Setting(row.enabled, row.share), kind),
        share=row.share / rules.PER_CENT if row.enabled else None,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
        reason=row.reason,
    )


def _views(rows: Iterable[Flag]) -> tuple[FlagView, ...]:
    flags = list(rows)
    names = catalog.service_names({row.service_uid for row in flags})
    states: dict[int, list[FlagState]] = {}
    for state in FlagState.objects.filter(flag__in=flags).order_by("environment"):
        states.setdefault(state.flag_id, []).append(state)
    return tuple(_view(row, names.get(row.service_uid, ""), states.get(row.pk, [])) for row in flags)


def _view(row: Flag, service: str, states: list[FlagState]) -> FlagView:
    found = {state.environment: _state_view(state, row.kind) for state in states}
    production = found.pop(rules.PRODUCTION, _unset(rules.PRODUCTION))
    return FlagView(
        uid=row.uid,
        service_uid=row.service_uid,
        service=service,
        key=row.key,
        kind=row.kind,
        algorithm=row.algorithm,
        description=row.description,
        created_at=row.created_at,
        created_by=row.created_by,
        archived_at=row.archived_at,
        states=(production, *found.values()),
    )


def flags_of(service_uid: str, *, archived: bool = False) -> tuple[FlagView, ...]:
    """The flags of a service by key; archived ones only where asked for."""
    rows = Flag.objects.filter(service_uid=service_uid).order_by("key")
    return _views(rows if archived else rows.filter(archived_at=None))


def flag(service: str, key: str) -> FlagView:
    """One flag of a service.

    Raises:
        NotFound: naming how to find what there is.
    """
    known = catalog.require_service(service)
    row = Flag.objects.filter(service_uid=known.uid, key=key).first()
    if row is None:
        raise missing(known.name, key)
    return _views([row])[0]


def missing(service: str, key: str) -> NotFound:
    """The refusal for a flag that is not there."""
    return NotFound(
        f"{service} has no flag {key[:100]}.",
        remedy=f"`roadbed flags list {service}` shows what it has.",
        place=Place(field="key"),
    )


def by_uid(uid: str) -> FlagView:
    """One flag by its uid."""
    row = Flag.objects.filter(uid=uid).first() if "\x00" not in uid else None
    if row is None:
        raise NotFound("There is no such flag.", remedy="See all flags under /flags.")
    return _views([row])[0]


def flags(*, q: str = "", owner: str = "", cursor: str = "", limit: int = 50) -> Page[FlagView]:
    """Flags of all services by key, archived ones left out, filtered by text and owning team."""
    checked_limit(limit)
    if "\x00" in q or "\x00" in owner:
        raise Invalid("A filter holds a NUL character.", remedy="Remove it.", place=Place(field="q"))
    rows = Flag.objects.filter(archived_at=None).order_by("key", "id")
    if q:
        rows = rows.filter(Q(key__icontains=q) | Q(service_uid__in=_services(q=q)))
    if owner:
        rows = rows.filter(service_uid__in=_services(owner=owner))
    if cursor:
        key, last = decode_cursor(cursor, 2)
        if not isinstance(key, str) or not isinstance(last, int) or not 0 <= last < 2**63 or "\x00" in key:
            raise Invalid("This cursor was not made by this list.", place=Place(field="cursor"))
        rows = rows.filter(Q(key__gt=key) | Q(key=key, id__gt=last))
    page = page_of(list(rows[: limit + 1]), limit, lambda row: (row.key, row.pk))
    return Page(_views(page.items), page.next_cursor)


def _services(*, q: str = "", owner: str = "") -> list[str]:
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = catalog.services(q=q, owner=owner, cursor=cursor, limit=MAX_LIMIT)
        found += [service.uid for service in page.items]
        cursor = page.next_cursor
    return found


def history_of(view: FlagView, *, limit: int = 50) -> tuple[FactView, ...]:
    """What happened to a flag, newest first."""
    facts = facts_of(view.service_uid, kinds=FACTS, limit=SEARCHED)
    return tuple(fact for fact in facts if fact.data.get("flag") == view.key)[:limit]


def version_of(service_uid: str, environment: str) -> int:
    """The version of a service's flags there; it only grows."""
    rows = FlagVersion.objects.filter(service_uid=service_uid, environment__in=("", environment))
    return rows.aggregate(whole=Sum("number"))["whole"] or 0


def definitions(service_uid: str, environment: str) -> tuple[rules.Definition, ...]:
    """Every flag of a service as it is evaluated there, by key."""
    rows = Flag.objects.filter(service_uid=service_uid, archived_at=None).order_by("key")
    states = FlagState.objects.filter(flag__service_uid=service_uid, environment=environment)
    settings = {row.flag_id: rules.Setting(row.enabled, row.share) for row in states}
    return tuple(rules.Definition(row.key, row.kind, row.algorithm, settings.get(row.pk, rules.UNSET)) for row in rows)
