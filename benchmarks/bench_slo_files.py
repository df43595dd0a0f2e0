"""Files of objectives: 100 of them linted and made into rules, in this process and by the command, its start included."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

OBJECTIVES = 100
SLOTH = """\
version: prometheus/v1
service: service-{n}
slos:
  - name: answered
    objective: 99.9
    description: Requests answered.
    sli:
      events:
        error_query: sum(rate(http_requests_total{{job="service-{n}",code=~"5.."}}[{{{{.window}}}}]))
        total_query: sum(rate(http_requests_total{{job="service-{n}"}}[{{{{.window}}}}]))
    alerting: {{name: Burning}}
"""
OPENSLO = """\
apiVersion: openslo/v1
kind: SLO
metadata: {{name: answered-{n}}}
spec:
  service: service-{n}
  indicator:
    spec:
      ratioMetric:
        counter: true
        bad: {{metricSource: {{type: Prometheus, spec: {{query: 'sum(http_requests_total{{job="s-{n}",code="500"}})'}}}}}}
        total: {{metricSource: {{type: Prometheus, spec: {{query: 'sum(http_requests_total{{job="s-{n}"}})'}}}}}}
  timeWindow: [{{duration: 30d, isRolling: true}}]
  budgetingMethod: Occurrences
  objectives: [{{target: 0.999}}]
"""


def run() -> list[dict[str, Any]]:
    """Measure in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="roadbed-bench-"))
    try:
        return _measured(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measured(folder: Path) -> list[dict[str, Any]]:
    files = {}
    for name, text in (("sloth", SLOTH), ("openslo", OPENSLO)):
        files[name] = folder / f"{name}.yaml"
        files[name].write_text("---\n".join(text.format(n=number) for number in range(OBJECTIVES)))
    size = f"{OBJECTIVES} objectives"
    figures = []
    for name, file in files.items():
        figures += [
            {"name": f"slo files: lint and generate, {name} file, {style} style",
             "value": _cpu(_lint_and_generate(file, style)), "unit": "ms CPU", "target": 1000, "size": size}
            for style in ("roadbed", "sloth")
        ]  # fmt: skip
    command = [str(Path(sys.executable).parent / "roadbed")]
    bytecode = folder / "bytecode"
    lint = _children([*command, "slo", "lint", str(files["sloth"])], bytecode)
    made = _children([*command, "slo", "generate", str(files["sloth"]), "--output", str(folder / "out")], bytecode)
    start = _children([*command, "--version"], bytecode)
    figures += [
        {"name": "slo files: `slo lint`, its start included", "value": lint, "unit": "ms CPU", "size": size},
        {"name": "slo files: `slo generate`, which lints, with start", "value": made, "unit": "ms CPU", "target": 1000,
         "size": size},
        {"name": "slo files: of which starting `roadbed`", "value": start, "unit": "ms CPU"},
    ]  # fmt: skip
    return figures


def _lint_and_generate(file: Path, style: str) -> Callable[[], None]:
    from roadbed.reliability.objectives.rules.generating.making import make
    from roadbed.reliability.objectives.rules.generating.values import Wishes
    from roadbed.reliability.objectives.rules.promql import queries, tokens
    from roadbed.reliability.objectives.rules.specs.reading import Context, Source, read_all

    def work() -> None:
        # Each round begins like a new process: what queries were taken apart is forgotten.
        tokens.tokens_of.cache_clear()
        queries.selectors_of.cache_clear()
        queries.adds_by.cache_clear()
        read = read_all([Source(file.name, file.read_bytes())], Context(complete=True))
        assert not read.errors
        assert len(read.definitions) == OBJECTIVES
        assert make(read, Wishes(version="0"), kind="prometheus", style=style).files

    return work


def _cpu(work: Callable[[], None], *, rounds: int = 5) -> float:
    """The median of a few rounds, in milliseconds of this process's CPU."""
    work()
    spent = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        spent.append((time.process_time() - began) * 1000)
    return sorted(spent)[rounds // 2]


def _children(command: list[str], bytecode: Path, *, rounds: int = 4) -> float:
    """The least CPU of a command among a few runs, in milliseconds.

    Modules are compiled once, as an installed command's are; the first run does it.
    """
    spent = []
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(bytecode)
    for _ in range(rounds):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, capture_output=True, env=environment)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(spent) * 1000
