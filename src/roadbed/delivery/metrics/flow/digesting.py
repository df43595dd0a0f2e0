"""Adds up the days that have news, and reads days, fresh where only few wait."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Q, QuerySet

from roadbed.delivery.metrics.flow.models import FlowBuild, FlowChange, FlowDay, FlowPush, FlowRepository
from roadbed.delivery.metrics.flow.rules import days as rules
from roadbed.delivery.metrics.flow.rules.changes import TRUNKS
from roadbed.ground.ledger import projections

AT_ONCE: Final = 40
"""So many days with news are added up while somebody waits; beyond that figures are a few seconds old."""

ALL: Final = ""
"""Stands for all repositories together."""


@dataclass(frozen=True, slots=True)
class Day:
    """One repository's day added up."""

    repository: str
    day: date
    told: Mapping[str, Any]


def bounds(day: date) -> tuple[datetime, datetime]:
    """A day in UTC."""
    begin = datetime.combine(day, time(), UTC)
    return begin, begin + timedelta(days=1)


def settle(*, most: int = 2000) -> int:
    """Add up days with news, newest first, then the days of all repositories together; answers how many."""
    waiting = FlowDay.objects.filter(stale=True).order_by("-day", "repository")
    done = sum(_settle(*one) for one in waiting.exclude(repository=ALL).values_list("repository", "day")[:most])
    if done < most:
        done += sum(_settle(ALL, day) for day in waiting.filter(repository=ALL).values_list("day", flat=True)[:most])
    return done


def _settle(repository: str, day: date) -> bool:
    with transaction.atomic(using=projections.database()):
        # The mark goes first: what is told meanwhile waits for it, and marks the day again.
        rows = FlowDay.objects.filter(repository=repository, day=day)
        if not rows.filter(stale=True).update(stale=False):
            return False
        rows.update(told=_of_all(day) if repository == ALL else digest_of(repository, day))
        if repository != ALL:
            FlowDay.objects.bulk_create(
                [FlowDay(repository=ALL, day=day)], update_conflicts=True, unique_fields=["repository", "day"],
                update_fields=["stale"],
            )  # fmt: skip
    return True


def _of_all(day: date, fresh: Mapping[str, Mapping[str, Any]] | None = None) -> dict[str, Any]:
    """A day of all repositories together, those in `fresh` as it says."""
    told = FlowDay.objects.filter(day=day).exclude(repository=ALL).values_list("repository", "told")
    newer = fresh or {}
    return rules.together(newer.get(repository, stored) for repository, stored in told.iterator(chunk_size=200))


def merged_into_trunk(repository: FlowRepository) -> QuerySet[FlowChange]:
    """Changes that entered a repository's trunk; where nobody told into what, it is taken for the trunk."""
    rows = FlowChange.objects.filter(repository=repository.digest, merged_at__isnull=False)
    known = [repository.trunk] if repository.trunk else sorted(TRUNKS)
    return rows.filter(Q(base="") | Q(base__in=known))


def digest_of(repository: str, day: date) -> dict[str, Any]:
    """A repository's day, added up from its rows; nothing is written."""
    home = FlowRepository.objects.filter(digest=repository).first()
    if home is None:
        return {}
    begin, end = bounds(day)
    merged = merged_into_trunk(home).filter(merged_at__gte=begin, merged_at__lt=end)
    rows: list[tuple[Any, ...]] = list(
        merged.values_list(
            "author", "bot", "merged_at", "began_at", "opened_at", "reviewed_at", "lines", "files", "commits"
        )
    )
    changes = [rules.Merged(*row) for row in rows]
    builds = FlowBuild.objects.filter(repository=repository, part="", finished_at__gte=begin, finished_at__lt=end)
    return rules.digest(
        changes, (row.author for row in direct_pushes(home, begin, end)), (built(row) for row in builds),
        reviews_told=home.reviews_told,
    )  # fmt: skip


def direct_pushes(home: FlowRepository, begin: datetime, end: datetime) -> list[FlowPush]:
    """Pushes to the trunk by people that no change brought there."""
    known = [home.trunk] if home.trunk else sorted(TRUNKS)
    rows = list(
        FlowPush.objects.filter(
            repository=home.digest, branch__in=known, kind="pushed", bot=False, first_at__isnull=False, at__gte=begin,
            at__lt=end,
        )
    )  # fmt: skip
    heads = [row.head for row in rows if row.head]
    brought = set(FlowChange.objects.filter(repository=home.digest, merge__in=heads).values_list("merge", flat=True))
    return [row for row in rows if row.head not in brought]


def built(row: FlowBuild) -> rules.Built:
    """A build with how long it ran and waited, as far as its instants tell."""
    waited = row.waited
    if waited is None and row.queued_at is not None and row.started_at is not None:
        waited = (row.started_at - row.queued_at).total_seconds()
    ran = (row.finished_at - row.started_at).total_seconds() if row.finished_at and row.started_at else None
    return rules.Built(
        row.outcome, ran if ran is not None and ran >= 0 else None, waited if (waited or 0) >= 0 else None
    )


def read(repositories: Iterable[str] | None, *, since: date, until: date) -> tuple[Iterator[Day], int]:
    """The days from one to another, both included, and how many with news are not in them.

    Without repositories each day comes once, of all of them together, so that a year of any size is 365 rows.
    """
    inside = FlowDay.objects.filter(day__gte=since, day__lte=until)
    rows = inside.filter(repository=ALL) if repositories is None else inside.filter(repository__in=list(repositories))
    stale = inside.exclude(repository=ALL) if repositories is None else rows
    waiting = list(stale.filter(stale=True).order_by("-day", "repository").values_list("repository", "day"))
    fresh = {key: digest_of(*key) for key in waiting[:AT_ONCE]}
    if repositories is None:
        lagging = rows.filter(stale=True).values_list("day", flat=True)[:AT_ONCE]
        by_day: dict[date, dict[str, dict[str, Any]]] = {day: {} for day in lagging}
        for (repository, day), told in fresh.items():
            by_day.setdefault(day, {})[repository] = told
        fresh = {(ALL, day): _of_all(day, told) for day, told in by_day.items()}
    return _streamed(rows, fresh), max(0, len(waiting) - AT_ONCE)


def _streamed(rows: QuerySet[FlowDay], fresh: dict[tuple[str, date], dict[str, Any]]) -> Iterator[Day]:
    for repository, day, told in rows.values_list("repository", "day", "told").iterator(chunk_size=500):
        if found := fresh.pop((repository, day), told):
            yield Day(repository, day, found)
    # Of a day that nobody added up yet there is no row of all repositories.
    yield from (Day(repository, day, told) for (repository, day), told in fresh.items() if told)


def first_day(repositories: Iterable[str] | None) -> date | None:
    """The first day of which anything is known."""
    rows = FlowDay.objects.filter(Q(stale=True) | ~Q(told={}))
    if repositories is not None:
        rows = rows.filter(repository__in=list(repositories))
    return rows.order_by(F("day").asc()).values_list("day", flat=True).first()
