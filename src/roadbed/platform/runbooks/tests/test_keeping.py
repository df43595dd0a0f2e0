"""Runbooks read from repositories and put by hand: versions, faults that leave the last good one, trust, coverage."""

from __future__ import annotations

from datetime import timedelta

import pytest

from roadbed.ground import asks
from roadbed.ground.asks.runbooks import RunbooksFor
from roadbed.ground.errors import Conflict, Forbidden, Invalid, Unavailable
from roadbed.ground.ledger.models import Fact
from roadbed.ground.people.rules import ROADBED
from roadbed.platform.runbooks import covering, queries, repository, usecases, watching
from roadbed.platform.runbooks.models import Reading, Runbook
from roadbed.platform.runbooks.tests.conftest import Stage
from roadbed.platform.runbooks.tests.stage import NOW, TEXT

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


def read(stage: Stage, days: float = 0) -> repository.Read:
    found = repository.read_repository(ROADBED, stage.cast.uid, now=NOW + timedelta(days=days))
    assert found is not None
    return found


def kinds() -> list[str]:
    return list(Fact.objects.filter(kind__startswith="runbook.").order_by("position").values_list("kind", flat=True))


def test_a_repository_is_read_its_changes_become_versions_and_what_is_gone_leaves(stage: Stage):
    first = read(stage)
    assert [(one.slug, one.version, one.change) for one in first.taken] == [
        ("lookups", 1, "created"), ("slow", 1, "created"),
    ]  # fmt: skip
    stage.code.push(runbooks__lookups=TEXT.replace("Call them.", "Call them twice."), runbooks__slow=None)
    second = read(stage, 1)
    assert [(one.slug, one.version, one.change) for one in second.taken] == [("lookups", 2, "changed")]
    assert second.removed == ("slow",)
    assert [one.change for one in read(stage, 2).taken] == ["unchanged"]
    assert kinds() == ["runbook.written"] * 3 + ["runbook.removed"]
    assert "twice" not in queries.runbook("checkout/lookups", version=1, now=NOW).text
    assert [one.number for one in queries.versions("checkout/lookups")] == [2, 1]
    # The link to the other one now leads nowhere, which is a doubt.
    assert [one.rule for one in queries.runbook("checkout/lookups", now=NOW).row.doubts] == ["gone"]


def test_a_file_that_cannot_be_read_leaves_its_last_good_version_and_shows_why(stage: Stage):
    read(stage)
    stage.code.push(runbooks__lookups=TEXT.replace("title:", "titel: x\ntitle:"), runbooks__slow=b"\xff\xfe")
    faults = read(stage, 1).faults
    assert [(one.place.file, one.place.line) for one in faults] == [("runbooks/lookups.md", 2), ("runbooks/slow.md", 1)]
    row = queries.runbook("checkout/lookups", now=NOW).row
    assert (row.version, row.state, row.doubts[0].rule) == (1, "broken", "unread")
    read(stage, 2)
    assert kinds().count("runbook.unreadable") == 2
    assert len(Reading.objects.get().faults) == 2
    stage.code.push(runbooks__lookups=TEXT)
    read(stage, 3)
    assert queries.runbook("checkout/lookups", now=NOW).row.state == "fresh"
    stage.code.gone = True
    with pytest.raises(Unavailable):
        read(stage, 4)


def test_a_secret_written_out_is_not_taken_over(stage: Stage):
    stage.code.push(runbooks__lookups=TEXT + "\nAKIA" + "ABCDEFGHIJKLMNOP\n")
    assert read(stage).faults[0].detail.startswith("AKIA… looks like a secret")
    assert not Runbook.objects.filter(slug="lookups").exists()


