"""Generated rules in Prometheus's own evaluator: every edge at which the figures of an objective usually go wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from roadbed.reliability.objectives.tests.promtool import PROMTOOL, evaluate, promtool, rules_of

pytestmark = pytest.mark.skipif(PROMTOOL is None, reason="promtool is not here; `make setup-dev` installs it")

BAD, TOTAL = "roadbed:slo_bad:increase", "roadbed:slo_total:increase"
LEFT, BURN, COVERAGE = "roadbed:slo_budget_remaining:ratio", "roadbed:slo_burn_rate:ratio", "roadbed:slo_coverage:ratio"
FIRING = "RoadbedErrorBudgetBurn"


def spec(part: str = 'bad: sum(hits_total{code=~"5.."})', total: str = "sum(hits_total)", more: str = "") -> str:
    side, _, query = part.partition(": ")
    return f"""\
apiVersion: openslo/v1
kind: SLO
metadata: {{name: answered, displayName: Requests answered, labels: {{owner: team-payments}}}}
spec:
  service: checkout
  indicator:
    spec:
      ratioMetric:
        counter: true
        {side}: {{metricSource: {{type: Prometheus, spec: {{query: '{query}'}}}}}}
        total: {{metricSource: {{type: Prometheus, spec: {{query: '{total}'}}}}}}
  timeWindow: [{{duration: 30d, isRolling: true}}]
  budgetingMethod: {"Timeslices" if more else "Occurrences"}
  objectives: [{{target: 0.999{more}}}]
"""


RULES = rules_of(spec())


def series(**values: str) -> dict[str, str]:
    named = {
        "ok": 'hits_total{job="web", instance="a", code="200"}',
        "failed": 'hits_total{job="web", instance="a", code="500"}',
    }
    named |= {"up": 'up{job="web", instance="a"}', "start": 'process_start_time_seconds{job="web", instance="a"}'}
    return {named[name]: text for name, text in values.items()}


def test_windows_hold_exactly_their_minutes(tmp_path: Path) -> None:
    counted = {f"{BAD}1m": 1, f"{TOTAL}1m": 100, f"{BAD}5m": 5, f"{TOTAL}1h": 6000, f"{BURN}1h": 10, f"{LEFT}": -9}
    evaluate(tmp_path, RULES, series(up="1x90", ok="70+99x90", failed="8+1x90"), at=80, figures=counted)


def test_minutes_of_many_scrapes_are_as_exact(tmp_path: Path) -> None:
    """Samples every 7 seconds never fall on the minute, and lose nothing there."""
    held = series(up="1x800", ok="50+13x800", failed="3+2x800")
    # At 80 and at 20 minutes the last samples are of 4795 and 1197 seconds.
    passed = 4795 // 7 - 1197 // 7
    counted = {f"{BAD}1h": 2 * passed, f"{TOTAL}1h": 15 * passed}
    evaluate(tmp_path, RULES, held, at=80, figures=counted, interval="7s")


def test_sums_of_several_counters_are_taken_whole(tmp_path: Path) -> None:
    rules = rules_of(
        spec("good: sum(hits_total) + sum(saved_total)", "sum(hits_total) + sum(saved_total) + sum(lost_total)")
    )
    held = {
        f'{name}_total{{job="web", instance="a"}}': f"5+{step}x60"
        for name, step in (("hits", 7), ("saved", 5), ("lost", 3))
    }
    evaluate(tmp_path, rules, held, at=50, figures={f"{TOTAL}30m": 15 * 30, f"{BAD}30m": 3 * 30})


def test_no_traffic_is_idle_and_spends_nothing(tmp_path: Path) -> None:
    """Sloth divides 0 by 0 here; its budget is no number for as long as its range reaches."""
    held = series(up="1x120", ok="0+1000x30 30000x90", failed="0+1x30 30x90")
    counted = {f"{TOTAL}1m": 0, f"{BURN}1h": None, f"{TOTAL}30d": 30030, f"{BAD}30d": 30, LEFT: 1 - 30 / 30.030}
    evaluate(tmp_path, RULES, held, at=110, figures=counted)


def test_an_error_series_that_never_appeared_is_no_error(tmp_path: Path) -> None:
    """Sloth has no indicator at all here."""
    held = series(up="1x90", ok="7+100x90")
    evaluate(tmp_path, RULES, held, at=80, figures={f"{BAD}1h": 0, f"{TOTAL}1h": 6000, f"{BURN}1h": 0, LEFT: 1})


def test_a_good_series_that_is_missing_is_no_measurement(tmp_path: Path) -> None:
    rules = rules_of(spec('good: sum(hits_total{code!~"5.."})'))
    held = series(up="1x60", failed="0+100x60")
    evaluate(tmp_path, rules, held, at=50, figures={f"{TOTAL}1h": None, f"{BAD}1h": None, LEFT: None})


def test_a_target_that_is_gone_is_unmeasured_and_pages(tmp_path: Path) -> None:
    """A budget that says 100 % after a blackout says nothing: the coverage beside it does."""
    held = series(up="1x30 0x40", ok="0+100x30 stale", failed="0+0x30 stale")
    counted = {f"{TOTAL}1m": None, f"{TOTAL}30d": 3000, COVERAGE: 31 / 43200, LEFT: 1}
    evaluate(tmp_path, RULES, held, at=65, figures=counted, alerts={"RoadbedUnmeasured": ["page"], FIRING: []})


TWENTY_AN_HOUR = " ".join(f"{number}x2" for number in range(70))


def test_one_error_in_twenty_requests_an_hour_fires_nothing(tmp_path: Path) -> None:
    held = series(up="1x200", ok=TWENTY_AN_HOUR, failed="0x185 1x10")
    fires = {FIRING: [], "RoadbedUnmeasured": [], "RoadbedBrokenIndicator": []}
    evaluate(tmp_path, RULES, held, at=189, figures={f"{BAD}1h": 1, f"{TOTAL}1h": 21}, alerts=fires)


SLOTH = """\
version: prometheus/v1
service: checkout
slos:
  - name: answered
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(hits_total{code=~"5.."}[{{.window}}]))
        total_query: sum(rate(hits_total[{{.window}}]))
    alerting: {name: Burning}
