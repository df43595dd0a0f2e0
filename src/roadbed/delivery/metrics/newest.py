"""Judged deployments and incidents one by one, the newest first: of stored rows only as many as somebody looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import groupby
from typing import Any, Final, TypeVar

from django.db.models import Q, QuerySet

from roadbed.delivery.metrics.models import Trouble, Verdict
from roadbed.delivery.metrics.rules.values import Carried, Incident, Judged
from roadbed.delivery.metrics.settling import History

AT_ONCE: Final = 200
"""Rows of one question to the database."""
One = TypeVar("One", Judged, Incident)


@dataclass(frozen=True, slots=True)
class Span:
    """Whose rows, of which time: those from `since` on and before `until`, none after `at_most`.

    Attributes:
        service_uids: None is all.
        fresh: services with news and their histories, which count instead of what is stored.
    """

    service_uids: Sequence[str] | None
    since: datetime
    until: datetime
    at_most: datetime
    fresh: Mapping[str, History]

    def holds(self, at: datetime) -> bool:
        """Whether an instant lies in it."""
        return self.since <= at < self.until and at <= self.at_most

    def stored(self, at: str) -> Q:
        """The stored rows in it, by the name of the column that holds their instant."""
        inside = Q(**{f"{at}__gte": self.since, f"{at}__lt": self.until, f"{at}__lte": self.at_most})
        whose = Q() if self.service_uids is None else Q(service_uid__in=self.service_uids)
        return inside & whose & ~Q(service_uid__in=list(self.fresh))


def judged_in(span: Span, *, failed: bool = False) -> Iterator[Judged]:
    """Deployments by when they finished, then by their uid, both backwards; only `failed` ones on demand."""
    rows = Verdict.objects.filter(span.stored("at"))
    if failed:
        rows = rows.exclude(failed_by="")
    told = _one_by_one(rows.order_by("-at").values_list(*Judged.__slots__))
    fresh = (one for judged, _ in span.fresh.values() for one in judged if span.holds(one.at) and one.failed >= failed)
    return _newest_first(map(_judged, told), fresh, lambda one: one.at)


def incidents_in(span: Span) -> Iterator[Incident]:
    """Incidents by when they began, then by their uid, both backwards."""
    rows = Trouble.objects.filter(span.stored("started_at")).order_by("-started_at").values_list(*Incident.__slots__)
    fresh = (one for _, incidents in span.fresh.values() for one in incidents if span.holds(one.started_at))
    return _newest_first((Incident(*row) for row in _one_by_one(rows)), fresh, lambda one: one.started_at)


def _one_by_one(rows: QuerySet[Any, tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    begin = 0
    while some := list(rows[begin : begin + AT_ONCE]):
        yield from some
        begin += AT_ONCE


def _newest_first(stored: Iterator[One], fresh: Iterable[One], at: Callable[[One], datetime]) -> Iterator[One]:
    some = sorted(fresh, key=at, reverse=True)
    # Databases order names each in their way, so what happened at one instant is put in order here.
    for _, together in groupby(merge(stored, some, key=at, reverse=True), key=at):
        yield from sorted(together, key=lambda one: one.uid, reverse=True)


def _judged(row: tuple[Any, ...]) -> Judged:
    values = dict(zip(Judged.__slots__, row, strict=True))
    return Judged(**values | {"carried": tuple(Carried(*each) for each in values["carried"])})
