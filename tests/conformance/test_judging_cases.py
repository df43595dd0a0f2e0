"""Deployments of our own in other words: their kinds, and the words without which no pattern finds anything."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from roadbed.delivery.metrics.rules import phrases, texts

FILE = Path(__file__).parents[2] / "benchmarks" / "judging_cases.py"


@pytest.fixture(scope="module")
def known() -> ModuleType:
    spec = spec_from_file_location(FILE.stem, FILE)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("part", "right", "recall"), [("development", 0.98, 0.98), ("holdout", 0.9, 0.9)])
def test_kinds_and_failures_are_right_in_words_of_others(known: ModuleType, part: str, right: float, recall: float):
    found = known.assess(part)
    assert found["kind accuracy"] >= right, found["wrong"]
    assert found["failed precision"] >= 0.98, found["wrong"]
    assert found["failed recall"] >= recall, found["wrong"]


def test_no_pattern_finds_anything_without_one_of_its_words(known: ModuleType):
    for case in known.cases():
        for commit in known.history(case)[-1].commits or ():
            whole = f"{commit.subject}\n{commit.body}".lower()
            if phrases.FAULT.search(whole):
                assert any(word in whole for word in phrases.FAULTS), whole
            if phrases.FIX.search(commit.subject):
                assert any(word in commit.subject.lower() for word in phrases.FIXES), whole
            if not commit.labels and texts.is_hotfix(commit):
                assert any(word in whole for word in phrases.HOTFIXES), whole
            if phrases.REVERT.match(commit.subject) or phrases.OUT_AGAIN.match(commit.subject):
                assert texts.may_undo(commit), whole