"""


def test_sloths_rules_do_fire_there(tmp_path: Path) -> None:
    held = series(up="1x200", ok=TWENTY_AN_HOUR, failed="0x185 1x10")
    evaluate(tmp_path, rules_of(SLOTH, style="sloth"), held, at=189, alerts={"Burning": ["page", "ticket"]})


def test_an_outage_at_that_traffic_does_page(tmp_path: Path) -> None:
    held = series(up="1x100", ok=TWENTY_AN_HOUR, failed="0x60 0+1x40")
    evaluate(tmp_path, RULES, held, at=95, alerts={FIRING: ["page", "ticket"]})


def test_a_counter_that_is_born_with_errors_counts_them(tmp_path: Path) -> None:
    """`increase` sees nothing of a series' first value: for it these 600 errors are none."""
    held = series(up="1x60", ok="0+1000x60", failed="_x30 600x30")
    evaluate(tmp_path, RULES, held, at=50, figures={f"{BAD}30m": 600, f"{BAD}1h": 600})


def test_an_old_counter_that_is_seen_for_the_first_time_counts_from_then_on(tmp_path: Path) -> None:
    held = series(up="_x30 1x30", ok="_x30 9000000+1000x30", failed="_x30 5000x30", start="_x30 -90000x30")
    evaluate(tmp_path, RULES, held, at=50, figures={f"{BAD}1h": 0, f"{TOTAL}1h": 20_000})


def test_all_that_a_young_process_counted_is_new(tmp_path: Path) -> None:
    held = series(up="_x30 1x30", ok="_x30 300+100x30", failed="_x30 7x30", start="_x30 1700x30")
    evaluate(tmp_path, RULES, held, at=50, figures={f"{BAD}1h": 7, f"{TOTAL}1h": 307 + 2000})


def test_after_a_reset_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    held = series(up="1x60", ok="5000+100x30 40+100x29", failed="90+1x30 3+1x29")
    counted = {f"{BAD}1h": 30 + 3 + 19, f"{TOTAL}1h": 3030 + 43 + 19 * 101, f"{BAD}1m": 1}
    evaluate(tmp_path, RULES, held, at=50, figures=counted)


def test_what_happened_in_a_gap_belongs_to_the_minute_that_ends_it(tmp_path: Path) -> None:
    held = series(up="1x10 0x20 1x30", ok="0+100x10 stale _x19 3100+100x30", failed="0x10 stale _x19 0x30")
    counted = {f"{TOTAL}30d": 5000, COVERAGE: (11 + 20) / 43200}
    evaluate(tmp_path, RULES, held, at=50, figures=counted)


