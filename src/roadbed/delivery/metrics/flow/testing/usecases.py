"""The verbs of tests: take a report, quarantine a test until a day, release it before."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from roadbed.delivery.metrics.flow.models import Quarantine, SuiteReport
from roadbed.delivery.metrics.flow.rules import junit
from roadbed.delivery.metrics.flow.testing import rules
from roadbed.ground.asks.testing import ReportTests, TestsReported
from roadbed.ground.catalog import queries as catalog
from roadbed.ground.catalog.queries import ServiceView
from roadbed.ground.errors import Conflict, Invalid, NotFound, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import Caller, authorise

NAMED: Final = 50
"""Failed tests that a fact names; all of them are in the report."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A report that was accepted; `new` is False where the same was accepted before."""

    uid: str
    new: bool


def report(
    caller: Caller,
    *,
    service: str,
    belongs: rules.Belongs,
    body: bytes,
    now: datetime,
) -> Taken:
    """Take a report of tests in JUnit XML. The same report once more changes nothing.

    Raises:
        Invalid: naming the line of the report that cannot be read.
        NotFound: when there is no such service.
    """
    authorise(caller, "tests.report")
    home = catalog.require_service(service)
    authorise(caller, "tests.report", team=home.owner)
    told = junit.read(body)
    if not told.cases:
        raise Invalid("The report holds no test.", remedy="Send it after the tests ran.")
    return _kept(caller, home, _row(home, belongs, told, body), told, now=now)


def report_ran(asked: ReportTests) -> TestsReported:
    """Take what another room read of tests out of webhooks. The same once more changes nothing.

    Raises:
        NotFound: when there is no such service.
    """
    authorise(asked.caller, "tests.report")
    home = catalog.require_service(asked.service_uid)
    authorise(asked.caller, "tests.report", team=home.owner)
    held: dict[str, junit.Case] = {}
    for one in asked.cases:
        held[one.name] = rules.also(held.get(one.name), one.name, one.outcome, one.seconds)
    told = junit.Report(tuple(held.values()), asked.ran_at)
    belongs = rules.Belongs(asked.commit, asked.build[:120], 1, asked.shard[:100], asked.branch[:200])
    row = _row(home, belongs, told, f"{asked.source} {asked.source_id}".encode())
    taken = _kept(asked.caller, home, row, told, now=asked.now)
    return TestsReported(taken.uid, known=not taken.new)


def _kept(caller: Caller, home: ServiceView, row: SuiteReport, told: junit.Report, *, now: datetime) -> Taken:
    row.ran_at, row.received_at, row.received_by = min(told.ran_at or now, now), now, caller.name[:160]
    with unit(caller, now=now) as writing:
        # Whoever sends the same at the same time waits for this row, and finds it.
        kept, new = SuiteReport.objects.get_or_create(digest=row.digest, defaults=_values(row))
        if new:
            writing.record(
                "tests.reported", home.uid, occurred_at=kept.ran_at, source_id=f"tests:{kept.digest}",
                data=_data(kept, home, told),
            )  # fmt: skip
    return Taken(kept.uid, new)


def _row(home: ServiceView, belongs: rules.Belongs, told: junit.Report, body: bytes) -> SuiteReport:
    words = (home.uid, belongs.commit, belongs.build, str(belongs.attempt), belongs.shard)
    timed = [one.seconds for one in told.cases if one.seconds is not None]
    return SuiteReport(
        digest=hashlib.sha256("\x1f".join(words).encode() + hashlib.sha256(body).digest()).hexdigest(),
        service_uid=home.uid, commit=belongs.commit, build=belongs.build, attempt=belongs.attempt,
        shard=belongs.shard, branch=belongs.branch, tests=len(told.cases),
        failed=sum(1 for one in told.cases if one.failures and not one.passes),
        skipped=sum(1 for one in told.cases if one.skipped), seconds=sum(timed) if timed else None,
        cases=rules.packed(told.cases),
    )  # fmt: skip


def _values(row: SuiteReport) -> dict[str, object]:
    return {one.name: getattr(row, one.name) for one in SuiteReport._meta.concrete_fields if one.name != "id"}  # noqa: SLF001 - Django's documented way to the columns


def _data(row: SuiteReport, home: ServiceView, told: junit.Report) -> dict[str, object]:
    return {
        "report": row.uid,
        "service": home.name,
        "commit": row.commit,
        "build": row.build,
        "attempt": row.attempt,
        "shard": row.shard,
        "tests": row.tests,
        "failed": row.failed,
        "skipped": row.skipped,
        "seconds": row.seconds,
        "failed_tests": [one.name for one in told.cases if one.failures and not one.passes][:NAMED],
    }


def quarantine(
    caller: Caller,
    *,
    service: str,
    test: str,
    reason: str,
    days: float | None = None,
    ends_at: datetime | None = None,
    now: datetime,
) -> str:
    """Decide that a test's failures stop nobody until a day; one that is in quarantine gets the new day and reason.

    Raises:
        Invalid: without a reason or an end within 90 days.
        NotFound: when there is no such service.
    """
    authorise(caller, "test.quarantine")
    home = catalog.require_service(service)
    authorise(caller, "test.quarantine", team=home.owner)
    name, said, end = test.strip(), rules.reasoned(reason), rules.until(days, ends_at, now=now)
    if not name or len(name) > junit.LONGEST or not name.isprintable():
        raise Invalid(
            "A test's name has 1 to 500 printable characters.", remedy="Write it as the list of tests does.",
            place=Place(field="test"),
        )  # fmt: skip
    with unit(caller, now=now) as writing:
        standing = Quarantine.objects.filter(service_uid=home.uid, test=name, released_at=None, ends_at__gt=now)
        standing.update(released_at=now, released_by=caller.name[:160])
        row = Quarantine.objects.create(
            service_uid=home.uid, test=name, reason=said, begins_at=now, ends_at=end, by=caller.name[:160]
        )
        writing.record("test.quarantined", home.uid, source_id=f"quarantine:{row.uid}", data=_decision(row, home.name))
    return row.uid


def release(caller: Caller, uid: str, *, now: datetime) -> None:
    """End a quarantine before its day.

    Raises:
        NotFound: when there is none.
        Conflict: when it is over.
    """
    authorise(caller, "test.quarantine")
    row = Quarantine.objects.filter(uid=uid).first()
    if row is None:
        raise NotFound(f"No quarantine {uid[:40]}.", remedy="`roadbed ci flaky` shows them.")
    home = catalog.service(row.service_uid)
    authorise(caller, "test.quarantine", team=home.owner if home else "nobody")
    with unit(caller, now=now) as writing:
        standing = Quarantine.objects.filter(uid=uid, released_at=None, ends_at__gt=now)
        if not standing.update(released_at=now, released_by=caller.name[:160]):
            raise Conflict("This quarantine is over already.")
        name = home.name if home else ""
        writing.record(
            "test.released", row.service_uid, source_id=f"quarantine:{uid}:released", data=_decision(row, name)
        )


def _decision(row: Quarantine, service: str) -> dict[str, object]:
    return {
        "quarantine": row.uid,
        "service": service,
        "test": row.test,
        "reason": row.reason,
        "ends_at": row.ends_at.isoformat(),
    }


def prune(*, now: datetime, most: int = 500) -> int:
    """Keep only the counts of reports older than thirteen weeks; answers how many reports lost their tests."""
    old = SuiteReport.objects.filter(received_at__lt=now - rules.KEPT).exclude(cases=b"")
    return SuiteReport.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:most])).update(cases=b"")
