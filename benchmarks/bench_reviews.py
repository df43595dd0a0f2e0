"""The checks of reviews: precision and recall, each with its 95 % Wilson interval, on cases seen and not seen; the search.

`held out` is the figure to believe: cases written after the words were fixed. `developed` and `labelled` are those that
the words were written with; they flatter. The labelled ones are read where they are beside the repository. A file given
as argument is measured too: lines of `text`, `section`, `label`, or of `action`, `factor`, `owner`, `evidence`, `label`.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from roadbed.reliability.reviews.rules.blame.checking import check
from roadbed.reliability.reviews.rules.blame.people import Directory
from roadbed.reliability.reviews.rules.fitness import unfit

ROOT = Path(__file__).parents[1]
CASES = ROOT / "src/roadbed/reliability/reviews/tests/cases"
LABELLED = ROOT.parent / "shared" / "labelled"
Row = dict[str, Any]


def rows(file: Path) -> list[Row]:
    """The cases of a file that have one answer."""
    found = [json.loads(line) for line in file.read_text().splitlines() if line.strip()]
    return [row for row in found if not row.get("ambiguous")]


def wilson(right: int, of: int) -> str:
    """The 95 % interval of a share."""
    if not of:
        return "no data"
    share, z = right / of, 1.96
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return f"{middle - half:.2f}–{middle + half:.2f}"


def blamed(names: list[str]) -> Callable[[Row], bool]:
    """Whether a sentence is warned of."""
    directory = Directory(names)
    return lambda row: check(row["text"], section=row["section"], people=directory) is not None


def is_unfit(row: Row) -> bool:
    """Whether an action is warned of."""
    return unfit(row["action"], factor=row["factor"]["text"], owner=row["owner"], evidence=row["evidence"]) is not None


def figures(name: str, cases: list[Row], says: Callable[[Row], bool], *, held_out: bool = False) -> list[Row]:
    """Precision and recall."""
    warned = [row for row in cases if says(row)]
    true = sum(row["label"] in {"blame", "weak"} for row in warned)
    there = sum(row["label"] in {"blame", "weak"} for row in cases)
    target = {"target": 0.85, "at_least": True} if held_out else {}
    return [
        {"name": f"{name}: precision", "value": true / len(warned) if warned else None, "unit": "", **target,
         "size": f"{true} of {len(warned)}, {wilson(true, len(warned))}"},
        {"name": f"{name}: recall", "value": true / there if there else None, "unit": "",
         "size": f"{true} of {there}, {wilson(true, there)}"},
    ]  # fmt: skip


def run() -> list[Row]:
    """The figures."""
    labelled_names = LABELLED / "blame-people.json"
    names = json.loads((CASES / "people.json").read_text())
    says = blamed(names + (json.loads(labelled_names.read_text()) if labelled_names.exists() else []))
    held = rows(CASES / "blame-held-out.jsonl")
    found = figures("blame, held out", held, says, held_out=True)
    found += figures("actions, held out", rows(CASES / "actions-held-out.jsonl"), is_unfit, held_out=True)
    found += figures("blame, developed", rows(CASES / "blame-developed.jsonl"), says)
    for name, judge in (("blame", says), ("actions", is_unfit)):
        if (LABELLED / f"{name}.jsonl").exists():
            found += figures(f"{name}, labelled", rows(LABELLED / f"{name}.jsonl"), judge)
    began = time.perf_counter()
    for row in held:
        says(row)
    micros = (time.perf_counter() - began) / len(held) * 1e6
    return [*found, {"name": "blame: one sentence", "value": micros, "unit": "µs"}]


def main() -> None:
    """Measure the files that are given."""
    names = json.loads((LABELLED / "blame-people.json").read_text()) if LABELLED.exists() else []
    for file in map(Path, sys.argv[1:]):
        cases = rows(file)
        judge = is_unfit if cases and "action" in cases[0] else blamed(names)
        for one in figures(file.name, cases, judge):
            print(f"{one['name']:<50} {one['value']:.3f}  [{one['size']}]")


if __name__ == "__main__":
    main()
