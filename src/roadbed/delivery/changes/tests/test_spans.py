"""The kind of several commits together, and the answer that other rooms get."""

from __future__ import annotations

import pytest

from roadbed.delivery.changes.answering import derive_kind
from roadbed.delivery.changes.kinds.spans import derive_together
from roadbed.ground.asks import DeriveKind

FIX, FEATURE = ("Retry the printer with backoff", ""), ("Let drivers choose a locker", "")
TIDY, BACK = ("Remove unused imports", ""), ('Revert "Add lockers"', "Errors in zone 3.")
SAFE = ("Close CVE-2026-1", "")


@pytest.mark.parametrize(
    ("commits", "kind"),
    [
        ([FIX, FEATURE], "feature"),
        ([FIX, TIDY], "reliability"),
        ([FIX, SAFE], "security"),
        ([BACK, TIDY], "rollback"),
        ([BACK, FIX], "reliability"),
        ([TIDY, TIDY], "maintenance"),
        ([("Merge branch 'main' into lockers", ""), FIX], "reliability"),
    ],
)
def test_the_severest_of_what_they_hold_counts(commits: list[tuple[str, str]], kind: str):
    found = derive_together(commits)
    assert found is not None
    assert found.kind == kind


def test_several_commits_that_touch_nothing_that_runs_are_maintenance():
    found = derive_together([FIX, FEATURE], paths=("docs/a.md", "tests/test_a.py"))
    assert found is not None
    assert found.kind == "maintenance"


def test_of_nothing_there_is_no_kind_and_otherwise_evidence_in_words():
    assert derive_kind(DeriveKind(commits=())) is None
    answer = derive_kind(DeriveKind(commits=(FIX,), labels=("bug",)))
    assert answer is not None
    assert answer.kind == "reliability"
    assert any("in the title: “Retry”" in line for line in answer.evidence)
