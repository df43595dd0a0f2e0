"""Another CD's reports: taken once, told as what they are."""

from __future__ import annotations

from datetime import timedelta

import pytest

from roadbed.ground.errors import Forbidden, Invalid
from roadbed.ground.ledger.models import Fact
from roadbed.platform.releases import queries, usecases
from roadbed.platform.releases.reporting import CarriedCommit, Reported, report_deployment
from roadbed.platform.releases.tests.stage import CHECKOUT, HANNE, NOW, TOMASZ, Stage

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
SHA = "9fceb02d0ae598e95dc970b74767f19372d61af8"
EXTERNAL = CHECKOUT.replace("roadbed.dev/build: make", "roadbed.dev/deployed-by: external")


@pytest.fixture
def elsewhere(stage: Stage) -> Stage:
    stage.register(EXTERNAL)
    return stage


def report(**more: object) -> Reported:
    given = {"commit": SHA, "outcome": "success", "source": "argo-cd", "source_id": "run-1", "now": NOW} | more
    return report_deployment(HANNE, "checkout", **given)


TOLD = ("service.deployed", "service.upgraded", "service.rolledback", "deployment.failed")


def told() -> list[Fact]:
    return list(Fact.objects.filter(kind__in=TOLD).order_by("position"))


def test_the_first_is_deployed_the_next_upgraded_and_a_failure_failed(elsewhere: Stage):
    report()
    report(source_id="run-2", commit="a" * 40, now=NOW + timedelta(hours=1))
    report(source_id="run-3", commit="b" * 40, outcome="failure", now=NOW + timedelta(hours=2))
    report(source_id="run-4", commit=SHA, outcome="rolledback", now=NOW + timedelta(hours=3))
    assert [fact.kind for fact in told()] == [
        "service.deployed",
        "service.upgraded",
        "deployment.failed",
        "service.rolledback",
    ]
    assert {fact.data["by"] for fact in told()} == {"external"}
    assert told()[1].data["former"] == SHA[:8]


def test_the_same_report_again_changes_nothing(elsewhere: Stage):
    first, again = report(), report(now=NOW + timedelta(days=1))
    assert (first.known, again.known, again.deployment) == (False, True, first.deployment)
    assert len(told()) == 1


def test_a_report_without_an_id_is_known_by_its_content(elsewhere: Stage):
    report(source_id="", version="1.4")
    assert report(source_id="", version="1.4").known
    assert not report(source_id="", version="1.5").known
    assert (
        report(source_id="", version="1.6", url="https://ci.example/1").deployment
        == report(source_id="", version="x", url="https://ci.example/1").deployment
    )


def test_times_are_the_reports_own(elsewhere: Stage):
    began = NOW - timedelta(minutes=9)
    uid = report(started_at=began, finished_at=NOW - timedelta(minutes=4)).deployment
    shown = queries.deployment(uid)
    assert (shown.started_at, shown.seconds, shown.state, shown.external) == (began, 300.0, "succeeded", True)
    assert told()[0].occurred_at == NOW - timedelta(minutes=4)
    assert told()[0].data["seconds"] == 300.0


def test_a_report_may_say_what_it_carried_in(elsewhere: Stage):
    authored = NOW - timedelta(hours=6)
    carried = CarriedCommit(SHA, "Weigh parcels twice", authored, authored + timedelta(hours=1), author="Hanne Brandt")
    report(commits=[carried])
    (fact,) = told()
    assert fact.data["commit_count"] == 1
    assert fact.data["commits"][0] == {
        "sha": SHA,
        "subject": "Weigh parcels twice",
        "body": "",
        "author": "Hanne Brandt",
        "authored_at": authored.isoformat(),
        "committed_at": (authored + timedelta(hours=1)).isoformat(),
    }


def test_what_was_carried_in_is_unknown_unless_it_is_said(elsewhere: Stage):
    report()
    assert "commits" not in told()[0].data


def test_unknown_times_stay_unknown(elsewhere: Stage):
    assert queries.deployment(report().deployment).seconds is None
    assert told()[0].data["seconds"] is None


def test_what_roadbed_deployed_itself_is_not_counted_twice(stage: Stage):
    uid = usecases.request_deployment(HANNE, "checkout", now=stage.clock())
    stage.work()
    commit = stage.code.branches["main"]
    assert report(commit=commit).deployment == uid
    assert report(commit=commit[:10], source="github").known
    assert len(told()) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("commit", "main"), ("commit", "abc"), ("outcome", "meh"), ("source", "runtime"), ("environment", "PROD"),
        ("finished_at", NOW.replace(tzinfo=None)), ("finished_at", NOW + timedelta(hours=1)),
        ("started_at", NOW + timedelta(minutes=4, seconds=59, days=1)), ("kind", "nonsense"),
    ],
)  # fmt: skip
def test_bad_reports_name_the_field_and_add_nothing(elsewhere: Stage, field: str, value: object):
    with pytest.raises(Invalid) as refused:
        report(**{field: value})
    assert refused.value.place.field == field
    assert told() == []


def test_only_the_owners_report(elsewhere: Stage):
    with pytest.raises(Forbidden):
        report_deployment(TOMASZ, "checkout", commit=SHA, outcome="success", now=NOW)
