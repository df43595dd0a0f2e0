"""What spent a budget: parts that add up to the whole, whatever overlaps, and what the ledger's facts say of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.objectives import queries, usecases
from roadbed.reliability.objectives.rules.attribution import DEPLOYMENT, INCIDENT, Cause, attribute, deployments
from roadbed.reliability.objectives.tests.conftest import HANNE, NOW, House, slo

causes = st.lists(
    st.tuples(st.sampled_from([INCIDENT, DEPLOYMENT]), st.integers(-20, 70), st.integers(0, 40)), max_size=8
).map(lambda held: [Cause(kind, str(n), "", first, first + length) for n, (kind, first, length) in enumerate(held)])


@given(causes=causes, bads=st.lists(st.integers(0, 9), min_size=60, max_size=60))
def test_each_minute_is_given_to_one_cause_and_all_add_up(causes: list[Cause], bads: list[int]):
    found = attribute(causes, first=0, until=60, bad_between=lambda a, b: sum(bads[a:b]))
    expected: dict[str, int] = {}
    for minute, bad in enumerate(bads):
        there = [one for one in causes if one.first <= minute < one.until]
        incidents = [one for one in there if one.kind == INCIDENT]
        chosen = max(incidents or there, key=lambda one: (one.first, one.uid), default=None)
        expected[chosen.uid if chosen else ""] = expected.get(chosen.uid if chosen else "", 0) + bad
    assert {share.cause.uid: share.bad for share in found.shares} | {"": found.unattributed} == {"": 0} | expected
    assert found.bad == sum(share.bad for share in found.shares) + found.unattributed == sum(bads)


def test_a_deployment_answers_for_an_hour_or_until_the_next():
    first, second = deployments([("b", "second", 130), ("a", "first", 100)])
    assert [(one.first, one.until) for one in (first, second)] == [(100, 130), (130, 190)]


@pytest.mark.django_db(databases=["default", "samples"])
def test_the_ledger_says_what_spent_it(house: House, web: Client):
    usecases.apply(HANNE, "checkout", text=slo(), now=NOW)
    house.deploy()
    _serve(house, minutes=5, bad=1)
    with unit(ROADBED, now=house.now) as writing:
        writing.record("service.deployed", house.checkout, environment="production", data={"version": "r7"})
        writing.record("service.deployed", house.checkout, environment="staging", data={"version": "r8"})
    _serve(house, minutes=5, bad=2)
    opened = house.now
    _serve(house, minutes=5, bad=5)
    data = {"incident": 3, "title": "Checkout fails", "service_uid": house.checkout, "started_at": opened.isoformat()}
    with unit(ROADBED, now=house.now) as writing:
        writing.record("incident.detected", "inc", environment="production", data=data)
        writing.record("incident.resolved", "inc", environment="production", data=data)
        writing.record("incident.detected", "other", data=data | {"service_uid": house.uids["parcels"]})
    _serve(house, minutes=80, bad=0)
    _serve(house, minutes=1, bad=4)
    (view,) = queries.objectives_of(house.checkout)
    found: Any = web.get(f"/api/v1/objectives/{view.uid}/attribution").json()
    titles = {one["title"]: one["bad"] for one in found["causes"]}
    assert found["bad"] == view.bad == sum(titles.values()) + found["unattributed"]
    assert set(titles) == {"INC-3: Checkout fails", "Deployed r7"}
    assert titles["INC-3: Checkout fails"] >= 5 * 5 * 6
    assert found["unattributed"] >= 4 * 6
    shares = [one["share"] for one in found["causes"]] + [found["unattributed_share"]]
    assert sum(shares) == pytest.approx(1 - view.remaining)


def _serve(house: House, *, minutes: int, bad: int) -> None:
    # Four samplings a minute keep each minute measured and the test short.
    for _ in range(minutes * (6 if bad else 1)):
        house.edge.serve(good=10, bad=bad)
        house.tick(10 if bad else 60)
    assert house.now - NOW < timedelta(hours=3)
