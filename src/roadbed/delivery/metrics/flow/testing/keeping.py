"""Keeps the projection `delivery-tests`: each test's weeks, from the reports of each commit taken together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from roadbed.delivery.metrics.flow.models import ReadReport, SeenTest, SuiteReport, WeekOfTest
from roadbed.delivery.metrics.flow.rules.flaking import Added, Told, key_of, of_commit
from roadbed.delivery.metrics.flow.testing.rules import cases_of
from roadbed.ground.ledger.projections import Projection
from roadbed.ground.ledger.rules import FactView

AT_ONCE: Final = 300
_ADDED: Final = ("commits", "failed", "flaked", "runs", "seconds", "timed", "lost")
_SPANS: Final = frozenset({"seconds", "lost"})
Commit = tuple[str, str]


@dataclass(slots=True)
class _Seen:
    """What a batch says of one test."""

    name: str
    file: str
    first_at: datetime
    last_at: datetime


@dataclass(slots=True)
class _Batch:
    weeks: dict[tuple[str, date], dict[str, list[float]]] = field(default_factory=lambda: defaultdict(dict))
    seen: dict[str, dict[str, _Seen]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, service: str, week: date | None, added: Mapping[str, Added], sign: int) -> None:
        """Add what a commit says, or take back what it said before."""
        if week is None:
            return
        of = self.weeks[service, week]
        for key, one in added.items():
            total = of.setdefault(key, [0.0] * len(_ADDED))
            for at, column in enumerate(_ADDED):
                total[at] += sign * getattr(one, column)

    def see(self, service: str, report: Told) -> None:
        """Note the names, files and instants of a report's tests."""
        of = self.seen[service]
        for case in report.cases:
            known = of.get(key := key_of(case.name))
            if known is None:
                of[key] = _Seen(case.name, case.file, report.at, report.at)
                continue
            known.file = max(known.file, case.file)
            known.first_at, known.last_at = min(known.first_at, report.at), max(known.last_at, report.at)


def apply(facts: tuple[FactView, ...]) -> None:
    """Take a batch. A commit is judged by all of its reports, so that what it added before is taken back first."""
    news: dict[Commit, set[str]] = defaultdict(set)
    for fact in facts:
        news[fact.subject, str(fact.data.get("commit") or "")].add(str(fact.data.get("report") or ""))
    read: dict[Commit, set[str]] = defaultdict(set)
    for service, commit in sorted(news):
        known = ReadReport.objects.filter(service_uid=service, commit=commit)
        read[service, commit] = set(known.values_list("uid", flat=True))
    batch = _Batch()
    for key, uids in sorted(news.items()):
        _judge(batch, key, read[key], uids - read[key])
    for (service, week), totals in sorted(batch.weeks.items()):
        _write_weeks(service, week, totals)
    for service, seen in sorted(batch.seen.items()):
        _write_seen(service, seen)


def _judge(batch: _Batch, key: Commit, read: set[str], fresh: set[str]) -> None:
    service, commit = key
    reports = _reports(read | fresh)
    new = [one for one in reports if one.uid in fresh]
    if not new:
        return
    batch.add(service, *of_commit(one for one in reports if one.uid in read), -1)
    batch.add(service, *of_commit(reports), 1)
    for one in new:
        batch.see(service, one)
    rows = [ReadReport(uid=one.uid, service_uid=service, commit=commit) for one in new]
    ReadReport.objects.bulk_create(rows, ignore_conflicts=True)


def _reports(uids: Iterable[str]) -> list[Told]:
    rows = SuiteReport.objects.filter(uid__in=sorted(uids)).order_by("ran_at", "uid")
    return [Told(row.uid, row.ran_at, row.shard, cases_of(bytes(row.cases))) for row in rows]


def _write_weeks(service: str, week: date, totals: Mapping[str, Sequence[float]]) -> None:
    keys = sorted(key for key, total in totals.items() if any(total))
    for first in range(0, len(keys), AT_ONCE):
        some = keys[first : first + AT_ONCE]
        known = {row.key: row for row in WeekOfTest.objects.filter(service_uid=service, week=week, key__in=some)}
        rows = [known.get(key) or WeekOfTest(service_uid=service, week=week, key=key) for key in some]
        for row in rows:
            for column, value in zip(_ADDED, totals[row.key], strict=True):
                before = getattr(row, column)
                setattr(row, column, before + (value if column in _SPANS else round(value)))
        WeekOfTest.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["service_uid", "key", "week"], update_fields=list(_ADDED)
        )


def _write_seen(service: str, seen: Mapping[str, _Seen]) -> None:
    keys = sorted(seen)
    for first in range(0, len(keys), AT_ONCE):
        some = keys[first : first + AT_ONCE]
        known = {row.key: row for row in SeenTest.objects.filter(service_uid=service, key__in=some)}
        rows = []
        for key in some:
            one, row = seen[key], known.get(key)
            rows.append(
                SeenTest(
                    service_uid=service, key=key, name=one.name,
                    file=max(one.file, row.file) if row else one.file,
                    first_at=min(one.first_at, row.first_at) if row else one.first_at,
                    last_at=max(one.last_at, row.last_at) if row else one.last_at,
                )
            )  # fmt: skip
        SeenTest.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["service_uid", "key"],
            update_fields=["file", "first_at", "last_at"],
        )  # fmt: skip


def clear() -> None:
    """Empty the tables, before a rebuild."""
    for table in (WeekOfTest, SeenTest, ReadReport):
        table.objects.all().delete()


TESTS: Final = Projection(
    name="delivery-tests", version=1, kinds=frozenset({"tests.reported"}), apply=apply, clear=clear
)
