"""Against a real Prometheus: thresholds on gauges, shares of errors, flags, and latency from native histograms."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from roadbed.adapters.promql import Access, PromqlSource
from roadbed.adapters.promql.tests import protobuf
from roadbed.adapters.promql.tests.stage import Running, needs_prometheus, prometheus, serving
from roadbed.ground.ports.counts import FLAG, SHARE, THRESHOLD, WHOLE, Counted, Counters, CountQuery, Side, ValueQuery

pytestmark = needs_prometheus
NOW = int(time.time()) // 60
FIRST, UNTIL = NOW - 300, NOW - 20
GONE = range(NOW - 120, NOW - 100)

Truth = dict[int, tuple[int, int]]


def past() -> tuple[str, dict[str, Truth]]:
    """Gauges of two instances that are away for a while, a flag, and counters of which only the ratio is asked for."""
    chance = random.Random(3)  # noqa: S311 - chance, not a secret
    lines: dict[str, list[str]] = {}
    truth: dict[str, Truth] = {"depth": {}, "up": {}, "ratio": {}}
    for minute in range(FIRST - 20, UNTIL):
        if minute in GONE:
            continue
        depths = [chance.choice((0.5, 10, 10.5, 30)) for _ in range(2)]
        for instance, depth in enumerate(depths):
            lines.setdefault(f"depth{instance}", []).append(f'queue_depth{{i="{instance}"}} {depth} {minute * 60 + 40}')
        truth["depth"][minute] = (sum(depth <= 10 for depth in depths), 2)
        seen = [chance.randrange(2) for _ in range(3)]
        for number, value in enumerate(seen):
            lines.setdefault("up", []).append(f"probe_ok {value} {minute * 60 + 10 + 15 * number}")
        truth["up"][minute] = (sum(seen), 3)
        share = chance.choice((0, 0.25, 1, "NaN", 0.001))
        lines.setdefault("ratio", []).append(f"error_share {share} {minute * 60 + 30}")
        truth["ratio"][minute] = (0, 0) if share == "NaN" else (WHOLE - round(float(share) * WHOLE), WHOLE)
    names = {"depth0": "queue_depth", "up": "probe_ok", "ratio": "error_share"}
    typed = {key: f"# TYPE {name} gauge" for key, name in names.items()}
    text = "\n".join(line for key, own in sorted(lines.items()) for line in (*filter(None, [typed.get(key)]), *own))
    return f"{text}\n# EOF\n", {name: {m: p for m, p in one.items() if m >= FIRST} for name, one in truth.items()}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, dict[str, Truth]]]:
    text, truth = past()
    with prometheus(tmp_path_factory.mktemp("values"), openmetrics=text) as running:
        yield running, truth


def read(running: Running, *asked: ValueQuery, **more: int) -> dict[str, Counted]:
    source = PromqlSource(Access("main", running.url, bytes=more.get("bytes", 1 << 26)))
    return dict(source.read(asked, first=FIRST, until=UNTIL).counted)


def test_every_minute_of_a_gauge_a_flag_and_a_share_is_what_it_was(recorded: tuple[Running, dict[str, Truth]]) -> None:
    running, truth = recorded
    found = read(
        running,
        ValueQuery("depth", "queue_depth", THRESHOLD, "lte", "10", plain=True),
        ValueQuery("up", "probe_ok", FLAG, plain=True),
        ValueQuery("ratio", "error_share", SHARE, plain=True),
    )
    # The last value holds for as long as a gap may be, and no longer: one minute of the absence at most.
    for name in ("depth", "ratio"):
        spare = found[name].minutes.keys() - truth[name].keys()
        assert spare <= {GONE.start, UNTIL}
    assert found["up"].minutes.keys() == truth["up"].keys()
    for name, minutes in truth.items():
        assert {minute: found[name].minutes.get(minute) for minute in minutes} == minutes


def test_an_expression_is_asked_as_it_stands_and_in_parts_where_it_is_large(
    recorded: tuple[Running, dict[str, Truth]],
) -> None:
    running, _ = recorded
    asked = ValueQuery("worst", "max(queue_depth)", THRESHOLD, "lt", "30.0")
    (whole,) = read(running, asked).values()
    (parts,) = read(running, asked, bytes=4000).values()
    assert whole == parts
    bad = sum(total - good for good, total in whole.minutes.values())
    assert (min(whole.minutes), 0 < bad < len(whole.minutes)) == (FIRST, True)


def test_what_is_no_share_and_what_is_nowhere_is_said(recorded: tuple[Running, dict[str, Truth]]) -> None:
    running, _ = recorded
    wrong, nowhere = read(
        running, ValueQuery("a", "error_share * 3", SHARE), ValueQuery("b", "nowhere", SHARE, plain=True)
    ).values()
    assert "as a share of errors, which is none from 0 to 1" in str(wrong.trouble)
    assert wrong.minutes
    assert (nowhere.minutes, "has no value for nowhere" in str(nowhere.trouble)) == ({}, True)


def test_a_native_histogram_is_counted_below_a_bound_through_a_restart(tmp_path: Path) -> None:
    observed = [0.1] * 5 + [0.9] * 3
    begun = int(time.time()) // 60
    served = [0]

    def page() -> bytes:
        served[0] += 1
        return protobuf.page("answer_seconds", observed)

    with (
        serving(page, kind=protobuf.KIND) as port,
        prometheus(tmp_path, scrapes=port, features="native-histograms") as running,
    ):
        count = "histogram_count(answer_seconds)"
        running.until(count, 8)
        observed += [0.2] * 40 + [0.3] * 10 + [5.0] * 2  # 0.25 is a bound: 0.2 lies under it, 0.3 does not
        running.until(count, 60)
        observed[:] = [0.2] * 7 + [3.0]  # a restart
        running.until(count, 8)
        sides = {
            part: Side(part, (Counters("answer_seconds", "answer_seconds", part=part),))
            for part in ("count", "below:0.25", "below:0.375")
        }
        source = PromqlSource(Access("main", running.url))
        found = source.read(
            [
                CountQuery("exact", sides["count"], good=sides["below:0.25"]),
                CountQuery("within", sides["count"], good=sides["below:0.375"]),
            ],
            first=begun - 5,
            until=int(time.time()) // 60 + 2,
        ).counted
    exact = [sum(side) for side in zip(*found["exact"].minutes.values(), strict=True)]
    within = [sum(side) for side in zip(*found["within"].minutes.values(), strict=True)]
    assert exact == [40 + 7, 52 + 8]
    # Inside a bucket from 0.25 to 0.5 a bound at 0.375 takes half of its ten.
    assert within == [40 + 5 + 7, 52 + 8]
    assert source.requests == 2
