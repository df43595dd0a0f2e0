"""Lint: each rule with the smallest edit that breaks it, in the format where it matters."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadbed.reliability.objectives.rules.linting.catalog import RULES
from roadbed.reliability.objectives.rules.promql.durations import just_under, minutes_in, seconds_of, written
from roadbed.reliability.objectives.rules.promql.grammar import misplaced, unknown_function
from roadbed.reliability.objectives.rules.promql.queries import adds_by, divided, one_minus, selectors_of
from roadbed.reliability.objectives.rules.promql.subsets import NOT_SUBSET, SUBSET, UNSURE, relation
from roadbed.reliability.objectives.rules.promql.tokens import fault_of, normalised
from roadbed.reliability.objectives.rules.specs.reading import Context, Read, Source, read_all
from roadbed.reliability.objectives.tests import peers
from roadbed.reliability.objectives.tests.conftest import slo

HERE = Path(__file__).parents[1]


def reading(*texts: str) -> Read:
    sources = [Source(f"{number}.yaml", text.encode()) for number, text in enumerate(texts)]
    return read_all(sources, Context(complete=True))


_ROLLING, _BY_CALENDAR = "30d, isRolling: true", "1w, isRolling: false, calendar: {startTime: %s, timeZone: %s}"
_BOTH = "30d, isRolling: true, calendar: {startTime: 2026-01-01, timeZone: UTC}"
BROKEN = [
    ("sloth", "objective: 99.9", "objective: 100", "target", "error", 6),
    ("sloth", "objective: 99.9", "objective: 0.999", "target", "error", 6),
    ("sloth", "objective: 99.9", "objective: 0", "target", "error", 6),
    ("sloth", "objective: 99.9", "objective: -1", "target", "error", 6),
    ("sloth", "objective: 99.9", "objective: high", "wrong-type", "error", 6),
    ("sloth", "objective: 99.9", "objective: 90", "threshold-unreachable", "warning", 6),
    ("sloth", "objective: 99.9", "objective: 80", "threshold-unreachable", "error", 6),
    ("sloth", "name: answered", "name: an swered", "name", "error", 5),
    ("sloth", "name: answered", f"name: {'a' * 131}", "name", "error", 5),
    ("sloth", "tier:", "my-tier:", "label-name", "error", 8),
    ("sloth", "error_query", "errror_query", "unknown-field", "warning", 11),
    ("sloth", "error_query", "errror_query", "missing-field", "error", 10),
    ("sloth", "[{{ .window }}]))\n    alerting", "[{{ .window }}])\n    alerting", "promql", "error", 12),
    ("sloth", "total_query: sum(", "total_query: sum )(", "promql", "error", 12),
    ("sloth", "total_query: sum(", "total_query: sum rate(", "promql", "error", 12),
    ("sloth", "total_query: sum(", "total_query: summ(", "promql-function", "warning", 12),
    ("sloth", 'total{job="checkout"}[{{ .window }}]', 'total{job="checkout"}[5m]', "window-placeholder", "error", 12),
    ("sloth", 'total{job="checkout"}', 'total{job="other"}', "more-than-total", "error", 11),
    ("sloth", '{job="checkout",code', "{code", "more-than-total", "error", 11),
    ("sloth", "objective: 99.9", "objective: 99.9", "absent-series", "warning", 11),
    ("sloth", "]))\n    alerting", "])) or vector(0)\n    alerting", "hidden-absence", "warning", 12),
    ("sloth", "name: CheckoutBurning", "labels: {}", "missing-field", "error", 13),
    ("pyrra-ratio", '"99.9"', '"100"', "target", "error", 5),
    ("pyrra-ratio", '"99.9"', '"many"', "target", "error", 5),
    ("pyrra-ratio", "window: 4w", "window: 5m", "window", "error", 6),
    ("pyrra-ratio", "window: 4w", "window: a month", "window", "error", 6),
    ("pyrra-ratio", "grouping", "groupping", "unknown-field", "error", 12),
    ("pyrra-ratio", "errors: {metric: 'http", "errors: {metric: 'sum(http", "promql", "error", 10),
    ("pyrra-native", "300ms", "soon", "duration", "error", 10),
    ("slo-generator", "goal: 0.999", "goal: 99.9", "target", "error", 14),
    ("slo-generator", "good_bad_ratio", "good_ratio", "source", "error", 9),
    ("slo-generator", "    filter_valid", "    filter_vaild", "source", "error", 11),
    ("openslo", "{target: 0.999}", "{target: 0.999, timeSliceTarget: 0.9}", "time-slice", "warning", 14),
    ("openslo", "Occurrences", "Timeslices", "time-slice", "error", 14),
    ("openslo", _ROLLING, _BOTH, "window", "error", 12),
    ("openslo", _ROLLING, _BY_CALENDAR % ("soon", "UTC"), "window", "error", 12),
    ("openslo", _ROLLING, _BY_CALENDAR % ("2026-01-01", "'here?'"), "window", "error", 12),
    ("openslo", "name: answered", "name: Answered", "name", "error", 3),
    ("openslo", "sum(http_requests_total)", "http_seconds_bucket", "bucket-bound", "warning", 11),
    ("openslo", "sum(http_requests_total)", "max(http_requests_total)", "window-placeholder", "error", 11),
    ("openslo", "sum(http_requests_total)", "max(rate(hits[$window]))", "not-event-weighted", "warning", 11),
    ("openslo", "counter: true", "counter: false", "window-placeholder", "error", 10),
    ("windows", "shortWindow: 5m", "shortWindow: 2h", "window", "error", 6),
    ("windows", "longWindow: 3d", "longWindow: 60d", "window", "error", 10),
    ("windows", "errorBudgetPercent: 2,", "errorBudgetPercent: 200,", "window", "error", 6),
    ("windows", "sloPeriod: 30d", "sloPeriod: 30 days", "duration", "error", 4),
]  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: f"{broken[3]}-{broken[2]}")
def test_each_rule_names_its_line(broken: tuple[str, str, str, str, str, int]) -> None:
    name, old, new, rule, severity, line = broken
    text = {**peers.ALL, "windows": peers.WINDOWS}[name]
    assert old in text
    found = reading(text.replace(old, new)).findings
    assert (rule, severity, line) in {(one.rule, one.severity, one.line) for one in found}
    assert all(one.remedy for one in found)


def test_what_is_whole_has_no_error() -> None:
    for text in (*peers.ALL.values(), peers.WINDOWS, peers.SLO_GENERATOR_CONFIG):
        assert reading(text).errors == ()


def test_a_condition_that_alerts_in_quiet_times_is_said() -> None:
    text = "apiVersion: openslo/v1\nkind: AlertCondition\nmetadata: {name: a}\nspec:\n  severity: page\n"
    text += "  condition: {kind: burnrate, op: lte, threshold: 2, lookbackWindow: 1h, alertAfter: 5m}\n"
    assert [(one.rule, one.severity, one.line) for one in reading(text).findings] == [("operator", "warning", 6)]


def test_sides_over_different_ranges_are_mixed_windows() -> None:
    text = peers.OPENSLO.replace("'sum(http_requests_total)'", "'sum(rate(http_requests_total[10m]))'")
    text = text.replace('sum(http_requests_total{code=~"5.."})', 'sum(rate(http_requests_total{code=~"5.."}[5m]))')
    assert "mixed-windows" in {one.rule for one in reading(text).errors}
    ratio = peers.SLOTH_KUBERNETES.replace("http_requests_total[{{.window}}]", "http_requests_total[5m]")
    assert "mixed-windows" in {one.rule for one in reading(ratio).errors}


def test_references_that_lead_nowhere() -> None:
    text = peers.OPENSLO + "  alertPolicies: [{alertPolicyRef: gone}]\n"
    assert [(one.rule, one.line) for one in reading(text).errors] == [("reference", 15)]
    untyped = peers.OPENSLO.replace("type: Prometheus", "metricSourceRef: prom")
    assert {one.rule for one in reading(untyped).errors} == {"reference"}
    source = "---\napiVersion: openslo/v1\nkind: DataSource\nmetadata: {name: prom}\nspec: {type: Prometheus}\n"
    assert reading(untyped + source).errors == ()
    assert reading(untyped, source.removeprefix("---\n")).errors == ()
    lost = peers.SLO_GENERATOR.replace("goal:", "error_budget_policy: gone\n  goal:")
    assert "reference" in {one.rule for one in reading(lost).findings}


def test_the_same_name_twice() -> None:
    twice = peers.OPENSLO + "---\n" + peers.OPENSLO
    assert "duplicate-name" in {one.rule for one in reading(twice).errors}
    apart = reading(peers.SLOTH, peers.SLOTH)
    assert apart.errors == ()
    assert "duplicate-name" in {one.rule for one in apart.findings}
    slos = peers.SLOTH.partition("slos:\n")[2]
    assert "duplicate-name" in {one.rule for one in reading(peers.SLOTH + slos).errors}


def test_columns_point_at_the_field() -> None:
    (one,) = reading(peers.SLOTH.replace("objective: 99.9", "objective: 101")).errors
    assert (one.file, one.line, one.column) == ("0.yaml", 6, 5)
    assert str(one).startswith("0.yaml:6:5: error: ")


def test_the_servers_own_files_have_no_findings() -> None:
    assert reading(slo()).findings == ()


def test_every_rule_that_the_code_names_is_in_the_list() -> None:
    named: set[str] = set()
    for path in (HERE / "rules").rglob("*.py"):
        text = path.read_text()
        calls = re.findall(r"(?:error|warn|note|_error|_refuse)\((?:[^\"()]|\([^()]*\))*?\"([a-z][a-z-]+)\"", text)
        named |= {
            name for name in calls if path.parent.name in ("openslo", "specs", "linting", "generating", "journeys")
        }
    constants = {"source", "threshold-unreachable", "not-evaluated-yet"}
    assert named - set(RULES) == set()
    assert set(RULES) - named - constants - {"selector", "more-than-total", "absent-series", "bucket-bound"} <= {
        "duration", "target", "alert-windows", "not-event-weighted", "number", "reference", "format", "wrong-type",
        "unknown-field", "missing-field", "unknown-value", "name", "latency-bound", "window", "yaml", "file-size",
    }  # fmt: skip


def test_queries_are_taken_apart() -> None:
    query = 'sum by (job) (rate(a_total{b="c", d=~"e|f"}[{{.window}}]))'
    (one,) = selectors_of(query)
    assert (one.metric, one.matchers, one.function) == ("a_total", (("b", "=", "c"), ("d", "=~", "e|f")), "rate")
    assert adds_by(query) == "counters"
    assert adds_by("sum(sum_over_time(a[{{.window}}]))") == "samples"
    assert adds_by("histogram_quantile(0.9, sum by (le) (rate(a[{{.window}}])))") == "whole"
    assert adds_by("max_over_time(rate(a[5m])[{{.window}}:1m])") == "whole"
    assert divided("(a / b)") == ("a", "b")
    assert divided("a / b / c") is None
    assert divided("a / on (x) b") is None
    assert one_minus("1 - (a / b)") == "(a / b)"
    assert one_minus("1 - a + b") is None


@pytest.mark.parametrize(
    ("part", "whole", "verdict"),
    [
        ('a{x="1"}', "a", SUBSET),
        ('a{x="1", y="2"}', 'a{y="2"}', SUBSET),
        ('a{x=~"1|2"}', 'a{x!="3"}', SUBSET),
        ('a{x="2"}', 'a{x=~"1|2"}', SUBSET),
        ('a{x="3"}', 'a{x=~"1|2"}', NOT_SUBSET),
        ("a", 'a{x="1"}', NOT_SUBSET),
        ('a{x=~"2.."}', 'a{x=~"5.."}', NOT_SUBSET),
        ('a{x=~".*"}', 'a{x="1"}', UNSURE),
        ('a{x="1"}', "b", UNSURE),
        ('a_bucket{le="1", x="1"}', 'a_count{x="2"}', NOT_SUBSET),
        ('a_bucket{le="1"}', 'a_bucket{le="+Inf"}', SUBSET),
        ('a{x="aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"}', 'a{x=~"(a+)+"}', UNSURE),
        ("a + c", "a", UNSURE),
    ],
)
def test_whether_a_part_lies_in_the_whole(part: str, whole: str, verdict: str) -> None:
    assert relation(part, whole)[0] == verdict


@pytest.mark.parametrize(
    "query",
    [
        "sum by (a) (rate(b[5m])) / on (a) group_left (c) d",
        "a and ignoring (x) b or c unless on () d",
        "quantile_over_time(0.9, a[1h:1m] offset 5m) > bool 2",
        'label_replace(a, "b", "$1", "c", "(.*)") == 1',
        "-a ^ 2 % 3 @ start()",
        "sum(a) without (b)",
        'count_values("x", a)',
        '{__name__="a", b!~"c"}',
    ],
)
def test_sound_queries_have_no_fault(query: str) -> None:
    assert fault_of(query) is None
    assert misplaced(query) is None
    assert unknown_function(query) is None


@pytest.mark.parametrize("query", ["a b", "a 1", "sum(a) b", 'a{b="c"} d', "1 2", 'sum "x"', "rate(a[5m]) 3"])
def test_values_side_by_side_are_a_fault(query: str) -> None:
    assert misplaced(query) is not None


def test_one_query_written_in_two_ways_is_one() -> None:
    assert normalised("1.0*(a{b='c'}) # x\n") == normalised('1 * ( a { b="c" } )')
    assert normalised("a + 1e-3") == normalised("a + 0.001")
    assert normalised("a > 1") != normalised("a >= 1")


@given(minutes=st.integers(1, 600_000))
def test_durations_are_read_as_they_are_written(minutes: int) -> None:
    assert minutes_in(written(minutes)) == minutes
    shorter = seconds_of(just_under(minutes))
    assert shorter == minutes * 60 - 1


@given(text=st.text(max_size=60))
def test_any_text_is_a_query_or_has_a_fault(text: str) -> None:
    assert fault_of(text) is None or fault_of(text)
    selectors_of(text)
    adds_by(text)
    normalised(text)
