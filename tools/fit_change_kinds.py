"""Fits what each signal of a change weighs for each kind, from labelled changes, and writes it as a table to read.

A multinomial logistic regression, so that weights add up. Each weight starts from the kind that its words were written
for and leaves it only as far as the cases want (`PULL`): a concept that no case has keeps its first guess. Each case is
shown twice, as it is and without the words that it alone supports (see left_out), as new changes come with words that
nobody listed; that keeps labels, paths and shapes from being undervalued. The fit has no chance in it: the same cases
give the same table.

    python tools/fit_change_kinds.py            writes src/roadbed/delivery/changes/kinds/weights.py
    python tools/fit_change_kinds.py --check    fails where the table is not what the cases give
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from roadbed.delivery.changes.kinds.combining import COMBINATIONS
from roadbed.delivery.changes.kinds.deriving import SCALE
from roadbed.delivery.changes.kinds.reading import Listed, read
from roadbed.delivery.changes.kinds.signals import TEXTS, index, signals
from roadbed.delivery.changes.kinds.values import FEATURE, KINDS, MAINTENANCE, RELIABILITY, ROLLBACK, SECURITY, Change
from roadbed.delivery.changes.kinds.vocabulary import BY_KIND

ROOT = Path(__file__).parents[1]
OURS = ROOT / "src/roadbed/delivery/changes/tests/kind_cases.jsonl"
LABELLED = ROOT.parent / "shared" / "labelled" / "change-kind.jsonl"
TABLE = ROOT / "src/roadbed/delivery/changes/kinds/weights.py"
PULL, STEPS = 2.0, 120
CONVENTIONS = ("label for ", "commit type for ")
Row = tuple[int, ...]

FIRST_GUESS: dict[str, tuple[str, float]] = {
    "revert": (ROLLBACK, 3.0), "brought again by a revert": (FEATURE, 3.0), "names tidy work": (MAINTENANCE, 1.0),
    "names a removal": (FEATURE, 0.0), "version goes down": (ROLLBACK, 2.0), "version goes up": (FEATURE, 0.0),
    "nothing that runs": (MAINTENANCE, 2.0), "dependencies only": (MAINTENANCE, 1.0),
    "a bot's update": (MAINTENANCE, 0.4), "files of access and secrets": (SECURITY, 0.4),
    "files of alerts": (RELIABILITY, 0.4), "files of infrastructure": (RELIABILITY, 0.4),
    "files of migrations": (FEATURE, 0.0), "files of a screen": (FEATURE, 0.4), "files of texts": (FEATURE, 0.4),
    "files of prices and offers": (FEATURE, 0.4), "files of flags": (FEATURE, 0.0), "files of a model": (FEATURE, 0.0),
    "files of configuration": (FEATURE, 0.0), "mostly new lines": (FEATURE, 0.4),
    "mostly lines removed": (FEATURE, 0.0), "as many lines as before": (MAINTENANCE, 0.4),
    "a line or two": (FEATURE, 0.0), "tells what happened @ body": (RELIABILITY, 1.0),
    "says no more than a title": (FEATURE, 0.0),
}  # fmt: skip
STRONGER = {"it says nothing changes": 2.0, "a weakness": 2.0, "revert of what does not run": 5.0}


def change_of(case: Mapping[str, Any]) -> Change:
    """A labelled case as the rules take it."""
    return Change(
        title=case["title"],
        body=case["body"],
        labels=tuple(case["labels"]),
        branch=case["branch"],
        paths=tuple(case["paths"]),
        additions=case["diffstat"]["additions"],
        deletions=case["diffstat"]["deletions"],
        author_is_bot=case["author_is_bot"],
    )


def cases_of(path: Path, part: str = "") -> list[tuple[Change, str]]:
    """The cases of a file, or of a part of it, with their labels: those not ambiguous, none where there is no file."""
    if not path.is_file():
        return []
    told = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    kept = (case for case in told if not case.get("ambiguous") and part in ("", case.get("part")))
    return [(change_of(case), case["kind"]) for case in kept]


def first_guesses() -> dict[str, tuple[float, ...]]:
    """Where each weight starts."""
    found: dict[str, tuple[str, float]] = dict(FIRST_GUESS)
    for kind, concepts in BY_KIND.items():
        found |= {f"{one.name} @ {where}": (kind, STRONGER.get(one.name, 1.0)) for one in concepts for where in TEXTS}
        for source, strength in (("label", 0.4), ("commit type", 0.3)):
            found[f"{source} for {kind}"] = (kind, strength)
            found[f"{source} for {kind}, and no word says otherwise"] = (kind, 1.0)
    found |= {one.name: (one.kind, STRONGER.get(one.name, 1.0)) for one in COMBINATIONS}
    return {
        key: centred([strength * (one == kind) for one in KINDS]) for key, (kind, strength) in sorted(found.items())
    }


def centred(row: Sequence[float]) -> tuple[float, ...]:
    """A row that adds up to nothing, so that no signal speaks for all kinds at once."""
    mean = sum(row) / len(row)
    return tuple(one - mean for one in row)


def left_out(cases: Sequence[tuple[Change, str]]) -> list[frozenset[Listed]]:
    """For each case the listed words that only it supports among the cases of their kind."""
    written_for = {one.name: kind for kind, group in BY_KIND.items() for one in group}
    said = [index().listed_in(read(one.title)) | index().listed_in(read(one.body)) for one, _ in cases]
    support = Counter(
        word for words, (_, kind) in zip(said, cases, strict=True) for word in words if written_for[word[0]] == kind
    )
    return [
        frozenset(word for word in words if support[word] <= (written_for[word[0]] == kind))
        for words, (_, kind) in zip(said, cases, strict=True)
    ]


def keys_of(change: Change, without: frozenset[Listed] = frozenset()) -> list[str]:
    """What a change is to the fit: the keys of its signals."""
    return sorted({one.key for one in signals(change, without)})


def shown(cases: Sequence[tuple[Change, str]]) -> list[tuple[list[str], str]]:
    """Each case twice: as it is, and without its own words."""
    plain = [(keys_of(change), kind) for change, kind in cases]
    bare = zip(cases, left_out(cases), strict=True)
    return plain + [(keys_of(change, without), kind) for (change, kind), without in bare]


def fit(cases: Iterable[tuple[list[str], str]]) -> dict[str, Row]:
    """The weights in points, by Adam on the penalised likelihood: few steps, no chance."""
    start = first_guesses()
    names = list(start)
    place = {name: at for at, name in enumerate(names)}
    # In cases chosen to mislead, labels and types lie more often than in life: they never speak against themselves.
    conventions = [
        (place[key], KINDS.index(key.split(" for ")[1].partition(",")[0]))
        for key in names
        if key.startswith(CONVENTIONS)
    ]
    known = [([place[key] for key in keys], KINDS.index(kind)) for keys, kind in cases]
    weight = [list(start[name]) for name in names]
    first = [[0.0] * len(KINDS) for _ in names]
    second = [[0.0] * len(KINDS) for _ in names]
    for step in range(1, STEPS + 1):
        slope = _slopes(known, weight, [start[name] for name in names])
        rate = 0.1 if step < STEPS * 2 // 3 else 0.03
        for at, row in enumerate(slope):
            for kind, one in enumerate(row):
                first[at][kind] = 0.9 * first[at][kind] + 0.1 * one
                second[at][kind] = 0.99 * second[at][kind] + 0.01 * one * one
                steep = math.sqrt(second[at][kind] / (1 - 0.99**step)) + 1e-8
                weight[at][kind] -= rate * first[at][kind] / (1 - 0.9**step) / steep
        for at, kind in conventions:
            weight[at][kind] = max(weight[at][kind], sum(weight[at][:kind] + weight[at][kind + 1 :]) / (len(KINDS) - 1))
    return {name: in_points(weight[at]) for at, name in enumerate(names)}


def _slopes(
    known: list[tuple[list[int], int]], weight: list[list[float]], start: list[tuple[float, ...]]
) -> list[list[float]]:
    slope = [[PULL * (w - s) for w, s in zip(*rows, strict=True)] for rows in zip(weight, start, strict=True)]
    for places, truth in known:
        sums = [sum(weight[at][kind] for at in places) for kind in range(len(KINDS))]
        odds = [math.exp(one - max(sums)) for one in sums]
        total = sum(odds)
        for kind, one in enumerate(odds):
            off = one / total - (kind == truth)
            for at in places:
                slope[at][kind] += off
    return slope


def in_points(row: Sequence[float]) -> Row:
    """Whole points that add up to nothing; what rounding leaves goes to the largest."""
    points = [round(one * SCALE) for one in centred(row)]
    points[points.index(max(points))] -= sum(points)
    return tuple(points)


def table(weights: Mapping[str, Row]) -> str:
    """The weights as the module that the rules read."""
    lines = [
        '"""What each signal weighs for each kind, in points. Written by tools/fit_change_kinds.py; do not edit."""',
        "",
        "from __future__ import annotations",
        "",
        "from typing import Final",
        "",
        f"# {', '.join(KINDS)}",
        "WEIGHTS: Final[dict[str, tuple[int, ...]]] = {",
        *(f'    "{name}": ({", ".join(map(str, row))}),' for name, row in weights.items() if any(row)),
        "}",
        "",
    ]
    return "\n".join(lines)


def main() -> int:
    """Fit and write, or compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where the table is another")
    asked = parser.parse_args()
    cases = cases_of(OURS, "development") + cases_of(LABELLED)
    if not cases_of(LABELLED):
        sys.stderr.write(f"{LABELLED} is not there: the table needs its cases too.\n")
        return 1
    written = table(fit(shown(cases)))
    if asked.check:
        return 0 if TABLE.read_text() == written else 1
    TABLE.write_text(written)
    print(f"{len(cases)} changes, {written.count('@') + written.count('for ')} weights → {TABLE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
