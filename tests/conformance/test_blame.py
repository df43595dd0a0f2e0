"""The checks of reviews against the labelled sets: a warning is right, and most of what blames is found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from roadbed.reliability.reviews.rules.blame.checking import check
from roadbed.reliability.reviews.rules.blame.people import Directory
from roadbed.reliability.reviews.rules.fitness import unfit

DATA = Path(__file__).parents[3] / "shared" / "labelled"

pytestmark = pytest.mark.skipif(not DATA.exists(), reason=f"{DATA} is not beside this checkout")


def rows(name: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in (DATA / name).read_text().splitlines()]
    return [row for row in found if not row.get("ambiguous")]


def test_sentences_that_blame():
    people = Directory(json.loads((DATA / "blame-people.json").read_text()))
    told = {row["id"]: check(row["text"], section=row["section"], people=people) for row in rows("blame.jsonl")}
    wrong = [row["text"] for row in rows("blame.jsonl") if row["label"] == "fine" and told[row["id"]]]
    blaming = [row for row in rows("blame.jsonl") if row["label"] == "blame"]
    found = [row for row in blaming if told[row["id"]]]
    assert wrong == []
    assert len(found) >= 0.95 * len(blaming)
    assert sum(told[row["id"]].kind == row["kind"] for row in found) >= 0.9 * len(found)


def test_actions_that_are_not_fit():
    told = {
        row["id"]: unfit(row["action"], factor=row["factor"]["text"], owner=row["owner"], evidence=row["evidence"])
        for row in rows("actions.jsonl")
    }
    assert [row["action"] for row in rows("actions.jsonl") if row["label"] == "ok" and told[row["id"]]] == []
    weak = [row for row in rows("actions.jsonl") if row["label"] == "weak"]
    assert sum(told[row["id"]] is not None for row in weak) >= 0.95 * len(weak)
