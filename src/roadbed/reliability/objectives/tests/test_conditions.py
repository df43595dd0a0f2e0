"""Alert conditions and windows of a file's own: read, evaluated on the server and offline, against a recount."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from roadbed.reliability.objectives import evaluating, queries
from roadbed.reliability.objectives.live import live_objectives
from roadbed.reliability.objectives.pushing import CountRow, push
from roadbed.reliability.objectives.rules.clock import instant, minute_of
from roadbed.reliability.objectives.rules.counts_file import Recorded
from roadbed.reliability.objectives.rules.generating.making import make
from roadbed.reliability.objectives.rules.generating.values import Wishes
from roadbed.reliability.objectives.rules.offline import Asked, assess
from roadbed.reliability.objectives.rules.specs.reading import Context, Source, read_all
from roadbed.reliability.objectives.rules.tables import TableError, table_of, written
from roadbed.reliability.objectives.rules.thresholds import proven
from roadbed.reliability.objectives.tests.conftest import HANNE, NOW, House
from roadbed.reliability.objectives.usecases import apply

OPENSLO = """\
apiVersion: openslo/v1
kind: SLO
metadata: {{name: answered}}
spec:
  service: checkout
  indicator:
    metadata: {{name: answered-sli}}
    spec:
      ratioMetric:
        counter: true
        good: {{metricSource: {{type: roadbed-push, spec: {{}}}}}}
        total: {{metricSource: {{type: roadbed-push, spec: {{}}}}}}
  timeWindow: [{{duration: 1d, isRolling: true}}]
  budgetingMethod: {method}
  objectives: [{{target: 0.9{slices}}}]
  alertPolicies:
    - kind: AlertPolicy
      metadata: {{name: burning}}
      spec:
        alertWhenBreaching: true
        conditions:
          - kind: AlertCondition
            metadata: {{name: fast}}
            spec:
              severity: critical
              condition: {{kind: burnrate, op: {op}, threshold: {threshold}, lookbackWindow: 30m{after}}}
"""
SLOTH = """\
version: prometheus/v1
service: checkout
slos:
  - name: answered
    objective: 99.9
    sli: {events: {error_query: 'sum(rate(e[{{.window}}]))', total_query: 'sum(rate(t[{{.window}}]))'}}
    alerting: {name: Burning, page_alert: {}, ticket_alert: {disable: TICKETS}}
"""
WINDOWS = """\
apiVersion: sloth.slok.dev/v1
kind: AlertWindows
spec:
  sloPeriod: 30d
  page:
    quick: {errorBudgetPercent: 8, shortWindow: 10m, longWindow: 2h}
    slow: {errorBudgetPercent: 12.5, shortWindow: 1h, longWindow: 12h}
  ticket:
    quick: {errorBudgetPercent: 20, shortWindow: 6h, longWindow: 3d}
    slow: {errorBudgetPercent: 42, shortWindow: 12h, longWindow: 7d}
