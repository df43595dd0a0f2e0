"""Reactions: a job per fact, once, from the moment the reaction exists, and never again by a rebuild."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from roadbed.ground.jobs.models import Job
from roadbed.ground.ledger import reactions
from roadbed.ground.ledger.models import Fact, ReactionCursor
from roadbed.ground.ledger.reactions import Reaction
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PAGE = Reaction("page-owner", frozenset({"budget.burn.started"}), "test.page")


@pytest.fixture(autouse=True)
def _only_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reactions, "_registered", {PAGE.name: PAGE})


def burn(subject: str = "svc", kind: str = "budget.burn.started") -> None:
    with unit(ROADBED, now=NOW) as writing:
        writing.record(kind, subject)


def test_it_starts_at_the_present():
    burn("before")
    reactions.begin(now=NOW)
    burn("after")
    burn("other", kind="budget.burn.stopped")
    assert reactions.advance(now=NOW) == 1
    assert [job.payload["subject"] for job in Job.objects.all()] == ["after"]
    assert Job.objects.get().payload["fact"] == Fact.objects.get(subject="after").uid


def test_beginning_again_keeps_the_place():
    reactions.begin(now=NOW)
    burn()
    reactions.begin(now=NOW)
    assert reactions.advance(now=NOW) == 1
    assert reactions.advance(now=NOW) == 0


def test_a_cursor_that_was_lost_with_a_crash_enqueues_no_second_job_while_the_first_waits():
    reactions.begin(now=NOW)
    burn()
    reactions.advance(now=NOW)
    ReactionCursor.objects.update(position=0)
    reactions.advance(now=NOW)
    assert Job.objects.count() == 1


def test_what_nobody_began_reacts_to_nothing():
    burn()
    assert reactions.advance(now=NOW) == 0
    assert not Job.objects.exists()
