"""Objectives: 1,000 SLOs over 30 days evaluated, a minute of all appended, a burn-down read, files linted.

On SQLite; with ROADBED_TEST_DATABASE on the PostgreSQL that it names, as bench_objectives_postgres runs it. Beside
them a real Prometheus evaluates Sloth's rules for the same SLOs.
"""

from __future__ import annotations

import os
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cpu import POSTGRES, cpu

SLOS, MONTH, DAY = 1000, 30 * 1440, 1440
SPARSE = 10
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
EVALUATION = "full evaluation of 1,000 SLOs, kept as rows"


def run() -> list[dict[str, Any]]:
    """Fill a data folder of its own, measure, remove it."""
    folder = Path(tempfile.mkdtemp(prefix="roadbed-bench-"))
    os.environ["ROADBED_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "roadbed.config.settings"
    if url := os.environ.get("ROADBED_TEST_DATABASE"):
        os.environ["ROADBED_DATABASE"] = url
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    try:
        for alias in ("default",) if POSTGRES else ("default", "samples"):
            call_command("migrate", database=alias, verbosity=0)
        return _measured(folder)
    finally:
        connections.close_all()
        shutil.rmtree(folder, ignore_errors=True)


def _measured(folder: Path) -> list[dict[str, Any]]:
    from roadbed.reliability.objectives.live import live_objectives
    from roadbed.reliability.objectives.rules.clock import minute_of

    end = minute_of(NOW)
    rows = _fill(end)
    objectives = live_objectives()
    figures = [*_evaluating(objectives, rows), *_counting(objectives, end), *_reading(objectives)]
    figures += _size(folder, rows)
    figures += _sliced(objectives, end)
    return figures if POSTGRES else figures + _peer(figures)


def _evaluating(objectives: Any, rows: int) -> Iterator[dict[str, Any]]:
    """All of what the worker does every ten seconds once the counts are there."""
    from roadbed.reliability.objectives import evaluating
    from roadbed.reliability.objectives.live import live_objectives

    taken = evaluating.take(objectives, at=NOW)
    stands = evaluating.judge_all(objectives, taken)
    windows = sum(len(stand.windows) for stand in stands.values())
    name = "8 windows and budget of 1,000 SLOs"
    size = f"{SLOS} SLOs, {rows:,} stored minutes, older than a day every {SPARSE}th"
    yield from _figures("1,000 objectives read from their records", live_objectives)
    yield from _figures(f"{name}: read", _calm(lambda: evaluating.take(objectives, at=NOW)), size=size)
    yield {
        "name": f"{name}: arithmetic", "value": cpu(_calm(lambda: evaluating.judge_all(objectives, taken)))[0],
        "unit": "ms CPU", "size": f"{windows:,} windows, {4 * SLOS:,} alerts",
    }  # fmt: skip
    yield from _figures(
        f"{name}: written", _calm(lambda: evaluating.keep(objectives, stands, taken)), size=f"{len(stands):,} rows"
    )
    yield from _figures(EVALUATION, lambda: evaluating.evaluate_all(objectives, at=NOW), target=50)


def _counting(objectives: Any, end: int) -> Iterator[dict[str, Any]]:
    yield from _figures("a minute of 1,000 SLOs appended", _calm(_appending(objectives, end)), target=10)
    yield from _figures("a count that comes ten days late", _amending(objectives, end), target=5)


def _reading(objectives: Any) -> Iterator[dict[str, Any]]:
    """What pages and the gate read."""
    from roadbed.reliability.objectives import queries
    from roadbed.reliability.objectives.burn_down import burn_down

    yield from _figures("burn-down of 30 days with its strip", lambda: burn_down(objectives[0].uid), target=5)
    yield from _figures("list of the 50 worst of 1,000 objectives", lambda: queries.objectives(limit=50), target=100)
    yield from _figures(
        "the gate's reading of a service's two objectives",
        lambda: queries.objectives_of(objectives[2].service_uid), target=10,
    )  # fmt: skip
    yield {"name": "100 SLOs linted", "value": cpu(_linting())[0], "unit": "ms CPU", "target": 1000}


def _size(folder: Path, rows: int) -> list[dict[str, Any]]:
    return [
        {
            "name": "stored minute",
            "value": _bytes(folder) / rows,
            "unit": "bytes",
            "target": 100 if POSTGRES else 60,
            "size": f"{rows:,} rows",
        },
        {
            "name": "memory of all of this at most",
            "value": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "unit": "MB",
            "target": 300,
        },
    ]


def _sliced(objectives: Any, end: int) -> Iterator[dict[str, Any]]:
    """The same 1,000 SLOs with budgets in slices of an hour, which are judged once and then read."""
    from roadbed.reliability.objectives import evaluating
    from roadbed.reliability.objectives.live import live_objectives
    from roadbed.reliability.objectives.models import Objective

    Objective.objects.update(budgeting={"method": "Timeslices", "minutes": 60, "target": "0.995"})
    sliced = live_objectives()
    began = time.process_time()
    evaluating.evaluate_all(sliced, at=NOW)
    judged = (time.process_time() - began) * 1000
    late = _amending(objectives, end - 2 * DAY)

    def late_one() -> None:
        late()
        evaluating.evaluate_all(sliced[7:8], at=NOW)

    yield {"name": "720 slices of each of 1,000 SLOs judged, once", "value": judged, "unit": "ms CPU"}
    name = "full evaluation of 1,000 SLOs in slices of an hour"
    yield from _figures(name, lambda: evaluating.evaluate_all(sliced, at=NOW), target=150)
    yield from _figures("a late count that judges its slice anew", late_one, target=30)


def _peer(figures: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Our evaluation beside a Prometheus that evaluates Sloth's rules of as many SLOs, in this run."""
    import prometheus_peer

    ours = next(figure["value"] for figure in figures if figure["name"] == EVALUATION)
    if reason := prometheus_peer.missing():
        return [{"name": f"{EVALUATION}, beside Prometheus", "value": ours, "unit": "ms CPU", "size": reason}]
    return [
        {"name": f"{EVALUATION}, beside Prometheus", "value": ours, "unit": "ms CPU",
         "peer": cycle.name, "peer_value": cycle.milliseconds * SLOS / cycle.slos, "size": cycle.size}
        for cycle in prometheus_peer.cycles()
    ]  # fmt: skip


def _figures(name: str, work: Callable[[], object], **more: Any) -> Iterator[dict[str, Any]]:
    """The CPU of our process, and on PostgreSQL that of the process which serves it."""
    ours, servers = cpu(work)
    yield {"name": name, "value": ours, "unit": "ms CPU", **more}
    if servers is not None:
        yield {"name": f"{name}: its server", "value": servers, "unit": "ms CPU"}


def _calm(work: Callable[[], object]) -> Callable[[], object]:
    """The work as it is done inside of an evaluation."""
    from roadbed.reliability.objectives.pausing import collector_paused

    def calm() -> None:
        with collector_paused():
            work()

    return calm


def _bytes(folder: Path) -> int:
    from django.db import connections

    if not POSTGRES:
        return (folder / "samples.db").stat().st_size
    with connections["samples"].cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('objectives_minute')")
        return int(cursor.fetchone()[0])


def _fill(end: int) -> int:
    from django.db import connections

    from roadbed.reliability.objectives.models import Evaluated, Objective, Series, Standing

    for number in range(1, SLOS + 1):
        Series.objects.create(pk=number, created_at=NOW)
    Objective.objects.bulk_create(_objective(number) for number in range(1, SLOS + 1))
    Standing.objects.bulk_create(Standing(objective=one) for one in Objective.objects.all())
    first = end - MONTH
    with connections["samples"].cursor() as cursor:
        # Every series counts 100 a minute and loses one event each 400 minutes, so sums follow from the minute alone.
        cursor.execute(
            f"""
            WITH RECURSIVE minutes(m) AS (SELECT %s UNION ALL SELECT m + 1 FROM minutes WHERE m < %s),
            series(s) AS (SELECT 1 UNION ALL SELECT s + 1 FROM series WHERE s < {SLOS})
            INSERT INTO objectives_minute
            SELECT m, s, (m - %s) * 100 - (m - %s) / 400, (m - %s) * 100, m - %s, 0, (m - %s) / 400
            FROM minutes, series WHERE m %% {SPARSE} = 0 OR m > %s
            """,  # noqa: S608 - constants of this file
            [first, end, first, first, first, first, first, end - DAY],
        )
        now = "%s::timestamptz" if POSTGRES else "%s"
        cursor.execute(
            "INSERT INTO objectives_head (series, first, minute, good, total, measured, idle, bad_minutes, own_good,"  # noqa: S608 - constants
            " own_total, own_state, read_at, reason) SELECT series, %s, minute, good, total, measured, idle,"
            f" bad_minutes, 100, 100, 'good', {now}, '' FROM objectives_minute WHERE minute = %s",
            [first, NOW.isoformat() if POSTGRES else NOW.isoformat(sep=" ").removesuffix("+00:00"), end],
        )
        cursor.execute("SELECT count(*) FROM objectives_minute")
        rows = int(cursor.fetchone()[0])
        cursor.execute("VACUUM ANALYZE objectives_minute" if POSTGRES else "PRAGMA wal_checkpoint(TRUNCATE)")
    assert Evaluated.objects.count() == 0
    return rows


def _objective(number: int) -> Any:
    from roadbed.reliability.objectives.models import Objective

    return Objective(
        uid=f"{number:032x}",
        service_uid=f"{number // 2:032x}",
        service_name=f"service-{number // 2}",
        name=f"answered-{number}",
        title="Requests answered",
        target="0.999",
        window_minutes=MONTH,
        indicator={"source": "edge", "threshold_ms": None},
        series=number,
        digest="",
        created_at=NOW,
        changed_at=NOW,
    )


def _appending(objectives: Any, end: int) -> Callable[[], None]:
    from django.db import transaction

    from roadbed.reliability.objectives import store
    from roadbed.reliability.objectives.rules.minutes import Increment

    minute = iter(range(end + 1, end + 1000))

    def append() -> None:
        increment = Increment(next(minute), good=99, total=100, measured=True, bridged=True)
        with transaction.atomic(using="samples"):
            former = store.heads()
            heads, rows = {}, {}
            for one in objectives:
                head, rows[one.series] = store.grow(former[one.series], increment, one.judged, series=one.series)
                heads[one.series] = store.StoredHead(head, NOW, "")
            store.write(heads, rows)

    return append


def _amending(objectives: Any, end: int) -> Callable[[], None]:
    from django.db import transaction

    from roadbed.reliability.objectives import store
    from roadbed.reliability.objectives.rules.minutes import Increment

    one = objectives[7]
    ago = iter(range(10 * DAY, 11 * DAY))

    def amend() -> None:
        increment = Increment(end - next(ago), good=3, total=7, measured=True)
        with transaction.atomic(using="samples"):
            former = store.heads([one.series])[one.series]
            head, rows = store.grow(former, increment, one.judged, series=one.series)
            store.write({one.series: store.StoredHead(head, NOW, "")}, {one.series: rows})

    return amend


def _linting() -> Callable[[], None]:
    from roadbed.reliability.objectives.rules.openslo.reading import read

    text = (Path(__file__).parents[1] / "src/roadbed/config/dogfood/slo.yaml").read_text()
    first = text.split("\n---\n", maxsplit=1)[0]
    many = "\n---\n".join(first.replace("name: roadbed-answered", f"name: answered-{n}") for n in range(100))

    def lint() -> None:
        assert read(many, file="slo.yaml").findings == ()

    return lint
