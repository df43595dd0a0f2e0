"""Reads runs of single tests out of CDEvents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from roadbed.adapters.cdevents.told import Told, commit_of, custom, repository_of
from roadbed.ground.ports import events, payloads

_TESTS: Final = {"success": "passed", "failure": "failed", "error": "failed"}
"""How a test that was finished ended; one that was cancelled says nothing of it."""


def tests_in(told: Sequence[Told]) -> tuple[events.Tests, ...]:
    """Runs of single tests, those of one run and suite together; one that is queued or started says nothing yet."""
    held: dict[tuple[str, str, str, str], list[Told]] = {}
    for one in told:
        if one.predicate == "skipped" or (one.predicate == "finished" and _outcome(one)):
            suite = payloads.text(one.content, "testSuiteRun.id", most=120)
            run = custom(one, "build", "run")[:120] or one.chain or suite
            held.setdefault((repository_of(one), commit_of(one), run, suite), []).append(one)
    return tuple(_tests_of(*key, found) for key, found in held.items())


def _tests_of(repository: str, commit: str, run: str, suite: str, found: Sequence[Told]) -> events.Tests:
    names = ("testCase.name", "testCase.id")
    cases = tuple(
        (
            next((said for name in names if (said := payloads.text(one.content, name, most=500))), one.id[:500]),
            _outcome(one),
        )
        for one in found
    )
    return events.Tests(
        key=found[0].key if len(found) == 1 else " ".join(one.key for one in found), at=max(one.at for one in found),
        repository=repository, commit=commit, run=run, suite=suite, cases=cases, service=custom(found[0], "service"),
        branch=custom(found[0], "branch"), environment=payloads.text(found[0].content, "environment.id", most=100),
    )  # fmt: skip


def _outcome(one: Told) -> str:
    if one.predicate == "skipped":
        return "skipped"
    return _TESTS.get(payloads.text(one.content, "outcome", most=40), "")