def test_sixteen_quiet_hours_weigh_what_they_weigh(tmp_path: Path) -> None:
    """16 h at 0.1 requests a second with 10 % errors inside 72 h at 100: 0.00286 % of all, 2.2 % of the average."""
    busy, quiet = 1680, 960
    good, failed = [f"0+6000x{busy - 1}"], [f"0x{busy - 1}"]
    for hour in range(16):
        # Six requests a minute, of which one in ten fails: in each hour 324 good ones and 36 bad.
        start = busy * 6000 - 6000 + hour * 324
        good.append(f"{start}x5 {start + 6}+6x53")
        failed.append(f"{hour * 36 + 6}+6x5 {hour * 36 + 36}x53")
    last = busy * 6000 - 6000 + 16 * 324
    good.append(f"{last + 6000}+6000x1700")
    failed.append("576x1700")
    total = (busy - 1 + 1680) * 6000 + 5760
    assert 576 / total == pytest.approx(0.0000286, abs=2e-7)
    held = series(up="1x4400", ok=" ".join(good), failed=" ".join(failed))
    both = RULES + rules_of(SLOTH, style="sloth").partition("groups:\n")[2]
    counted = {f"{BAD}30d": 576, f"{TOTAL}30d": total}
    averaged = {"slo:sli_error:ratio_rate30d": 0.0222}
    evaluate(tmp_path, both, held, at=busy - 1 + quiet + 1680, figures=counted, about=averaged, once=True)


def test_more_bad_than_all_is_a_broken_indicator(tmp_path: Path) -> None:
    rules = rules_of(spec('bad: sum(hits_total{code=~"5.."})', "sum(asked_total)"))
    held = {**series(up="1x60", failed="0+7x60"), 'asked_total{job="web", instance="a"}': "0+3x60"}
    evaluate(tmp_path, rules, held, at=50, alerts={"RoadbedBrokenIndicator": ["ticket"]})


def test_time_slices_are_counted_as_slices(tmp_path: Path) -> None:
    rules = rules_of(spec(more=", timeSliceTarget: 0.95, timeSliceWindow: 1m"))
    held = series(up="1x90", ok="0+90x40 3600x50", failed="0+10x10 100x80")
    counted = {f"{TOTAL}1h": 60, f"{BAD}1h": 0, f"{TOTAL}30d": 80, f"{BAD}30d": 10}
    evaluate(tmp_path, rules, held, at=80, figures=counted)


def test_longer_slices_and_their_ratios_are_judged_each_minute(tmp_path: Path) -> None:
    held = series(up="1x60", ok="0+90x20 1800x40", failed="0+10x20 200x40")
    whole = rules_of(spec(more=", timeSliceTarget: 0.95, timeSliceWindow: 5m"))
    evaluate(tmp_path, whole, held, at=50, figures={f"{TOTAL}30d": 50, f"{BAD}30d": 24})
    ratios = spec(more=", timeSliceWindow: 1m").replace("Timeslices", "RatioTimeslices")
    evaluate(tmp_path, rules_of(ratios), held, at=50, figures={f"{TOTAL}30d": 50, f"{BAD}30d": 2})


def test_a_gauge_is_good_or_bad_each_minute(tmp_path: Path) -> None:
    gauge = "      thresholdMetric: {metricSource: {type: Prometheus, spec: {query: max(lag)}}}\n"
    text = spec().split("      ratioMetric")[0] + gauge
    text += "  timeWindow: [{duration: 30d, isRolling: true}]\n  budgetingMethod: Occurrences\n"
    text += "  objectives: [{target: 0.9, op: lte, value: 5}]\n"
    held = {'lag{job="web"}': "1x30 9x10 1x40"}
    evaluate(tmp_path, rules_of(text), held, at=60, figures={f"{BAD}30d": 11, f"{TOTAL}30d": 61})


@pytest.mark.parametrize("style", ["roadbed", "sloth"])
def test_prometheus_takes_the_rules_of_both_styles(tmp_path: Path, style: str) -> None:
    (tmp_path / "rules.yaml").write_text(rules_of(SLOTH, style=style))
    assert "SUCCESS" in promtool("check", "rules", tmp_path / "rules.yaml")
