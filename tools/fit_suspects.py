"""Fits what each signal of a suspect weighs, from made-up incidents whose cause is known, and writes it as a table.

A conditional logit with an outside choice: the changes of an incident and "none of them", whose score is 0, share
certainty by the exponentials of their scores. A weight is therefore the logarithm of how many times likelier a signal
makes a change, and stays near 0 where histories say little (`PULL`). The same seed gives the same table.

    python tools/fit_suspects.py            writes src/roadbed/reliability/incidents/rules/weights.py
    python tools/fit_suspects.py --check    fails where the table is not what the histories give
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

from incident_histories import History, hard, plain  # noqa: E402 - found by the line above

from roadbed.reliability.incidents.rules.suspects import weighed  # noqa: E402

TABLE = ROOT / "src/roadbed/reliability/incidents/rules/weights.py"
SEED, HISTORIES, PULL, STEPS, RATE = 1, 5000, 2.0, 900, 0.05
HEAD = '''"""What each signal weighs; made by tools/fit_suspects.py from histories, not written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WEIGHTS: Final[Mapping[str, float]] = {
'''


def histories() -> list[History]:
    """Those to fit on; benchmarks measure on others."""
    chance = random.Random(SEED)  # noqa: S311 - histories, not secrets
    return [plain(chance) if number % 5 == 0 else hard(chance) for number in range(HISTORIES)]


def fitted(found: list[History]) -> dict[str, float]:
    """The weights by name."""
    rows: list[dict[str, float]] = []
    owner, right = [], []
    for number, one in enumerate(found):
        for fact, told in weighed(one.facts, one.scene, environment="production"):
            shares: dict[str, float] = {}
            for signal in told:
                for name, share in signal.shares:
                    shares[name] = shares.get(name, 0.0) + share
            rows.append(shares)
            owner.append(number)
            right.append(fact.uid == one.cause)
    names = sorted({name for row in rows for name in row})
    place = {name: at for at, name in enumerate(names)}
    table = np.zeros((len(rows), len(names)))
    for at, row in enumerate(rows):
        for name, share in row.items():
            table[at, place[name]] = share
    of, told = np.array(owner), np.array(right, dtype=float)
    weights = np.zeros(len(names))
    mean, spread = np.zeros(len(names)), np.zeros(len(names))
    for step in range(1, STEPS + 1):
        odds = np.exp(np.clip(table @ weights, -30, 30))
        share = odds / (1.0 + np.bincount(of, odds, len(found)))[of]
        slope = table.T @ (share - told) + PULL * weights
        mean, spread = 0.9 * mean + 0.1 * slope, 0.99 * spread + 0.01 * slope**2
        weights -= RATE * (mean / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.99**step)) + 1e-9)
    return {name: round(float(weights[at]), 2) for name, at in place.items()}


def main() -> int:
    """Write the table, or say whether it is current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    text = HEAD + "".join(f'    "{name}": {weight},\n' for name, weight in fitted(histories()).items()) + "}\n"
    if parser.parse_args().check:
        return int(TABLE.read_text() != text)
    TABLE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
