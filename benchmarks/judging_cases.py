"""Deployments of our own, labelled by hand, with words and structures that the rules' words were not made from.

Each is the third deployment of the same short history, so that a case is no more than what it says: a text, labels,
whether it takes an old commit out again, the kind that is right, and which of the two before it have failed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from roadbed.delivery.metrics.rules.judging import judge
from roadbed.delivery.metrics.rules.values import LABELS, Commit, Deployment

FILE: Final = Path(__file__).parents[1] / "src/roadbed/delivery/metrics/tests/judging_cases.jsonl"
PARTS: Final = ("development", "holdout")
_BEGAN: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
_FIRST, _SECOND, _BASE = "a1b2c3d4e5f60718", "b7c8d9e0f1a2b3c4", "0011223344556677"
_SUBJECTS: Final = {_FIRST: "Add seat map (#10)", _SECOND: "Show totals on the invoice (#11)"}


def cases(part: str = "") -> list[dict[str, Any]]:
    """Those of a part, or all."""
    told = [json.loads(line) for line in FILE.read_text().splitlines() if line.strip()]
    return [one for one in told if part in ("", one["part"])]


def history(case: dict[str, Any]) -> list[Deployment]:
    """Three deployments of one service, the last of which the case is about."""
    made = [_deployment(0, _BASE, "1.3.0", None)]
    for number, (sha, version) in enumerate(((_FIRST, "1.4.0"), (_SECOND, "1.5.0")), 1):
        made.append(_deployment(number, sha, version, (Commit(sha, _SUBJECTS[sha]),)))
    if "at" in case:
        back = made[int(case["at"])]
        last = _deployment(3, back.commit, back.version, (), rolled_back=case.get("asked", False))
    elif case.get("asked"):
        last = _deployment(3, _FIRST, "1.4.0", (), rolled_back=True)
    else:
        last = _deployment(3, "c0c1c2c3c4c5c6c7", "1.6.0", tuple(_commits(case)))
    return [*made, last]


def _deployment(
    number: int, commit: str, version: str, carried: tuple[Commit, ...] | None, *, rolled_back: bool = False
) -> Deployment:
    count = None if carried is None else len(carried)
    at = _BEGAN + timedelta(days=number)
    return Deployment(
        f"d{number}", "s", "tickets", at, version, commit, commits=carried, commit_count=count, rolled_back=rolled_back
    )


def _commits(case: dict[str, Any]) -> Iterable[Commit]:
    text = case["text"].replace("{a}", _FIRST).replace("{b}", _SECOND)
    parts = text.split("\n---\n") if case.get("several") else text.split("\n") if case.get("split") else [text]
    for number, part in enumerate(parts):
        subject, _, body = part.partition("\n")
        yield Commit(f"c{number}c1c2c3c4c5c6c7", subject, body=body.strip(), labels=tuple(case["labels"]))


def told_of(case: dict[str, Any]) -> tuple[str, list[int]]:
    """The kind that the rules find, and which deployments before have failed by it."""
    judged = judge(history(case), ())
    return judged[-1].label, [number for number, one in enumerate(judged[:-1]) if one.failed]


def assess(part: str) -> dict[str, Any]:
    """How often the kind and the failed ones are right."""
    pairs: Counter[tuple[str, str]] = Counter()
    failures: Counter[tuple[bool, bool]] = Counter()
    wrong = []
    for case in cases(part):
        label, failed = told_of(case)
        pairs[case["label"], label] += 1
        failures.update((number in case["failed"], number in failed) for number in (1, 2))
        if (label, failed) != (case["label"], case["failed"]):
            wrong.append(f"{case['id']}: {label} {failed} for {case['label']} {case['failed']}")
    right = sum(number for (told, found), number in pairs.items() if told == found)
    hits = failures[True, True]
    return {
        "cases": sum(pairs.values()),
        "kind accuracy": round(right / sum(pairs.values()), 3),
        "kind macro F1": round(sum(_f1(pairs, label) for label in LABELS) / len(LABELS), 3),
        "failed precision": round(hits / max(1, hits + failures[False, True]), 3),
        "failed recall": round(hits / max(1, hits + failures[True, False]), 3),
        "wrong": wrong,
    }


def _f1(pairs: Counter[tuple[str, str]], label: str) -> float:
    told = sum(number for (one, _), number in pairs.items() if one == label)
    found = sum(number for (_, one), number in pairs.items() if one == label)
    return 2 * pairs[label, label] / (told + found) if told + found else 0.0
