"""The pure rules of incidents: who is suspected, what a timeline says, what a name means."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadbed.ground.errors import Invalid
from roadbed.ground.ledger.rules import KINDS, FactView
from roadbed.reliability.incidents import rules
from roadbed.reliability.incidents.rules import beginning, evidence
from roadbed.reliability.incidents.rules import external as elsewhere
from roadbed.reliability.incidents.rules import suspects as judging
from roadbed.reliability.incidents.rules import timeline as telling
from roadbed.reliability.incidents.rules import updates as words

START = datetime(2026, 11, 23, 13, 41, tzinfo=UTC)


def fact(kind: str, seconds: float, position: int = 1, /, **data: Any) -> FactView:
    at = START + timedelta(seconds=seconds)
    return FactView(
        position=position,
        uid=f"f{position}",
        kind=kind,
        subject="svc",
        environment="production",
        occurred_at=at,
        recorded_at=at,
        actor="p",
        actor_name="Tomasz Wierzba",
        source="roadbed",
        source_id=f"f{position}",
        supersedes="",
        data=data,
    )


def release(seconds: float, position: int = 1, version: str = "v7", **data: Any) -> FactView:
    known = {"version": version, "former": "v6", "deployment": f"d{position}", "by": "roadbed", "kind": "feature"}
    return fact("service.upgraded", seconds, position, **(known | data))


def judged(*facts: FactView) -> tuple[judging.Suspect, ...]:
    return suspected(*facts).suspects


def suspected(*facts: FactView, environment: str = "production", **more: Any) -> judging.Suspicion:
    scene = evidence.Scene(**({"started_at": START, "detected_at": START} | more))
    return judging.suspects(facts, scene, environment=environment)


def told(*facts: FactView) -> tuple[telling.Entry, ...]:
    return telling.timeline(facts, started_at=START, detected_at=START + timedelta(minutes=8))


def test_the_nearest_change_before_harm_comes_first():
    flag = fact("flag.changed", -60, 2, flag="eta-v2", **{"from": "25%", "to": "100%"})
    found = judged(release(-180, 1), flag)
    assert [one.what for one in found] == ["eta-v2", "v7"]
    assert found[0].title == "from 25% to 100%"
    assert found[0].evidence == ("1 min before harm began", "for 75% more of the people")
    assert judging.top_deployment(suspected(release(-180, 1), flag)) == ""
    assert judging.top_deployment(suspected(release(-180, 1))) == "d1"


def test_what_was_long_before_or_came_after_is_not_suspected():
    assert judged(release(-86401, 1), release(91, 2)) == ()
    assert [one.fact for one in judged(release(-7200, 1), release(90, 2))] == ["f2", "f1"]
    assert [one.fact for one in judged(release(-80000, 1), release(-60, 2))] == ["f2"]


def test_what_came_between_the_start_and_its_detection_is_suspected_last():
    seen = START + timedelta(minutes=30)
    facts = [release(-600, 1), release(1200, 2, "v8"), fact("service.rolledback", 1500, 3), release(1900, 4, "v9")]
    found = suspected(*facts[:2], detected_at=seen).suspects
    assert [one.what for one in found] == ["v7", "v8"]
    assert found[1].evidence[0] == "20 min after harm began, before it was seen"
    found = suspected(*facts, detected_at=seen).suspects
    assert [one.what for one in found] == ["v7", "v8"]


def test_a_rollback_soon_after_the_start_is_a_remedy():
    back = fact("service.rolledback", 30, 2, version="v6", former="v7")
    (one,) = judged(release(-60, 1), back)
    assert (one.what, one.undo, one.undone_at) == ("v7", "", back.occurred_at)


def test_only_what_serves_now_can_be_rolled_back():
    first, second = judged(release(-60, 2, "v8"), release(-600, 1, "v7"))
    assert (first.undo, second.undo) == ("rollback", "")
    assert judged(release(-60, 1, former=""))[0].undo == ""
    assert judged(release(-60, 1, by="external"))[0].undo == ""


def test_a_flag_that_was_set_again_is_undone():
    facts = (fact("flag.changed", -60, 1, flag="eta"), fact("flag.changed", 600, 2, flag="eta"))
    (one,) = judged(*facts)
    assert one.undone_at == facts[1].occurred_at
    assert judged(facts[0], fact("flag.changed", 600, 2, flag="other"))[0].undo == "flag"


def test_what_the_gate_said_of_the_commit_is_evidence():
    asked = fact("gate.asked", -70, 1, commit="abcdef1234", outcome="warn")
    (one,) = judged(asked, release(-60, 2, commit="abcdef1234"))
    assert "the gate said warn" in one.evidence
    assert "commit abcdef12" in one.evidence


def test_another_environment_is_not_suspected():
    assert suspected(release(-60), environment="staging") == judging.Suspicion((), 1.0)


def test_where_nothing_likely_changed_it_was_none_of_these():
    alone = suspected(fact("flag.changed", -7000, 1, flag="eta", **{"from": "50%", "to": "10%"}))
    assert alone.none is not None
    assert alone.none > 0.9
    assert judging.top_deployment(suspected(release(-7000))) == ""


def test_a_release_that_was_going_out_when_harm_began_is_suspected():
    began = (START - timedelta(minutes=5)).isoformat()
    seen = START + timedelta(minutes=10)
    (one,) = suspected(release(240, started_at=began), detected_at=seen).suspects
    assert one.evidence[0] == "was going out when harm began"
    assert (one.share or 0) > (suspected(release(240), detected_at=seen).suspects[0].share or 0)


def test_an_own_change_outweighs_a_dependency_and_a_dependency_is_told_with_its_way():
    other = release(-60, 2, "v9")
    other = replace(other, subject="below")
    found = suspected(release(-60, 1), other, below={"below": "cart, then its-database"}, service_uid="svc").suspects
    assert [(one.what, one.undo) for one in found] == [("v7", "rollback"), ("v9", "")]
    assert "in what it depends on: cart, then its-database" in found[1].evidence


def test_an_undoing_that_ended_harm_convicts_and_one_that_did_not_acquits():
    back = fact("service.rolledback", 1200, 2, version="v6", former="v7")
    told = (release(-1800, 1), back)
    plain = suspected(told[0]).suspects[0].share or 0
    ended = suspected(*told, ended_at=START + timedelta(minutes=22)).suspects[0]
    assert "harm ended when it was undone" in ended.evidence
    went_on = suspected(*told, now=START + timedelta(hours=2)).suspects[0]
    assert "harm went on after it was undone" in went_on.evidence
    assert (ended.share or 0) > plain > (went_on.share or 0)


def test_what_was_taken_back_before_harm_began_is_hardly_suspected():
    back = fact("service.rolledback", -600, 2, version="v6", former="v7")
    found = {one.what: one for one in judged(release(-1800, 1), back)}
    assert "undone before harm began" in found["v7"].evidence
    assert (found["v7"].share or 0) < (judged(release(-1800, 1))[0].share or 0) / 3


def test_earlier_verdicts_on_a_flag_are_evidence():
    flag = fact("flag.changed", -600, 1, flag="eta", **{"from": "25%", "to": "100%"})
    often, never = ({evidence.track_of(flag): one} for one in ((3, 0), (0, 3)))
    high, low = (suspected(flag, record=one).suspects[0] for one in (often, never))
    assert "changes of this flag were the cause 3 of 3 times before" in high.evidence
    assert (high.share or 0) > (low.share or 0)


def test_a_verdict_settles_the_shares():
    both = suspected(release(-60, 1), fact("flag.changed", -300, 2, flag="eta"))
    dismissed = judging.ranked(both, {"f1": ("dismissed", "no")})
    assert [one.fact for one in dismissed.suspects] == ["f2", "f1"]
    assert dismissed.suspects[1].share == 0
    confirmed = judging.ranked(both, {"f2": ("confirmed", "yes")})
    assert (confirmed.none, [one.fact for one in confirmed.suspects]) == (None, ["f2", "f1"])


@pytest.mark.parametrize(
    ("subjects", "nature"),
    [
        (["Add a filter", "Schema migration of orders"], "schema"),
        (["Bump client to 2"], "dependency"),
        (["Bump client to 2", "Add a filter"], ""),
        (["Raise timeouts"], "configuration"),
        (["docs: typo"], "texts and tests only"),
        ([], ""),
    ],
)
def test_the_nature_of_a_release_is_read_from_its_commits(subjects: list[str], nature: str):
    assert evidence.nature_of([{"subject": one} for one in subjects]) == nature


@given(st.floats(0, 10_000))
def test_nearness_is_shared_between_two_knots(minutes: float):
    shares = evidence.hats(minutes)
    assert sum(share for _, share in shares) == pytest.approx(1)
    assert all(0 <= share <= 1 for _, share in shares)


changes = st.lists(
    st.builds(
        fact,
        st.sampled_from(["service.deployed", "service.upgraded", "service.rolledback", "flag.changed", "gate.asked"]),
        st.floats(-20000, 20000),
        st.integers(1, 9),
        version=st.sampled_from(["", "v1", "v2"]),
        former=st.sampled_from(["", "v0"]),
        flag=st.sampled_from(["a", "b"]),
    ),
    max_size=12,
)


@given(changes, st.randoms())
def test_suspects_are_sorted_shares_of_one_and_the_same_in_any_order(facts: list[FactView], random: Any):
    known = {one.position: one for one in facts}
    found = judged(*known.values())
    shuffled = list(known.values())
    random.shuffle(shuffled)
    assert judged(*shuffled) == found
    shares = [one.share or 0.0 for one in found]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) + (suspected(*known.values()).none or 0.0) <= 1.0 + 1e-9
    assert all(one.score == pytest.approx(sum(each.weight for each in one.reasons), abs=0.05) for one in found)
    assert all(-90 <= one.seconds_before <= 86400 for one in found)
    assert sum(1 for one in found if one.undo == "rollback") <= 1
    assert not any(one.undo and one.undone_at for one in found)


@given(st.lists(st.tuples(st.sampled_from(sorted(telling.KINDS)), st.floats(-9000, 9000)), max_size=15))
def test_a_timeline_is_newest_first_says_every_kind_and_names_the_start(said: list[tuple[str, float]]):
    lines = told(*(fact(kind, seconds, number) for number, (kind, seconds) in enumerate(said, 1)))
    assert [line.at for line in lines] == sorted((line.at for line in lines), reverse=True)
    assert [line.kind for line in lines].count("incident.started") == 1
    assert sum(line.times for line in lines) == len(said) + 1
    assert all(line.title.strip() and line.group in telling.GROUPS for line in lines)


def test_every_kind_told_is_a_kind_of_the_ledger():
    assert telling.KINDS <= KINDS


def test_the_same_answer_of_the_gate_is_counted_not_repeated():
    asked = [fact("gate.asked", 60 + number, number, outcome="deny", passes=False, kind="feature") for number in (1, 2)]
    lines = told(*asked)
    assert [(line.kind, line.times) for line in lines] == [("gate.asked", 2), ("incident.started", 1)]
    assert "The gate refused a feature change, asked by Tomasz Wierzba" in lines[0].title


def test_a_corrected_fact_is_told_once():
    wrong, right = fact("incident.noted", 5, 1, text="a"), fact("incident.noted", 5, 2, text="b")
    lines = told(wrong, judging.effective((right,))[0])
    assert len(lines) == 3
    assert len(told(wrong, replace(right, supersedes="f1"))) == 2


@pytest.mark.parametrize(
    ("said", "number"),
    [("INC-7", 7), ("inc-12", 12), ("3", 3), ("INC-0", None), ("d41d8cd98f00b204", None), ("", None)],
)
def test_names_are_read(said: str, number: int | None):
    assert rules.number_of(said) == number


@pytest.mark.parametrize(("said", "severity"), [("page", 2), ("SEV1", 1), (3, 3), ("ticket", 3), (None, 2), ("odd", 2)])
def test_an_alert_says_how_severe_it_is(said: Any, severity: int):
    assert rules.severity_of(said) == severity


@given(st.text(max_size=300))
def test_a_title_is_one_line_or_refused(said: str):
    if 1 <= len(" ".join(said.split())) <= rules.LONGEST_TITLE and "\x00" not in said:
        assert rules.checked_title(said) == " ".join(said.split())
    else:
        with pytest.raises(Invalid, match="title"):
            rules.checked_title(said)


@given(st.integers())
def test_severities_are_one_to_four(number: int):
    if 1 <= number <= 4:
        assert rules.checked_severity(number) == number
    else:
        with pytest.raises(Invalid):
            rules.checked_severity(number)


def minute(number: int) -> datetime:
    return START + timedelta(minutes=number)


@given(st.sets(st.integers(-130, 0)), st.lists(st.floats(-8000, 0), max_size=4), st.integers(0, 59))
def test_harm_begins_with_the_row_of_bad_minutes_and_never_after_it_was_seen(
    bad: set[int], changes: list[float], second: int
):
    seen, held = START + timedelta(seconds=second), {minute(number) for number in bad}
    plain = beginning.began(seen, is_bad=held.__contains__)
    row = -1 if 0 not in bad and -1 in bad else 0
    while row - 1 in bad and row - 1 >= -120:
        row -= 1
    assert plain in ({minute(row)} if row in bad else {seen})
    moved = beginning.began(seen, is_bad=held.__contains__, changes=[START + timedelta(seconds=one) for one in changes])
    assert plain <= moved <= min(plain + beginning.NOISE, seen)


def test_a_bad_minute_just_before_a_change_is_noise_and_the_change_stays_suspected():
    held = {minute(number) for number in range(-5, 1)}
    change = minute(-4) + timedelta(seconds=30)
    assert beginning.began(START, is_bad=held.__contains__, changes=[change]) == minute(-4)
    late = minute(-1) + timedelta(seconds=30)
    assert beginning.began(START, is_bad=held.__contains__, changes=[late]) == minute(-5)


@given(
    st.permutations(
        [
            fact("incident.detected", 0, 1, external=True, title="500s", service_uid="s", severity=1),
            fact("incident.resolved", 600, 2, external=True, service_uid="s"),
            fact("incident.detected", 900, 3, external=True, title="500s", service_uid="s", severity=2),
            fact("incident.detected", 30, 4, title="Ours", service_uid="s"),
        ]
    )
)
def test_what_another_system_tells_means_the_same_in_any_order(told: list[FactView]):
    found = elsewhere.told(told)
    assert found is not None
    assert (found.title, found.severity, found.resolved_at) == ("500s", 2, None)
    assert found.detected_at == START
    assert elsewhere.told([one for one in told if one.kind == "incident.resolved"]) is None


def test_a_draft_says_what_is_seen_done_and_when_word_comes_again():
    said = words.draft(
        title="Cards are refused.", stage="identified", services=("checkout", "parcels"), started_at=START,
        ended_at=None, remedies=("checkout brought back to v6", "checkout brought back to v6"),
        next_at=words.next_update(30, now=START + timedelta(minutes=11)), now=START + timedelta(minutes=11),
    )  # fmt: skip
    assert said == (
        "Cards are refused. checkout, parcels affected since 13:41 UTC (11 min so far). We know the cause and are "
        "mending it. Done so far: checkout brought back to v6. Next word by 14:22 UTC."
    )
    assert words.next_update(None, now=START) is None


def test_an_announced_change_is_told_with_its_source():
    said = {"summary": "Deployed 41", "source": "ci"}
    lines = told(fact("change.announced", -60, 1, **said), fact("change.announced", -50, 2))
    assert [(line.title, line.detail, line.group) for line in lines if line.kind == "change.announced"][1] == (
        "Change announced: Deployed 41", "by ci", telling.CHANGES,
    )  # fmt: skip
    assert lines[1].title == "Change announced: without words"
