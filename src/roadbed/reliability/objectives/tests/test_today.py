"""How the objectives stand, as other rooms are told: what cannot be told counts neither as met nor as missed."""

from __future__ import annotations

import pytest

from roadbed.ground.asks import put
from roadbed.ground.asks.figures import ReliabilityFigures
from roadbed.reliability.objectives import usecases
from roadbed.reliability.objectives.tests.conftest import HANNE, NOW, House, slo

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


def test_nothing_promised_is_nothing_told(house: House):
    today = put(ReliabilityFigures())
    assert (today.objectives, today.within, today.lowest, today.as_of) == (0, None, None, None)


def test_objectives_count_as_within_only_where_they_can_be_told(house: House):
    usecases.apply(HANNE, "checkout", text=slo(), now=NOW)
    untold = put(ReliabilityFigures())
    assert (untold.objectives, untold.told, untold.within) == (1, 0, None)
    house.deploy()
    house.edge.serve(good=9999, bad=1)
    house.tick()
    told = put(ReliabilityFigures((house.checkout,)))
    assert (told.told, told.within, told.services) == (1, 1, (house.checkout,))
    assert told.lowest == pytest.approx(0.9)
    house.edge.serve(bad=100)
    house.tick()
    spent = put(ReliabilityFigures())
    assert (spent.told, spent.within, sum(spent.standings.values())) == (1, 0, 1)
    assert put(ReliabilityFigures(("s-unknown",))).objectives == 0
