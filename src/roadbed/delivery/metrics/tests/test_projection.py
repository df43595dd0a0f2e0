"""The projection: the same figures from the same facts in any order, after late ones, corrections and a rebuild."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roadbed.delivery.metrics import queries
from roadbed.delivery.metrics.models import Rollup, Stale, Told, Trouble, Verdict
from roadbed.delivery.metrics.projecting import METRICS
from roadbed.delivery.metrics.rules import reading
from roadbed.delivery.metrics.settling import settle
from roadbed.delivery.metrics.tests.conftest import House
from roadbed.delivery.metrics.tests.history import NOW, at
from roadbed.delivery.metrics.tests.telling_facts import forget, tell
from roadbed.ground.ledger import projections
from roadbed.ground.ledger.rules import FactView

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


def fact(uid: str, kind: str, subject: str, hours: float, *, supersedes: str = "", **data: Any) -> FactView:
    return FactView(
        0, uid, kind, subject, "production", at(hours), NOW, "p-1", "Hanne", "runtime", uid, supersedes, data
    )


def commits(*shas: str) -> list[dict[str, str]]:
    return [{"sha": sha, "subject": f"Change {sha}", "authored_at": at(100).isoformat()} for sha in shas]


FACTS = (
    fact("f1", "service.deployed", "s-1", 200, deployment="d0", commit="b0", version="v0", service="checkout"),
    fact("f2", "service.upgraded", "s-1", 90, deployment="d1", commit="c1", version="v1", commits=commits("c1")),
    fact("f3", "service.upgraded", "s-1", 80, deployment="d2", commit="c2", version="v2", commits=commits("c2")),
    fact("f4", "service.rolledback", "s-1", 70, deployment="d3", commit="c1", version="v1"),
    fact("f5", "incident.detected", "i-1", 79, incident=1, service_uid="s-1", deployment="d1"),
    fact("f6", "incident.resolved", "i-1", 69, service_uid="s-1", cause_deployment="d2"),
    # Another service's incident whose cause is here, and which was told about the wrong service at first.
    fact("f7", "incident.detected", "i-2", 60, incident=2, service_uid="s-3", deployment="d1"),
    fact("f8", "incident.detected", "i-2", 60, incident=2, service_uid="s-2", deployment="d1", supersedes="f7"),
    # Told as live and corrected: it was another's.
    fact("f9", "service.upgraded", "s-1", 65, deployment="d9", commit="c9"),
    fact("fa", "service.upgraded", "s-2", 65, deployment="d9", commit="c9", supersedes="f9"),
    fact("fb", "gate.overridden", "s-1", 81, deployment="d2"),
    # What d2 carried was found later, and once more by hand.
    fact("fc", "deployment.linked", "s-1", 78, deployment="d2", commits=commits("c2", "c3"), commit_count=2),
    fact("fd", "deployment.linked", "s-1", 77, deployment="d2", commits=commits("c2", "c4"), commit_count=2),
    # Nobody said what caused it: the last deployment shortly before did, and its budget burned.
    fact("fe", "incident.detected", "i-3", 64.5, incident=3, service_uid="s-2"),
    fact("ff", "budget.burn.started", "s-2", 64.6, objective="o-1"),
)  # fmt: skip


def tables() -> list[list[dict[str, Any]]]:
    settle()
    found = [list(table.objects.order_by("uid", "service_uid").values()) for table in (Verdict, Trouble)]
    found.append(
        [row | {"data": bytes(row["data"])} for row in Rollup.objects.order_by("service_uid", "block").values()]
    )
    return [[{name: value for name, value in row.items() if name != "id"} for row in rows] for rows in found]


def test_the_facts_add_up():
    tell(*FACTS)
    assert Stale.objects.count() == 3
    verdicts, troubles, rollups = tables()
    assert [row["service_uid"] for row in rollups] == ["s-1", "s-1", "s-2"]
    assert [(row["uid"], row["service_uid"], row["label"], row["failed_by"]) for row in verdicts] == [
        ("d0", "s-1", "ordinary", ""),
        ("d1", "s-1", "ordinary", "caused INC-2"),
        ("d2", "s-1", "ordinary", "caused INC-1"),
        ("d3", "s-1", "rollback", ""),
        ("d9", "s-2", "ordinary", "caused INC-3 (finished 30 min before, and the error budget burned from then on)"),
    ]
    assert [row["label_by"] for row in verdicts] == ["", "", "", "asked for as a rollback", ""]
    assert [each[0] for each in verdicts[2]["carried"]] == ["c2", "c4"]
    assert [(row["uid"], row["service_uid"], row["deployment"]) for row in troubles] == [
        ("i-1", "s-1", "d2"),
        ("i-2", "s-2", "d1"),
        ("i-3", "s-2", "d9"),
    ]
    assert Stale.objects.count() == 0


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    order=st.permutations(FACTS),
    cuts=st.lists(st.integers(0, len(FACTS)), max_size=3),
    settled=st.booleans(),
    again=st.booleans(),
)
def test_every_order_and_batching_gives_the_same_tables(
    order: list[FactView],
    cuts: list[int],
    settled: bool,  # noqa: FBT001 - drawn
    again: bool,  # noqa: FBT001 - drawn
):
    forget()
    tell(*FACTS)
    expected = tables()
    forget()
    assert tables() == [[], [], []]
    for begin, end in pairwise([0, *sorted(cuts), len(order)]):
        tell(*order[begin:end])
        if settled:
            settle()
    if again:
        tell(*order[:3])
        METRICS.apply(tuple(order[:3]))
    assert tables() == expected


def test_a_rebuild_from_the_ledger_gives_the_same_tables(house: House):
    known: dict[str, str] = {}
    for one in FACTS:
        supersedes = known.get(one.supersedes, "")
        known[one.uid] = house.record(one.kind, one.subject, one.occurred_at, **one.data, supersedes=supersedes)
    house.catch_up()
    before, kept = tables(), Told.objects.count()
    assert len(before[0]) == 5
    projections.rebuild(METRICS.name, now=NOW)
    assert (tables(), Told.objects.count()) == (before, kept)


def test_news_is_in_the_figures_at_once_judged_or_not(house: House):
    house.record("service.deployed", house.checkout, at(100), deployment="d0", commit="b0", service="checkout")
    house.record("service.upgraded", house.checkout, at(50), deployment="d1", commit="c1", commits=commits("c1"))
    house.catch_up()
    fresh = queries.delivery(service="checkout", now=NOW)
    assert (fresh.measured.deployments, fresh.measured.lead_time.value) == (2, 50 * 3600)
    settle()
    settled = queries.delivery(service="checkout", now=NOW)
    assert settled.measured == fresh.measured
    assert settled.as_of == NOW


def test_recovery_ends_when_harm_ends_not_when_the_incident_is_understood(house: House):
    house.record("service.deployed", house.checkout, at(50), deployment="d1")
    told = {"service_uid": house.checkout, "incident": 1}
    house.record("incident.detected", "i-1", at(49), deployment="d1", **told)

    def recovery() -> tuple[float | None, int]:
        house.catch_up()
        figure = queries.delivery(service="checkout", now=NOW).measured.recovery
        return figure.value and figure.value / 3600, figure.open

    house.record("incident.changed", "i-1", at(48), what="mitigated", at=at(48).isoformat(), **told)
    assert recovery() == (2, 0)
    house.record("incident.changed", "i-1", at(47), what="alert", **told)
    assert recovery() == (None, 1)
    house.record("incident.changed", "i-1", at(46.5), what="rollback", deployment="d2", **told)
    house.record("incident.changed", "i-1", at(46), what="mitigated", at=at(46).isoformat(), **told)
    house.record("incident.resolved", "i-1", at(2), mitigated_at=at(46).isoformat(), cause_deployment="d1", **told)
    assert recovery() == (4, 0)


def test_staging_counts_for_nothing(house: House):
    house.record("service.deployed", house.checkout, at(10), deployment="d0", environment="staging")
    house.record("incident.detected", "i-1", at(9), service_uid=house.checkout, environment="staging")
    house.catch_up()
    view = queries.delivery(now=NOW)
    assert (view.measured.deployments, view.measured.frequency.value) == (0, None)
    assert view.silent == ("checkout", "tracking")
    assert view.measured.time_to_restore.n == 0


def test_teams_services_and_all_are_counted_from_the_same_rows(house: House):
    for service in (house.checkout, house.tracking):
        house.record("service.deployed", service, at(100), deployment=f"{service}-0")
        house.record("service.upgraded", service, at(50), deployment=f"{service}-1", commits=commits("c1"), commit="c1")
    house.record("gate.overridden", house.checkout, at(51), commit="c1")
    house.record("incident.detected", "i-1", at(49), service_uid=house.checkout, deployment=f"{house.checkout}-1")
    house.catch_up()
    view = queries.delivery(now=NOW)
    assert (view.measured.deployments, view.measured.lead_time.n, view.overrides) == (4, 1, 1)
    counted = {part.name: part.measured.deployments for part in queries.delivery(by="teams", now=NOW).parts}
    assert counted == {"team-payments": 2, "team-routing": 2}
    assert [(part.name, part.measured.lead_time.n) for part in queries.delivery(by="services", now=NOW).parts] == [
        ("checkout", 1),
        ("tracking", 1),
    ]
    team = queries.delivery(team="team-payments", now=NOW)
    assert (team.measured.deployments, team.overrides, team.overrides_failed) == (2, 1, 1)
    assert queries.delivery(days=1, now=NOW - timedelta(days=60)).measured.deployments == 0


def test_the_start_of_a_deployment_counts_where_its_end_does_not_tell_it_in_whatever_order():
    live = at(4)
    end = {"uid": "e", "kind": "service.deployed", "subject": "s", "environment": "production", "supersedes": ""}
    begin = end | {"uid": "b", "kind": "deployment.started"}
    told = {"deployment": "d"}
    lines = [
        reading.line_of(**begin, occurred_at=live - timedelta(minutes=4), data=told),
        reading.line_of(**begin | {"uid": "b2"}, occurred_at=live - timedelta(minutes=3), data=told),
        reading.line_of(**end, occurred_at=live, data=told),
    ]
    for ordered in (lines, list(reversed(lines))):
        (one,) = reading.deployments_of(ordered)
        assert one.started_at == live - timedelta(minutes=4)
    (own,) = reading.deployments_of([*lines[:2], reading.line_of(**end, occurred_at=live, data=told | {"seconds": 60})])
    assert own.started_at == live - timedelta(minutes=1)
    assert reading.deployments_of(lines[:2]) == ()
