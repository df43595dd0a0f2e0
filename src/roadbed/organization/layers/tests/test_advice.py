"""Stages with their hysteresis, anti-patterns from evidence, whom to hire: each with the rule that fired."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.ground.asks.advice import Signals
from roadbed.organization.layers.rules.advising import advise
from roadbed.organization.layers.rules.patterns import says_devops
from roadbed.organization.layers.rules.stages import KEYS, STAGES, stage_of

NEED = {"divergent_ci": True, "slow_first_deploy": True, "busy_seniors": True}


@pytest.mark.parametrize(
    ("engineers", "stage"),
    [(0, "under-15"), (14, "under-15"), (15, "15-40"), (39, "15-40"), (40, "40-80"), (79, "40-80"), (80, "80-150"),
     (149, "80-150"), (150, "150-up"), (5000, "150-up")],
)  # fmt: skip
def test_without_a_previous_stage_the_edges_are_sharp(engineers: int, stage: str):
    assert stage_of(engineers) == (stage, False)


@pytest.mark.parametrize(
    ("engineers", "previous", "stage", "held"),
    [(87, "40-80", "40-80", True), (88, "40-80", "80-150", False), (72, "80-150", "80-150", True),
     (71, "80-150", "40-80", False), (16, "under-15", "under-15", True), (17, "under-15", "15-40", False),
     (155, "under-15", "80-150", True), (10, "150-up", "under-15", False), (60, "40-80", "40-80", False)],
)  # fmt: skip
def test_ten_percent_hold_a_stage_that_was_advised_before(engineers: int, previous: str, stage: str, *, held: bool):
    assert stage_of(engineers, previous) == (stage, held)


@given(st.integers(0, 400), st.sampled_from(KEYS))
def test_the_stage_lies_between_the_previous_one_and_the_plain_one(engineers: int, previous: str):
    found, held = stage_of(engineers, previous)
    plain = KEYS.index(stage_of(engineers)[0])
    low, high = sorted((plain, KEYS.index(previous)))
    assert low <= KEYS.index(found) <= high
    assert held == (KEYS.index(found) != plain)
    assert stage_of(engineers, found)[0] == found, "asked again it stays"


@given(st.sampled_from(KEYS), st.integers(0, 300))
def test_more_people_never_lower_the_stage(previous: str, engineers: int):
    assert KEYS.index(stage_of(engineers, previous)[0]) <= KEYS.index(stage_of(engineers + 1, previous)[0])


def test_each_stage_says_its_advice_and_its_rule():
    found = {engineers: advise(Signals(engineers=engineers)).stage for engineers in (8, 25, 60, 100, 200)}
    assert [one.rule for one in found.values()] == [f"stage.{key}" for key in KEYS]
    assert [one.interpolated for one in found.values()] == [one.interpolated for one in STAGES]
    assert "Nobody needs these titles" in found[8].says
    assert "Hire no SREs yet" in found[60].says
    assert found[60].next.startswith("From 88 engineers")
    assert advise(Signals()).stage is None


def test_two_of_three_signals_make_a_part_time_owner_and_three_shift_a_stage():
    two = advise(Signals(engineers=30, **(NEED | {"busy_seniors": False}))).stage
    assert (two.advised, two.says) == ("15-40", "No team. One person owns the paved road, part of their time.")
    one = advise(Signals(engineers=30, slow_first_deploy=True)).stage
    assert "once two of its three signals hold" in one.says
    assert any("Unknown" in said for said in one.evidence)
    three = advise(Signals(engineers=30, **NEED)).stage
    assert (three.stage, three.advised, three.rule) == ("15-40", "40-80", "stage.40-80.shifted")
    assert any("all three signals hold" in said for said in three.evidence)


def test_an_sre_coach_needs_budgets_in_half_the_teams_and_strict_promises():
    coach = advise(Signals(engineers=100, sre_share=0.5, strict_slos=True, platform_heads=6))
    assert "An SRE who coaches can pay now" in coach.stage.says
    assert coach.hiring.rule == "hire.sre.coach"
    assert "only once half" in advise(Signals(engineers=100, sre_share=0.49, strict_slos=True)).stage.says


def test_a_large_organization_hires_sres_for_scale_or_contracts_once_teams_practise_it():
    base = Signals(engineers=400, platform_heads=25, platform_score=7.0, contractual_uptime=True)
    assert advise(dataclasses.replace(base, sre_share=0.6)).hiring.hire == "sre"
    assert advise(dataclasses.replace(base, sre_share=0.2)).hiring.rule == "hire.sre.not-yet"
    none = dataclasses.replace(base, contractual_uptime=False, consumer_scale=False, sre_share=0.6)
    assert advise(none).hiring.hire == "neither"


def test_a_platform_engineer_comes_first_where_nobody_keeps_the_road():
    assert advise(Signals(engineers=60, platform_heads=0)).hiring.rule == "hire.platform.first"
    assert advise(Signals(engineers=60, platform_owned=False)).hiring.hire == "platform-engineer"
    few = Signals(engineers=200, platform_heads=5, platform_score=3.0)
    assert advise(few).hiring.rule == "hire.platform.too-few"
    assert advise(Signals(engineers=60, platform_heads=4)).hiring.hire == "neither"
    assert advise(Signals(engineers=8, platform_heads=0)).hiring.rule == "hire.too-few"
    assert advise(Signals(engineers=60)).hiring.hire is None, "unknown is not none"


def test_a_devops_vacancy_with_little_of_a_golden_path_is_a_platform_engineer():
    wanted = Signals(engineers=60, open_roles=("Senior DevOps Engineer",), golden_path=0.4, platform_heads=3)
    found = advise(wanted)
    assert [(one.rule, one.state) for one in found.patterns] == [("title.devops", "bad")]
    assert found.hiring.rule == "hire.platform.instead-of-devops"
    half = advise(dataclasses.replace(wanted, golden_path=0.5))
    assert [(one.rule, one.state) for one in half.patterns] == [("title.devops", "warn")]
    assert half.hiring.hire == "neither"


def test_a_devops_team_is_a_wall_where_developers_neither_deploy_nor_are_on_call():
    def wall(**more: object) -> list[tuple[str, str]]:
        found = advise(Signals(team_names=("Storefront", "DevOps"), **more))
        return [(one.rule, one.state) for one in found.patterns if one.rule.startswith("wall")]

    assert wall(teams_deploy=False, teams_on_call=False) == [("wall.devops-team", "bad")]
    assert wall(teams_deploy=False, teams_on_call=True) == [("wall.devops-team", "warn")]
    assert wall(teams_deploy=True, teams_on_call=True) == [("wall.devops-team", "warn")]
    assert wall() == [], "without knowing who deploys it is not told"
    assert "wall.devops-team" in [one.rule for one in advise(Signals(team_names=("DevOps",))).undetermined]
    assert advise(Signals(team_names=("Storefront",))).patterns == ()
    chartered = advise(Signals(team_names=("Ops",), delivery_teams=("Ops",), teams_deploy=False, teams_on_call=False))
    assert chartered.patterns[0].evidence == "Ops; application teams do not deploy and are not on call"


def test_an_sre_team_without_practice_is_someone_elses_problem():
    assert [one.rule for one in advise(Signals(sre_heads=4, sre_share=0.4)).patterns] == ["sre.someone-elses-problem"]
    assert advise(Signals(sre_heads=4, sre_share=0.5)).patterns == ()
    assert advise(Signals(sre_heads=0, sre_share=0.1)).patterns == ()


def test_a_platform_that_is_paged_for_a_product_is_a_breach():
    (found,) = advise(Signals(platform_paged=("locker-gateway, 6 pages in 28 days",))).patterns
    assert (found.rule, found.state) == ("boundary.paged-for-product", "bad")
    assert advise(Signals(platform_paged=())).patterns == ()


@pytest.mark.parametrize(
    ("sre", "platform", "place"),
    [(5.0, 5.0, "both"), (4.9, 5.0, "platform-alone"), (5.0, 4.9, "sre-alone"), (0.0, 4.9, "neither")],
)
def test_the_quadrant_is_cut_in_the_middle(sre: float, platform: float, place: str):
    found = advise(Signals(sre_score=sre, platform_score=platform))
    assert found.quadrant.place == place
    assert bool(found.patterns) == place.endswith("alone")


def test_with_nothing_known_nothing_is_claimed():
    found = advise(Signals())
    assert (found.patterns, found.hiring.hire, found.quadrant.place) == ((), None, None)
    assert len(found.undetermined) == 5


BOOL = st.sampled_from([None, True, False])
UNIT = st.none() | st.floats(0, 1)
TEN = st.none() | st.floats(0, 10)
HEADS = st.none() | st.integers(0, 50)


@settings(max_examples=80)
@given(
    st.builds(
        Signals, engineers=st.none() | st.integers(0, 6000), previous_stage=st.sampled_from(["", *KEYS]),
        divergent_ci=BOOL, slow_first_deploy=BOOL, busy_seniors=BOOL, sre_share=UNIT, strict_slos=BOOL,
        consumer_scale=BOOL, contractual_uptime=BOOL, golden_path=UNIT, sre_score=TEN, platform_score=TEN,
        sre_heads=HEADS, platform_heads=HEADS, platform_owned=BOOL,
        open_roles=st.none() | st.just(()) | st.just(("DevOps engineer",)),
    )
)  # fmt: skip
def test_any_signals_get_one_stage_one_hire_and_reasons(signals: Signals):
    found = advise(signals)
    assert (found.stage is None) == (signals.engineers is None)
    assert found.hiring.reasons
    assert found.hiring.hire in {None, "platform-engineer", "sre", "neither"}
    if found.stage:
        assert found.stage.evidence
        assert KEYS.index(found.stage.advised) - KEYS.index(found.stage.stage) in {0, 1}


def test_devops_is_read_however_it_is_written():
    assert all(map(says_devops, ("DevOps", "Dev Ops engineer", "dev-ops", "Lead DEVOPS")))
    assert not any(map(says_devops, ("Developer", "Operations", "devopsy")))
