"""Reading OpenSLO: every fault with its line, rule and remedy, and the files that Roadbed itself ships."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadbed.ground.ports.metrics import EDGE_BOUNDS_MS
from roadbed.reliability.objectives.rules.indicators import as_data, indicator_of, measure
from roadbed.reliability.objectives.rules.openslo.reading import Read, read
from roadbed.reliability.objectives.rules.selectors import SelectorError, key_of, selector_of
from roadbed.reliability.objectives.tests.conftest import scraped_slo, slo


def faults(text: str) -> list[tuple[int, str, str]]:
    return [(one.line, one.rule, one.severity) for one in read(text, file="slo.yaml").findings]


def remedies(text: str) -> str:
    return " ".join(one.remedy for one in read(text, file="slo.yaml").findings)


def test_a_well_made_file_has_no_fault_and_one_definition():
    found = read(slo(), file="slo.yaml")
    assert found.findings == ()
    (one,) = found.definitions
    assert (one.name, str(one.target), one.window_minutes, one.line) == ("answered", "0.999", 43200, 4)


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        (("target: 0.999", "target: 1"), (27, "target", "error")),
        (("target: 0.999", "target: 1.0"), (27, "target", "error")),
        (("target: 0.999", "targetPercent: 100"), (27, "target", "error")),
        (("target: 0.999", "target: 99.9"), (27, "target", "error")),
        (("target: 0.999", "target: 0"), (27, "target", "error")),
        (("target: 0.999", "target: -3"), (27, "target", "error")),
        (("target: 0.999", "target: .nan"), (27, "number", "error")),
        (("target: 0.999", "target: .inf"), (27, "number", "error")),
        (("target: 0.999", "target: 0.99999999999"), (27, "target", "error")),
        (("target: 0.999", "target: high"), (27, "wrong-type", "error")),
        (("target: 0.999", "target: 0.9"), (26, "threshold-unreachable", "warning")),
        (("duration: 30d", "duration: 30 days"), (23, "window", "error")),
        (("duration: 30d", "duration: 5m"), (23, "window", "error")),
        (("duration: 30d", "duration: 400d"), (23, "window", "error")),
        (("isRolling: true", "isRolling: false"), (23, "window", "warning")),
        (("isRolling: true", "calendar: {startTime: 2026-01-01, timeZone: Mars}"), (24, "window", "error")),
        (("isRolling: true", "calendar: {startTime: soon, timeZone: UTC}"), (24, "window", "error")),
        (("Occurrences", "Timeslices"), (27, "time-slice", "error")),
        (("Occurrences", "RatioTimeslices"), (27, "time-slice", "error")),
        (
            ("name: answered\n", "name: answered\n  annotations: {roadbed.dev/burn-alerts: loud}\n"),
            (5, "alerts", "error"),
        ),
        (("Occurrences", "Often"), (25, "unknown-value", "error")),
        (("service: checkout", "servise: checkout"), (7, "unknown-field", "error")),
        (("kind: SLO", "kind: SLA"), (2, "kind", "error")),
        (("openslo/v1", "openslo/v2"), (1, "api-version", "error")),
        (("counter: true", "counter: false"), (13, "source", "error")),
        (("measure: availability", "measure: joy"), (17, "source", "error")),
        (("measure: availability", "measure: latency"), (17, "latency-bound", "error")),
        (("measure: availability", "measure: latency, thresholdMs: 333"), (17, "latency-bound", "error")),
        (("measure: availability", "measure: availability, thresholdMs: 300"), (17, "unknown-field", "error")),
        (("roadbed-edge", "roadbed-egde"), (12, "source", "error")),
        (("      ratioMetric:", "      ratioMetrik:"), (12, "unknown-field", "error")),
        (("  name: answered\n", "  name: answered\n  name: again\n"), (5, "duplicate-key", "error")),
        (("- target: 0.999", "- {target: 0.999, op: gt}"), (27, "operator", "warning")),
    ],
)
def test_each_fault_has_its_line_and_rule(edit: Any, fault: Any):
    text = slo().replace(*edit)
    assert text != slo()
    assert fault in faults(text)
    assert all(one.remedy for one in read(text, file="slo.yaml").findings)


def test_remedies_name_what_to_write():
    assert "0.999 or targetPercent: 99.9" in remedies(slo(target="99.9"))
    assert "Write 300 or 400" in remedies(slo(latency=301))
    assert "Write 10000" in remedies(slo(latency=60_000))
    assert "Did you mean 'service'?" in remedies(slo().replace("service:", "servise:"))


def test_every_fault_is_found_in_one_go():
    text = slo(target="1") + "---\n" + slo(target="99").replace("30d", "x") + "---\n" + slo(latency=7)
    assert {line for line, _, severity in faults(text) if severity == "error"} >= {27, 51, 55}
    assert [rule for _, rule, _ in faults(text)].count("duplicate-name") == 2


def test_references_are_followed_within_the_file():
    inline = slo()
    sli = "apiVersion: openslo/v1\nkind: SLI\nmetadata:\n  name: edge\nspec:\n"
    body = inline[inline.index("      ratioMetric") : inline.index("  timeWindow")]
    apart = sli + "\n".join(line[4:] for line in body.splitlines()) + "\n---\n"
    start, end = inline.index("  indicator:"), inline.index("  timeWindow")
    by_name = apart + inline[:start] + "  indicatorRef: edge\n" + inline[end:]
    found = read(by_name, file="slo.yaml")
    assert found.findings == ()
    assert found.definitions[0].indicator == read(inline, file="slo.yaml").definitions[0].indicator
    missing = faults(by_name.replace("indicatorRef: edge", "indicatorRef: egde"))
    assert [(rule, severity) for _, rule, severity in missing] == [("reference", "error")]


ALERT = """\
  alertPolicies:
    - kind: AlertPolicy
      metadata: {name: fast}
      spec:
        conditions:
          - kind: AlertCondition
            metadata: {name: burning}
            spec:
              severity: page
              condition: {kind: burnrate, op: gt, threshold: 14.4, lookbackWindow: 1h, alertAfter: 5m}
        notificationTargets: []
