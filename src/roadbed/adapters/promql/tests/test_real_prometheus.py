"""Against a real Prometheus that scrapes a real page: whole numbers, compared with what truly happened."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from roadbed.adapters.promql import Access, PromqlSource
from roadbed.adapters.promql.tests.stage import Running, Target, needs_prometheus, prometheus, serving
from roadbed.ground.ports.counts import Counted, Counters, CountQuery, Side, SourceFailed

pytestmark = needs_prometheus
DAYS, STEP = 30, 60
NOW = int(time.time()) // 60


def side(*matchers: tuple[str, str, str], metric: str = "shop_requests_total") -> Side:
    inner = ",".join(f'{label}{sign}"{value}"' for label, sign, value in matchers)
    return Side(f"sum({metric})", (Counters(f"{metric}{{{inner}}}", metric, matchers),))


SHOP, ERRORS = ("job", "=", "shop"), ("code", "=~", "5..")
QUERY = CountQuery("shop", side(SHOP), bad=side(SHOP, ERRORS))


def past(*, first: int, until: int) -> tuple[str, dict[int, tuple[int, int]]]:
    """Thirty days of two instances that restart, lose minutes and grow labels; and what happened in each minute."""
    chance = random.Random(7)  # noqa: S311 - chance, not a secret
    values: dict[tuple[str, str], int] = {}
    lines: dict[tuple[str, str], list[str]] = {}
    truth: dict[int, tuple[int, int]] = {}
    for minute in range(first, until):
        if chance.random() < 0.01 or minute % 9000 < 280:
            continue
        total = bad = 0
        for instance in ("a:1", "b:1"):
            restarted = chance.random() < 0.002
            for code in ("200", "404", "500"):
                if code == "500" and minute < first + 5000:
                    continue
                key, more = (instance, code), chance.randrange(1 if code == "500" else 40) + (chance.random() < 0.02)
                born = key not in values and minute > first + 1000
                first_seen = key not in values
                before = values.get(key, 0)
                values[key] = more if restarted else before + more
                labels = f'job="shop",instance="{instance}",code="{code}"'
                lines.setdefault(key, []).append(f"shop_requests_total{{{labels}}} {values[key]} {minute * 60 + 17}")
                # A restart shows where the counter is lower than before, and nowhere else.
                seen = values[key] - before if values[key] >= before else values[key]
                rise = seen if born or not first_seen else 0
                total, bad = total + rise, bad + (rise if code == "500" else 0)
        truth[minute] = (total - bad, total)
    text = "\n".join(line for own in lines.values() for line in own)
    return f"# TYPE shop_requests counter\n{text}\n# EOF\n", truth


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, dict[int, tuple[int, int]]]]:
    text, truth = past(first=NOW - DAYS * 1440, until=NOW - 10)
    with prometheus(tmp_path_factory.mktemp("recorded"), openmetrics=text) as running:
        yield running, truth


def read_all(source: PromqlSource, chunk: int) -> dict[int, tuple[int, int]]:
    found: dict[int, tuple[int, int]] = {}
    for start in range(NOW - DAYS * 1440, NOW, chunk):
        found |= source.read([QUERY], first=start, until=min(NOW, start + chunk)).counted["shop"].minutes
    return found


def test_thirty_days_are_what_happened(recorded: tuple[Running, dict[int, tuple[int, int]]]) -> None:
    running, truth = recorded
    found = read_all(PromqlSource(Access("main", running.url)), 1440)
    assert {minute: pair for minute, pair in found.items() if truth.get(minute) != pair} == {}
    assert set(found) == set(truth)


def test_a_server_that_gives_little_at_once_is_asked_in_parts(
    recorded: tuple[Running, dict[int, tuple[int, int]]],
) -> None:
    running, truth = recorded
    source = PromqlSource(Access("main", running.url, bytes=40_000))
    found = source.read([QUERY], first=NOW - 1440, until=NOW).counted["shop"].minutes
    assert found == {minute: pair for minute, pair in truth.items() if minute >= NOW - 1440}
    assert source.requests > 4
    narrow = PromqlSource(Access("main", running.url, bytes=400))
    with pytest.raises(SourceFailed, match="too many samples"):
        narrow.read([QUERY], first=NOW - 1440, until=NOW)


def test_absent_series_say_what_is_absent(recorded: tuple[Running, dict[int, tuple[int, int]]]) -> None:
    running, truth = recorded
    span = {"first": NOW - 60, "until": NOW - 20}
    whole = {minute: pair for minute, pair in truth.items() if span["first"] <= minute < span["until"]}

    def ask(query: CountQuery) -> Counted:
        source = PromqlSource(Access("main", running.url))
        return source.read([query], first=span["first"], until=span["until"]).counted["x"]

    no_bad = ask(CountQuery("x", side(SHOP), bad=side(metric="nowhere_total")))
    assert no_bad.minutes == {minute: (total, total) for minute, (_, total) in whole.items()}
    no_good = ask(CountQuery("x", side(SHOP), good=side(metric="nowhere_total")))
    assert (no_good.minutes, "no series for good" in str(no_good.trouble)) == ({}, True)
    no_total = ask(CountQuery("x", side(metric="nowhere_total"), bad=side(SHOP)))
    assert (no_total.minutes, "no series for total" in str(no_total.trouble)) == ({}, True)
    broken = CountQuery("x", Side("x", (Counters("shop_requests_total{"),)), bad=side(SHOP))
    refused = ask(broken).trouble
    assert refused is not None
    assert "refuses the query (bad_data: " in refused.reason
    assert "parse error" in refused.reason
    assert "Mend the query" in refused.remedy


def test_a_page_that_is_scraped_each_second_is_counted_to_the_last_event(tmp_path: Path) -> None:
    target = Target()
    target.move(_200=1000)
    begun = int(time.time()) // 60
    with serving(target.page) as port, prometheus(tmp_path, scrapes=port) as running:
        running.until('shop_requests_total{code="200"}', 1000)
        target.move(_200=50)
        target.scraped()
        target.move(_500=600)  # a label that appears with 600 errors: all of them happened since the last scrape
        target.scraped()
        target.move(_200=7, _500=3, restart=True)  # a restart
        target.scraped()
        target.move(_200=20, _404=1)
        running.until('shop_requests_total{code="404"}', 1)
        running.until('shop_requests_total{code="200"}', 27)
        source = PromqlSource(Access("main", running.url))
        until = int(time.time()) // 60 + 2
        answer = source.read([QUERY], first=begun - 5, until=until)
        counted = answer.counted["shop"].minutes
    assert sum(total for _, total in counted.values()) == 50 + 600 + 7 + 3 + 20 + 1
    assert sum(total - good for good, total in counted.values()) == 600 + 3
    assert abs(answer.as_of - time.time()) < 60
    assert source.requests == 2
