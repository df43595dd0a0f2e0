"""Indicators that are numbers: which files give one, how its minutes are budgeted, and what is said of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from roadbed.ground.people.models import Person
from roadbed.ground.ports.counts import Abilities, Answer, Counted, ValueQuery
from roadbed.reliability.objectives.rules.indicators import as_data, indicator_of, needs
from roadbed.reliability.objectives.rules.promql.sums import NotCountable, Summand, summands_of
from roadbed.reliability.objectives.rules.specs.reading import read
from roadbed.reliability.objectives.tests.conftest import House
from roadbed.reliability.objectives.tests.test_sources import LAST, Counter, counter, define, follow, only

__all__ = ["counter"]
W = "{{.window}}"
SUM = f"histogram_count(sum(rate(a[{W}])))"
OPENSLO = """\
apiVersion: openslo/v1
kind: SLO
metadata: {{name: answered, displayName: Answered}}
spec:
  service: checkout
  indicator:
    metadata: {{name: answered-sli}}
    spec:
      {sli}
  timeWindow: [{{duration: 2h, isRolling: true}}]
  budgetingMethod: Occurrences
  objectives: [{{target: 0.9{objective}}}]
"""
SLOTH = """\
version: prometheus/v1
service: checkout
slos:
  - name: answered
    objective: 99.9
    sli: {{raw: {{error_ratio_query: '{query}'}}}}
    alerting: {{page_alert: {{disable: true}}, ticket_alert: {{disable: true}}}}
"""
PYRRA = """\
apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: {{name: answered, labels: {{job: checkout}}}}
spec:
  target: '99'
  window: 2w
  indicator: {indicator}
"""


def openslo(sli: str, objective: str = "") -> str:
    return OPENSLO.format(sli=sli, objective=objective)


def source(query: str) -> str:
    return f"{{metricSource: {{type: prometheus, spec: {{query: '{query}'}}}}}}"


THRESHOLD = openslo(f"thresholdMetric: {source('max(queue_depth)')}", ", op: lte, value: 10")
RAW = openslo(f"ratioMetric: {{raw: {source('success_share')}, rawType: success}}")


def indicator(text: str) -> dict[str, Any]:
    found = read(text, file="slo.yaml")
    assert found.errors == ()
    data = as_data(found.definitions[0].indicator)
    assert as_data(indicator_of(data)) == data
    return data.get("judged") or data.get("sides") or data


def test_each_format_says_which_number_or_which_counts_it_is():
    assert indicator(THRESHOLD) == {"kind": "threshold", "query": "max(queue_depth)", "operator": "lte", "limit": "10"}
    assert indicator(RAW) == {"kind": "share", "query": "1 - (success_share)", "operator": "", "limit": ""}
    kept = openslo(f"thresholdMetric: {source('rate(x[5m])')}", ", op: gt, value: 0.5")
    assert indicator(kept)["query"] == "rate(x[5m])"
    averaged = f"avg(job:errors:ratio[{W}])"
    assert indicator(SLOTH.format(query=averaged))["kind"] == "share"
    # A ratio of two sums of counters is counted, event by event.
    counts = f'sum(rate(x{{code="500"}}[{W}])) / sum(rate(x[{W}]))'
    assert indicator(SLOTH.format(query=counts)) == {
        "bad": f'sum(rate(x{{code="500"}}[{W}]))',
        "total": f"sum(rate(x[{W}]))",
    }
    assert indicator(PYRRA.format(indicator="{bool_gauge: {metric: probe_ok}}"))["kind"] == "flag"
    native = "{latencyNative: {latency: 250ms, total: {metric: answer_seconds}}}"
    assert indicator(PYRRA.format(indicator=native)) == {
        "good": f"histogram_fraction(0, 0.25, sum(increase(answer_seconds[{W}])))"
        f" * histogram_count(sum(increase(answer_seconds[{W}])))",
        "total": f"histogram_count(sum(increase(answer_seconds[{W}])))",
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (f"histogram_count(sum(rate(a[{W}])))", (Summand("a", part="count"),)),
        (f"histogram_fraction(0, 0.3, sum(rate(a[{W}]))) * histogram_count(sum(rate(a[{W}])))",
         (Summand("a", part="below:0.3"),)),
        (f"histogram_count(increase(a[{W}])) * histogram_fraction(-1, .5, increase(a[{W}]))",
         (Summand("a", part="below:0.5"),)),
        (f"{SUM} - histogram_fraction(0, 1, sum(rate(a[{W}]))) * {SUM}",
         (Summand("a", part="count"), Summand("a", sign=-1, part="below:1"))),
    ],
)  # fmt: skip
def test_counts_of_native_histograms_are_summands(query: str, found: tuple[Summand, ...]):
    assert summands_of(query) == found


@pytest.mark.parametrize(
    "query",
    [
        f"histogram_fraction(0, 0.3, sum(rate(a[{W}])))",
        f"histogram_fraction(0.1, 0.3, sum(rate(a[{W}]))) * histogram_count(sum(rate(a[{W}])))",
        f"histogram_fraction(0, 0.3, sum(rate(a[{W}]))) * histogram_count(sum(rate(b[{W}])))",
        f"histogram_count(sum(rate(a[{W}]))) * histogram_count(sum(rate(a[{W}])))",
        f"histogram_count(sum(rate(a[{W}]))) * 2",
    ],
)
def test_what_is_no_count_of_a_histogram_is_refused(query: str):
    with pytest.raises(NotCountable):
        summands_of(query)


@pytest.mark.django_db(databases=["default", "samples"])
@pytest.mark.usefixtures("token")
def test_a_share_of_errors_is_budgeted_by_minutes_and_says_so(house: House, counter: Counter):
    counter.abilities = Abilities(chunk=200, values=True)
    asked: list[Any] = []

    def answer(queries: Any, *, first: int, until: int) -> Answer:
        asked.extend(queries)
        minutes = dict.fromkeys(range(max(first, LAST - 99), min(until, LAST + 1)), (990000000, 10**9))
        return Answer({one.key: Counted(minutes) for one in queries}, house.now.timestamp())

    counter.read = answer  # type: ignore[method-assign]
    define(RAW)
    follow(house, counter)
    follow(house, counter)
    view = only(house)
    assert asked[0] == ValueQuery(view.uid, "1 - (success_share)", "share")
    assert (view.unit, view.total, view.bad) == ("billionths of minutes", 100 * 10**9, 10**9)
    assert view.remaining == pytest.approx(0.9)
    assert view.top_line.startswith("90% of the budget is left: 1 bad minutes of 100 over 2 hours.")
    assert "nobody counts its events" in view.measured_by
    signed_in = Client()
    signed_in.force_login(Person.objects.get(email="hanne@example.org"))
    page = signed_in.get(f"/objectives/{view.uid}").content.decode()
    assert "1 bad minutes, 10 are allowed" in page


@pytest.mark.django_db(databases=["default", "samples"])
def test_a_source_that_gives_no_numbers_says_so(house: House, counter: Counter):
    define(THRESHOLD)
    follow(house, counter)
    view = only(house)
    assert "counts events, and gives no numbers" in view.problem
    assert needs(indicator_of({**as_data(read(THRESHOLD, file="x").definitions[0].indicator)})) == (
        "Measured by prometheus: each series of max(queue_depth) at the end of each minute is an event, "
        "good where it is ≤ 10."
    )
