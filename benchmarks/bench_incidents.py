"""How often the true cause of an incident is the first suspect, or among three, and whether shares are what they say.

Histories are made up with seeds that the weights were not fitted on (`incident_histories.py`). Peers on the same
histories: the last change of the service before somebody was alerted, as tools without measured minutes do it, and the
change nearest before the first bad minute, as Roadbed did before it weighed evidence. An incident without a change is
right where "none of these" comes first; neither peer can say that.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any, Final

from incident_histories import CASES, History, hard, plain

from roadbed.reliability.incidents.rules.evidence import GRACE
from roadbed.reliability.incidents.rules.suspects import CHANGES, Suspicion, suspects

HISTORIES: Final = 2000
SEEDS: Final = (7, 11)
BINS: Final = 10


def last_change(one: History) -> str:
    """The peer's answer."""
    known = [
        fact for fact in one.facts if _is_own(fact.subject, fact.kind) and fact.occurred_at <= one.scene.detected_at
    ]
    return max(known, key=lambda fact: fact.occurred_at).uid if known else ""


def nearest(one: History) -> str:
    """What came nearest before harm began."""
    latest = one.scene.started_at + GRACE
    known = [fact for fact in one.facts if _is_own(fact.subject, fact.kind) and fact.occurred_at <= latest]
    return max(known, key=lambda fact: fact.occurred_at).uid if known else ""


def _is_own(subject: str, kind: str) -> bool:
    return subject == "svc" and kind in CHANGES


def first(found: Suspicion) -> str:
    """The first answer, empty where none of them is likelier than each."""
    best = next(iter(found.suspects), None)
    return best.fact if best is not None and (best.share or 0.0) > (found.none or 0.0) else ""


def three(found: Suspicion) -> list[str]:
    """The first three answers, of which one may be none of them."""
    answers = [(found.none or 0.0, ""), *((one.share or 0.0, one.fact) for one in found.suspects)]
    return [fact for _, fact in sorted(answers, reverse=True)[:3]]


def off_by(told: list[tuple[float, bool]]) -> float:
    """By how much shares differ from how often they came true, over all bins (expected calibration error)."""
    total = 0.0
    for number in range(BINS):
        held = [one for one in told if min(int(one[0] * BINS), BINS - 1) == number]
        if held:
            total += abs(sum(share for share, _ in held) - sum(right for _, right in held))
    return total / len(told)


def figures_of(name: str, make: Callable[[random.Random], History]) -> list[dict[str, Any]]:
    """What came out on one sort of histories."""
    told: list[tuple[float, bool]] = []
    spent, ours, among, peer, near = 0.0, 0, 0, 0, 0
    by_case: dict[str, list[bool]] = {}
    for seed in SEEDS:
        chance = random.Random(seed)  # noqa: S311 - histories, not secrets
        for _ in range(HISTORIES // len(SEEDS)):
            one = make(chance)
            clock = time.process_time()
            found = suspects(one.facts, one.scene, environment="production")
            spent += time.process_time() - clock
            right = first(found) == one.cause
            by_case.setdefault(one.case, []).append(right)
            ours, among = ours + right, among + (one.cause in three(found))
            peer, near = peer + (last_change(one) == one.cause), near + (nearest(one) == one.cause)
            told += [(each.share or 0.0, each.fact == one.cause) for each in found.suspects]
            told.append((found.none or 0.0, not one.cause))
    shared = {"unit": "share", "peer": "the last change before the alert", "peer_value": peer / HISTORIES}
    size = f"{HISTORIES} {name} histories"
    rows: list[dict[str, Any]] = [
        {"name": f"true cause is the first answer, {name}", "value": ours / HISTORIES, **shared, "size": size},
        {"name": f"true cause is among three, {name}", "value": among / HISTORIES, **shared, "size": size},
        {"name": f"the nearest before harm is the cause, {name}", "value": near / HISTORIES, "unit": "share"},
        {"name": f"shares off by, {name}", "value": off_by(told), "unit": "share", "target": 0.05},
        {"name": f"suspects of one incident, {name}", "value": spent / HISTORIES * 1000, "unit": "ms CPU"},
    ]
    for case in CASES:
        if case in by_case:
            value = sum(by_case[case]) / len(by_case[case])
            rows.append({"name": f"first answer is right: {case}", "value": value, "unit": "share",
                         "size": f"{len(by_case[case])} histories"})  # fmt: skip
    return rows


def run() -> list[dict[str, Any]]:
    """Shares of true causes found, beside the peers' on the same histories."""
    return [*figures_of("plain", plain), *figures_of("hard", hard)]
