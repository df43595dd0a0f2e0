"""What generation makes beside the rules that Prometheus judges: the guard, the files, dashboards, words, numbers."""

from __future__ import annotations

import json
import math
import re
from fractions import Fraction

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from roadbed.reliability.objectives.rules.generating.files import yaml_of
from roadbed.reliability.objectives.rules.generating.guarding import NORMAL_95, score, score_of
from roadbed.reliability.objectives.rules.generating.making import Made, make
from roadbed.reliability.objectives.rules.generating.naming import go_float, literal, quoted
from roadbed.reliability.objectives.rules.generating.values import Wishes
from roadbed.reliability.objectives.rules.promql.tokens import fault_of
from roadbed.reliability.objectives.rules.specs.reading import Context, Source, read_all
from roadbed.reliability.objectives.rules.thresholds import proven
from roadbed.reliability.objectives.tests import peers
from roadbed.reliability.objectives.tests.promtool import rules_of


def making(text: str, *, kind: str = "prometheus", style: str = "roadbed", **wishes: object) -> Made:
    read = read_all([Source("slo.yaml", text.encode())], Context(complete=True))
    return make(read, Wishes(version="0", **wishes), kind=kind, style=style)  # type: ignore[arg-type]


def alerts(text: str, **wishes: object) -> dict[str, dict[str, object]]:
    (made,) = making(text, **wishes).files
    rules = yaml.safe_load(made.text)["groups"][0]["rules"]
    return {f"{rule['alert']}/{rule['labels']['severity']}": rule for rule in rules if "alert" in rule}


@given(bad=st.integers(1, 100), more=st.integers(0, 100_000), permille=st.integers(1, 900))
def test_the_score_says_what_the_exact_bound_says(bad: int, more: int, permille: int) -> None:
    """Away from the border they agree; at the border the chance of error stays between 4 and 6 %."""
    limit = permille / 1000
    found = score_of(bad, bad + more, limit)
    assert math.isfinite(found)
    if abs(found - NORMAL_95) > 0.12:
        assert proven(bad, bad + more, limit) == (found > NORMAL_95)


@pytest.mark.parametrize(
    ("bad", "total", "limit", "holds"), [(1, 21, 0.0144, False), (1, 33, 0.001, True), (10, 100, 0.0144, True)]
)
def test_the_score_of_known_cases(bad: int, total: int, limit: float, *, holds: bool) -> None:
    assert (score_of(bad, total, limit) > NORMAL_95) is holds
    assert proven(bad, total, limit) is holds
    assert fault_of(score("a", "b", Fraction(limit))) is None


def test_alerts_go_to_the_owner_with_runbook_and_words() -> None:
    found = alerts(peers.SLOTH, runbook="https://never.example/{slo}", owner="nobody")
    burning = found["CheckoutBurning/page"]
    assert burning["labels"]["owner"] == "team-payments"  # type: ignore[index]
    assert burning["labels"]["route"] == "pager"  # type: ignore[index]
    assert burning["annotations"]["runbook_url"] == "https://runbooks.example/checkout"  # type: ignore[index]
    assert "14.4 over 5m and 1h, or 6 over 30m and 6h" in burning["annotations"]["description"]  # type: ignore[index]
    assert "CheckoutBurning/ticket" not in found
    assert found["RoadbedUnmeasured/page"]["for"] == "5m"
    other = alerts(peers.OPENSLO, runbook="https://runbooks.example/{service}/{slo}", owner="team-a")
    page = other["RoadbedErrorBudgetBurn/page"]
    assert page["annotations"]["runbook_url"] == "https://runbooks.example/checkout/answered"  # type: ignore[index]
    assert page["labels"]["owner"] == "team-a"  # type: ignore[index]


def test_who_wants_no_alerts_gets_none() -> None:
    assert alerts(peers.SLOTH.replace("{labels: {route: pager}}", "{disable: true}")) == {}
    assert alerts(peers.PYRRA_GAUGE + "  alerting: {disabled: true}\n") == {}
    assert "RoadbedUnmeasured/page" not in alerts(peers.PYRRA_GAUGE + "  alerting: {absent: false}\n")


def test_a_files_own_conditions_take_the_tables_place() -> None:
    policy = """\
  alertPolicies:
    - kind: AlertPolicy
      metadata: {name: fast}
      spec:
        conditions:
          - kind: AlertCondition
            metadata: {name: burning}
            spec:
              severity: page
              condition: {kind: burnrate, op: gte, threshold: 5, lookbackWindow: 90m, alertAfter: 3m}
        notificationTargets: []
"""
    burning = alerts(peers.OPENSLO + policy)["RoadbedErrorBudgetBurn/page"]
    assert burning["expr"].startswith("roadbed:slo_burn_rate:ratio1h30m{")  # type: ignore[attr-defined]
    assert ">= 5" in burning["expr"]  # type: ignore[operator]
    assert burning["for"] == "3m"


