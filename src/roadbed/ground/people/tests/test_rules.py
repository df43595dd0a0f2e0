"""Who may do what: the whole table holds for every role, verb and team."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadbed.ground.errors import Forbidden
from roadbed.ground.people.rules import ADMIN, MEMBER, ROADBED, ROLES, SCOPES, VERBS, VIEWER, Caller, authorise, may

READING = {"read", "gate.ask", "flag.evaluate", "channel.write", "digest.write"}
"""A viewer also says how one is to be reached and whether one gets a digest, and a viewer's token reads flags."""

VERB = st.sampled_from(sorted(VERBS))
TEAM = st.sampled_from(["team-a", "team-b", None])


def caller(role: str, teams: set[str], scopes: set[str] | None = None) -> Caller:
    return Caller("u", "U", role, frozenset(teams), None if scopes is None else frozenset(scopes))


@given(VERB, TEAM)
def test_admins_and_roadbed_may_everything_anywhere(verb: str, team: str | None):
    assert may(caller(ADMIN, set()), verb, team=team).allowed
    assert may(ROADBED, verb, team=team).allowed


@given(VERB, TEAM)
def test_viewers_read_and_ask_and_no_more(verb: str, team: str | None):
    assert may(caller(VIEWER, {"team-a"}), verb, team=team).allowed == (verb in READING)


@given(st.sampled_from(ROLES), VERB, TEAM, st.sets(st.sampled_from(["team-a", "team-b"])), st.sets(VERB))
def test_a_scope_only_ever_narrows(role: str, verb: str, team: str | None, teams: set[str], scopes: set[str]):
    narrow, wide = may(caller(role, teams, scopes), verb, team=team), may(caller(role, teams), verb, team=team)
    assert narrow.allowed == (wide.allowed and verb in scopes)
    assert narrow.reason


@given(VERB, st.sets(st.sampled_from(["team-a", "team-b"])))
def test_more_teams_never_take_a_right_away(verb: str, teams: set[str]):
    if may(caller(MEMBER, teams), verb, team="team-a").allowed:
        assert may(caller(MEMBER, teams | {"team-a"}), verb, team="team-a").allowed


def test_a_member_acts_for_their_own_team():
    hanne = caller(MEMBER, {"team-a"})
    assert may(hanne, "service.deploy", team="team-a").allowed
    assert not may(hanne, "service.deploy", team="team-b").allowed
    with pytest.raises(Forbidden) as refusal:
        authorise(hanne, "service.deploy", team="team-b")
    assert refusal.value.remedy == "Ask a member of team-b or an admin to do it, or to give you the role."


def test_an_unknown_verb_is_a_fault_and_every_verb_is_a_scope():
    with pytest.raises(ValueError, match="unknown verb"):
        may(ROADBED, "anything")
    assert SCOPES == VERBS
