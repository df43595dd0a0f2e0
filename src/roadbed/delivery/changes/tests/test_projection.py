"""The projection: the same tables from the same facts, in any order and any batches, and after a rebuild."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roadbed.delivery.changes import queries
from roadbed.delivery.changes.models import Deployed, DeploymentFact
from roadbed.delivery.changes.projecting import DEPLOYMENTS, apply, clear
from roadbed.ground.ledger import projections
from roadbed.ground.ledger.rules import FactView
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def fact(uid: str, kind: str, deployment: str, minute: int, *, supersedes: str = "", **data: Any) -> FactView:
    at = NOW + timedelta(minutes=minute)
    told = {"service": "checkout", "deployment": deployment, "by": "roadbed", **data}
    return FactView(0, uid, kind, "s-1", "production", at, at, "p-1", "Hanne", "runtime", uid, supersedes, told)


FACTS = (
    fact("f1", "deployment.started", "d1", 0, version="v1"),
    fact("f2", "service.deployed", "d1", 1, version="v1", commit_count=None, seconds=60.0),
    fact("f3", "deployment.started", "d2", 2, version="v2"),
    fact("f4", "deployment.failed", "d2", 3, version="v2", error="It listened on no port."),
    # It was told as a success and corrected: it was another deployment's failure.
    fact("f5", "service.upgraded", "d3", 4, version="v3"),
    fact("f6", "deployment.failed", "d4", 4, supersedes="f5", version="v3"),
    fact("f7", "service.rolledback", "d5", 5, version="v1", former="v3"),
)


def tables() -> list[dict[str, Any]]:
    return list(Deployed.objects.order_by("uid").values())


def test_every_order_gives_the_same_tables():
    apply(FACTS)
    expected = tables()
    assert [(row["uid"], row["outcome"]) for row in expected] == [
        ("d1", "succeeded"),
        ("d2", "failed"),
        ("d4", "failed"),
        ("d5", "rolledback"),
    ]
    for order in list(permutations(FACTS))[::97]:
        clear()
        for one in order:
            apply((one,))
        assert tables() == expected


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(FACTS), cuts=st.lists(st.integers(0, len(FACTS)), max_size=3), again=st.booleans())
def test_every_batching_gives_the_same_tables(order: list[FactView], cuts: list[int], again: bool):  # noqa: FBT001 - drawn
    clear()
    apply(FACTS)
    expected = tables()
    clear()
    edges = [0, *sorted(cuts), len(order)]
    for begin, end in pairwise(edges):
        apply(tuple(order[begin:end]))
    if again:
        apply(tuple(order[:3]))
    assert tables() == expected


def test_a_rebuild_from_the_ledger_gives_the_same_tables(wired: None):
    with unit(ROADBED, now=NOW) as writing:
        for one in FACTS:
            uid = writing.record(
                one.kind, one.subject, environment="production", occurred_at=one.occurred_at, data=dict(one.data)
            )
            if one.uid == "f5":
                corrected = uid
        writing.record(
            "deployment.failed", "s-1", environment="production", supersedes=corrected, data={"deployment": "d4"}
        )
    projections.catch_up(now=NOW)
    before, kept = tables(), DeploymentFact.objects.count()
    assert len(before) == 4
    projections.rebuild(DEPLOYMENTS.name, now=NOW)
    assert (tables(), DeploymentFact.objects.count()) == (before, kept)


def test_pages_read_newest_first_and_count_with_unknown_honest():
    apply(FACTS)
    page = queries.deployments_of("s-1", limit=3)
    assert [one.version for one in page.items] == ["v1", "v3", "v2"]
    following = queries.deployments_of("s-1", limit=3, cursor=page.next_cursor)
    assert ([one.uid for one in following.items], following.next_cursor) == (["d1"], None)
    assert following.items[0].commits is None
    counts = queries.counts_of("s-1", now=NOW + timedelta(days=10))
    assert (counts.succeeded, counts.failed, counts.rolled_back, counts.known_since) == (
        1,
        2,
        1,
        NOW + timedelta(minutes=1),
    )
    assert queries.counts_of("s-2", now=NOW).succeeded is None
    assert queries.deployments_of("s-1", environment="staging").items == ()
