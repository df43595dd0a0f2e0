"""How well the kind of a change is derived, on the labelled changes: precision, recall, F1 and the confusion matrix.

The cues were written with these cases in view, so three figures are printed. `tuned` is the plain one and flatters.
`left out` judges each case without the words that no other case supports, as if its own vocabulary had never been
seen: nearer to what new changes get, and pessimistic, since many words of the trade occur only once in 200 cases.
`folds` chooses the weights anew on nine tenths, by the left-out figure, and judges the last tenth.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from roadbed.delivery.changes.kinds.cues import WORDS, Cue
from roadbed.delivery.changes.kinds.deriving import WEIGHTS, Weights, derive
from roadbed.delivery.changes.kinds.values import KINDS, Change

LABELLED = Path(__file__).parents[2] / "shared" / "labelled" / "change-kind.jsonl"
FOLDS = 10
GRID = {"body": (0.9, 1.1, 1.4), "label": (1.0, 1.5, 2.0), "idle": (4.0, 5.0, 7.0), "prior": (0.1, 0.25, 0.5)}
Confusion = Counter[tuple[str, str]]


def change_of(case: dict[str, Any]) -> Change:
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


def read(path: Path) -> list[tuple[Change, str]]:
    """The cases that are not ambiguous, with their labels."""
    cases = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    return [(change_of(case), case["kind"]) for case in cases if not case.get("ambiguous")]


def left_out(cases: list[tuple[Change, str]]) -> list[tuple[Cue, ...]]:
    """For each case the cues without the words that it alone supports."""
    only: list[set[str]] = [set() for _ in cases]
    for kind, word in ((cue.kind, word) for cue in WORDS for word in cue.words):
        pattern = re.compile(word, re.IGNORECASE)
        hit = [i for i, (change, _) in enumerate(cases) if pattern.search(f"{change.title}\n{change.body}")]
        agreeing = [i for i in hit if cases[i][1] == kind]
        for i in hit:
            if not [other for other in agreeing if other != i]:
                only[i].add(word)
    return [tuple(_without(cue, words) for cue in WORDS) for words in only]


def _without(cue: Cue, words: set[str]) -> Cue:
    if not words & set(cue.words):
        return cue
    kept = [word for word in cue.words if word not in words] or ["(?!)"]
    return replace(cue, pattern=re.compile("|".join(kept), re.IGNORECASE))


def judge(cases: list[tuple[Change, str]], words: Sequence[tuple[Cue, ...]], weights: Weights = WEIGHTS) -> Confusion:
    """(labelled, derived) pairs, counted."""
    return Counter(
        (kind, derive(change, weights=weights, words=cues).kind)
        for (change, kind), cues in zip(cases, words, strict=True)
    )


def scores(found: Confusion) -> dict[str, tuple[float, float, float]]:
    """Precision, recall and F1 of each kind."""
    result = {}
    for kind in KINDS:
        right = found[kind, kind]
        derived = sum(count for (_, said), count in found.items() if said == kind)
        labelled = sum(count for (truth, _), count in found.items() if truth == kind)
        precision, recall = right / derived if derived else 0.0, right / labelled if labelled else 0.0
        result[kind] = (precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0)
    return result


def macro_f1(found: Confusion) -> float:
    """The mean of the kinds' F1."""
    return sum(f1 for _, _, f1 in scores(found).values()) / len(KINDS)


def folds(cases: list[tuple[Change, str]], words: Sequence[tuple[Cue, ...]]) -> tuple[Confusion, Counter[Weights]]:
    """Each tenth judged with the weights that suit the others best."""
    grid = [replace(WEIGHTS, **dict(zip(GRID, values, strict=True))) for values in itertools.product(*GRID.values())]
    said = [
        [derive(change, weights=weights, words=cues).kind for (change, _), cues in zip(cases, words, strict=True)]
        for weights in grid
    ]
    found, chosen = Confusion(), Counter[Weights]()
    for fold in range(FOLDS):
        train = [i for i in range(len(cases)) if i % FOLDS != fold]
        fits = [macro_f1(Confusion((cases[i][1], answers[i]) for i in train)) for answers in said]
        best = fits.index(max(fits))
        chosen[grid[best]] += 1
        found.update((cases[i][1], said[best][i]) for i in range(fold, len(cases), FOLDS))
    return found, chosen


def show(name: str, found: Confusion) -> None:
    """One table: the scores, then the matrix, rows labelled and columns derived."""
    print(f"\n{name}: macro F1 {macro_f1(found):.3f}, {sum(found.values())} changes")
    print(f"  {'':12} precision recall    F1   derived as: " + " ".join(f"{kind[:8]:>8}" for kind in KINDS))
    for kind, (precision, recall, f1) in scores(found).items():
        row = " ".join(f"{found[kind, said]:8}" for said in KINDS)
        print(f"  {kind:12} {precision:9.3f} {recall:6.3f} {f1:5.3f}               {row}")
    unseen = sum(found["feature", said] for said in KINDS if said != "feature")
    print(f"  features called something else: {unseen}; rollbacks called a feature: {found['rollback', 'feature']}")


def run() -> list[dict[str, Any]]:
    """The figures for benchmarks/run.py; nothing where the labelled changes are not beside the repository."""
    if not LABELLED.is_file():
        return []
    cases = read(LABELLED)
    size = f"{len(cases)} labelled changes"
    began = time.perf_counter()
    tuned = judge(cases, [WORDS] * len(cases))
    micros = (time.perf_counter() - began) / len(cases) * 1e6
    held = judge(cases, left_out(cases))
    right = sum(count for (truth, said), count in tuned.items() if truth == said) / len(cases)
    unseen = sum(tuned["feature", said] for said in KINDS if said != "feature")
    return [
        {"name": "change kind: macro F1, tuned on", "value": macro_f1(tuned), "unit": "", "target": 0.85,
         "at_least": True, "size": size},
        {"name": "change kind: macro F1, own words left out", "value": macro_f1(held), "unit": "", "size": size},
        {"name": "change kind: accuracy", "value": right, "unit": "", "peer": "a plain word list", "peer_value": 0.38},
        {"name": "change kind: features called else", "value": unseen, "unit": "changes", "target": 2, "size": size},
        {"name": "change kind: rollbacks called feature", "value": tuned["rollback", "feature"], "unit": "changes",
         "target": 1, "size": size},
        {"name": "change kind: one derivation", "value": micros, "unit": "µs", "size": size},
    ]  # fmt: skip


def main() -> int:
    """Print the figures; 0 whatever they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=LABELLED, help="change-kind.jsonl")
    cases = read(parser.parse_args().file)
    plain: list[tuple[Cue, ...]] = [WORDS] * len(cases)
    began = time.perf_counter()
    tuned = judge(cases, plain)
    each = (time.perf_counter() - began) / len(cases)
    words = left_out(cases)
    show("tuned", tuned)
    show("left out", judge(cases, words))
    crossed, chosen = folds(cases, words)
    show("folds", crossed)
    for weights, times in chosen.most_common(3):
        print(f"  chosen {times} of {FOLDS} times: " + ", ".join(f"{name} {getattr(weights, name)}" for name in GRID))
    print(f"\n{each * 1e6:.0f} µs a change")
    return 0


if __name__ == "__main__":
    sys.exit(main())
