"""What opens an incident, what happens in it, what ends it, and what the gate says meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from roadbed.ground import asks
from roadbed.ground.errors import Conflict, Forbidden, Invalid, NotFound
from roadbed.ground.gates.rules import ALLOW, DENY, WARN, Question
from roadbed.ground.jobs.models import Job
from roadbed.ground.jobs.usecases import JobRun
from roadbed.ground.ledger import reactions
from roadbed.ground.ledger.queries import facts_of
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import Caller
from roadbed.reliability.incidents import jobs, queries, reacting, usecases
from roadbed.reliability.incidents.gate import open_incident
from roadbed.reliability.incidents.models import Incident
from roadbed.reliability.incidents.tests.conftest import NOW, House, minutes

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


def question(house: House, kind: str = "feature", environment: str = "production") -> Question:
    return Question(house.checkout, "checkout", environment, kind)


def test_an_alert_opens_an_incident_with_the_suspect_on_it(house: House):
    house.deployed(minutes(-3))
    page = house.opened(NOW)
    view = page.view
    assert (view.name, view.status, view.severity, view.service) == ("INC-1", "open", 2, "checkout")
    assert (view.started_at, view.detected_at) == (minutes(-2), NOW)
    assert view.owner == "team-payments"
    assert view.cause_deployment == "d-v7"
    (detected,) = facts_of(view.uid)
    assert detected.kind == "incident.detected"
    assert detected.occurred_at == NOW
    wanted = {"incident": 1, "service_uid": house.checkout, "severity": 2, "deployment": "d-v7", "alert": "a1"}
    assert wanted.items() <= detected.data.items()
    assert [(one.what, one.undo) for one in page.suspects] == [("v7", "rollback")]
    kinds = [line.kind for line in page.timeline]
    assert kinds == ["incident.detected", "alert.opened", "incident.started", "service.upgraded"]


def test_harm_began_with_the_first_bad_minute_and_not_when_it_was_seen(house: House):
    bad = {minutes(number) for number in range(-9, 0)}

    def spent(asked: asks.BudgetSpent) -> tuple[asks.SpentBudget, ...]:
        count = int(asked.start in bad)
        return (asks.SpentBudget("o1", "Answered", count, 9, None, bad_minutes=count, measured_minutes=1),)

    asks.answer_with(asks.BudgetSpent, spent)
    house.deployed(minutes(-8.5))
    page = house.opened(NOW, objective_uid="o1", started_at=minutes(-1).isoformat())
    assert page.view.started_at == minutes(-9)
    assert page.view.cause_deployment == "d-v7"
    assert "in the minute in which harm began" in page.suspects[0].evidence
    other = house.opened(minutes(1), "b1", service="parcels", objective_uid="o2", started_at=NOW.isoformat())
    assert other.view.started_at == NOW


def test_a_gate_that_is_asked_all_the_time_pushes_no_suspect_out(house: House):
    house.deployed(minutes(-3))
    with unit(house.mara, now=NOW) as writing:
        for number in range(600):
            writing.record("gate.asked", house.checkout, environment="production", data={"commit": str(number)})
    assert [one.what for one in house.opened(minutes(1)).suspects] == ["v7"]


def test_the_same_alert_again_changes_nothing_and_a_second_one_joins(house: House):
    first = house.alert(NOW)
    uid = reacting.alert_opened(first, now=NOW)
    assert reacting.alert_opened(first, now=minutes(1)) == uid
    assert len(facts_of(uid or "")) == 1
    joined = house.opened(minutes(2), "a2", title="Latency burns")
    assert joined.view.uid == uid
    assert [held["alert"] for held in joined.view.alerts] == ["a1", "a2"]
    assert Incident.objects.count() == 1


def test_another_service_has_an_incident_of_its_own_with_the_next_number(house: House):
    house.opened()
    assert house.opened(minutes(1), "b1", service="parcels").view.name == "INC-2"


def test_after_the_end_an_alert_opens_a_new_one(house: House):
    usecases.resolve(house.mara, house.opened().view.name, now=minutes(5))
    assert house.opened(minutes(9), "a2").view.number == 2


def test_an_alert_without_a_service_opens_nothing(house: House):
    assert reacting.alert_opened(house.alert(NOW, service_uid=""), now=NOW) is None
    assert not Incident.objects.exists()


def test_the_reaction_runs_as_a_job_once(house: House):
    reactions.begin(now=NOW)
    house.alert(NOW)
    reactions.advance(now=NOW, accepts=lambda name: name.startswith("incidents."))
    (job,) = Job.objects.filter(name="incidents.open")
    for attempt in (1, 2):
        jobs.open_one(JobRun("j", job.name, job.payload, attempt, last_attempt=False, lease_by="w"), job.payload)
    assert Incident.objects.count() == 1


def test_who_acknowledges_leads_until_somebody_else_does(house: House):
    house.opened()
    with unit(house.mara, now=minutes(1)) as writing:
        writing.record("page.acknowledged", house.checkout, environment="production", data={"alert": "a1"})
    (said,) = facts_of(house.checkout, kinds=["page.acknowledged"])
    reacting.acknowledged(said, now=minutes(1))
    page = queries.incident("INC-1", now=minutes(2))
    assert page.view.lead == "Mara Lindqvist"
    assert page.acknowledged_at == minutes(1)
    usecases.assign(house.mara, "INC-1", role="lead", person="", now=minutes(2))
    assert queries.incident("1", now=minutes(3)).view.lead == ""


def test_the_last_alert_that_ends_mitigates_and_a_new_one_opens_again(house: House):
    house.opened()
    house.opened(minutes(1), "a2")
    for number, name in enumerate(("a1", "a2"), 3):
        assert queries.incident("1", now=minutes(9)).view.status == "open"
        reacting.alert_closed(house.fact("alert.closed", minutes(number), alert=name), now=minutes(number))
    view = queries.incident("1", now=minutes(9)).view
    assert (view.status, view.mitigated_at) == ("mitigated", minutes(4))
    assert house.opened(minutes(8), "a3").view.status == "open"


def test_a_person_opens_one_by_hand_and_only_one(house: House):
    uid = usecases.open_by_hand(house.mara, "checkout", title="Cards refused", started_at=minutes(-9), now=NOW)
    view = queries.incident(uid, now=NOW).view
    assert (view.title, view.started_at, view.opened_by) == ("Cards refused", minutes(-9), "Mara Lindqvist")
    with pytest.raises(Conflict, match="INC-1 is open on checkout already"):
        usecases.open_by_hand(house.mara, "checkout", title="Again", now=NOW)


def test_bad_input_is_named_and_changes_nothing(house: House):
    with pytest.raises(Invalid, match="future"):
        usecases.open_by_hand(house.mara, "checkout", title="x", started_at=minutes(1), now=NOW)
    with pytest.raises(Invalid, match="more than a year ago"):
        usecases.open_by_hand(house.mara, "checkout", title="x", started_at=minutes(-600_000), now=NOW)
    with pytest.raises(Invalid, match="not a severity"):
        usecases.open_by_hand(house.mara, "checkout", title="x", severity=5, now=NOW)
    with pytest.raises(NotFound, match="no service"):
        usecases.open_by_hand(house.mara, "nowhere", title="x", now=NOW)
    with pytest.raises(Forbidden):
        usecases.open_by_hand(Caller("v", "Viewer", "viewer"), "checkout", title="x", now=NOW)
    with pytest.raises(NotFound, match="no incident"):
        usecases.note(house.mara, "INC-9", text="x", now=NOW)
    house.opened()
    with pytest.raises(NotFound, match="Nobody is called"):
        usecases.assign(house.mara, "1", role="lead", person="nobody", now=NOW)
    with pytest.raises(Invalid, match="not a role"):
        usecases.assign(house.mara, "1", role="boss", person="", now=NOW)
    with pytest.raises(Invalid, match="cannot end"):
        usecases.mitigate(house.mara, "1", at=minutes(-30), now=NOW)
    assert Incident.objects.count() == 1


def test_notes_and_changes_are_on_the_timeline(house: House):
    uid = house.opened().view.uid
    usecases.note(house.mara, "INC-1", text="We turn it back", now=minutes(1))
    usecases.change(house.mara, "INC-1", severity=1, title="Cards refused", started_at=minutes(-8), now=minutes(2))
    usecases.change(house.mara, "INC-1", severity=1, now=minutes(3))
    assert house.kinds(uid) == ["incident.detected", "incident.noted", *["incident.changed"] * 3]
    page = queries.incident("INC-1", now=minutes(4))
    assert (page.view.severity, page.view.title, page.view.started_at) == (1, "Cards refused", minutes(-8))
    titles = [line.title for line in page.timeline]
    assert "Severity raised from 2 to 1 by Mara Lindqvist" in titles
    assert "“We turn it back”" in [line.detail for line in page.timeline]


def test_the_rollback_goes_through_the_ask_and_is_told(house: House):
    wanted: list[asks.RollBack] = []
    asks.answer_with(asks.RollBack, lambda asked: wanted.append(asked) or "d-back")
    house.opened()
    assert usecases.roll_back(house.mara, "INC-1", reason="503", now=minutes(1)) == "d-back"
    assert (wanted[0].service_uid, wanted[0].reason, wanted[0].asked_by) == (
        house.checkout, "INC-1: 503", house.mara,
    )  # fmt: skip
    page = queries.incident("1", now=minutes(2))
    assert "Mara Lindqvist asked for a rollback" in [line.title for line in page.timeline]
    usecases.resolve(house.mara, "1", now=minutes(3))
    with pytest.raises(Conflict, match="is resolved"):
        usecases.roll_back(house.mara, "1", now=minutes(4))


def test_releases_answer_the_ask_with_their_own_refusal(house: House):
    house.opened()
    with pytest.raises(Conflict, match="never been live"):
        usecases.roll_back(house.mara, "1", now=minutes(1))
    assert "incident.changed" not in house.kinds(queries.row_of("1").uid)


def test_resolving_says_what_ended_and_is_done_once(house: House):
    house.deployed(minutes(-3))
    uid = house.opened().view.uid
    usecases.mitigate(house.mara, "1", at=minutes(3), now=minutes(4))
    usecases.resolve(house.mara, "1", summary="Rolled back", now=minutes(10))
    usecases.resolve(house.mara, "1", now=minutes(11))
    resolved = [one for one in facts_of(uid) if one.kind == "incident.resolved"]
    assert len(resolved) == 1
    assert resolved[0].data["cause_deployment"] == "d-v7"
    assert resolved[0].data["resolved_at"] == minutes(10).isoformat()
    assert resolved[0].data["service_uid"] == house.checkout
    with pytest.raises(Conflict):
        usecases.mitigate(house.mara, "1", now=minutes(12))


def test_a_person_may_say_that_no_deployment_did_it(house: House):
    house.deployed(minutes(-3))
    house.opened()
    usecases.resolve(house.mara, "1", cause_deployment="", now=minutes(1))
    assert queries.incident("1", now=minutes(2)).view.cause_deployment == ""


def test_what_happens_after_the_end_is_not_on_the_timeline(house: House):
    house.opened()
    usecases.resolve(house.mara, "1", now=minutes(5))
    house.deployed(minutes(6), "v9")
    page = queries.incident("1", now=minutes(60))
    assert page.timeline[0].kind == "incident.resolved"
    usecases.note(house.mara, "1", text="Found the pool was full", now=minutes(61))
    assert queries.incident("1", now=minutes(62)).timeline[0].kind == "incident.noted"
    told = queries.tell(asks.TellIncident(page.view.uid))
    assert told is not None
    assert [entry.title for entry in told.entries][-1] == "Resolved by Mara Lindqvist"
    assert queries.tell(asks.TellIncident("unknown")) is None


@pytest.mark.parametrize(
    ("severity", "kind", "outcome"),
    [(2, "feature", DENY), (1, "config", DENY), (2, "fix", ALLOW), (1, "rollback", ALLOW), (3, "feature", WARN)],
)
def test_the_gate_holds_features_back_while_it_is_severe(house: House, severity: int, kind: str, outcome: str):
    usecases.open_by_hand(house.mara, "checkout", title="Cards refused", severity=severity, now=NOW)
    (reason,) = open_incident(question(house, kind), NOW)
    assert (reason.rule, reason.outcome) == ("open-incident/1", outcome)
    assert reason.figures["incident"] == "INC-1"
    assert bool(reason.clears) == (outcome == DENY)


def test_the_gate_lets_go_when_it_is_resolved_and_elsewhere(house: House):
    house.opened()
    assert open_incident(question(house, environment="staging"), NOW)[0].outcome == ALLOW
    usecases.mitigate(house.mara, "1", now=minutes(1))
    assert open_incident(question(house), NOW)[0].outcome == DENY
    usecases.resolve(house.mara, "1", now=minutes(2))
    assert open_incident(question(house), NOW)[0].outcome == ALLOW


def test_lists_page_by_number_and_filter(house: House):
    for number in range(3):
        house.opened(minutes(number * 10), f"a{number}")
        usecases.resolve(house.mara, str(number + 1), now=minutes(number * 10 + 5))
    house.opened(minutes(50), "last")
    first = queries.incidents(limit=3)
    assert [view.number for view in first.items] == [4, 3, 2]
    assert [view.number for view in queries.incidents(cursor=first.next_cursor, limit=3).items] == [1]
    assert [view.number for view in queries.incidents(status="unresolved").items] == [4]
    assert queries.count_open() == 1
    with pytest.raises(Invalid, match="not a status"):
        queries.incidents(status="odd")
    assert timedelta(0) < queries.incidents().items[0].detected_at - NOW
