"""What responders do: hand-overs, tasks, updates, corrected times, marks, verdicts, privacy, two at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from roadbed.ground import asks
from roadbed.ground.errors import Conflict, Forbidden, Invalid, NotFound
from roadbed.ground.jobs.models import Job
from roadbed.ground.ledger.queries import facts_of
from roadbed.ground.ledger.rules import effective
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import Caller
from roadbed.reliability.incidents import (
    judging,
    queries,
    roles,
    severities,
    tasks,
    telling,
    timing,
    usecases,
)  # fmt: skip
from roadbed.reliability.incidents.models import Incident, Sealed
from roadbed.reliability.incidents.tests.conftest import NOW, House, minutes
from roadbed.reliability.incidents.values import IncidentPage

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


def person(name: str, role: str = "member") -> Caller:
    row = Person.objects.create(email=f"{name.lower()}@kestrel.example", name=name, role=role, created_at=NOW)
    return Caller(row.uid, row.name, role)


def seen(house: House, at: int = 30, name: str = "1") -> IncidentPage:
    return queries.incident(name, now=minutes(at), caller=house.mara)


def test_a_page_goes_through_its_stages_and_is_opened_again(house: House):
    house.opened()
    assert seen(house).view.stage == "triggered"
    usecases.move(house.mara, "1", stage="identified", now=minutes(1))
    usecases.move(house.mara, "1", stage="monitoring", now=minutes(2))
    view = seen(house).view
    assert (view.stage, view.status, view.mitigated_at) == ("monitoring", "mitigated", minutes(2))
    usecases.move(house.mara, "1", stage="investigating", now=minutes(3))
    assert (seen(house).view.status, seen(house).view.mitigated_at) == ("open", None)
    usecases.move(house.mara, "1", stage="resolved", now=minutes(4))
    usecases.reopen(house.mara, "1", reason="503 again", now=minutes(9))
    view = seen(house).view
    assert (view.stage, view.status, view.resolved_at) == ("investigating", "open", None)
    usecases.resolve(house.mara, "1", now=minutes(12))
    told = [one for one in facts_of(view.uid) if one.kind in ("incident.detected", "incident.resolved")]
    assert [one.kind for one in reversed(told)] == ["incident.detected", "incident.resolved"] * 2
    with pytest.raises(Invalid, match="not a stage"):
        usecases.move(house.mara, "1", stage="over", now=minutes(13))


def test_of_two_who_edit_at_once_the_second_is_told_what_the_first_did(house: House):
    house.opened()
    read = seen(house).view.version
    usecases.change(house.mara, "1", severity=1, version=read, now=minutes(1))
    with pytest.raises(Conflict, match="changed meanwhile by Mara Lindqvist: Severity raised from 2 to 1"):
        usecases.change(house.mara, "1", title="Else", version=read, now=minutes(2))
    usecases.note(house.mara, "1", text="A line stands in nobody's way", now=minutes(3))
    usecases.change(house.mara, "1", title="Cards refused", version=read + 1, now=minutes(4))
    assert (seen(house).view.title, seen(house).view.severity) == ("Cards refused", 1)


def test_a_role_is_handed_over_with_notes_and_what_nobody_has_is_shown(house: House):
    tomasz = person("Tomasz")
    house.opened()
    assert [one.role for one in seen(house).unfilled] == ["lead", "communications", "operations", "scribe"]
    usecases.assign(house.mara, "1", role="commander", person=house.mara.uid, now=minutes(1))
    roles.hand_over(
        house.mara, "1", role="lead", to="tomasz@kestrel.example", known="The flag did it", tried="A restart",
        following="Set it back", informed="The desk", now=minutes(2),
    )  # fmt: skip
    page = seen(house)
    assert page.view.lead == "Tomasz"
    assert page.handover is not None
    assert (page.handover.known, page.handover.tried, page.handover.following) == (
        "The flag did it", "A restart", "Set it back",
    )  # fmt: skip
    line = next(one for one in page.timeline if "handed over from Mara Lindqvist to Tomasz" in one.title)
    assert line.detail == "Known: The flag did it. Tried: A restart. Next: Set it back. Told: The desk."
    with pytest.raises(Invalid, match="says what is known"):
        roles.hand_over(tomasz, "1", role="lead", to=tomasz.uid, known=" ", now=minutes(3))


def test_tasks_have_an_owner_are_late_and_get_done(house: House):
    house.opened()
    tasks.add_task(house.mara, "1", text="Ask the vendor", owner="Mara Lindqvist", due_at=minutes(10), now=minutes(1))
    assert tasks.add_task(house.mara, "1", text="Watch", now=minutes(1)) == 2
    assert [(one.number, one.owner, one.late) for one in seen(house).tasks] == [
        (1, "Mara Lindqvist", True), (2, "", False),
    ]  # fmt: skip
    tasks.finish_task(house.mara, "1", 1, now=minutes(11))
    tasks.finish_task(house.mara, "1", 1, now=minutes(12))
    assert [(one.number, one.done_by) for one in seen(house).tasks] == [(2, ""), (1, "Mara Lindqvist")]
    with pytest.raises(Conflict, match="is done"):
        tasks.change_task(house.mara, "1", 1, owner="", now=minutes(13))
    with pytest.raises(NotFound, match="no task 7"):
        tasks.finish_task(house.mara, "1", 7, now=minutes(13))


def test_an_update_sets_when_the_next_is_due_and_an_overdue_one_is_reminded_of_once(house: House):
    house.opened()
    assert seen(house).view.next_update_at == minutes(60)
    telling.post_update(house.mara, "1", text="1 in 9 fails", now=minutes(5))
    assert seen(house).view.next_update_at == minutes(65)
    assert telling.remind(now=minutes(64)) == ()
    assert len(telling.remind(now=minutes(66))) == 1
    assert telling.remind(now=minutes(67)) == ()
    assert "Stakeholders were to hear by 10:05 UTC and have not" in [one.title for one in seen(house, 70).timeline]
    severities.define(house.mara, 2, title="Some are harmed", update_minutes=15, now=minutes(67))
    telling.post_update(house.mara, "1", text="Better", now=minutes(70))
    assert seen(house).view.next_update_at == minutes(85)
    assert severities.severities()[1].title == "Some are harmed"
    assert {job.name for job in Job.objects.all()} >= {"incidents.mail", "incidents.remind.mail"}
    with pytest.raises(Conflict, match="not on the status page"):
        telling.post_update(house.mara, "1", text="x", public=True, now=minutes(71))
    with pytest.raises(Forbidden):
        severities.define(Caller("m", "Member", "member"), 1, title="x", now=NOW)
    assert "affected since 08:58 UTC" in seen(house, 72).draft


def test_a_corrected_time_has_its_evidence_and_the_second_word_supersedes_the_first(house: House):
    uid = house.opened().view.uid
    usecases.mitigate(house.mara, "1", at=minutes(20), now=minutes(21))
    for at, how in ((minutes(15), "The edge's log"), (minutes(14), "The edge's log, read again")):
        timing.correct_time(house.mara, "1", which="impact-ended", at=at, evidence=how, now=minutes(25))
    view = seen(house).view
    assert (view.ended_at, view.mitigated_at, view.harm_ended_at) == (minutes(14), minutes(20), minutes(14))
    assert view.times["ended_at"]["evidence"] == "The edge's log, read again"
    told = [one for one in effective(facts_of(uid)) if one.data.get("what") == "ended_at"]
    assert [one.data["at"] for one in told] == [minutes(14).isoformat()]
    with pytest.raises(Invalid, match="would come before “harm began”"):
        timing.correct_time(house.mara, "1", which="impact-ended", at=minutes(-9), evidence="x", now=minutes(25))
    with pytest.raises(Invalid, match="future"):
        timing.correct_time(house.mara, "1", which="detected", at=minutes(26), evidence="x", now=minutes(25))
    with pytest.raises(Conflict, match="not resolved"):
        timing.correct_time(house.mara, "1", which="resolved", at=minutes(22), evidence="x", now=minutes(25))


def test_lines_are_pinned_and_hidden_with_a_reason(house: House):
    house.opened()
    usecases.note(house.mara, "1", text="It is the pool", now=minutes(1))
    note = next(one for one in seen(house).timeline if one.kind == "incident.noted")
    judging.mark(house.mara, "1", fact=note.fact, kind="pinned", now=minutes(2))
    assert [one.fact for one in seen(house).timeline if one.pinned] == [note.fact]
    with pytest.raises(Invalid):
        judging.mark(house.mara, "1", fact=note.fact, kind="hidden", now=minutes(3))
    judging.mark(house.mara, "1", fact=note.fact, kind="hidden", reason="Wrong incident", now=minutes(3))
    page = seen(house)
    assert note.fact not in [one.fact for one in page.timeline]
    assert [one.hidden for one in page.hidden] == ["Wrong incident (Mara Lindqvist)"]
    judging.mark(house.mara, "1", fact=note.fact, kind="", now=minutes(4))
    assert note.fact in [one.fact for one in seen(house).timeline]
    with pytest.raises(NotFound):
        judging.mark(house.mara, "1", fact="elsewhere", kind="pinned", now=minutes(5))


def test_a_confirmed_suspect_is_the_cause_and_a_dismissed_one_goes_last(house: House):
    house.deployed(minutes(-30), "v6", "v5")
    house.deployed(minutes(-3), "v7", "v6")
    page = house.opened()
    near, far = page.suspects
    judging.judge(house.mara, "1", fact=near.fact, verdict="dismissed", reason="Its canary was clean", now=minutes(1))
    assert seen(house).view.cause_deployment == ""
    judging.judge(house.mara, "1", fact=far.fact, verdict="confirmed", now=minutes(2))
    page = seen(house)
    assert [(one.what, one.verdict) for one in page.suspects] == [("v6", "confirmed"), ("v7", "dismissed")]
    assert (page.view.cause_deployment, page.view.stage) == ("d-v6", "identified")
    with pytest.raises(Invalid):
        judging.judge(house.mara, "1", fact=far.fact, verdict="dismissed", now=minutes(3))
    with pytest.raises(NotFound, match="no suspect"):
        judging.judge(house.mara, "1", fact="other", verdict="confirmed", now=minutes(3))


def test_a_private_incident_is_its_participants_and_its_words_stay_out_of_the_ledger(house: House):
    vera, ana = person("Vera"), person("Ana")
    uid = usecases.open_by_hand(vera, "checkout", title="A stolen key", private=True, now=NOW)
    usecases.note(vera, "1", text="Key of Ola leaked", now=minutes(1))
    assert all("leaked" not in str(one.data) and "stolen" not in str(one.data) for one in facts_of(uid))
    assert Sealed.objects.count() == 2
    page = queries.incident("1", now=minutes(2), caller=vera)
    assert "“Key of Ola leaked”" in [one.detail for one in page.timeline]
    for stranger in (ana, None):
        with pytest.raises(NotFound):
            queries.incident("1", now=minutes(2), caller=stranger)
        assert queries.incidents(caller=stranger).items == ()
    with pytest.raises(NotFound):
        usecases.note(ana, "1", text="x", now=minutes(2))
    assert [one.title for one in queries.open_of(house.checkout)] == ["A private incident"]
    assert queries.incident("1", now=minutes(2), caller=house.mara).view.title == "A stolen key"
    telling.let_in(vera, "1", person=Person.objects.get(uid=ana.uid), now=minutes(3))
    assert queries.incident("1", now=minutes(4), caller=ana).view.number == 1
    assert queries.tell(asks.TellIncident(uid)) is None
    with pytest.raises(Conflict, match="is private"):
        telling.publish(vera, "1", title="x", now=minutes(5))


def test_further_services_are_told_held_at_the_gate_and_their_alerts_join(house: House):
    usecases.open_by_hand(house.mara, "checkout", title="Both refuse", further=("parcels",), now=NOW)
    assert [view.number for view in queries.open_of(house.uids["parcels"])] == [1]
    house.fact("flag.changed", minutes(-1), service="parcels", flag="eta")
    assert [(one.what, one.service) for one in seen(house).suspects] == [("eta", "parcels")]
    joined = house.opened(minutes(3), "b1", service="parcels")
    assert (joined.view.number, joined.view.services) == (1, ("checkout", "parcels"))
    usecases.change(house.mara, "1", services=(), now=minutes(4))
    assert queries.open_of(house.uids["parcels"]) == ()
    assert Incident.objects.count() == 1


def test_a_run_of_a_runbook_is_on_the_timeline(house: House):
    house.opened()
    house.fact("runbook.run", minutes(2), title="Lookups return 503", step=1, outcome="done", requested_by="Mara")
    assert "Runbook Lookups return 503, step 1 run by Mara" in [one.title for one in seen(house).timeline]


def test_what_is_seen_at_another_time_stays_the_same(house: House):
    house.opened()
    assert seen(house, 40).timeline == seen(house, 41).timeline
    assert seen(house).view.next_update_at == NOW + timedelta(hours=1)
