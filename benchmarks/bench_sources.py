"""Sources of counts: 30 days of one SLO filled from a real Prometheus, and one round of 1,000 SLOs followed."""

from __future__ import annotations

import os
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SLOS, MONTH = 1000, 30 * 1440
CODES = ("200", "404", "500")


def run() -> list[dict[str, Any]]:
    """Measure in a data folder of its own; nothing where Debian's prometheus is not installed."""
    if shutil.which("prometheus") is None:
        return []
    folder = Path(tempfile.mkdtemp(prefix="roadbed-bench-"))
    os.environ["ROADBED_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "roadbed.config.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    try:
        for alias in ("default", "samples"):
            call_command("migrate", database=alias, verbosity=0)
        return _measured(folder)
    finally:
        connections.close_all()
        shutil.rmtree(folder, ignore_errors=True)


def _measured(folder: Path) -> list[dict[str, Any]]:
    from roadbed.adapters.promql.tests.stage import prometheus
    from roadbed.config.ports import provide
    from roadbed.reliability.objectives.models import Objective, Pull

    now = datetime.now(UTC)
    minute = int(now.timestamp()) // 60
    stage = folder / "prometheus"
    stage.mkdir()
    with prometheus(stage, openmetrics="".join(_samples(minute))) as server:
        (folder / "sources.toml").write_text(f'[main]\nurl = "{server.url}"\n')
        provide()
        for number in range(SLOS + 1):
            _objective(number, now).save(force_insert=True)
        first = minute - MONTH
        Pull.objects.using("samples").bulk_create(
            Pull(series=n, objective=f"{n:032x}", first=first, cursor=minute - 2, begun_at=now, filled_at=now)
            for n in range(1, SLOS + 1)
        )
        filled = _filling(now)
        assert Objective.objects.count() == SLOS + 1
        return [*filled, *_following(now)]


def _samples(minute: int) -> Iterator[str]:
    """Service 0 for 30 days once a minute on two instances; the others for the last minutes each 15 seconds."""
    yield "# TYPE http_requests counter\n"
    for instance in ("a:1", "b:1"):
        for number, code in enumerate(CODES):
            labels = f'job="service-0",instance="{instance}",code="{code}"'
            step = (40, 3, 0)[number]
            for at in range(minute - MONTH, minute - 1):
                value = (at - minute + MONTH) * step + (at % 400 == 0 and number == 2)
                yield f"http_requests_total{{{labels}}} {value} {at * 60 + 17}\n"
    for service in range(1, SLOS + 1):
        for code in CODES:
            labels = f'job="service-{service}",instance="a:1",code="{code}"'
            for number, at in enumerate(range((minute - 8) * 60, minute * 60, 15)):
                yield f"http_requests_total{{{labels}}} {number * 7} {at}\n"
    yield "# EOF\n"


def _objective(number: int, now: datetime) -> Any:
    from roadbed.reliability.objectives.models import Objective

    total = f'sum(increase(http_requests_total{{job="service-{number}"}}[{{{{.window}}}}]))'
    return Objective(
        uid=f"{number:032x}",
        service_uid=f"{number:032x}",
        service_name=f"service-{number}",
        name="answered",
        title="Requests answered",
        target="0.999",
        window_minutes=MONTH,
        indicator={
            "source": "pulled",
            "connection": {"kind": "prometheus", "name": "main", "url": ""},
            "sides": {"total": total, "bad": total.replace('"}', '",code=~"5.."}')},
        },
        series=number or SLOS + 1,
        digest="",
        created_at=now,
        changed_at=now,
    )


def _filling(now: datetime) -> list[dict[str, Any]]:
    from roadbed.ground.people.rules import ROADBED
    from roadbed.reliability.objectives import pulling

    began, spent = time.monotonic(), _cpu()
    assert pulling.fill(ROADBED, SLOS + 1, now=now)
    size = f"{6 * MONTH:,} samples of 6 series, 120 requests"
    return [
        {"name": "30 days of one SLO filled from Prometheus", "value": time.monotonic() - began, "unit": "s",
         "target": 20, "size": size},
        {"name": "30 days of one SLO filled: our CPU", "value": _cpu() - spent, "unit": "s CPU"},
    ]  # fmt: skip


def _following(now: datetime) -> list[dict[str, Any]]:
    from roadbed.ground.people.rules import ROADBED
    from roadbed.ground.ports import board
    from roadbed.reliability.objectives import pulling

    source: Any = board.count_sources().find("prometheus", name="main")
    pulling.follow(ROADBED, now=now)
    before, began, spent = source.requests, time.monotonic(), _cpu()
    done = pulling.follow(ROADBED, now=now)
    assert (done.followed, done.failed) == (SLOS + 1, 0), done
    requests = source.requests - before
    return [
        {"name": "1,000 SLOs followed, one round", "value": time.monotonic() - began, "unit": "s", "target": 10,
         "size": f"{requests} requests, every 30 s"},
        {"name": "1,000 SLOs followed, one round: our CPU", "value": _cpu() - spent, "unit": "s CPU"},
    ]  # fmt: skip


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
