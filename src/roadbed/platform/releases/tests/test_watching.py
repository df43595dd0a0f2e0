"""Watching: how each workload is, told when it changes, never more often."""

from __future__ import annotations

from datetime import timedelta

import pytest

from roadbed.ground import asks
from roadbed.ground.ledger.models import Fact
from roadbed.ground.ports.runtime import RuntimeFailure
from roadbed.platform.releases import queries, usecases, watching
from roadbed.platform.releases.tests.stage import HANNE, NOW, Stage

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


@pytest.fixture
def live(stage: Stage) -> Stage:
    usecases.request_deployment(HANNE, "checkout", now=stage.clock())
    stage.work()
    return stage


def changes() -> list[tuple[str, str]]:
    rows = Fact.objects.filter(kind="service.health.changed").order_by("position")
    return [(row.data["former"], row.data["state"]) for row in rows]


def test_before_the_first_look_nothing_is_claimed(live: Stage):
    (view,) = queries.runtime_status(live.service_uid).workloads
    assert (view.state, view.as_of, view.restarts, view.version) == ("unknown", None, None, "v1")


def test_a_service_that_keeps_running_is_told_nothing_of(live: Stage):
    for minute in range(3):
        watching.watch(now=NOW + timedelta(minutes=minute))
    (view,) = queries.runtime_status(live.service_uid).workloads
    assert (view.state, view.since, view.as_of) == ("running", NOW, NOW + timedelta(minutes=2))
    assert changes() == []


def test_going_down_and_coming_back_are_told_once_each(live: Stage):
    for second, state in enumerate(["running", "failing", "starting", "failing", "failing", "starting", "running"]):
        live.runtime.of("checkout").state = state
        watching.watch(now=NOW + timedelta(seconds=10 * second))
    assert changes() == [("running", "failing"), ("starting", "running")]
    (view,) = queries.runtime_status(live.service_uid).workloads
    assert view.since == NOW + timedelta(seconds=60)


def test_a_stop_that_was_asked_for_is_no_failure(live: Stage):
    watching.watch(now=NOW)
    usecases.request_stop(HANNE, "checkout", now=live.clock())
    live.work()
    watching.watch(now=NOW + timedelta(seconds=10))
    assert changes() == []
    assert queries.runtime_status(live.service_uid).workloads[0].state == "stopped"


def test_a_runtime_that_does_not_answer_leaves_what_was_known_with_its_age(
    live: Stage, monkeypatch: pytest.MonkeyPatch
):
    watching.watch(now=NOW)

    def silent() -> None:
        raise RuntimeFailure("start", "supervisord does not answer")

    monkeypatch.setattr(live.runtime, "statuses", silent)
    assert watching.watch(now=NOW + timedelta(minutes=9)) == 0
    assert queries.runtime_status(live.service_uid).workloads[0].as_of == NOW


def test_old_logs_are_forgotten_and_the_deployment_stays(live: Stage):
    uid = queries.deployments_of(live.service_uid).items[0].uid
    assert watching.forget_lines(now=NOW + timedelta(days=89)) == 0
    assert queries.lines_of(uid)
    assert watching.forget_lines(now=NOW + timedelta(days=91)) > 0
    assert queries.lines_of(uid) == ()
    assert queries.deployment(uid).steps


def test_the_edge_is_told_what_to_count(live: Stage):
    (measured,) = asks.put(asks.MeasuredWorkloads())
    assert (measured.workload, measured.service_uid, measured.environment) == (
        "checkout",
        live.service_uid,
        "production",
    )
    assert measured.scrape == ("127.0.0.1", 20000, "/metrics")
