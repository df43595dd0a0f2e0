"""The check on actions of reviews, against the labelled set: it refuses only what is no action."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from roadbed.reliability.reviews.rules import no_action

DATA = Path(__file__).parents[3] / "shared" / "labelled" / "actions.jsonl"
SEEN_BY_TEXT_ALONE = ("vague", "train_or_be_careful", "investigate_only")

pytestmark = pytest.mark.skipif(not DATA.exists(), reason=f"{DATA} is not beside this checkout")


def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in DATA.read_text().splitlines()]


def test_no_sound_action_is_refused():
    assert [row["action"] for row in rows() if row["label"] == "ok" and no_action(row["action"])] == []


def test_it_finds_at_least_a_fifth_of_the_bare_wishes():
    weak = [row["action"] for row in rows() if row["reason"] in SEEN_BY_TEXT_ALONE]
    assert sum(1 for action in weak if no_action(action)) >= len(weak) / 5