def test_every_series_that_an_alert_names_is_recorded() -> None:
    short = peers.WINDOWS.replace("shortWindow: 5m", "shortWindow: 1m")
    for text in (peers.SLOTH, f"{peers.OPENSLO}---\n{short}", peers.PYRRA_GAUGE, peers.SLOTH_KUBERNETES):
        rules = [rule for group in yaml.safe_load(rules_of(text))["groups"] for rule in group["rules"]]
        recorded = {rule["record"] for rule in rules if "record" in rule}
        for rule in rules:
            assert set(re.findall(r"roadbed:[a-z_]+:[a-z0-9]+", rule["expr"])) <= recorded


def test_alert_windows_of_a_file_take_the_tables_place() -> None:
    table = peers.WINDOWS.replace("errorBudgetPercent: 2,", "errorBudgetPercent: 1,")
    burning = alerts(f"{peers.OPENSLO}---\n{table}")["RoadbedErrorBudgetBurn/page"]
    assert 'ratio1h{roadbed_service="checkout", roadbed_slo="answered"} > 7.2' in burning["expr"]  # type: ignore[operator]


@pytest.mark.parametrize("style", ["roadbed", "sloth"])
def test_dashboards_are_whole(style: str) -> None:
    (made,) = making(peers.SLOTH, kind="grafana", style=style).files
    assert made.name == "checkout-answered.json"
    board = json.loads(made.text)
    titles = [panel["title"] for panel in board["panels"]]
    assert {"Budget left", "Burn-down", "Burn rate by window"} <= set(titles)
    assert (style == "roadbed") == ("Events a minute" in titles)
    assert (style == "roadbed") == (titles.count("Measured") == 2)
    recorded = set(_recorded(style))
    for panel in board["panels"]:
        for target in panel["targets"]:
            assert fault_of(target["expr"]) is None
            assert any(name in target["expr"] for name in recorded)
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    assert len(board["uid"]) <= 40


def _recorded(style: str) -> list[str]:
    held = yaml.safe_load(rules_of(peers.SLOTH, style=style))
    return [rule["record"] for group in held["groups"] for rule in group["rules"] if "record" in rule]


def test_every_dashboard_names_only_what_the_rules_record() -> None:
    for style in ("roadbed", "sloth"):
        (made,) = making(peers.SLOTH, kind="grafana", style=style).files
        recorded = set(_recorded(style))
        for panel in json.loads(made.text)["panels"]:
            for target in panel["targets"]:
                used = {word for word in target["expr"].replace("(", " ").replace("{", " ").split() if ":" in word}
                assert used <= recorded


def test_prometheus_rules_are_resources_of_the_operator() -> None:
    made = making(f"{peers.SLOTH}---\n{peers.PYRRA_RATIO}", kind="prometheus-rule").files
    assert [one.name for one in made] == [
        "roadbed-slo-checkout-answered.yaml",
        "roadbed-slo-checkout-checkout-answered.yaml",
    ]
    resource = yaml.safe_load(made[0].text)
    assert (resource["apiVersion"], resource["kind"]) == ("monitoring.coreos.com/v1", "PrometheusRule")
    assert resource["metadata"]["name"] == "roadbed-slo-checkout-answered"
    plain = yaml.safe_load(making(peers.SLOTH).files[0].text)
    assert resource["spec"]["groups"] == plain["groups"]


def test_the_same_rules_are_not_made_twice() -> None:
    made = making(f"{peers.SLOTH}---\n{peers.SLOTH}")
    assert made.files == ()
    assert {one.rule for one in made.errors} == {"duplicate-name"}


def test_what_is_not_measured_by_prometheus_is_said() -> None:
    edge = peers.OPENSLO.replace("type: Prometheus", "type: Datadog")
    assert {one.rule for one in making(edge).findings} == {"not-carried"}
    assert making(edge).files == ()
    assert "alert-windows" in {one.rule for one in making(peers.PYRRA_RATIO.replace("4w", "9d"), style="sloth").errors}
    calendar = peers.OPENSLO.replace("30d, isRolling: true", "1M, isRolling: false")
    assert "calendar-window" in {one.rule for one in making(calendar).findings}


def test_roadbeds_own_counters_are_measured_by_a_prometheus_too() -> None:
    text = peers.OPENSLO.replace("type: Prometheus", "type: roadbed-metrics")
    text = text.replace(
        "query: 'sum(http_requests_total{code=~\"5..\"})'", "series: 'http_requests_total{code=~\"5..\"}'"
    )
    text = text.replace("query: 'sum(http_requests_total)'", "series: http_requests_total")
    (made,) = making(text).files
    assert "last_over_time(http_requests_total" in made.text


@given(
    data=st.dictionaries(
        st.text(min_size=1, max_size=8),
        st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc"]) | st.just("\n"), max_size=40),
        max_size=5,
    )
)
def test_what_is_written_as_yaml_is_read_back(data: dict[str, str]) -> None:
    read = yaml.safe_load(yaml_of({"a": [{**data, "end": "."}]}))
    assert read == {"a": [{**{name: text.rstrip("\n") for name, text in data.items()}, "end": "."}]}


def test_numbers_quotes_and_braces() -> None:
    assert [go_float(value) for value in (1.0, 0.05, 14.4, 5.6000000000000005)] == [
        "1",
        "0.05",
        "14.4",
        "5.6000000000000005",
    ]
    assert quoted('a"b\\c\nd') == '"a\\"b\\\\c\\nd"'
    assert literal("{{ x }}") == '{{ "{{" }} x }}'
