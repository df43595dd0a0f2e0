"""Runs every benchmark and prints its figures: value, target, and the ratio to a named peer where there is one.

Each `bench_*.py` here has `run() -> list[dict]` with the keys name, value, unit, and optionally target (an upper
bound unless `at_least` is true), size (what was worked on), peer and peer_value. `--only NAME` runs one file,
`--json FILE` keeps the figures.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def measured(path: Path) -> list[dict[str, Any]]:
    """The figures of one file."""
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    figures: list[dict[str, Any]] = module.run()
    return figures


def verdict(figure: dict[str, Any]) -> str:
    """Whether the figure keeps its target."""
    target = figure.get("target")
    if target is None or figure["value"] is None:
        return ""
    kept = figure["value"] >= target if figure.get("at_least") else figure["value"] <= target
    return "kept" if kept else "MISSED"


def line(figure: dict[str, Any]) -> str:
    """A figure as one line."""
    value = "no data" if figure["value"] is None else f"{figure['value']:,.4g} {figure['unit']}"
    parts = [f"{figure['name']:<58}", f"{value:>18}"]
    if figure.get("target") is not None:
        parts.append(f"target {'≥' if figure.get('at_least') else '≤'} {figure['target']:g} {verdict(figure)}")
    if figure.get("peer_value"):
        ratio = figure["value"] / figure["peer_value"] if figure["value"] is not None else float("nan")
        parts.append(f"{ratio:.3g} × {figure['peer']} ({figure['peer_value']:,.4g} {figure['unit']})")
    if figure.get("size"):
        parts.append(f"[{figure['size']}]")
    return "  ".join(parts)


def main() -> int:
    """The command; exit 1 when a target was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {time.strftime('%Y-%m-%d')}"
    )
    kept: list[dict[str, Any]] = []
    for path in sorted(HERE.glob("bench_*.py")):
        if given.only and given.only not in path.stem:
            continue
        print(f"\n{path.stem}")
        for figure in measured(path):
            kept.append({"file": path.stem, **figure})
            print(line(figure), flush=True)
    if given.json:
        given.json.write_text(json.dumps(kept, indent=2) + "\n")
    return int(any(verdict(figure) == "MISSED" for figure in kept))


if __name__ == "__main__":
    sys.exit(main())
