"""Files of every format: what each gives, what of it cannot be carried, and that no file breaks the reader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadbed.reliability.objectives.rules.definitions import Calendar, Definition
from roadbed.reliability.objectives.rules.generating.making import FORMATS, make
from roadbed.reliability.objectives.rules.generating.values import Wishes
from roadbed.reliability.objectives.rules.linting.catalog import RULES
from roadbed.reliability.objectives.rules.specs.reading import Context, Read, Source, read, read_all
from roadbed.reliability.objectives.tests import peers
from roadbed.reliability.objectives.tests.promtool import PROMTOOL, promtool, rules_of


def reading(*texts: str, **context: Any) -> Read:
    sources = [Source(f"{number}.yaml", text.encode()) for number, text in enumerate(texts)]
    return read_all(sources, Context(complete=True, **context))


def only(*texts: str) -> Definition:
    found = reading(*texts)
    assert found.errors == ()
    (one,) = found.definitions
    return one


def rules(*texts: str) -> set[tuple[str, str]]:
    return {(one.rule, one.severity) for one in reading(*texts).findings}


@pytest.mark.parametrize("name", peers.ALL)
def test_each_format_gives_the_same_promise(name: str) -> None:
    one = only(peers.ALL[name])
    assert (one.service, str(one.target)) == ("checkout", "0.999")
    assert one.window_minutes == (28 if name.startswith("pyrra") else 30) * 1440


@pytest.mark.parametrize("name", peers.ALL)
@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not here; `make setup-dev` installs it")
def test_prometheus_takes_the_rules_made_of_each(name: str, tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(rules_of(peers.ALL[name]))
    promtool("check", "rules", tmp_path / "rules.yaml")


def test_sloths_alerting_is_kept() -> None:
    one = only(peers.SLOTH)
    assert one.alerting.name == "CheckoutBurning"
    assert one.alerting.ticket.disabled
    assert one.alerting.page.labels == (("route", "pager"),)
    assert dict(one.labels) == {"owner": "team-payments", "tier": "1"}
    assert one.queries
    assert one.queries.bad.endswith('code=~"5.."}[{{.window}}]))')


def test_pyrras_indicators_become_counts() -> None:
    ratio, latency = only(peers.PYRRA_RATIO).queries, only(peers.PYRRA_LATENCY).queries
    native, gauge = only(peers.PYRRA_NATIVE).queries, only(peers.PYRRA_GAUGE).queries
    assert ratio
    assert ratio.total == 'sum by (handler) (increase(http_requests_total{job="checkout"}[{{.window}}]))'
    assert ratio.grouping == ("handler",)
    assert latency
    assert 'le="0.3"' in latency.good
    assert native
    assert native.fraction_below == "0.3"
    assert gauge
    assert gauge.up == 'probe_success{job="checkout"}'
    assert dict(only(peers.PYRRA_RATIO).labels)["team"] == "payments"


def test_slo_generators_shared_configuration_gives_period_and_conditions() -> None:
    one = only(peers.SLO_GENERATOR, peers.SLO_GENERATOR_CONFIG)
    assert one.window_minutes == 28 * 1440
    assert [(c.lookback_minutes, str(c.threshold)) for c in one.alerting.conditions] == [(60, "9")]
    cut = only(peers.SLO_GENERATOR_CUT).queries
    assert cut
    assert cut.good == 'sum(increase(http_seconds_bucket{job="checkout",le="0.25"}[{{.window}}]))'
    assert cut.total == 'sum(increase(http_seconds_count{job="checkout"}[{{.window}}]))'


def test_what_cannot_be_carried_is_named() -> None:
    assert ("not-carried", "warning") in rules(peers.SLO_GENERATOR_ELSEWHERE)
    assert only(peers.SLO_GENERATOR_ELSEWHERE).queries is None
    plugin = peers.SLOTH.partition("      events:")[0] + "      plugin: {id: sloth-common/x, options: {a: b}}\n"
    assert rules(plugin) == {("not-carried", "warning")}
    assert ("not-carried", "warning") in rules(peers.PYRRA_RATIO + "  alerting: {burnRateType: dynamic}\n")
    old = "service_name: prom\nbackend: {class: Prometheus}\n"
    assert "migrate" in reading(old).errors[0].remedy


def test_placeholders_of_every_tool_mean_the_window() -> None:
    for placeholder in ("{{ .window }}", "{{.window}}", "$window", "${window}"):
        one = only(peers.SLOTH.replace("{{ .window }}", placeholder))
        assert one.queries == only(peers.SLOTH).queries
    fixed = peers.OPENSLO.replace("sum(http_requests_total)", "sum(rate(http_requests_total[5m]))")
    assert ("window-placeholder", "warning") in rules(fixed)
    assert only(fixed).queries.total == "sum(rate(http_requests_total[{{.window}}]))"  # type: ignore[union-attr]


def test_calendars_and_slices_are_read() -> None:
    text = peers.OPENSLO.replace(
        "{duration: 30d, isRolling: true}",
        "{duration: 1M, isRolling: false, calendar: {startTime: 2026-01-01 00:00:00, timeZone: Europe/Berlin}}",
    ).replace("Occurrences", "Timeslices")
    one = only(text.replace("{target: 0.999}", "{target: 0.999, timeSliceTarget: 0.95, timeSliceWindow: 5m}"))
    assert one.calendar == Calendar(1, "M", "Europe/Berlin", "2026-01-01 00:00:00")
    assert (one.method, str(one.slice_target), one.slice_minutes) == ("Timeslices", "0.95", 5)


def test_a_list_document_and_an_empty_one_are_read() -> None:
    indented = "\n".join(f"  {line}" for line in peers.OPENSLO.splitlines())
    assert len(reading(f"---\n---\n- {indented.lstrip()}\n---\n{peers.SLOTH}").definitions) == 2


DEEP = "[" * 500_000
BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
HOSTILE = {
    "deep": (DEEP.encode(), "file-size"),
    "deep mappings": (("{a: " * 100_000).encode(), "file-size"),
    "bomb": (BOMB.encode(), "file-size"),
    "recursive": (b"a: &x [*x]", "yaml"),
    "large": (b"a: " + b"x" * 2_000_000, "file-size"),
    "latin": ("a: ü".encode("latin-1"), "encoding"),
    "binary": (bytes(range(256)), "encoding"),
    "nul": (b"a: \x00", "yaml"),
    "utf-16": ("a: 1".encode("utf-16"), "encoding"),
    "twice": (b"apiVersion: openslo/v1\nkind: SLO\nkind: SLO\n", "duplicate-key"),
    "huge number": (peers.OPENSLO.replace("0.999", "9" * 5000).encode(), "number"),
    "huge exponent": (peers.OPENSLO.replace("0.999", "1.0e+999999999").encode(), "number"),
    "tiny exponent": (peers.OPENSLO.replace("0.999", "1.0e-999999999").encode(), "number"),
    "list": (b"- 1\n- 2\n", "object"),
    "text": (b"hello", "object"),
    "nothing": (b"", "empty"),
    "comment": (b"# nothing\n", "empty"),
    "other": (b"apiVersion: v1\nkind: ConfigMap\n", "api-version"),
    "long query": (peers.SLOTH.replace("sum(rate", "(" * 30_000 + "sum(rate").encode(), "promql"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_findings(name: str) -> None:
    raw, rule = HOSTILE[name]
    found = read_all([Source("x.yaml", raw)], Context(complete=True))
    assert rule in {one.rule for one in found.errors}
    assert all(one.line >= 1 and one.remedy and len(str(one)) < 1000 for one in found.findings)


def test_merge_keys_are_followed() -> None:
    anchored = peers.OPENSLO.replace("{target: 0.999}", "&usual {target: 0.999}") + "---\n" + peers.OPENSLO
    assert reading(anchored.replace("[&usual", "&all [")).errors
    text = "defaults: &d {a: 1}\nother:\n  <<: *d\n  b: 2\n"
    assert {one.rule for one in read(text, file="x").errors} == {"api-version"}


def test_folders_pass_over_what_is_no_objective() -> None:
    found = reading("apiVersion: v1\nkind: ConfigMap\n", peers.SLOTH, lenient=True)
    assert found.errors == ()
    assert ("format", "warning") in {(one.rule, one.severity) for one in found.findings}


@given(
    name=st.sampled_from(sorted(peers.ALL)),
    line=st.integers(0, 30),
    junk=st.text(alphabet="ab:-[]{}&*!|>'\"# \t0%", max_size=14),
)
def test_any_line_of_any_format_may_be_broken(name: str, line: int, junk: str) -> None:
    lines = peers.ALL[name].splitlines()
    lines[line % len(lines)] = junk
    found = reading("\n".join(lines))
    for one in found.findings:
        assert one.line >= 1
        assert one.remedy
        assert one.rule in RULES
    for kind in FORMATS:
        for style in ("roadbed", "sloth"):
            make(found, Wishes(version="0"), kind=kind, style=style)


@given(raw=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    found = read_all([Source("x", raw)], Context())
    assert found.errors or found.findings == ()