def test_what_is_pushed_is_followed_where_no_deployment_says_what_is_current(stage: Stage):
    read(stage)
    stage.code.push(runbooks__slow=None)
    assert watching.follow(now=NOW + timedelta(minutes=4)) == 0
    assert watching.follow(now=NOW + timedelta(minutes=6)) == 1
    assert watching.follow(now=NOW + timedelta(minutes=12)) == 0
    assert list(Runbook.objects.filter(removed_at=None).values_list("slug", flat=True)) == ["lookups"]


def test_one_is_put_by_its_owners_and_never_over_one_of_the_repository(stage: Stage):
    done = usecases.put(stage.cast.ines, "checkout", "by-hand", text=TEXT, now=NOW)
    assert (done.version, done.change) == (1, "created")
    assert usecases.put(stage.cast.ines, "checkout", "by-hand", text=TEXT, now=NOW).change == "unchanged"
    with pytest.raises(Forbidden):
        usecases.put(stage.cast.olga, "checkout", "by-hand", text=TEXT, now=NOW)
    with pytest.raises(Invalid) as refused:
        usecases.put(stage.cast.ines, "checkout", "by-hand", text=TEXT.replace("objectives", "objektives"), now=NOW)
    assert (refused.value.place.file, refused.value.place.line) == ("by-hand.md", 3)
    read(stage)
    with pytest.raises(Conflict, match="of its repository"):
        usecases.put(stage.cast.ines, "checkout", "lookups", text=TEXT, now=NOW)
    with pytest.raises(Conflict):
        usecases.remove(stage.cast.ines, "checkout", "lookups", now=NOW)
    usecases.remove(stage.cast.ines, "checkout", "by-hand", now=NOW)
    assert usecases.put(stage.cast.ines, "checkout", "by-hand", text=TEXT, now=NOW).version == 1


def test_it_goes_stale_its_owners_are_told_once_and_a_review_clears_it(stage: Stage):
    read(stage)
    later = NOW + timedelta(days=100)
    assert [one.slug for one in queries.runbooks(state="stale", now=later).items] == ["lookups", "slow"]
    assert watching.check(now=later) == 2
    assert watching.check(now=later + timedelta(days=1)) == 0
    assert watching.check(now=later + timedelta(days=15)) == 2
    usecases.review(stage.cast.ines, "checkout/lookups", note="Tried in staging", now=later + timedelta(days=15))
    assert [one.slug for one in queries.runbooks(state="stale", now=later + timedelta(days=16)).items] == ["slow"]
    stage.deployments = 50
    watching.check(now=later + timedelta(days=16))
    row = queries.runbook("checkout/lookups", now=later + timedelta(days=16)).row
    assert [one.rule for one in row.doubts] == ["outrun"]
    fact = Fact.objects.filter(kind="runbook.stale").first()
    assert fact is not None
    assert (fact.data["owner"], fact.data["reasons"][0]["rule"]) == ("team-payments", "old")
    with pytest.raises(Forbidden):
        usecases.review(stage.cast.olga, "checkout/lookups", now=later)


def test_what_can_page_and_has_none_is_named(promised: Stage):
    read(promised)
    covered = covering.coverage(now=NOW)
    assert (covered.served, covered.whole, covered.bare) == (1, 3, 0)
    assert [(one.kind, one.name) for one in covered.uncovered] == [
        ("alert", "DiskFull"),
        ("objective", "Stock is right"),
    ]
    assert covering.coverage(owner="team-other", now=NOW).whole == 0


def test_other_rooms_are_offered_the_one_that_serves_by_whatever_they_know(promised: Stage):
    read(promised)
    by_uid = asks.put(RunbooksFor(promised.cast.uid, objectives=("o0",), incident="INC-7", now=NOW))
    assert [(one.title, one.by, one.url.endswith("?incident=INC-7")) for one in by_uid] == [
        ("Lookups return 503", "by its objective", True)
    ]
    assert asks.put(RunbooksFor(promised.cast.uid, names=("nothing",), now=NOW)) == ()
    assert asks.put(RunbooksFor("no such service", names=("x",), now=NOW)) == ()