"""


def test_an_alert_that_can_never_fire_is_an_error():
    assert faults(slo() + ALERT) == []
    low = faults(slo(target="0.93") + ALERT)
    assert (37, "threshold-unreachable", "error") in low
    assert "93.06%" in remedies(slo(target="0.93") + ALERT)
    assert (37, "duration", "error") in faults(slo() + ALERT.replace("1h", "one hour"))


def test_another_measurers_objective_is_read_and_says_who_measures_it():
    found = read(slo().replace("roadbed-edge", "Prometheus"), file="slo.yaml")
    assert not found.errors
    assert found.definitions[0].indicator.reason.startswith("It is measured by the source Prometheus")


@pytest.mark.parametrize("series", ["", "9hits", 'hits{code="2', 'hits{code=~"("}', 'hits{code=~"(a+)+"}', "a b"])
def test_a_broken_selector_is_refused(series: Any):
    assert "selector" in {rule for _, rule, _ in faults(scraped_slo(series, "hits_total"))}


def test_selectors_mean_what_they_mean_to_prometheus():
    counters = {
        key_of("hits", (("code", "200"), ("path", "/a"))): 5,
        key_of("hits", (("code", "503"), ("path", "/a"))): 7,
        key_of("hits", (("path", "/b"),)): 11,
        key_of("hits_more", ()): 13,
    }
    assert selector_of("hits").summed(counters) == 23
    assert selector_of('hits{code!~"5.."}').summed(counters) == 16
    assert selector_of('hits{code=""}').summed(counters) == 11
    assert selector_of('hits{code=~"2..|5..", path="/a",}').summed(counters) == 12
    assert selector_of('hits{code="404"}').summed(counters) is None


@given(value=st.text(max_size=20), operator=st.sampled_from(["=", "!="]))
def test_a_selector_is_the_same_after_it_was_written_out(value: Any, operator: Any):
    text = f'hits{{code{operator}"{_escaped(value)}"}}'
    first = selector_of(text)
    assert first.matchers[0].value == value
    assert selector_of(str(first)) == first


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


def test_an_indicator_is_the_same_after_it_was_kept():
    for text in (slo(), slo(latency=300), scraped_slo('a{b="c"}', "d"), slo().replace("roadbed-edge", "Other")):
        indicator = read(text, file="slo.yaml").definitions[0].indicator
        assert indicator_of(as_data(indicator)) == indicator


def test_bad_over_total_is_read_too():
    text = slo().replace("        good:", "        bad:").replace("availability", "failures")
    found = read(text, file="slo.yaml")
    assert found.findings == ()
    measured = measure(found.definitions[0].indicator, {"requests": 10, "failures": 3})
    assert (measured.good, measured.total) == (7, 10)


@pytest.mark.parametrize("text", ["", "{}", "[]", "a: [", "- 1", "\t", "a: &x [*x]", "kind: SLO", "\x00"])
def test_a_file_that_is_none_has_a_reason(text: Any):
    assert read(text, file="slo.yaml").errors


def test_aliases_that_stand_for_billions_are_refused_at_once():
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
    assert "file-size" in {rule for _, rule, _ in faults(bomb)}


@given(text=st.text(max_size=300))
def test_any_text_is_read_or_refused(text: Any):
    found = read(text, file="slo.yaml")
    assert isinstance(found, Read)
    assert found.errors or not text.strip() or found.findings == ()


@given(line=st.integers(0, 26), junk=st.text(alphabet="ab:-[]{}&*!|>'\"# \t0", max_size=12))
def test_any_line_may_be_broken(line: Any, junk: Any):
    lines = slo().splitlines()
    lines[line] = junk
    for one in read("\n".join(lines), file="slo.yaml").findings:
        assert one.line >= 1
        assert one.remedy


def shipped() -> list[str]:
    found = [files("roadbed.config").joinpath("dogfood/slo.yaml").read_text()]
    bundled = files("roadbed.platform.paths").joinpath("bundled")
    for path in bundled.iterdir():
        for name in ("slo.yaml.jinja", "slo.yaml"):
            template = path.joinpath("template", name)
            if template.is_file():
                found.append(_filled(template.read_text()))
    return found


def _filled(text: str) -> str:
    answers = {"service_name": "checkout", "availability": "99.9", "availability_target": "0.999", "latency_ms": "300"}
    return re.sub(r"\[\[\s*(\w+)[^\]]*\]\]", lambda found: answers[found[1]], text)


def test_the_files_that_roadbed_ships_are_without_fault():
    texts = shipped()
    assert len(texts) >= 3
    for text in texts:
        found = read(text, file="slo.yaml")
        assert found.findings == ()
        assert len(found.definitions) == 2


def test_the_example_of_the_reference_is_without_fault_and_names_every_bound():
    page = (Path(__file__).parents[5] / "docs" / "reference" / "slo-files.md").read_text()
    (example,) = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
    found = read(example, file="slo.yaml")
    assert found.findings == ()
    assert [one.name for one in found.definitions] == ["checkout-answered", "checkout-paid"]
    assert ", ".join(str(bound) for bound in EDGE_BOUNDS_MS) in page


def test_a_selector_error_names_the_fault():
    with pytest.raises(SelectorError, match="repeats repeats"):
        selector_of('hits{code=~"(a+)+"}')
