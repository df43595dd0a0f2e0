"""Drafting, writing, acting on and publishing a review."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from roadbed.ground import asks
from roadbed.ground.errors import Conflict, Forbidden, Invalid, NotFound
from roadbed.ground.jobs.models import Job
from roadbed.ground.jobs.registry import Abandon
from roadbed.ground.jobs.usecases import JobRun
from roadbed.ground.ledger import reactions
from roadbed.ground.ledger.queries import facts_of
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.reliability.reviews import closing, drafting, factoring, jobs, queries, usecases
from roadbed.reliability.reviews.models import Review
from roadbed.reliability.reviews.tests.conftest import ACTION, NOW, START, TOLD, Cast, entry

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


def kinds(uid: str) -> list[str]:
    return [one.kind for one in reversed(facts_of(uid))]


def test_a_draft_holds_what_was_measured_and_told(cast: Cast):
    uid = cast.drafted()
    page = queries.review("INC-214")
    assert (page.view.uid, page.view.state, page.view.impact_minutes) == (uid, "draft", 14)
    assert (cast.asked[0].start, cast.asked[0].end) == (START, TOLD.mitigated_at)
    assert page.budget[0]["share"] == 0.044
    assert [line["known"] for line in page.timeline] == ["then", "later", "then"]
    assert page.view.due == (NOW + timedelta(days=7)).date()
    (drafted,) = facts_of(uid)
    assert drafted.kind == "review.drafted"
    assert drafted.data["incident"] == 214
    assert drafted.data["service_uid"] == "svc"


def test_drafting_again_answers_the_same_and_changes_nothing(cast: Cast):
    first = cast.drafted()
    assert cast.drafted(title="Another") == first
    assert (Review.objects.count(), len(facts_of(first))) == (1, 1)


def test_a_draft_follows_an_incident_that_was_opened_again_and_keeps_what_people_wrote(cast: Cast):
    uid = cast.drafted()
    usecases.write_sections(cast.mara, "214", sections={"impact": "1,190 people"}, now=NOW)
    usecases.tell(cast.mara, "214", at=START, text="Luis saw it on a board", known="then", now=NOW)
    usecases.move_entry(cast.mara, "214", "T1", known="later", evidence="Nobody read the channel", now=NOW)
    assert drafting.follow(ROADBED, TOLD.uid, now=NOW) is False
    again = entry(40, "Opened again: 503 again")
    end = START + timedelta(minutes=55)
    cast.told[TOLD.uid] = replace(TOLD, mitigated_at=None, resolved_at=end, severity=1, entries=(*TOLD.entries, again))
    assert drafting.follow(ROADBED, TOLD.uid, now=NOW) is True
    page = queries.review("214")
    assert (page.view.uid, page.view.impact_minutes, page.view.severity) == (uid, 55, 1)
    assert [line["title"] for line in page.timeline][-1] == again.title
    assert page.timeline[0]["evidence"] == "Nobody read the channel"
    assert ("Luis saw it on a board", page.sections["impact"]) == (page.timeline[2]["title"], "1,190 people")
    assert len({line["key"] for line in page.timeline}) == len(page.timeline) == 5
    Review.objects.update(state="published")
    cast.told[TOLD.uid] = TOLD
    assert drafting.follow(ROADBED, TOLD.uid, now=NOW) is False
    cast.told[TOLD.uid] = replace(TOLD, resolved_at=None)
    Review.objects.update(state="draft")
    assert drafting.follow(ROADBED, TOLD.uid, now=NOW) is False


def test_without_mitigation_harm_lasted_until_the_end(cast: Cast):
    cast.drafted(mitigated_at=None)
    assert queries.review("214").view.impact_minutes == 31


def test_without_a_room_that_counts_the_budget_is_unknown(cast: Cast):
    del asks._answerers[asks.BudgetSpent]
    cast.drafted()
    assert queries.review("214").budget == ()


def test_what_goes_on_or_is_unknown_has_no_review(cast: Cast):
    with pytest.raises(Conflict, match="INC-214 goes on"):
        cast.drafted(resolved_at=None)
    with pytest.raises(NotFound):
        drafting.draft(ROADBED, "nothing", now=NOW)
    assert not Review.objects.exists()


def test_the_reaction_drafts_once_however_often_it_runs(cast: Cast):
    reactions.begin(now=NOW)
    with unit(ROADBED, now=NOW) as writing:
        writing.record("incident.resolved", TOLD.uid)
    reactions.advance(now=NOW, accepts=lambda name: name.startswith("reviews."))
    (job,) = Job.objects.filter(name="reviews.draft")
    for attempt in (1, 2):
        jobs.draft_one(JobRun("j", job.name, job.payload, attempt, last_attempt=False, lease_by="w"), job.payload)
    assert [row.number for row in Review.objects.all()] == [214]
    with unit(ROADBED, now=NOW) as writing:
        uid = writing.record("incident.resolved", "elsewhere", data={"external": True})
    told = {"subject": "elsewhere", "fact": uid}
    # Another system's incident has no review here, which is no fault of the job.
    jobs.draft_one(JobRun("j", job.name, told, 1, last_attempt=False, lease_by="w"), told)
    with pytest.raises(Abandon):
        jobs.draft_one(JobRun("j", job.name, {}, 1, last_attempt=False, lease_by="w"), {"subject": "nothing"})
    assert cast.told


def test_nobody_writes_over_somebody_elses_words(cast: Cast):
    uid = cast.drafted()
    usecases.write_sections(cast.mara, "214", sections={"sense": "It had worked"}, expected=1, now=NOW)
    with pytest.raises(Conflict, match="Somebody changed"):
        usecases.write_sections(cast.mara, "214", sections={"sense": "Mine"}, expected=1, now=NOW)
    usecases.write_sections(cast.mara, "214", sections={"sense": "It had worked"}, expected=2, now=NOW)
    page = queries.review("214")
    assert (page.sections["sense"], page.version) == ("It had worked", 2)
    assert kinds(uid) == ["review.drafted", "review.changed"]


def test_the_timeline_takes_entries_with_evidence(cast: Cast):
    cast.drafted()
    at = START - timedelta(hours=1)
    with pytest.raises(Invalid, match="not on this timeline"):
        usecases.tell(cast.mara, "214", at=NOW + timedelta(1), text="x", known="then", now=NOW)
    with pytest.raises(Invalid, match="evidence"):
        usecases.tell(cast.mara, "214", at=at, text="p99 was 390 ms", known="later", now=NOW)
    usecases.tell(cast.mara, "214", at=at, text="p99 was 390 ms", known="later", evidence="latency chart", now=NOW)
    usecases.move_entry(cast.mara, "214", "T1", known="later", evidence="deploy log", now=NOW)
    lines = queries.review("214").timeline
    assert [(line["key"], line["known"]) for line in lines] == [
        ("T4", "later"), ("T1", "later"), ("T2", "later"), ("T3", "then"),
    ]  # fmt: skip


def test_an_action_names_factor_lever_owner_day_and_evidence(cast: Cast):
    cast.drafted()
    with pytest.raises(Invalid, match="names no factor"):
        usecases.add_action(cast.mara, "214", **ACTION, now=NOW)
    factoring.name_factor(cast.mara, "214", text="The timeout is fixed", kind="latent-design", now=NOW)
    for wrong, field in (
        ({"text": "Be more careful"}, "text"),
        ({"lever": "hope"}, "lever"),
        ({"owner": "the team"}, "owner"),
        ({"owner": ""}, "owner"),
        ({"due": (NOW - timedelta(days=1)).date()}, "due"),
        ({"evidence": " "}, "evidence"),
    ):
        with pytest.raises(Invalid) as refused:
            usecases.add_action(cast.mara, "214", **{**ACTION, **wrong}, now=NOW)
        assert refused.value.place.field == field
    assert usecases.add_action(cast.mara, "214", **ACTION, now=NOW) == "A1"
    (action,) = queries.open_actions()
    assert (action.owner, action.lever_word, action.review) == ("Mara Lindqvist", "Smaller blast", "INC-214")
    assert queries.review("214").factors[0].actions == ("A1",)
    assert kinds(action.uid) == ["action.changed"]


def test_an_action_closes_with_evidence_once(cast: Cast):
    cast.drafted()
    cast.ready()
    with pytest.raises(Invalid):
        closing.close_action(cast.mara, "214", "A1", evidence="", now=NOW)
    with pytest.raises(NotFound):
        closing.close_action(cast.mara, "214", "A9", evidence="https://ci.kestrel.example", now=NOW)
    closing.close_action(cast.mara, "214", "A1", evidence="https://ci.kestrel.example/runs/77", now=NOW)
    closing.close_action(cast.mara, "214", "A1", evidence="https://ci.kestrel.example/runs/78", now=NOW)
    (action,) = queries.review("214").actions
    assert (action.closing_evidence, action.closed_at) == ("https://ci.kestrel.example/runs/77", NOW)
    assert kinds(action.uid) == ["action.changed", "action.changed"]
    assert queries.open_actions() == ()


def test_publishing_names_everything_that_is_missing(cast: Cast):
    uid = cast.drafted()
    with pytest.raises(Conflict) as refused:
        usecases.publish(cast.mara, "214", now=NOW)
    assert "0 of at least 2 contributing factors" in refused.value.detail
    assert "needs one action" in refused.value.detail
    cast.ready()
    usecases.write_sections(cast.mara, "214", sections={"questions": "Why 8 min?"}, now=NOW)
    assert queries.review("214").missing == ("1 open question.",)
    usecases.write_sections(cast.mara, "214", sections={"questions": ""}, now=NOW)
    usecases.publish(cast.mara, "214", now=NOW)
    usecases.publish(cast.mara, "214", now=NOW)
    assert kinds(uid).count("review.published") == 1
    with pytest.raises(Conflict, match="is published"):
        usecases.write_sections(cast.mara, "214", sections={"sense": "x"}, now=NOW)
    assert usecases.add_action(cast.mara, "214", **ACTION, now=NOW) == "A2"


def test_a_viewer_reads_only(cast: Cast):
    cast.drafted()
    viewer = Caller("v", "Viewer", "viewer")
    with pytest.raises(Forbidden):
        usecases.write_sections(viewer, "214", sections={}, now=NOW)
    with pytest.raises(Forbidden):
        usecases.publish(viewer, "214", now=NOW)


def test_reviews_page_and_filter(cast: Cast):
    for number in range(1, 4):
        cast.drafted(uid=f"i{number}", number=number)
    first = queries.reviews(limit=2)
    assert [view.number for view in first.items] == [3, 2]
    assert [view.number for view in queries.reviews(cursor=first.next_cursor, limit=2).items] == [1]
    assert queries.reviews(state="published").items == ()
    assert queries.count_drafts() == 3
    with pytest.raises(NotFound, match="no review of INC-9"):
        queries.review("INC-9")
    with pytest.raises(Invalid):
        queries.reviews(state="odd")
