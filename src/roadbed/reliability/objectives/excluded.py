"""Which minutes are excluded from which objective, and the exclusions as pages and the API show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from roadbed.ground.errors import NotFound
from roadbed.ground.prepared import Prepared
from roadbed.ground.recurring import Rule, occurrences, rule_of
from roadbed.reliability.objectives.models import Exclusion
from roadbed.reliability.objectives.rules.clock import instant
from roadbed.reliability.objectives.rules.history import NOTHING
from roadbed.reliability.objectives.rules.periods import zone_of
from roadbed.reliability.objectives.rules.spans import Cut, Span, touched


@dataclass(frozen=True, slots=True)
class ExclusionView:
    """An exclusion. `objective` is empty where it is of all objectives of its service."""

    uid: str
    service_uid: str
    objective: str
    objective_name: str
    starts_at: datetime
    ends_at: datetime
    rrule: str
    zone: str
    reason: str
    by: str
    created_at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: str


@dataclass(frozen=True, slots=True)
class Excluded:
    """All exclusions that stand, by service and by objective."""

    rows: tuple[tuple[str, str, datetime, datetime, str, str], ...]

    @classmethod
    def now(cls, service_uids: Iterable[str] | None = None) -> Excluded:
        """As they stand now, of some services or of all."""
        rows = Exclusion.objects.filter(withdrawn_at=None).values_list(*_COLUMNS)
        if service_uids is not None:
            rows = rows.filter(service_uid__in=list(service_uids))
        return cls._of(rows)

    @classmethod
    def of(cls, service_uid: str) -> Excluded:
        """As they stand now, of one service."""
        return cls._of(_OF_SERVICE.rows(service=service_uid))

    @classmethod
    def _of(cls, rows: Iterable[tuple[Any, ...]]) -> Excluded:
        return cls(tuple((service, one or "", *rest) for service, one, *rest in rows))

    def also(self, row: tuple[str, str, datetime, datetime, str, str]) -> Excluded:
        """With one more: service, objective or empty, start, end, rule, zone."""
        return Excluded((*self.rows, row))

    def without(self, row: tuple[str, str, datetime, datetime, str, str]) -> Excluded:
        """With one such less."""
        rows = list(self.rows)
        rows.remove(row)
        return Excluded(tuple(rows))

    def cut(self, service_uid: str, objective: str, *, first: int, until: int) -> Cut:
        """The minutes of a stretch that are excluded from an objective."""
        spans: list[Span] = []
        for service, one, starts_at, ends_at, rrule, zone in self.rows:
            if service == service_uid and one in ("", objective):
                spans += _spans((starts_at, ends_at), rrule, zone, first // _DAY, until // _DAY + 1)
        clipped = ((max(a, first), min(b, until)) for a, b in spans)
        return Cut.of(span for span in clipped if span[0] < span[1]) if spans else NOTHING


_DAY = 1440
_COLUMNS: Final = ("service_uid", "objective__uid", "starts_at", "ends_at", "rrule", "zone")
_OF_SERVICE: Final = Prepared(
    lambda service: Exclusion.objects.filter(withdrawn_at=None, service_uid=service).values_list(*_COLUMNS), service=str
)


@lru_cache(maxsize=2048)
def _spans(once: tuple[datetime, datetime], rrule: str, zone: str, first: int, until: int) -> tuple[Span, ...]:
    """The spans of an exclusion within whole days, which are looked up again every ten seconds."""
    after, before = instant(first * _DAY), instant(until * _DAY) + timedelta(minutes=1)
    found = occurrences(once[0], once[1] - once[0], zone_of(zone), _rule(rrule), after=after, before=before)
    return tuple(touched(*one) for one in found)


@lru_cache(maxsize=1024)
def _rule(text: str) -> Rule | None:
    return rule_of(text) if text else None


def exclusions(service_uid: str, *, objective: str = "", withdrawn: bool = False) -> tuple[ExclusionView, ...]:
    """A service's exclusions, newest first; with an objective's uid those that touch it."""
    rows = Exclusion.objects.filter(service_uid=service_uid).select_related("objective").order_by("-starts_at", "-pk")
    if not withdrawn:
        rows = rows.filter(withdrawn_at=None)
    views = (_view(row) for row in rows)
    return tuple(view for view in views if not objective or view.objective in ("", objective))


def exclusion(uid: str) -> ExclusionView:
    """One exclusion.

    Raises:
        NotFound: when there is none.
    """
    row = Exclusion.objects.select_related("objective").filter(uid=uid).first() if uid.isalnum() else None
    if row is None:
        raise NotFound(f"There is no exclusion {uid[:40]}.", remedy="`roadbed slo exclusion list SERVICE` names them.")
    return _view(row)


def _view(row: Exclusion) -> ExclusionView:
    return ExclusionView(
        uid=row.uid,
        service_uid=row.service_uid,
        objective=row.objective.uid if row.objective else "",
        objective_name=row.objective.name if row.objective else "",
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        rrule=row.rrule,
        zone=row.zone,
        reason=row.reason,
        by=row.by,
        created_at=row.created_at,
        withdrawn_at=row.withdrawn_at,
        withdrawn_by=row.withdrawn_by,
    )
