"""Who is suspected beyond the harmed service: what it depends on, what calls it, and what was found out before."""

from __future__ import annotations

from dataclasses import replace

from roadbed.ground.catalog import usecases as catalog
from roadbed.ground.catalog.depending import needed_by
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.incidents import judging, queries, usecases
from roadbed.reliability.incidents.tests.conftest import CATALOG, NOW, House, minutes
from roadbed.reliability.incidents.values import IncidentPage


def depends(house: House, service: str, on: str) -> None:
    text = CATALOG.format(name=service) + f"  dependsOn:\n    - component:{on}\n"
    catalog.register(ROADBED, text=text, location=f"/srv/git/{service}.git", now=NOW)


def seen(now_minutes: float = 1) -> IncidentPage:
    return queries.incident("1", now=minutes(now_minutes))


def test_a_deployment_of_what_it_depends_on_is_suspected_and_not_rolled_back_here(house: House):
    depends(house, "checkout", "parcels")
    house.deployed(minutes(-4), "p9", "p8", service="parcels", deployment="d-p9")
    (one,) = house.opened().suspects
    assert (one.what, one.service, one.undo) == ("p9", "parcels", "")
    assert "in what it depends on: parcels" in one.evidence
    judging.judge(house.mara, "1", fact=one.fact, verdict="confirmed", now=minutes(1))
    assert seen().view.cause_deployment == "d-p9"
    assert seen().none_of_these is None


def test_its_own_deployment_is_likelier_and_without_a_relation_nothing_else_is_named(house: House):
    house.deployed(minutes(-4), "p9", "p8", service="parcels")
    house.deployed(minutes(-4), "v7", "v6")
    assert [one.what for one in house.opened().suspects] == ["v7"]
    depends(house, "parcels", "checkout")
    assert needed_by(house.checkout) == {house.uids["parcels"]: "parcels"}
    own, caller = seen().suspects
    assert (own.what, caller.what, caller.evidence[1]) == ("v7", "p9", "in what calls it: parcels")


def test_a_deployment_hours_before_is_not_recorded_as_the_cause(house: House):
    house.deployed(minutes(-115))
    page = house.opened()
    assert [one.what for one in page.suspects] == ["v7"]
    assert page.view.cause_deployment == ""
    assert page.none_of_these is not None
    assert page.none_of_these > 0.5


def test_what_an_earlier_incident_found_out_about_a_flag_is_remembered(house: House):
    change = {"flag": "eta", "from": "off", "to": "on"}
    house.fact("flag.changed", minutes(-3), **change)
    first = house.opened()
    judging.judge(house.mara, "1", fact=first.suspects[0].fact, verdict="confirmed", now=minutes(1))
    usecases.resolve(house.mara, "1", now=minutes(30))
    house.fact("flag.changed", minutes(597), **change)
    second = house.opened(minutes(600), "a2")
    words = "changes of this flag were the cause 1 of 1 times before"
    assert words in second.suspects[0].evidence
    assert second.suspects[0].reasons[-1] == replace(second.suspects[0].reasons[-1], words=words)
    assert second.suspects[0].reasons[-1].weight > 0
