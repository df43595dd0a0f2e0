"""Reading the gate: decisions as they were given, overrides, disputed kinds, and how often each happens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Max, Q

from roadbed.ground.api.paging import Page
from roadbed.ground.errors import Invalid, NotFound, Place
from roadbed.ground.gates.models import KindDispute, Override
from roadbed.ground.ledger import listings
from roadbed.ground.ledger.models import Fact
from roadbed.ground.ledger.queries import fact, view_of
from roadbed.ground.ledger.rules import FactView

ASKED: Final = "gate.asked"
WINDOW: Final = timedelta(days=90)
MOST: Final = 50
_OVERRIDDEN: Final = Q(data__overridden__has_key="uid")
ANSWERS: Final[Mapping[str, Q]] = {
    "refused": Q(data__passes=False),
    "overridden": _OVERRIDDEN,
    "warned": Q(data__outcome="warn") & ~_OVERRIDDEN,
    "unknown": Q(data__outcome="unknown"),
    "allowed": Q(data__outcome="allow"),
}
"""What a list of decisions can be narrowed to."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One answer of the gate, as it was given then."""

    uid: str
    service_uid: str
    service: str
    environment: str
    kind: str
    declared_kind: str
    derived_kind: str
    commit: str
    outcome: str
    passes: bool
    overridden: Mapping[str, str] | None
    asked_at: datetime
    asked_by: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OverrideView:
    """One override. `used` counts the answers that it changed."""

    uid: str
    service_uid: str
    service: str
    environment: str
    commit: str
    decision: str
    reason: str
    person: str
    created_at: datetime
    expires_at: datetime
    used: int


@dataclass(frozen=True, slots=True)
class DisputeView:
    """A declared kind that another person has to confirm, or did."""

    service: str
    commit: str
    declared: str
    derived: str
    evidence: tuple[str, ...]
    declared_by: str
    declared_at: datetime
    confirmed_by: str
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Counts:
    """What the gate was asked since an instant. Each is a plain count; none asked is a true zero."""

    since: datetime
    asked: int
    refused: int
    overrides: int
    disputed: int
    confirmed: int


def decision(uid: str) -> Decision:
    """One decision."""
    found = fact(uid)
    if found is None or found.kind != ASKED:
        raise NotFound(f"No gate decision {uid[:40]}.", remedy="`roadbed gate list` shows the latest ones.")
    return _view(found)


def decisions(service_uid: str = "", *, answer: str = "", cursor: str = "", limit: int = 50) -> Page[Decision]:
    """Decisions, newest first; only those of one of `ANSWERS` where it is given."""
    if answer and answer not in ANSWERS:
        raise Invalid(
            f"{answer[:40]!r} is no answer of the gate.", remedy=f"One of {', '.join(ANSWERS)}.",
            place=Place(field="answer"),
        )  # fmt: skip
    page = listings.facts(subject=service_uid, kind=ASKED, saying=ANSWERS.get(answer), cursor=cursor, limit=limit)
    return Page(items=tuple(map(_view, page.items)), next_cursor=page.next_cursor)


def newest(service_uids: Iterable[str], *, since: datetime) -> tuple[Decision, ...]:
    """The last decision of each service and environment since an instant, newest first."""
    asked = Fact.objects.filter(kind=ASKED, subject__in=list(service_uids), occurred_at__gte=since)
    last = asked.values("subject", "environment").annotate(last=Max("position")).values_list("last", flat=True)
    rows = Fact.objects.filter(position__in=list(last)).order_by("-position")
    return tuple(_view(view_of(row)) for row in rows)


def _view(found: FactView) -> Decision:
    data = found.data
    return Decision(
        uid=found.uid,
        service_uid=found.subject,
        service=str(data.get("service", "")),
        environment=found.environment,
        kind=str(data.get("kind", "")),
        declared_kind=str(data.get("declared_kind", "")),
        derived_kind=str(data.get("derived_kind", "")),
        commit=str(data.get("commit", "")),
        outcome=str(data.get("outcome", "unknown")),
        passes=bool(data.get("passes")),
        overridden=data.get("overridden"),
        asked_at=found.occurred_at,
        asked_by=found.actor_name,
        data=data,
    )


def overrides(service_uid: str = "", *, now: datetime, limit: int = MOST) -> tuple[OverrideView, ...]:
    """Overrides of the last 90 days, newest first."""
    rows = Override.objects.filter(created_at__gt=now - WINDOW)
    if service_uid:
        rows = rows.filter(service_uid=service_uid)
    return tuple(
        OverrideView(
            uid=row.uid,
            service_uid=row.service_uid,
            service=row.service_name,
            environment=row.environment,
            commit=row.commit,
            decision=row.decision,
            reason=row.reason,
            person=row.person,
            created_at=row.created_at,
            expires_at=row.expires_at,
            used=row.used,
        )
        for row in rows.order_by("-created_at", "-pk")[:limit]
    )


def dispute_of(service_uid: str, commit: str, declared: str) -> DisputeView | None:
    """What became of a declaration that disagreed; None where none did."""
    row = KindDispute.objects.filter(service_uid=service_uid, commit=commit, declared=declared).first()
    return None if row is None else _dispute(row)


def open_disputes(*, limit: int = MOST) -> tuple[DisputeView, ...]:
    """Declarations that wait for a second person, newest first."""
    return tuple(map(_dispute, KindDispute.objects.filter(confirmed_at=None).order_by("-declared_at", "-pk")[:limit]))


def _dispute(row: KindDispute) -> DisputeView:
    return DisputeView(
        service=row.service_name,
        commit=row.commit,
        declared=row.declared,
        derived=row.derived,
        evidence=tuple(row.evidence),
        declared_by=row.declared_by,
        declared_at=row.declared_at,
        confirmed_by=row.confirmed_by,
        confirmed_at=row.confirmed_at,
    )


def counts(service_uid: str = "", *, now: datetime) -> Counts:
    """How often the gate was asked, refused, was overridden and disagreed, in 90 days."""
    since = now - WINDOW
    subject = {"subject": service_uid} if service_uid else {}
    service = {"service_uid": service_uid} if service_uid else {}
    asked = Fact.objects.filter(kind=ASKED, occurred_at__gt=since, **subject)
    disputes = KindDispute.objects.filter(declared_at__gt=since, **service)
    return Counts(
        since=since,
        asked=asked.count(),
        refused=asked.filter(data__passes=False).count(),
        overrides=Override.objects.filter(created_at__gt=since, **service).count(),
        disputed=disputes.count(),
        confirmed=disputes.exclude(confirmed_at=None).count(),
    )
