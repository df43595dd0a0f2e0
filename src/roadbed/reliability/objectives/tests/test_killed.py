"""Sampling killed with SIGKILL at any moment, in real processes on real files: every event is counted exactly once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLER = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
import django
django.setup()
from roadbed.config import schema
from roadbed.ground import asks
from roadbed.ground.asks import MeasuredWorkload, MeasuredWorkloads
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.ports import board
from roadbed.ground.ports.metrics import EDGE_BOUNDS_MS, EdgeCounters, EdgeReading
from roadbed.reliability.objectives.models import Evaluated, Objective, Series, Standing
from roadbed.reliability.objectives.rules.kept import kept_of
from roadbed.reliability.objectives.sampling import sample

ALWAYS = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

class Meter:
    # The counter grows with every reading and is kept in a file, as the edge's outlives whoever reads it.
    def read(self):
        count = int(Path(sys.argv[1]).read_text()) + 7
        Path(sys.argv[1] + ".new").write_text(str(count))
        os.replace(sys.argv[1] + ".new", sys.argv[1])
        within = tuple((bound, count) for bound in EDGE_BOUNDS_MS)
        return EdgeReading(datetime.now(UTC), (EdgeCounters("checkout", "e1", count, count // 9, within),))

if sys.argv[2] == "prepare":
    schema.migrate()
    series = Series.objects.create(created_at=ALWAYS)
    one = Objective.objects.create(
        service_uid="s", service_name="checkout", name="answered", title="Answered", target="0.9", digest="",
        window_minutes=43200, indicator={"source": "edge"}, series=series.pk, created_at=ALWAYS, changed_at=ALWAYS)
    Standing.objects.create(objective=one)
else:
    board.provide("edge_meter", Meter)
    workload = MeasuredWorkload("checkout", "s", "production", datetime.now(UTC), None)
    asks.answer_with(MeasuredWorkloads, lambda _: (workload,))
    for _ in range(int(sys.argv[2])):
        sample(ROADBED, now=datetime.now(UTC))
        print("sampled", flush=True)
    kept = kept_of(Evaluated.objects.get().kept)
    print(kept.evaluation.period.good, kept.evaluation.period.total, flush=True)
"""


@pytest.fixture
def counter(tmp_path: Path) -> Path:
    path = tmp_path / "counter"
    path.write_text("0")
    return path


def sampler(counter: Path, what: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ROADBED", "DJANGO"))}
    environment |= {"ROADBED_DATA": str(counter.parent), "DJANGO_SETTINGS_MODULE": "roadbed.config.settings"}
    return subprocess.Popen(
        [sys.executable, "-c", SAMPLER, str(counter), what], stdout=subprocess.PIPE, text=True, env=environment
    )


def test_no_event_is_lost_or_counted_twice(counter: Path):
    with sampler(counter, "prepare") as preparing:
        assert preparing.wait(120) == 0
    for samplings in (3, 9):
        with sampler(counter, "100000") as running:
            assert running.stdout is not None
            for _ in range(samplings):
                assert running.stdout.readline() == "sampled\n"
            running.kill()
    with sampler(counter, "1") as last:
        out, _ = last.communicate(timeout=120)
    happened = int(counter.read_text())
    assert happened > 7 * 9
    good, total = map(int, out.split()[-2:])
    assert (good, total) == (happened - happened // 9, happened)
