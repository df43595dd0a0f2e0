"""From a fact to a mailbox: once, to whoever is accountable, step after step, until somebody has it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from roadbed.adapters.smtp import SmtpNotifier
from roadbed.adapters.smtp.tests.sink import free_port
from roadbed.ground import asks
from roadbed.ground.asks import MeasuredWorkload, WhoIsOnCall
from roadbed.ground.catalog import usecases as catalog
from roadbed.ground.errors import Conflict, Forbidden, Invalid, NotFound
from roadbed.ground.jobs.models import Job
from roadbed.ground.people import usecases as people
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.ports import board
from roadbed.reliability.paging import escalating, intake, queries, usecases
from roadbed.reliability.paging.models import Alert, Delivery
from roadbed.reliability.paging.tests.conftest import House

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
LOST = {"source": "edge:checkout", "since": "2026-11-23T08:59:00+00:00", "reason": "the edge does not answer"}


def test_a_burn_pages_who_is_on_call_then_the_next_then_the_team_then_the_admins(house: House):
    house.rotate("hanne", "ines")
    house.mailbox("hanne", "ines", "mara")
    alert = house.burn()
    house.deliver()
    assert house.mailed() == ["hanne"]
    house.wait(299)
    assert house.mailed() == ["hanne"]
    house.wait(1)
    assert house.mailed() == ["hanne", "ines"]
    house.wait(300)
    assert house.mailed()[2:] == ["hanne", "ines"]
    house.wait(300)
    assert house.mailed()[4:] == ["mara"]
    house.wait(300)
    assert house.mailed()[5:] == ["hanne"]
    escalated = [fact["step"] for fact in house.facts("page.escalated")]
    assert escalated == ["next in the rotation", "whole team", "on call"]
    assert [fact["people"] for fact in house.facts("page.exhausted")] == [["Mara Lindqvist"]]
    assert len(house.facts("page.sent")) == 6
    assert Alert.objects.get(pk=alert.pk).cycle == 1


def test_a_clock_set_back_puts_off_no_step_for_longer_than_a_step(house: House):
    house.rotate("hanne", "ines")
    house.mailbox("hanne", "ines")
    house.burn()
    house.deliver()
    assert not escalating.misdated(house.now).exists()
    house.now -= timedelta(hours=2)
    assert escalating.misdated(house.now).exists()
    assert escalating.catch_up_with_clock(now=house.now) == 1
    assert escalating.catch_up_with_clock(now=house.now) == 0
    house.wait(299)
    assert house.mailed() == ["hanne"]
    house.wait(1)
    assert house.mailed() == ["hanne", "ines"]


def test_the_same_trouble_is_one_alert_and_a_fact_read_twice_is_one_page(house: House):
    house.rotate("hanne")
    house.mailbox("hanne")
    fact = house.record("budget.burn.started")
    first = intake.react(fact, now=house.now)
    assert intake.react(fact, now=house.now) is None
    assert intake.react(house.record("budget.burn.started"), now=house.now) == first
    house.deliver()
    assert house.mailed() == ["hanne"]
    assert len(house.facts("alert.opened")) == 1


def test_what_an_alert_says_is_enough_for_an_incident(house: House):
    house.rotate("hanne", "ines")
    house.mailbox("hanne")
    alert = house.burn()
    (opened,) = house.facts("alert.opened")
    assert opened["alert"] == alert.uid
    assert opened["service_uid"] == house.checkout
    assert (opened["service"], opened["environment"]) == ("checkout", "production")
    assert (opened["objective_uid"], opened["severity"]) == ("objective-1", 2)
    assert (opened["team"], opened["person"], opened["by"]) == ("team-payments", "Hanne Brandt", "owner")
    assert opened["title"] == "checkout spends its error budget 100 times too fast: Requests answered"
    assert opened["started_at"] == house.now.isoformat()
    assert opened["figures"]["total"] == 1000
    assert any("no SRE engagement" in reason for reason in opened["why"])
    assert any("Hanne Brandt until Mon 30 November 09:00, Europe/Stockholm" in reason for reason in opened["why"])


def test_a_journey_pages_its_owner_whoever_owns_the_service_at_fault(house: House):
    people.create_team(ROADBED, name="team-journeys", now=house.now)
    people.join_team(ROADBED, team="team-journeys", email=house.person("mara").email, now=house.now)
    house.mailbox("hanne", "mara")
    told = {"uid": "journey-1", "journey": "send-a-parcel", "title": "Send a parcel", "team": "team-journeys",
            "text": "The journey burns."}  # fmt: skip
    uid = intake.react(house.record("budget.burn.started", told), now=house.now)
    house.burn()
    alert = Alert.objects.get(uid=uid)
    assert (alert.team, alert.what, alert.objective_uid) == ("team-journeys", "burn:journey-1", "")
    assert alert.title == "The journey Send a parcel spends its error budget too fast, most of it at checkout"
    assert "owns the journey" in " ".join(alert.why)
    house.deliver()
    assert house.mailed()[0] == "mara"
    intake.react(house.record("budget.burn.stopped", told), now=house.now)
    assert list(Alert.objects.filter(closed_at=None).values_list("what", flat=True)) == ["burn:objective-1"]


def test_an_engagement_is_paged_and_not_the_owner(house: House):
    catalog.start_engagement(
        ROADBED, "checkout", team="team-sre", started_on=date(2026, 11, 1), entry_review="r", objectives=("o",),
        hand_back=("h",), now=house.now,
    )  # fmt: skip
    house.rotate("dele", team="team-sre")
    house.mailbox("hanne", "dele")
    alert = house.burn()
    house.deliver()
    assert house.mailed() == ["dele"]
    assert (alert.team, alert.by) == ("team-sre", "engagement")
    assert "engaged on checkout as SRE" in alert.why[1]


def test_the_platforms_on_call_is_paged_for_the_platforms_components_only(house: House):
    people.join_team(ROADBED, team="team-platform", email="dele@kestrel.example", now=house.now)
    house.rotate("dele", team="team-platform")
    house.rotate("hanne")
    house.mailbox("hanne", "dele")
    house.burn()
    house.burn(service="edge-proxy")
    house.deliver()
    assert house.mailed() == ["hanne", "dele"]
    assert "dele" not in {
        uid for step in Alert.objects.get(service="checkout").policy["steps"] for uid in step["people"]
    }


def test_an_owner_who_is_no_team_sends_the_page_to_the_admins_at_once(house: House):
    house.mailbox("mara")
    alert = house.burn(service="orphan")
    house.deliver()
    assert house.mailed() == ["mara"]
    assert "no team team-ghost" in alert.why[2]


def test_without_a_rotation_the_whole_team_is_paged_at_once(house: House):
    house.mailbox("hanne", "ines")
    house.burn()
    house.deliver()
    assert sorted(house.mailed()) == ["hanne", "ines"]


def test_who_has_no_channel_is_passed_by_at_once_and_said(house: House):
    house.rotate("hanne", "ines")
    house.mailbox("ines")
    house.burn()
    house.deliver()
    assert house.mailed() == ["ines"]
    (failed,) = house.facts("page.failed")
    assert (failed["person"], "has no channel" in failed["reason"]) == ("Hanne Brandt", True)


def test_nobody_with_a_channel_is_exhausted_and_tried_again_later(house: House):
    house.rotate("hanne")
    alert = house.burn()
    assert house.facts("page.exhausted")[0]["people"] == []
    house.mailbox("hanne")
    house.wait(300)
    assert house.mailed() == ["hanne"]
    assert Alert.objects.get(pk=alert.pk).state == Alert.PAGING


def test_after_its_rounds_an_alert_says_that_nobody_answered(house: House):
    house.mailbox("mara")
    alert = house.burn(service="orphan")
    for _ in range(20):
        house.wait(300)
    ended = Alert.objects.get(pk=alert.pk)
    assert (ended.state, ended.closed_at, ended.next_step_at) == (Alert.EXHAUSTED, None, None)
    assert house.facts("page.exhausted")[-1]["final"] is True
    assert len(house.mailed()) == 12
    assert usecases.acknowledge(house.caller("mara"), alert.uid, now=house.now)


def test_an_acknowledged_alert_pages_nobody_else(house: House):
    house.rotate("hanne", "ines")
    house.mailbox("hanne", "ines")
    alert = house.burn()
    house.deliver()
    house.now += timedelta(seconds=41)
    assert usecases.acknowledge(house.caller("hanne"), alert.uid, now=house.now)
    house.wait(10_000)
    assert house.mailed() == ["hanne"]
    (fact,) = house.facts("page.acknowledged")
    assert (fact["person"], fact["seconds"]) == ("Hanne Brandt", 41)
    assert usecases.acknowledge(house.caller("hanne"), alert.uid, now=house.now)
    assert not usecases.acknowledge(house.caller("ines"), alert.uid, now=house.now)
    assert len(house.facts("page.acknowledged")) == 1


def test_a_page_that_waits_is_dropped_when_somebody_has_it(house: House):
    house.rotate("hanne")
    house.mailbox("hanne")
    alert = house.burn()
    usecases.acknowledge(house.caller("ines"), alert.uid, now=house.now)
    house.deliver()
    assert house.mailed() == []
    assert Delivery.objects.get().state == Delivery.DROPPED


@pytest.mark.parametrize("kind", ["budget.burn.stopped", "objective.removed"])
def test_what_ends_by_itself_closes_by_itself(house: House, kind: str):
    house.mailbox("hanne")
    alert = house.burn()
    house.now += timedelta(seconds=60)
    assert intake.react(house.record(kind), now=house.now) == alert.uid
    house.wait(10_000)
    assert len(house.mailed()) == 0
    (closed,) = house.facts("alert.closed")
    assert (closed["alert"], closed["seconds"]) == (alert.uid, 60)
    with pytest.raises(Conflict):
        usecases.acknowledge(house.caller("hanne"), alert.uid, now=house.now)
    assert house.burn().uid != alert.uid


def test_a_beginning_that_is_read_after_its_end_opens_nothing(house: House):
    began, ended = house.record("budget.burn.started"), house.record("budget.burn.stopped")
    assert intake.react(ended, now=house.now) is None
    assert intake.react(began, now=house.now) is None
    assert not Alert.objects.exists()


def test_a_second_burn_that_overtakes_the_end_of_the_first_is_paged_all_the_same(house: House):
    house.mailbox("hanne")
    first = house.burn()
    ended = house.record("budget.burn.stopped")
    second = house.burn()
    assert second.uid != first.uid
    assert intake.react(ended, now=house.now) is None
    assert Alert.objects.get(pk=second.pk).closed_at is None


def test_an_alert_whose_end_nobody_heard_of_closes_before_its_next_step(house: House):
    house.rotate("hanne", "ines")
    house.mailbox("hanne", "ines")
    alert = house.burn()
    house.deliver()
    house.record("budget.burn.stopped")
    house.wait(300)
    assert house.mailed() == ["hanne"]
    assert Alert.objects.get(pk=alert.pk).state == Alert.CLOSED


def test_a_lost_measurement_pages_only_where_traffic_is_expected(house: House):
    house.mailbox("hanne")
    assert intake.react(house.record("measurement.lost", LOST), now=house.now) is None
    house.workloads.append(MeasuredWorkload("checkout", house.checkout, "production", house.now, None))
    uid = intake.react(house.record("measurement.lost", LOST), now=house.now)
    house.deliver()
    assert house.mailed() == ["hanne"]
    assert Alert.objects.get(uid=uid).title == "checkout is not measured: the edge does not answer"
    assert intake.react(house.record("measurement.regained", {"source": LOST["source"]}), now=house.now) == uid


def test_one_service_can_have_two_troubles_at_once(house: House):
    house.workloads.append(MeasuredWorkload("checkout", house.checkout, "production", house.now, None))
    burn = house.burn()
    lost = intake.react(house.record("measurement.lost", LOST), now=house.now)
    assert lost not in (None, burn.uid)


def test_a_mail_server_that_is_down_is_tried_again_with_the_same_key(house: House):
    house.rotate("hanne", "ines")
    house.mailbox("hanne")
    port = free_port()
    board.provide("notifier.smtp", lambda: SmtpNotifier(f"smtp://127.0.0.1:{port}", sender="r@kestrel.example"))
    house.burn()
    house.deliver()
    board.provide("notifier.smtp", lambda: SmtpNotifier(house.sink.url, sender="r@kestrel.example"))
    house.wait(2)
    failed, sent = Delivery.objects.order_by("pk")
    assert (failed.state, failed.attempt, sent.state, sent.attempt) == (Delivery.FAILED, 1, Delivery.SENT, 2)
    assert failed.key == sent.key == house.sink.mails[0]["X-Roadbed-Key"]
    assert "refuses connections" in failed.error


def test_when_a_step_cannot_be_reached_at_all_the_next_is_paged_without_waiting(house: House):
    house.rotate("hanne", "ines")
    house.mailbox("hanne")
    usecases.add_channel(ROADBED, kind="webhook", address=house.hook.url, email="ines@kestrel.example", now=house.now)
    house.verify(house.hook.url)
    house.sink.rcpt = "550 nobody here"
    house.burn()
    house.deliver()
    house.wait(1)
    assert [request.json["data"]["person"] for request in house.hook.requests] == ["Ines Carvalho"]
    (failed,) = house.facts("page.failed")
    assert "550" in failed["reason"]
    (channel,) = queries.channels_of(house.person("hanne").uid)
    assert "550" in channel.problem


def test_without_a_mail_server_the_rounds_are_not_over_before_anybody_could_mend_it(house: House):
    house.rotate("hanne", "ines")
    house.mailbox("hanne", "ines", "mara")
    board.provide("notifier.smtp", lambda: SmtpNotifier("", sender="r@kestrel.example"))
    alert = house.burn()
    house.deliver()
    for _ in range(60):
        house.wait(1)
    assert Alert.objects.get(pk=alert.pk).cycle == 0
    board.provide("notifier.smtp", lambda: SmtpNotifier(house.sink.url, sender="r@kestrel.example"))
    house.wait(300)
    assert house.mailed() == ["hanne"]


def test_a_webhooks_page_is_signed_with_the_secret_that_was_shown_once(house: House):
    made = usecases.add_channel(house.caller("hanne"), kind="webhook", address=house.hook.url, now=house.now)
    house.verify(house.hook.url)
    house.rotate("hanne")
    house.burn()
    house.deliver()
    (request,) = house.hook.requests
    assert request.signed_by(made.secret)
    assert request.json["link"].startswith("http")


def test_a_try_that_was_killed_is_sent_again_with_the_same_key(house: House):
    house.rotate("hanne")
    house.mailbox("hanne")
    house.burn()
    row = Delivery.objects.get()
    Delivery.objects.filter(pk=row.pk).update(state=Delivery.SENDING, tries=1)
    house.deliver()
    sent = Delivery.objects.get()
    assert (sent.state, sent.tries, sent.attempt) == (Delivery.SENT, 2, 1)
    assert house.sink.mails[0]["X-Roadbed-Key"] == row.key
    house.deliver()
    assert len(house.sink.mails) == 1


def test_a_step_is_taken_once_however_often_it_is_asked_for(house: House):
    house.rotate("hanne", "ines")
    house.mailbox("hanne", "ines")
    alert = house.burn()
    later = house.now + timedelta(seconds=300)
    assert [escalating.advance(alert.uid, now=later) for _ in range(3)] == [True, False, False]


def test_who_is_on_call_is_answered_until_the_hand_over(house: House):
    assert asks.put(WhoIsOnCall("team-payments", house.now)) is None
    house.rotate("hanne", "ines")
    on_call = asks.put(WhoIsOnCall("Team-Payments", house.now))
    assert on_call is not None
    assert (on_call.name, on_call.team) == ("Hanne Brandt", "team-payments")
    assert on_call.until == datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
    following = asks.put(WhoIsOnCall("team-payments", on_call.until))
    assert following is not None
    assert following.name == "Ines Carvalho"
    people.change_person(ROADBED, "hanne@kestrel.example", role="member", active=False, now=house.now)
    instead = asks.put(WhoIsOnCall("team-payments", house.now))
    assert instead is not None
    assert instead.name == "Ines Carvalho"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"emails": ()}, "people"),
        ({"emails": ("dele@kestrel.example",)}, "people"),
        ({"emails": ("hanne@kestrel.example", "HANNE@kestrel.example")}, "people"),
        ({"weekday": "t"}, "weekday"),
        ({"weekday": "someday"}, "weekday"),
        ({"zone": "Europe/Nowhere"}, "zone"),
        ({"zone": "../../etc/passwd"}, "zone"),
        ({"step_seconds": 1}, "step_seconds"),
    ],
)
def test_a_wrong_rotation_names_its_field_and_changes_nothing(house: House, wrong: dict[str, object], field: str):
    given: dict[str, object] = {"emails": ("hanne@kestrel.example",), "now": house.now} | wrong
    with pytest.raises(Invalid) as caught:
        usecases.set_rotation(house.caller("hanne"), "team-payments", **given)  # type: ignore[arg-type]
    assert caught.value.place.field == field
    assert house.facts("rotation.changed") == []


def test_a_rotation_is_its_own_teams_to_write(house: House):
    with pytest.raises(Forbidden):
        usecases.set_rotation(house.caller("dele"), "team-payments", emails=("hanne@kestrel.example",), now=house.now)
    with pytest.raises(NotFound):
        usecases.set_rotation(house.caller("mara"), "team-ghost", emails=("a@b.example",), now=house.now)


def test_channels_are_ones_own_tested_confirmed_and_removed(house: House):
    hanne = house.caller("hanne")
    made = usecases.add_channel(hanne, kind="smtp", address="hanne@kestrel.example", now=house.now)
    assert Job.objects.filter(name="paging.test").count() == 1
    usecases.send_test(made.uid, now=house.now, last_attempt=False)
    link = next(line for line in house.sink.mails[0].get_content().splitlines() if "/channels/" in line)
    (view,) = queries.channels_of(hanne.uid)
    assert (view.verified_at, view.delivered_at) == (None, house.now)
    usecases.confirm_channel(link.rpartition("/")[2], now=house.now)
    (view,) = queries.channels_of(hanne.uid)
    assert view.verified_at == house.now
    with pytest.raises(Forbidden):
        usecases.remove_channel(house.caller("ines"), made.uid, now=house.now)
    with pytest.raises(Conflict):
        usecases.add_channel(hanne, kind="smtp", address="hanne@kestrel.example", now=house.now)
    usecases.remove_channel(hanne, made.uid, now=house.now)
    assert queries.channels_of(hanne.uid) == ()
    changes = [(fact["change"], "address" in fact) for fact in house.facts("channel.changed")]
    assert changes == [("added", False), ("removed", False)]


def test_a_webhook_that_answers_its_test_is_confirmed_by_that(house: House):
    made = usecases.add_channel(house.caller("hanne"), kind="webhook", address=house.hook.url, now=house.now)
    usecases.send_test(made.uid, now=house.now, last_attempt=False)
    assert house.hook.requests[0].signed_by(made.secret)
    assert queries.channels_of(house.person("hanne").uid)[0].verified_at == house.now


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("smtp", "nobody"), ("smtp", "a@b\r\nc"), ("smtp", "a@b, c@d"), ("pigeon", "a@b.example"),
        ("webhook", "ftp://host/x"), ("webhook", "http://user:pw@host/x"), ("webhook", "http://"),
        ("webhook", "http://host:notaport/"),
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(house: House, kind: str, address: str):
    with pytest.raises(Invalid):
        usecases.add_channel(house.caller("hanne"), kind=kind, address=address, now=house.now)


def test_a_page_is_closed_by_hand_for_a_reason(house: House):
    alert = house.burn()
    with pytest.raises(Invalid):
        usecases.close(house.caller("hanne"), alert.uid, reason=" ", now=house.now)
    usecases.close(house.caller("hanne"), alert.uid, reason="a drill", now=house.now)
    assert Alert.objects.get(pk=alert.pk).closed_for == "Hanne Brandt: a drill"
    assert house.facts("alert.closed")[0]["reason"] == "Hanne Brandt: a drill"


def test_a_channel_with_a_mail_server_of_its_own_is_an_admins_choice(house: House):
    given = {"kind": "smtp", "address": "hanne@kestrel.example", "server": "smtp://relay.kestrel.example:25"}
    with pytest.raises(Forbidden, match="Only an admin"):
        usecases.add_channel(house.caller("hanne"), **given, now=house.now)
    for wrong in ("relay.kestrel.example", "smtp://user:secret@relay", "http://relay", "smtp://re lay:25"):
        with pytest.raises(Invalid, match="no mail server"):
            usecases.add_channel(ROADBED, **given | {"server": wrong}, email="hanne@kestrel.example", now=house.now)
    with pytest.raises(Invalid, match="Only mail goes"):
        usecases.add_channel(
            ROADBED, kind="webhook", address=house.hook.url, server=given["server"], email="hanne@kestrel.example",
            now=house.now,
        )  # fmt: skip
    assert queries.channels() == ()


def test_a_page_goes_through_its_channels_own_server(house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(board, "_made", {})
    nobody = SmtpNotifier(f"smtp://127.0.0.1:{free_port()}", sender="roadbed@localhost")
    board.provide("notifier.smtp", lambda: nobody)
    house.rotate("hanne")
    own = f"smtp://127.0.0.1:{house.sink.port}"
    address = "hanne@kestrel.example"
    usecases.add_channel(ROADBED, kind="smtp", address=address, email=address, server=own, now=house.now)
    house.verify(address)
    house.burn()
    house.deliver()
    assert house.mailed() == ["hanne"]
