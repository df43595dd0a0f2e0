"""What a deployment was and whether it failed: each edge rule by itself, and every order alike."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from roadbed.delivery.metrics.rules import texts
from roadbed.delivery.metrics.rules.judging import judge
from roadbed.delivery.metrics.rules.values import Commit
from roadbed.delivery.metrics.tests.history import at, by_uid, commit, deployed, incident

BASE = deployed("d0", 200, sha="b0")
FEATURE = deployed("d1", 90, commit("c1", "Let admins edit stops (#547)"))


def test_the_first_deployment_counts_and_has_no_lead_time():
    found = by_uid([BASE, FEATURE])
    assert (found["d0"].first, found["d0"].carried, found["d0"].linked) == (True, (), None)
    assert [each.seconds for each in found["d1"].carried] == [10 * 3600]
    assert (found["d1"].label, found["d1"].failed) == ("ordinary", False)


def test_a_revert_fails_what_it_undoes_counts_as_rework_and_has_no_lead_time():
    undo = deployed("d2", 80, commit("c3", "Add search"), commit("c2", 'Revert "Let admins edit stops" (#552)'))
    found = by_uid([BASE, FEATURE, undo])
    assert (found["d2"].label, found["d2"].unplanned, found["d2"].failed) == ("revert", True, False)
    assert found["d1"].failed_by == "reverted by v-d2"
    assert found["d1"].restored_at == undo.at
    assert [each.sha for each in found["d2"].carried] == ["c3"]


def test_a_revert_of_what_never_went_live_fails_nothing():
    undo = deployed("d2", 80, commit("c3", 'Revert "Add search"'), commit("c2", "Add search"))
    found = by_uid([BASE, FEATURE, undo])
    assert found["d2"].label == "ordinary"
    assert not any(one.failed for one in found.values())


@pytest.mark.parametrize(
    ("text", "sha"),
    [('Revert "Sort seats" (#12)', "f32a134abe22"), ("wip", ""), ('Revert "Sort seats (#11)" (#12)', "")],
)
def test_a_revert_of_a_change_that_came_with_it_is_known_by_number_and_title(text: str, sha: str):
    body = f"This reverts commit {sha}." if sha else "Reverts acme/seats#11"
    back = commit("c3", text, body=body, change="12")
    undo = deployed("d2", 80, back, commit("c2", "Sort seats", change="11"))
    assert by_uid([BASE, FEATURE, undo])["d2"].label == "ordinary"


def test_a_change_that_lands_again_beside_the_revert_of_its_first_landing_is_taken_back():
    again = commit("c4", "Edit stops")
    undo = deployed("d2", 80, again, commit("c3", 'Revert "Edit stops"', body="This reverts commit abc1234."))
    found = by_uid([BASE, deployed("d1", 90, commit("abc1234", "Edit stops")), undo])
    assert (found["d2"].label, found["d1"].failed) == ("revert", True)


def test_a_revert_by_name_finds_the_commit_whatever_its_title():
    undo = deployed("d2", 80, commit("c2", "Take stops back", body="This reverts commit abc1234."))
    found = by_uid([BASE, deployed("d1", 90, commit("abc1234", "Edit stops")), undo])
    assert (found["d2"].label, found["d1"].failed) == ("revert", True)


@pytest.mark.parametrize("title", ['Reapply "Let admins edit stops"', 'Revert "Revert "Let admins edit stops""'])
def test_a_re_landing_is_no_revert(title: str):
    found = by_uid([BASE, FEATURE, deployed("d2", 80, commit("c2", title))])
    assert (found["d2"].label, found["d1"].failed) == ("ordinary", False)


def test_a_body_that_reverts_a_revert_takes_nothing_back():
    again = commit("c2", "wip", body="Reverts the revert of #547, fault removed.")
    found = by_uid([BASE, FEATURE, deployed("d2", 80, again)])
    assert (found["d2"].label, found["d1"].failed) == ("ordinary", False)


def test_an_older_version_again_is_a_rollback_and_fails_what_was_live():
    second = deployed("d2", 80, commit("c2"))
    told = deployed("d3", 70, sha="c1", commits=(), commit_count=0)
    unknown = deployed("d3", 70, sha="c1")
    for back in (told, unknown):
        found = by_uid([BASE, FEATURE, second, back])
        assert (found["d3"].label, found["d3"].linked) == ("rollback", None)
        assert found["d2"].failed_by == "rolled back by v-d3"
        assert (found["d2"].restored_at, found["d1"].failed) == (back.at, False)


def test_the_same_version_again_is_ordinary():
    found = by_uid([BASE, FEATURE, deployed("d2", 80, sha="c1", commits=(), commit_count=0)])
    assert (found["d2"].label, found["d1"].failed) == ("ordinary", False)


def test_rolling_forward_to_the_same_commit_is_no_rollback_and_moves_its_arrival():
    back = deployed("d2", 80, sha="b0", rolled_back=True)
    again = deployed("d3", 70, commit("c1", "Let admins edit stops (#547)"))
    found = by_uid([BASE, FEATURE, back, again])
    assert found["d3"].label == "ordinary"
    assert found["d1"].carried == ()
    assert [each.seconds for each in found["d3"].carried] == [30 * 3600]


def test_a_rollback_that_did_not_help_has_not_failed_by_that():
    second = deployed("d2", 80, commit("c2"))
    backs = [deployed("d3", 70, sha="c1", rolled_back=True), deployed("d4", 69, sha="b0", rolled_back=True)]
    found = by_uid([BASE, FEATURE, second, *backs])
    assert [uid for uid, one in found.items() if one.failed] == ["d2"]


def test_a_bystander_that_is_rolled_back_has_not_failed_when_the_incident_names_another():
    second = deployed("d2", 80, commit("c2"))
    back = deployed("d3", 70, sha="c1", rolled_back=True)
    found = by_uid([BASE, FEATURE, second, back], [incident("i1", 79, 60, cause="d1")])
    assert (found["d1"].failed_by, found["d2"].failed) == ("caused INC-7", False)
    assert found["d1"].restored_at == at(60)


def test_an_incident_fails_the_deployment_it_names_until_all_of_them_are_over():
    both = [incident("i1", 89, 85, cause="d1"), incident("i2", 88, None, cause="d1")]
    found = by_uid([BASE, FEATURE], both)
    assert (found["d1"].failed, found["d1"].restored_at) == (True, None)
    assert by_uid([BASE, FEATURE], both[:1])["d1"].restored_at == at(85)


def test_an_incident_that_names_nothing_fails_nothing():
    found = by_uid([BASE, FEATURE], [incident("i1", 89)])
    assert not any(one.failed for one in found.values())


def test_hotfixes_and_rework_are_unplanned_fixes_of_nothing_else():
    origin = "Handle refunds without owner"
    hot = deployed("d2", 80, commit("c2", origin, labels=("hotfix",)), commit("c4", "wip"))
    rework = deployed("d3", 70, commit("c3", origin, body="Regression from #547, reported by three customers."))
    mixed = deployed("d4", 60, commit("c5", "hotfix: guard"), commit("c6", "Add search"))
    planned = deployed("d5", 50, commit("c7", "Fix empty list"), kind="fix")
    found = by_uid([BASE, FEATURE, hot, rework, mixed, planned])
    assert [found[uid].label for uid in ("d2", "d3", "d4", "d5")] == ["hotfix", "rework", "ordinary", "ordinary"]
    assert found["d1"].failed_by == "rework v-d3 names it as the origin"


def test_a_declared_fix_is_rework_only_while_something_is_broken():
    fix = deployed("d2", 80, commit("c2", "Retry twice"), kind="fix")
    assert by_uid([BASE, FEATURE, fix], [incident("i1", 85, 79)])["d2"].label == "rework"
    assert by_uid([BASE, FEATURE, fix], [incident("i1", 85, 81)])["d2"].label == "ordinary"
    back = deployed("d2a", 85, sha="b0", rolled_back=True)
    assert by_uid([BASE, FEATURE, back, fix])["d2"].label == "rework"


def test_what_cannot_be_linked_or_timed_says_so():
    later, many = commit("c2", hours=10), deployed("d3", 70, commit("c3"), commit_count=80)
    found = by_uid([BASE, deployed("d1", 90), deployed("d2", 80, later), many])
    assert (found["d1"].linked, found["d1"].carried) == (False, ())
    assert found["d2"].carried[0].seconds is None
    assert (found["d3"].linked, found["d3"].partial) == (True, True)


def test_merges_carry_no_lead_time_of_their_own():
    merge = deployed("d1", 90, commit("m1", "Merge pull request #5 from u/5"), commit("c1", "Add search"))
    assert [each.sha for each in by_uid([BASE, merge])["d1"].carried] == ["c1"]


def test_every_order_is_judged_alike():
    history = [BASE, FEATURE, deployed("d2", 80, commit("c2")), deployed("d3", 70, sha="c1", rolled_back=True)]
    incidents = [incident("i1", 79, cause="d2"), incident("i2", 60)]
    expected = judge(history, incidents)
    for order in permutations(history):
        assert judge(order, reversed(incidents)) == expected


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ('Revert "Add search"', "Add search"),
        ('Revert "Add search (#4)" (#5)', "Add search"),
        ("Revert: Add search", "Add search"),
        ("Add revert button", None),
        ('Reapply "Add search"', None),
    ],
)
def test_reverts_are_read_from_subjects(subject: str, title: str | None):
    undone = texts.undone_by(Commit("c", subject))
    assert (undone and undone.titles) == (title and (title.casefold(),))


@pytest.mark.parametrize(
    ("text", "mends", "origin"),
    [
        ("Regression from #12, reported by three customers.", True, "12"),
        ("Fall-out of #7; unscheduled.", True, "7"),
        ("Totals are wrong for guests since #31", True, "31"),
        ("Came in with PR #8. Support tickets since Monday.", True, "8"),
        ("#5 broke this; merchants cannot sign in.", True, "5"),
        ("No customer noticed anything.", False, ""),
        ("Customers get a weekly mail.", False, ""),
        ("Planned for the sprint.", False, ""),
    ],
)
def test_a_text_says_whether_it_mends_a_fault_that_was_met_and_where_that_came_from(
    text: str,
    mends: bool,  # noqa: FBT001 - drawn
    origin: str,
):
    commit = Commit("c", "Fix totals", body=text)
    assert texts.mends_a_fault(commit) is mends
    assert texts.origins_of(commit).numbers == frozenset(filter(None, [origin]))


@pytest.mark.parametrize("subject", ["wip", "fmt", "More tests.", "address review comments", "part 2"])
def test_a_subject_without_a_purpose_neither_makes_nor_unmakes_a_fix(subject: str):
    assert texts.is_filler(Commit("c", subject))
    assert not texts.is_filler(Commit("c", f"{subject} and the new map"))


@pytest.mark.parametrize("subject", ["Back out lockers", "revert: lockers", "Undo lockers (#3)"])
def test_a_revert_is_known_by_other_words_too(subject: str):
    undone = texts.undone_by(Commit("c", subject))
    assert undone is not None
    assert undone.titles == ("lockers",)


def test_a_fix_soon_after_which_the_incident_was_over_mended_it():
    harm = incident("i1", 89, 79.8, cause="d1")
    fix = deployed("d2", 80, commit("c2", "Handle stops without a name"))
    found = by_uid([BASE, FEATURE, fix], [harm])
    assert (found["d2"].label, found["d2"].label_by) == ("hotfix", "a fix, soon after which INC-7 was over")
    told = deployed("d2", 80, replace(commit("c2", "Handle stops without a name"), change="552"))
    assert by_uid([BASE, FEATURE, told], [harm])["d2"].label == "rework"


@pytest.mark.parametrize(
    ("subject", "begins", "ends", "cause"),
    [
        ("Handle stops without a name", 89, 70, "d1"),
        ("Handle stops without a name", 79.9, 79.8, "d1"),
        ("Handle stops without a name", 89, 79.8, ""),
        ("Add stops filter", 89, 79.8, "d1"),
        ("Handle stops without a name, as planned for this sprint", 89, 79.8, "d1"),
    ],
)
def test_what_is_no_fix_or_ended_no_incident_of_its_service_stays_ordinary(
    subject: str, begins: float, ends: float, cause: str
):
    harm = incident("i1", begins, ends, cause=cause)
    fix = deployed("d2", 80, commit("c2", subject))
    assert by_uid([BASE, FEATURE, fix], [harm])["d2"].label == "ordinary"


def test_a_branch_makes_a_hotfix_of_a_fix_and_of_nothing_else():
    merge = commit("m1", "Merge pull request #7 from acme/hotfix/stops")
    fix = deployed("d2", 80, merge, commit("c2", "Handle stops without a name"))
    assert by_uid([BASE, FEATURE, fix])["d2"].label == "hotfix"
    offer = deployed("d2", 80, merge, commit("c2", "Add stops filter"))
    assert by_uid([BASE, FEATURE, offer])["d2"].label == "ordinary"


def test_a_revert_of_two_changes_fails_both():
    second = deployed("d2", 80, commit("ddd1234", "Add search"))
    back = deployed("d3", 70, commit("c3", "Revert both", body="This reverts commits ccc1234 and ddd1234."))
    found = by_uid([BASE, deployed("d1", 90, commit("ccc1234", "Edit stops")), second, back])
    assert (found["d3"].label, found["d1"].failed, found["d2"].failed) == ("revert", True, True)


def test_a_cherry_pick_names_no_origin():
    picked = deployed(
        "d2", 80, commit("c2", "Fix lost uploads", body="Users saw it.\n(cherry picked from commit c1c1c1c1)")
    )
    found = by_uid([BASE, deployed("d1", 90, commit("c1c1c1c1", "Edit stops")), picked])
    assert (found["d2"].label, found["d1"].failed) == ("rework", False)
