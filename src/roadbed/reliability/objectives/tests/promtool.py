"""Generated rules run by Prometheus's own evaluator over series that a test writes down."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from roadbed.reliability.objectives.rules.generating.making import joined, make
from roadbed.reliability.objectives.rules.generating.values import Wishes
from roadbed.reliability.objectives.rules.specs.reading import Context, Source, read_all

PROMTOOL = shutil.which("promtool")
OURS = '{roadbed_service="checkout", roadbed_slo="answered"}'


def rules_of(text: str, *, style: str = "roadbed", **wishes: Any) -> str:
    """The rules of a file of objectives that has no error."""
    read = read_all([Source("slo.yaml", text.encode())], Context(complete=True))
    assert read.errors == ()
    made = make(read, Wishes(version="0", **wishes), kind="prometheus", style=style)
    assert made.errors == ()
    return joined(made, kind="prometheus", style=style)


def promtool(*words: object) -> str:
    """What promtool says; it must be content."""
    assert PROMTOOL is not None
    done = subprocess.run([PROMTOOL, *map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def evaluate(
    folder: Path,
    rules: str,
    series: Mapping[str, str],
    *,
    at: int,
    figures: Mapping[str, float | None] | None = None,
    alerts: Mapping[str, list[str]] | None = None,
    about: Mapping[str, float] | None = None,
    once: bool = False,
    interval: str = "1m",
) -> None:
    """Run rules minute by minute and compare what stands then: counts exactly, ratios to nine digits.

    Where no alerts are asked for, only the rules that the figures need are run: promtool takes its time.

    Args:
        once: the asked rules themselves are evaluated at the end alone, and each minute only what they stand on.
        about: figures of other rules that need only be near.
        alerts: the severities with which each alert fires.
    """
    held = yaml.safe_load(rules)
    texts = {rule.get("record"): rule["expr"] for group in held["groups"] for rule in group["rules"]}
    asked = {name: f"({texts[name]})" if once else f"{name}{OURS}" for name in figures or {}}
    near = {name: f"({texts[name]})" if once else name for name in about or {}}
    if once:
        _keep(held, {found for name in (*asked, *near) for found in _named(texts[name])})
    elif not alerts:
        _keep(held, {*(figures or {}), *(about or {})})
    (folder / "rules.yaml").write_text(yaml.safe_dump(held))
    checks = [_check(asked[name], value, at, whole=":increase" in name) for name, value in (figures or {}).items()]
    for name, value in (about or {}).items():
        expr = f"sum(abs({near[name]} - {value}) < bool {value / 20})"
        checks.append({"expr": expr, "eval_time": f"{at}m", "exp_samples": [{"labels": "{}", "value": 1}]})
    for name, severities in (alerts or {}).items():
        firing = f'ALERTS{{alertname="{name}", alertstate="firing"}}'
        expr = f'count by (severity) (label_replace({firing}, "severity", "$1", "sloth_severity", "(.+)"))'
        samples = [{"labels": f'{{severity="{one}"}}', "value": 1} for one in severities]
        checks.append({"expr": expr, "eval_time": f"{at}m", "exp_samples": samples})
    test = {
        "interval": interval,
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": checks,
    }
    suite = {"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": [test]}
    (folder / "suite.yaml").write_text(yaml.safe_dump(suite))
    promtool("test", "rules", folder / "suite.yaml")


def _check(expr: str, value: float | None, at: int, *, whole: bool) -> dict[str, Any]:
    samples = []
    if value is not None:
        expr = f"{expr} * 1" if whole else f"abs({expr} - {value!r}) < bool 1e-9"
        samples = [{"labels": OURS, "value": value if whole else 1}]
    return {"expr": expr, "eval_time": f"{at}m", "exp_samples": samples}


def _keep(held: dict[str, Any], wanted: set[str]) -> None:
    rules = [rule for group in held["groups"] for rule in group["rules"]]
    before = 0
    while before < len(wanted):
        before = len(wanted)
        for rule in rules:
            if rule.get("record") in wanted:
                wanted |= _named(rule["expr"])
    for group in held["groups"]:
        group["rules"] = [rule for rule in group["rules"] if rule.get("record") in wanted]


def _named(expr: str) -> set[str]:
    return set(re.findall(r"(?:roadbed|slo):[a-z_]+:[a-z0-9_]+", expr))
