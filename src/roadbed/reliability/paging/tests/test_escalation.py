"""A team's own escalation: steps, rounds, whom they page, what is frozen, what is linted and previewed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadbed.ground.errors import Forbidden, Invalid
from roadbed.ground.people import usecases as people
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.paging import calling
from roadbed.reliability.paging.alerts.why import why_page
from roadbed.reliability.paging.models import Alert
from roadbed.reliability.paging.policies import queries, writing
from roadbed.reliability.paging.rules.escalation import FALLBACK, Turn, following, frozen, own_policy
from roadbed.reliability.paging.rules.policies.reading import Known, read
from roadbed.reliability.paging.rules.policies.values import Chain, ChainStep, Target
from roadbed.reliability.paging.rules.policies.walking import lint, walk
from roadbed.reliability.paging.tests.conftest import House

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
AT = datetime(2026, 11, 23, 2, 10, tzinfo=UTC)
OWN = """\
steps:
  - {page: [on-call, lead], wait: 5 min}
  - {page: "dele@kestrel.example", wait: 10 min}
repeat: 1
acknowledgement_timeout: 20 min
low_urgency:
  steps: [{page: second, wait: 1 h}]
  repeat: 0
"""


def test_a_file_is_read_with_its_usual_values():
    found = read("steps: [{page: on-call}, {page: {on-call: team-sre}, wait: 90 s}]\n")
    assert [(step.name, step.wait) for step in found.high.steps] == [("on call", 300), ("on call of team-sre", 90)]
    assert (found.high.rounds, found.high.acknowledged, found.low) == (3, None, None)
    assert read("steps: [{page: lead}]\nacknowledgement_timeout: never\n").high.acknowledged == 0


def test_every_fault_of_a_file_is_told_with_its_line():
    text = "steps:\n  - {page: nobody-at-all}\n  - {page: on-call, wait: 5}\n  - {pages: lead}\nrepeat: 40\nloops: 2\n"
    with pytest.raises(Invalid) as refused:
        read(text, "escalation.yaml")
    told = [refused.value, *refused.value.others]
    assert [fault.place.line for fault in told] == [2, 3, 4, 4, 5, 6]
    assert {fault.place.file for fault in told} == {"escalation.yaml"}
    assert all(fault.remedy for fault in told)
    known = Known(frozenset({"a@b.example"}), {"team-a": "product", "team-platform": "platform"}, layer="product")
    with pytest.raises(Invalid, match="is nobody here"):
        read("steps: [{page: c@b.example}]", known=known)
    with pytest.raises(Invalid, match="There is no team team-b"):
        read("steps: [{page: {second: team-b}}]", known=known)
    with pytest.raises(Invalid, match="paged for what it owns and for nothing else"):
        read("steps: [{page: {on-call: TEAM-PLATFORM}}]", known=known)
    with pytest.raises(Invalid, match="has no step"):
        read("repeat: 2\n")


def chain(*waits: int, rounds: int = 2) -> Chain:
    return Chain(tuple(ChainStep((Target("on-call"),), wait) for wait in waits), rounds)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(30, 900), st.booleans()), min_size=1, max_size=5),
    st.integers(1, 4),
    st.booleans(),
)
def test_what_nobody_answers_goes_through_its_rounds_then_to_the_fallback_and_stays_there(
    steps: list[tuple[int, bool]],
    rounds: int,
    admins: bool,  # noqa: FBT001 - hypothesis gives them
):
    policy = own_policy(
        chain(*(wait for wait, _ in steps), rounds=rounds),
        [("a",) if somebody else () for _, somebody in steps],
        ("x",) if admins else (),
        version=1,
    )
    assert frozen(policy.as_data()) == policy
    turn, turns = Turn(0, -1), []
    while (after := following(policy, turn)) is not None:
        turns.append(turn := after)
    assert [turn.step for turn in turns] == [*range(len(steps))] * rounds + [len(steps)] * 12
    stops = list(walk(policy, AT))
    assert [one.at for one in stops] == sorted(one.at for one in stops)
    reached = [one for one in stops if one.people and not one.fallback]
    assert len(reached) == rounds * sum(somebody for _, somebody in steps)
    first = next(one for one in stops if one.fallback)
    # A step without anybody takes no time, wherever it stands.
    assert first.at - AT == timedelta(seconds=rounds * sum(wait for wait, somebody in steps if somebody))


def test_lint_names_steps_that_nobody_holds_and_what_ends_too_soon():
    found = read("steps: [{page: second, wait: 1 min}, {page: everybody}]\nrepeat: 0\n")
    told = lint(found, [AT], lambda step, _: () if step.name == "second" else ("a", "b"), {"a"})
    assert [(one.rule, one.step, one.person) for one in told] == [
        ("ends-early", 0, ""), ("empty-step", 1, ""), ("no-verified-channel", 2, "b"),
    ]  # fmt: skip
    assert lint(found, [AT], lambda *_: None, set())[1:] == ()


def own(house: House, document: str = OWN) -> None:
    house.rotate("hanne", "ines")
    people.join_team(ROADBED, team="team-payments", email="ines@kestrel.example", lead=True, now=house.now)
    house.mailbox("hanne", "ines", "dele", "mara")
    writing.set_policy(house.caller("hanne"), "team-payments", document=document, now=house.now)


def test_a_page_follows_the_teams_own_steps_and_keeps_those_it_began_with(house: House):
    own(house)
    page = house.burn()
    house.deliver()
    assert house.mailed() == ["hanne", "ines"]
    said = (
        "By the escalation policy of team-payments, version 1: on call, team lead, then after 5 min "
        "dele@kestrel.example; 2 times, then the administrators."
    )
    assert page.why[-1] == said
    assert said in why_page(page.uid).decisions[0].reasons
    writing.end_policy(house.caller("hanne"), "team-payments", now=house.now)
    house.wait(300)
    assert house.mailed()[2:] == ["dele"]
    for seconds in (600, 300, 600, 300):
        house.wait(seconds)
    assert house.mailed()[3:] == ["hanne", "ines", "dele", "mara", "mara"]
    page.refresh_from_db()
    assert (page.cycle, page.step) == (2, 2)
    assert house.facts("escalation.changed")[0]["version"] == 1


def test_what_is_not_urgent_has_its_own_steps_until_it_becomes_urgent(house: House):
    own(house)
    uid = calling.call(house.caller("mara"), "team-payments", text="Refunds are slow", severity=3, now=house.now)
    page = Alert.objects.get(uid=uid)
    assert [step["name"] for step in page.policy["steps"]] == ["second", FALLBACK]
    assert (page.next_step_at or house.now) - house.now == timedelta(hours=1)
    assert next(step["name"] for step in page.policy["urgent"]["steps"]) == "on call, team lead"


def test_an_empty_step_takes_no_time_and_nobody_at_all_is_the_fallback_at_once(house: House):
    people.join_team(ROADBED, team="team-payments", email="dele@kestrel.example", now=house.now)
    house.mailbox("mara")
    document = "steps: [{page: on-call}, {page: [lead, 'dele@kestrel.example']}]\n"
    writing.set_policy(ROADBED, "team-payments", document=document, now=house.now)
    house.burn()
    house.deliver()
    assert house.mailed() == ["mara"]
    assert house.facts("page.failed")[0]["person"] == "Dele Akande"


def test_only_members_write_it_and_a_refused_one_changes_nothing(house: House):
    with pytest.raises(Forbidden):
        writing.set_policy(house.caller("dele"), "team-payments", document=OWN, now=house.now)
    with pytest.raises(Invalid):
        writing.set_policy(ROADBED, "team-payments", document="steps: []", now=house.now)
    assert queries.policy("team-payments").version == 0


def test_preview_names_times_and_people_as_a_page_would_and_lint_looks_ahead(house: House):
    own(house)
    stops = queries.preview("team-payments", at=house.now, severity=1)
    assert [(one.at - house.now, one.people) for one in stops[:3]] == [
        (timedelta(0), ("Hanne Brandt", "Ines Carvalho")),
        (timedelta(minutes=5), ("Dele Akande",)),
        (timedelta(minutes=15), ("Hanne Brandt", "Ines Carvalho")),
    ]
    assert queries.preview("team-payments", at=house.now, severity=4)[0].people == ("Ines Carvalho",)
    assert queries.lint("team-payments", now=house.now) == ()
    told = queries.lint("team-payments", now=house.now, document="steps: [{page: {on-call: team-sre}, wait: 10 min}]")
    assert [one.rule for one in told] == ["empty-step"]
    # Who is on call changes with the shift.
    later = queries.preview("team-payments", at=house.now + timedelta(days=7))
    assert later[0].people == ("Ines Carvalho",)


def test_roadbeds_own_steps_are_previewed_too_with_whom_they_cannot_reach(house: House):
    house.rotate("hanne", "ines")
    house.mailbox("ines")
    stops = queries.preview("team-payments", at=house.now)
    assert [(one.name, one.people, one.unreachable) for one in stops[:2]] == [
        ("on call", (), ("Hanne Brandt",)), ("next in the rotation", ("Ines Carvalho",), ()),
    ]  # fmt: skip
    assert stops[0].at == stops[1].at