"""


def reading(*texts: str):
    found = read_all([Source(f"{n}.yaml", text.encode()) for n, text in enumerate(texts)], Context(complete=True))
    assert found.errors == ()
    return found


def openslo(*, op: str = "gte", threshold: str = "2.5", after: str = "4m", slices: bool = False) -> str:
    method, target = ("Timeslices", ", timeSliceTarget: 0.8, timeSliceWindow: 5m") if slices else ("Occurrences", "")
    wait = f", alertAfter: {after}" if after else ""
    return OPENSLO.format(op=op, threshold=threshold, after=wait, method=method, slices=target)


def test_a_files_own_alerts_become_its_table():
    def alerts(*texts: str) -> str:
        return reading(*texts).definitions[0].alerts

    assert alerts(openslo()) == "page >=2.5 30m for 4m"
    assert alerts(openslo(op="gt", threshold="2", after="")) == "page >2 30m"
    # What alerts while little burns is left out, and then nothing is left.
    assert alerts(openslo(op="lt", threshold="2")) == "none"
    assert alerts(SLOTH.replace("TICKETS", "false")) == "roadbed"
    assert alerts(SLOTH.replace("TICKETS", "true")) == "page 2% 5m/1h, page 5% 30m/6h"
    assert alerts(SLOTH.replace("TICKETS", "true"), WINDOWS) == "page 8% 10m/2h, page 12.5% 1h/12h"
    every = alerts(SLOTH.replace("TICKETS", "false"), WINDOWS)
    assert [float(pair.factor(43_200)) for pair in table_of(every).pairs] == [28.8, 7.5, 2.0, 1.8]


@pytest.mark.parametrize("text", ["page >2 30m", "ticket >=0.5 3d for 1h", "page 2% 5m/1h, ticket 12.5% 2h/1d", "none"])
def test_a_table_is_written_as_it_is_read(text: str):
    assert written(table_of(text).pairs) == text


@pytest.mark.parametrize("text", ["page >0 1h", "page >2 1h for 2h", "page 101% 5m/1h", "page >2 1h/2h", "page > 1h"])
def test_a_row_that_means_nothing_is_refused(text: str):
    with pytest.raises(TableError):
        table_of(text)


def test_generated_rules_take_the_table_that_an_annotation_writes():
    spec = openslo().replace("type: roadbed-push, spec: {}", "type: prometheus, spec: {query: sum(x)}")
    spec = spec.replace("{name: answered}", "{name: answered, annotations: {roadbed.dev/burn-alerts: page 5 10m/2h}}")
    (rules,) = make(reading(spec), Wishes(), kind="prometheus", style="roadbed").files
    assert "roadbed:slo_burn_rate:ratio10m" in rules.text
    assert "ratio30m" not in rules.text


class History:
    """A day's minutes with stretches that burn, and whether the condition holds at the end of one."""

    def __init__(self, seed: int) -> None:
        chance = Random(seed)  # noqa: S311 - a history that can be had again, nothing secret
        self.last = minute_of(NOW) - 1
        self.own: dict[int, tuple[int, int]] = {}
        share = 0.0
        for minute in range(self.last - 300, self.last + 1):
            share = chance.choice((0.0, 0.1, 0.25, 0.3, 1.0)) if chance.random() < 0.05 else share
            if chance.random() < 0.97:
                total = chance.choice((0, 4, 20, 100))
                self.own[minute] = (total - round(total * share), total)

    def held(self, end: int, threshold: Fraction, *, inclusive: bool) -> tuple[bool, int, int]:
        counted = [self.own[m] for m in range(end - 29, end + 1) if m in self.own]
        total = sum(one[1] for one in counted)
        bad = total - sum(one[0] for one in counted)
        burn = Fraction(bad * 10, total) if total else Fraction(-1)
        return bad > 0 and (burn >= threshold if inclusive else burn > threshold), bad, total

    def fires(self, end: int, threshold: Fraction, *, inclusive: bool, after: int) -> bool:
        holds = all(self.held(end - ago, threshold, inclusive=inclusive)[0] for ago in range(after + 1))
        _, bad, total = self.held(end, threshold, inclusive=inclusive)
        return holds and bad >= 10 and proven(bad, total, float(threshold) / 10)


@pytest.mark.parametrize("seed", range(4))
def test_a_condition_fires_offline_when_a_recount_says_so(seed: int):
    history, found = History(seed), set()
    for op, threshold, after in (("gte", "2.5", 4), ("gt", "1", 0), ("gte", "1", 12)):
        (one,) = reading(openslo(op=op, threshold=threshold, after=f"{after}m" * bool(after))).definitions
        for end in range(history.last - 200, history.last, 3):
            recorded = Recorded({m: pair for m, pair in history.own.items() if m <= end}, 0)
            (outcome,) = assess([one], Asked(recorded, end, min(history.own), windows=(("4m", 4),)))
            (alert,) = outcome.data["alerts"]
            wanted = history.fires(end, Fraction(threshold), inclusive=op == "gte", after=after)
            assert alert["firing"] == wanted
            found.add(wanted)
            assert set(outcome.data["windows"]) == {"4m"}
    assert found == {True, False} or seed


@pytest.mark.django_db(databases=["default", "samples"])
@pytest.mark.parametrize("slices", [False, True])
def test_the_server_says_of_a_condition_what_the_offline_evaluation_says(house: House, slices: bool):  # noqa: FBT001 - a parameter of pytest
    history = History(3)
    (definition,) = reading(openslo(threshold="1", slices=slices)).definitions
    apply(HANNE, "checkout", text=openslo(threshold="1", slices=slices), now=NOW - timedelta(days=1))
    (one,) = live_objectives()
    told = set()
    for end in range(history.last - 240, history.last, 40):
        rows = [CountRow(instant(m), *pair) for m, pair in history.own.items() if end - 60 < m <= end]
        push(HANNE, one.uid, rows, now=instant(end + 1))
        evaluating.evaluate_all((one,), at=instant(end) + timedelta(seconds=59))
        page = queries.require_objective(one.uid)
        known = {m: p for m, p in history.own.items() if history.last - 300 < m <= end}
        (outcome,) = assess([definition], Asked(Recorded(known, 0), end, min(known)))
        ((standing, words),) = page.pairs
        (alert,) = outcome.data["alerts"]
        assert (standing.firing, standing.long_burn, words) == (alert["firing"], alert["long_burn"], alert["reason"])
        assert [window.window for window in page.windows] == ["30m", "1d"]
        assert page.view.remaining == outcome.data["remaining"]
        told.add(words.partition(":")[0].partition(" ")[0])
    assert len(told) > 1
    assert Decimal(0) < one.target.spare
