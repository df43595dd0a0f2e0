"""Bringing in what was counted before Roadbed counted: exact, refused where it would lie, and safe to repeat."""

from __future__ import annotations

from typing import Any

import pytest

from roadbed.ground.errors import Conflict, Forbidden, Invalid, NotFound
from roadbed.ground.ledger.models import Fact
from roadbed.reliability.objectives import importing, queries, store, usecases
from roadbed.reliability.objectives.importing import Counted, Silence, import_minutes
from roadbed.reliability.objectives.models import Source
from roadbed.reliability.objectives.rules.clock import minute_of
from roadbed.reliability.objectives.tests.conftest import HANNE, MARA, NOW, House, slo

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
START = minute_of(NOW)


@pytest.fixture
def uid(house: House) -> str:
    usecases.apply(HANNE, "checkout", text=slo(target="0.99"), now=NOW)
    (view,) = queries.objectives_of(house.checkout)
    return view.uid


def bring(uid: str, minutes: list[tuple[int, int, int]], **more: Any) -> int:
    """Import minutes that are told from the start of the test, such as -5 for five minutes before it."""
    counted = [Counted(START + minute, good, total) for minute, good, total in minutes]
    return import_minutes(more.pop("caller", HANNE), uid, counted, read_at=NOW, now=NOW, **more)


def view_of(house: House) -> queries.ObjectiveView:
    (view,) = queries.objectives_of(house.checkout)
    return view


def test_what_comes_in_is_what_the_objective_says(house: House, uid: str):
    assert bring(uid, [(-6, 100, 100), (-5, 90, 100), (-4, 0, 0), (-2, 50, 50)]) == 4
    house.deploy()
    house.tick()
    view = view_of(house)
    assert (view.good, view.total) == (240, 250)
    assert view.minutes["bad"] == 1
    assert view.minutes["good"] == 2
    assert view.minutes["idle"] >= 1
    assert (sum(view.minutes.values()), view.minutes_before) == (7, 30 * 24 * 60 - 7)
    assert view.coverage == 6 / 7


def test_it_joins_what_was_counted_here(house: House, uid: str):
    house.deploy()
    for _ in range(3):
        house.edge.serve(good=10)
        house.tick(60)
    before = view_of(house)
    bring(uid, [(-3, 99, 100), (-2, 100, 100)])
    house.edge.serve(good=5, bad=1)
    house.tick(60)
    view = view_of(house)
    assert (view.good, view.total) == (before.good + 199 + 5, before.total + 200 + 6)
    chart = queries.burn_down(uid)
    assert chart is not None
    assert chart.points[-1].remaining == view.remaining
    assert chart.minutes == view.minutes


def test_it_is_one_fact_with_its_sums(house: House, uid: str):
    bring(uid, [(-6, 100, 100), (-5, 90, 100)])
    fact = Fact.objects.get(kind="measurement.imported")
    assert (fact.subject, fact.actor_name, fact.recorded_at) == (house.checkout, "Hanne Brandt", NOW)
    assert (fact.data["minutes"], fact.data["good"], fact.data["total"]) == (2, 190, 200)


@pytest.mark.parametrize(
    ("minutes", "named"),
    [
        ([(-3, 1, 1), (-3, 1, 1)], "2026-11-23 08:57"),
        ([(-3, 1, 1), (-4, 1, 1)], "2026-11-23 08:56"),
        ([(-3, 2, 1)], "2026-11-23 08:57"),
        ([(-3, -1, 1)], "2026-11-23 08:57"),
    ],
)
def test_a_minute_that_cannot_be_is_named(house: House, uid: str, minutes: Any, named: str):
    with pytest.raises(Invalid) as refused:
        bring(uid, minutes)
    assert named in str(refused.value.place)
    assert store.heads() == {}
    assert not Fact.objects.filter(kind="measurement.imported").exists()


def test_what_was_counted_here_is_not_counted_again(house: House, uid: str):
    house.deploy()
    house.edge.serve(good=10)
    house.tick(60)
    total = view_of(house).total
    with pytest.raises(Conflict):
        bring(uid, [(-1, 5, 5), (1, 5, 5)])
    house.tick(60)
    assert view_of(house).total == total


def test_cut_off_it_shows_nothing_and_can_come_again(house: House, uid: str, monkeypatch: Any):
    monkeypatch.setattr(importing, "AT_ONCE", 2)
    with pytest.raises(Invalid):
        bring(uid, [(-9, 1, 1), (-8, 1, 1), (-7, 1, 1), (-6, 2, 1)])
    house.deploy()
    house.tick()
    assert view_of(house).total == 0
    assert bring(uid, [(-9, 1, 1), (-8, 1, 1), (-7, 1, 1), (-6, 1, 1)]) == 4
    house.tick()
    assert view_of(house).total == 4


def test_nothing_is_nothing(house: House, uid: str):
    assert bring(uid, []) == 0
    assert not Fact.objects.filter(kind="measurement.imported").exists()


def test_a_source_can_be_silent_since(house: House, uid: str):
    bring(uid, [(-6, 10, 10)], silence=Silence("cd/checkout", "Its metrics page answers 503."))
    source = Source.objects.using(store.ALIAS).get(name="cd/checkout")
    assert (source.problem, source.problem_since) == ("Its metrics page answers 503.", NOW)


def test_only_owners_bring_in(house: House, uid: str):
    with pytest.raises(Forbidden):
        bring(uid, [(-6, 10, 10)], caller=MARA)
    with pytest.raises(NotFound):
        bring("nowhere", [(-6, 10, 10)])
