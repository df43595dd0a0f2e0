"""Which tests flake and what that costs, which are slow, what a report said, and what is in quarantine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import F, FloatField, Sum
from django.db.models.functions import Cast

from roadbed.delivery.metrics.flow.models import Quarantine, SeenTest, SuiteReport, WeekOfTest
from roadbed.delivery.metrics.flow.rules.flaking import key_of, week_of
from roadbed.delivery.metrics.flow.testing.rules import cases_of
from roadbed.delivery.metrics.histories import Scope
from roadbed.delivery.metrics.rules.estimates import wilson
from roadbed.ground.api.paging import Page, checked_limit, decode_cursor, page_of
from roadbed.ground.errors import Invalid, NotFound, Place

WEEKS: Final = 4
MOST_WEEKS: Final = 13
SLOWEST: Final = 20
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class QuarantineView:
    """A decision about a test. `state` is now, over or released."""

    uid: str
    test: str
    service_uid: str
    reason: str
    by: str
    begins_at: datetime
    ends_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class FlakyTest:
    """A test that failed and passed on the same commit.

    Attributes:
        owner: the team that owns its service.
        flaked: on how many of the `commits` that it ran on; `share` of them, with Wilson's 95% interval.
        failed: on how many commits it failed at all.
        lost_seconds: what its flaking cost: repetitions, and its share of suites that were run again.
        quarantine: the decision that stands, or else the last one that is over.
    """

    service: str
    service_uid: str
    owner: str
    test: str
    file: str
    flaked: int
    commits: int
    failed: int
    share: float
    low: float
    high: float
    lost_seconds: float
    first_at: datetime
    last_at: datetime
    quarantine: QuarantineView | None


@dataclass(frozen=True, slots=True)
class SlowTest:
    """A test by how long one run takes on average; `total_seconds` is what all `runs` took."""

    service: str
    service_uid: str
    owner: str
    test: str
    file: str
    seconds: float
    total_seconds: float
    runs: int


@dataclass(frozen=True, slots=True)
class FailedTest:
    """A test that failed in a report; `quarantined_until` is None where its failure stops somebody."""

    test: str
    file: str
    quarantined_until: datetime | None


@dataclass(frozen=True, slots=True)
class ReportView:
    """What a report said.

    Attributes:
        flaked: tests that failed first and passed when they were repeated within it.
        failures: the tests that failed, at most 200; `blocking` counts those of all that are in no quarantine.
    """

    uid: str
    commit: str
    build: str
    attempt: int
    shard: str
    ran_at: datetime
    tests: int
    passed: int
    failed: int
    skipped: int
    flaked: int
    seconds: float | None
    failures: tuple[FailedTest, ...]
    blocking: int


def require_report(uid: str, *, now: datetime) -> ReportView:
    """A report.

    Raises:
        NotFound: when there is none.
    """
    row = SuiteReport.objects.filter(uid=uid).first()
    if row is None:
        raise NotFound(f"No report {uid[:40]}.")
    cases = cases_of(bytes(row.cases))
    standing = Quarantine.objects.filter(service_uid=row.service_uid, released_at=None, ends_at__gt=now)
    until = dict(standing.values_list("test", "ends_at"))
    failed = [FailedTest(one.name, one.file, until.get(one.name)) for one in cases if one.failures and not one.passes]
    failed.sort(key=lambda one: (one.quarantined_until is not None, one.test))
    return ReportView(
        uid=row.uid, commit=row.commit, build=row.build, attempt=row.attempt, shard=row.shard, ran_at=row.ran_at,
        tests=row.tests, passed=row.tests - row.failed - row.skipped, failed=row.failed, skipped=row.skipped,
        flaked=sum(1 for one in cases if one.failures and one.passes), seconds=row.seconds,
        failures=tuple(failed[:200]), blocking=sum(one.quarantined_until is None for one in failed),
    )  # fmt: skip


def begin_of(weeks: int, now: datetime) -> date:
    """The Monday that so many weeks begin with, this one included.

    Raises:
        Invalid: outside 1 to 13 weeks.
    """
    if not 1 <= weeks <= MOST_WEEKS:
        raise Invalid(f"{weeks} weeks is not between 1 and {MOST_WEEKS}.", place=Place(field="weeks"))
    return week_of(now) - timedelta(weeks=weeks - 1)


def flaky(scope: Scope, *, weeks: int = WEEKS, cursor: str = "", limit: int = 50, now: datetime) -> Page[FlakyTest]:
    """Flaky tests, the costliest first.

    Raises:
        Invalid: for weeks, a limit or a cursor that cannot be.
    """
    limit, begin = checked_limit(limit), begin_of(weeks, now)
    rows = WeekOfTest.objects.filter(week__gte=begin, flaked__gt=0)
    if scope.uids is not None:
        rows = rows.filter(service_uid__in=scope.uids)
    costs = rows.values_list("service_uid", "key").annotate(cost=Sum("lost"), times=Sum("flaked"))
    ordered = sorted((-round(cost, 3), -times, service, key) for service, key, cost, times in costs)
    if cursor:
        after = tuple(decode_cursor(cursor, 4))
        try:
            ordered = [one for one in ordered if one > after]
        except TypeError:
            raise Invalid("This cursor was not made by this list.", place=Place(field="cursor")) from None
    page = page_of(ordered[: limit + 1], limit, lambda one: one)
    return Page(tuple(_flaky(scope, [(one[2], one[3]) for one in page.items], begin, now)), page.next_cursor)


def count_flaky(scope: Scope, *, weeks: int = WEEKS, now: datetime) -> tuple[int, int]:
    """How many tests flaked, of how many that ran."""
    rows = WeekOfTest.objects.filter(week__gte=begin_of(weeks, now))
    if scope.uids is not None:
        rows = rows.filter(service_uid__in=scope.uids)
    ran = rows.filter(commits__gt=0).values("service_uid", "key").distinct()
    return rows.filter(flaked__gt=0).values("service_uid", "key").distinct().count(), ran.count()


def _flaky(scope: Scope, keys: Sequence[Key], begin: date, now: datetime) -> Iterable[FlakyTest]:
    services = {one.uid: one for one in scope.services}
    totals = _totals(keys, begin)
    seen = _seen(keys)
    decided = _quarantines({service for service, _ in keys}, now=now)
    for service, key in keys:
        test, (flaked, commits, failed, lost) = seen.get((service, key)), totals[service, key]
        interval = wilson(flaked, commits)
        if test is None or interval is None:
            continue
        home = services.get(service)
        yield FlakyTest(
            service=home.name if home else "", service_uid=service, owner=home.owner if home else "", test=test.name,
            file=test.file, flaked=flaked, commits=commits, failed=failed, share=flaked / commits, low=interval[0],
            high=interval[1], lost_seconds=lost, first_at=test.first_at, last_at=test.last_at,
            quarantine=decided.get((service, key)),
        )  # fmt: skip


def _by_service(keys: Iterable[Key]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for service, key in keys:
        found[service].append(key)
    return found


def _totals(keys: Iterable[Key], begin: date) -> dict[Key, tuple[int, int, int, float]]:
    found: dict[Key, tuple[int, int, int, float]] = {}
    for service, some in _by_service(keys).items():
        rows = WeekOfTest.objects.filter(service_uid=service, key__in=some, week__gte=begin).values_list("key")
        summed = rows.annotate(a=Sum("flaked"), b=Sum("commits"), c=Sum("failed"), d=Sum("lost"))
        found |= {(service, key): (a, b, c, d) for key, a, b, c, d in summed}
    return found


def _seen(keys: Iterable[Key]) -> dict[Key, SeenTest]:
    return {
        (service, row.key): row
        for service, some in _by_service(keys).items()
        for row in SeenTest.objects.filter(service_uid=service, key__in=some)
    }


def _quarantines(services: Iterable[str], *, now: datetime) -> dict[Key, QuarantineView]:
    rows = Quarantine.objects.filter(service_uid__in=list(services)).order_by("begins_at", "pk")
    return {(row.service_uid, key_of(row.test)): _view(row, now) for row in rows}


def _view(row: Quarantine, now: datetime) -> QuarantineView:
    state = "released" if row.released_at is not None else "now" if row.ends_at > now else "over"
    return QuarantineView(
        row.uid, row.test, row.service_uid, row.reason, row.by, row.begins_at, row.released_at or row.ends_at, state
    )


def require_quarantine(uid: str, *, now: datetime) -> QuarantineView:
    """A decision.

    Raises:
        NotFound: when there is none.
    """
    row = Quarantine.objects.filter(uid=uid).first()
    if row is None:
        raise NotFound(f"No quarantine {uid[:40]}.", remedy="`roadbed ci flaky` shows them.")
    return _view(row, now)


def slowest(scope: Scope, *, weeks: int = WEEKS, limit: int = SLOWEST, now: datetime) -> tuple[SlowTest, ...]:
    """The slowest tests by the average of their runs."""
    rows = WeekOfTest.objects.filter(week__gte=begin_of(weeks, now), timed__gt=0)
    if scope.uids is not None:
        rows = rows.filter(service_uid__in=scope.uids)
    each = Cast(F("total"), FloatField()) / F("timed_runs")
    summed = rows.values("service_uid", "key").annotate(total=Sum("seconds"), timed_runs=Sum("timed"))
    told = list(summed.annotate(each=each).order_by("-each", "key")[: checked_limit(limit)])
    services = {one.uid: one for one in scope.services}
    seen = _seen((one["service_uid"], one["key"]) for one in told)
    found = []
    for one in told:
        test, home = seen.get((one["service_uid"], one["key"])), services.get(one["service_uid"])
        if test is not None:
            found.append(
                SlowTest(
                    home.name if home else "", one["service_uid"], home.owner if home else "", test.name, test.file,
                    one["each"], one["total"], one["timed_runs"],
                )
            )  # fmt: skip
    return tuple(found)
