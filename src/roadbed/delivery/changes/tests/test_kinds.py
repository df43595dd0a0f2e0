"""Kinds of change: purpose before label, evidence for each answer, a feature where nothing speaks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadbed.delivery.changes.kinds.deriving import derive
from roadbed.delivery.changes.kinds.places import classes
from roadbed.delivery.changes.kinds.values import KINDS, Change
from roadbed.delivery.changes.kinds.versions import direction, reverts


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (Change("feat: let drivers choose a locker"), "feature"),
        (Change("fix: customers can pay by invoice", labels=("bug",)), "feature"),
        (Change("Retry the label printer with backoff"), "reliability"),
        (Change("chore: raise memory limit", "OOMKilled each night."), "reliability"),
        (Change("chore(deps): bump parser", "Closes CVE-2026-1.", paths=("go.mod",)), "security"),
        (Change('Revert "Add lockers"', "Errors in zone 3."), "rollback"),
        (Change('Revert "Revert "Add lockers""'), "feature"),
        (Change('Reapply "Add lockers"'), "feature"),
        (Change('Revert "Use spaces"', "Formatting only."), "maintenance"),
        (Change("deploy: set image 2.4.0 to 2.3.9", paths=("env/prod/a.yaml",)), "rollback"),
        (Change("hotfix: flaky test", paths=("tests/test_a.py",)), "maintenance"),
        (Change("Pin runner", paths=(".github/workflows/ci.yml",)), "maintenance"),
    ],
)
def test_the_purpose_decides(change: Change, kind: str):
    derived = derive(change)
    assert derived.kind == kind, derived
    assert derived.evidence
    assert derived.evidence[0].points == max(one.points for one in derived.evidence)


def test_where_nothing_speaks_it_is_a_feature_without_much_confidence_behind_it():
    derived = derive(Change("xyzzy"))
    assert (derived.kind, [one.cue for one in derived.evidence]) == ("feature", ["nothing else"])


@given(st.text(max_size=80), st.text(max_size=200), st.lists(st.text(max_size=20), max_size=4))
def test_any_text_has_a_kind_a_confidence_and_only_evidence_for_it(title: str, body: str, some: list[str]):
    derived = derive(Change(title, body, tuple(some), paths=tuple(some)))
    assert derived.kind in KINDS
    assert 0 <= derived.confidence <= 1
    assert {one.kind for one in derived.evidence} <= {derived.kind}


@pytest.mark.parametrize(
    ("text", "which"),
    [
        ("1.2 to 1.3", 1),
        ("v118 to v117", -1),
        ("to 41 from 42", -1),
        ("2.10 to 2.9", -1),
        ("ttl 3600 → 60", 0),
        ("", 0),
    ],
)
def test_a_version_moves_up_down_or_not_at_all(text: str, which: int):
    assert direction(text) == which


def test_a_revert_of_a_revert_counts_two():
    assert [reverts(title) for title in ("add", 'Revert "a"', 'Revert "Revert "a""', 'Reapply "a"')] == [0, 1, 2, 2]


def test_only_paths_of_which_none_runs_are_idle():
    assert "idle" in classes(("docs/a.md", "tests/test_a.py", ".github/workflows/ci.yml"))
    assert "idle" not in classes(("docs/a.md", "src/a.py"))
    assert classes(()) == frozenset()
    assert "dependencies" in classes(("go.mod", "go.sum"))
