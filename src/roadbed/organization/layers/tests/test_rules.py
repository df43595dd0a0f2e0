"""Who answers for each layer, and which gaps are seen, from charters, owners and engagements."""

from __future__ import annotations

from roadbed.organization.layers.rules import layers as rules
from roadbed.organization.layers.rules.layers import Service, Team


def team(name: str, layer: str = "product", *, services: int = 0, **more: object) -> Team:
    told = {"customers": "travellers", "measured_on": "parcels", "people": (f"p-{name}",), "leads": ()} | more
    return Team(name, name.title(), layer, services=services, **told)  # type: ignore[arg-type]


SERVICES = (Service("s-1", "checkout", "storefront", ""), Service("s-2", "tracking", "tracking", "sre"))


def test_under_fifteen_people_are_one_team():
    assert [rules.is_small(number) for number in (0, 14, 15)] == [True, True, False]


def test_delivery_is_every_owning_team_s_and_a_team_that_owns_it_is_a_warning():
    teams = (team("storefront", services=2), team("devops", "delivery"))
    layer = rules.delivery(teams, (), ["invoice-runner"])
    assert (layer.accountable, layer.teams) == ("Every owning team, for its own changes", ("Storefront",))
    assert [gap.state for gap in layer.gaps] == ["warn", "unknown"]
    assert "Devops's charter owns delivery" in layer.gaps[0].text
    assert rules.delivery((), (), ()).accountable == "Nobody yet: no team owns a service"


def test_reliability_is_the_owner_s_but_for_what_an_engagement_shares():
    layer = rules.reliability((team("sre", "reliability", leads=("Ines",)),), SERVICES, (), frozenset({"s-1"}))
    assert layer.accountable == "The owner of each service; of 1 of 2 with an SRE team engaged"
    assert (layer.teams, layer.leads) == (("sre",), ("Ines",))
    assert [gap.text[:8] for gap in layer.gaps] == ["tracking"]
    assert layer.agreed == ("Sre: parcels",)


def test_an_sre_team_without_an_engagement_and_an_engagement_without_a_charter_are_gaps():
    alone = rules.reliability((team("sre", "reliability"),), SERVICES[:1], (), frozenset({"s-1"}))
    assert "without an engagement" in alone.gaps[0].text
    odd = rules.reliability((team("sre"),), SERVICES, (), frozenset({"s-1", "s-2"}))
    assert "its charter does not say reliability" in odd.gaps[0].text
    none = rules.reliability((), SERVICES[:1], (), frozenset({"s-1"}))
    assert (none.accountable, none.gaps) == ("The owner of each service. There is no separate SRE team", ())


def test_an_owning_team_with_nobody_on_call_is_a_gap_and_an_unknown_answer_is_none():
    teams = (team("storefront", services=1), team("tracking", services=1), team("guild"))
    promised = frozenset({"s-1", "s-2"})
    engaged = rules.reliability(teams, SERVICES, (), promised, frozenset({"storefront"}))
    assert [gap.text for gap in engaged.gaps][:1] == [
        "Tracking: own services, and nobody is on call. Write a schedule, or a page has no one to go to."
    ]
    assert all("on call" not in gap.text for gap in rules.reliability(teams, SERVICES, (), promised).gaps)


def test_the_platform_answers_to_the_people_who_are_not_in_it():
    own = team("platform", "platform", people=("a", "b"), leads=("Priya Raman",), measured_on="")
    layer = rules.platform((own,), 20, (), SERVICES)
    assert layer.accountable == "Platform, to the 18 people who use it, and for Roadbed itself"
    assert [gap.state for gap in layer.gaps] == ["warn", "unknown"]
    assert "what it is measured on" in layer.gaps[0].text
    assert rules.platform((), 20, (), ()).accountable == "Nobody yet"


def test_many_names_are_cut():
    assert rules.listed(["a", "b", "c"]) == "a, b, c"
    assert rules.listed(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"
