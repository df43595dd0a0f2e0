"""How well the kind of a change is derived: precision, recall, F1 and the confusion matrix on five sets of changes.

`held out` is the figure to believe: changes labelled after the words were fixed, which neither words nor weights have
seen. `development` and `labelled` are the changes that the words were written with and the weights were fitted to; they
flatter. `folds` fits the weights anew on nine tenths of those and judges the last tenth, though its words were known.
`left out` does the same without the words that a case alone supports, as if its own vocabulary had never been seen:
pessimistic, since most words of the trade occur once in a thousand changes.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
import fit_change_kinds as fitting

from roadbed.delivery.changes.kinds.deriving import derive
from roadbed.delivery.changes.kinds.reading import Listed
from roadbed.delivery.changes.kinds.values import KINDS, Change

FOLDS = 8
Cases = Sequence[tuple[Change, str]]
Confusion = Counter[tuple[str, str]]


def judge(cases: Cases, without: Sequence[frozenset[Listed]] | None = None) -> Confusion:
    """(labelled, derived) pairs, counted."""
    gone = without or [frozenset()] * len(cases)
    return Counter((kind, derive(change, without=out).kind) for (change, kind), out in zip(cases, gone, strict=True))


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


def unseen(found: Confusion) -> int:
    """Features that pass the gate as something else."""
    return sum(found["feature", said] for said in KINDS if said != "feature")


def folds(cases: Cases) -> tuple[Confusion, Confusion]:
    """Each part judged with weights fitted to the others: as it is, and without the words that it alone supports."""
    order = list(range(len(cases)))
    random.Random(5).shuffle(order)  # noqa: S311 - the same folds each time
    without = fitting.left_out(cases)
    plain, bare = Confusion(), Confusion()
    for fold in range(FOLDS):
        held = order[fold::FOLDS]
        kept = [cases[at] for at in order if at not in set(held)]
        weights = fitting.fit(fitting.shown(kept))
        for at in held:
            change, kind = cases[at]
            plain[kind, derive(change, weights=weights).kind] += 1
            bare[kind, derive(change, weights=weights, without=without[at]).kind] += 1
    return plain, bare


def show(name: str, found: Confusion) -> None:
    """One table: the scores, then the matrix, rows labelled and columns derived."""
    if not found:
        return
    print(f"\n{name}: macro F1 {macro_f1(found):.3f}, {sum(found.values())} changes")
    print(f"  {'':12} precision recall    F1   derived as: " + " ".join(f"{kind[:8]:>8}" for kind in KINDS))
    for kind, (precision, recall, f1) in scores(found).items():
        row = " ".join(f"{found[kind, said]:8}" for said in KINDS)
        print(f"  {kind:12} {precision:9.3f} {recall:6.3f} {f1:5.3f}               {row}")
    print(
        f"  features called something else: {unseen(found)}; rollbacks called a feature: {found['rollback', 'feature']}"
    )


def run() -> list[dict[str, Any]]:
    """The figures for benchmarks/run.py, without fitting anew; the labelled ones where they are beside the repository."""
    held = fitting.cases_of(fitting.OURS, "holdout")
    fitting.index()  # made once in a process
    began = time.perf_counter()
    found = judge(held)
    micros = (time.perf_counter() - began) / len(held) * 1e6
    size = f"{len(held)} changes held out"
    rows: list[dict[str, Any]] = [
        {"name": "change kind: macro F1, held out", "value": macro_f1(found), "unit": "", "size": size},
        {"name": "change kind: features called else, held out", "value": unseen(found), "unit": "changes", "size": size},
        {"name": "change kind: rollbacks called feature, held out", "value": found["rollback", "feature"],
         "unit": "changes", "size": size},
        {"name": "change kind: one derivation", "value": micros, "unit": "µs", "size": size},
    ]  # fmt: skip
    if labelled := fitting.cases_of(fitting.LABELLED):
        tuned = judge(labelled)
        right = sum(count for (truth, said), count in tuned.items() if truth == said) / len(labelled)
        size = f"{len(labelled)} labelled changes"
        rows += [
            {"name": "change kind: macro F1, tuned on", "value": macro_f1(tuned), "unit": "", "target": 0.85,
             "at_least": True, "size": size},
            {"name": "change kind: macro F1, own words left out", "unit": "", "size": size,
             "value": macro_f1(judge(labelled, fitting.left_out(labelled)))},
            {"name": "change kind: accuracy", "value": right, "unit": "", "peer": "a plain word list", "peer_value": 0.38},
            {"name": "change kind: features called else", "value": unseen(tuned), "unit": "changes", "target": 2,
             "size": size},
            {"name": "change kind: rollbacks called feature", "value": tuned["rollback", "feature"], "unit": "changes",
             "target": 1, "size": size},
        ]  # fmt: skip
    return rows


def main() -> int:
    """Print the figures; 0 whatever they are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?", default=fitting.LABELLED, help="change-kind.jsonl")
    parser.add_argument("--no-folds", action="store_true", help="do not fit anew, which takes two minutes")
    asked = parser.parse_args()
    own, labelled = fitting.cases_of(fitting.OURS, "development"), fitting.cases_of(asked.file)
    held = fitting.cases_of(fitting.OURS, "holdout")
    fitting.index()  # made once in a process
    began = time.perf_counter()
    show("held out", judge(held))
    each = (time.perf_counter() - began) / len(held)
    show("development", judge(own))
    show("labelled", judge(labelled))
    if labelled:
        show("labelled, own words left out", judge(labelled, fitting.left_out(labelled)))
    if not asked.no_folds:
        plain, bare = folds([*own, *labelled])
        show("folds", plain)
        show("folds, own words left out", bare)
    print(f"\n{each * 1e6:.0f} µs a change")
    return 0


if __name__ == "__main__":
    sys.exit(main())
