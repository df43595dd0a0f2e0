"""Alerts of other systems, from the door to the page: told once, told again, ended, grouped, held back, released."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from roadbed.ground.catalog import usecases as catalog
from roadbed.ground.ledger.models import Fact, InboxItem
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.paging import usecases
from roadbed.reliability.paging.alerts import door, integrating, silencing
from roadbed.reliability.paging.models import Alert, Decision, Integration, Signal
from roadbed.reliability.paging.tests.alerting import Doors, firing, message
from roadbed.reliability.paging.tests.conftest import CATALOG, NOW, House

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


@pytest.fixture
def doors(house: House) -> Doors:
    door.forget()
    house.rotate("hanne", "ines")
    house.mailbox("hanne", "ines", "dele")
    house.deliver()
    house.sink.mails.clear()
    return Doors(house)


def test_an_alert_pages_the_owner_once_however_often_it_is_told(doors: Doors):
    doors.open("alertmanager")
    for _ in range(3):
        assert doors.post("alertmanager", message(firing())).status == 200
    doors.house.deliver()
    assert doors.pages() == [("checkout", "paging", 1)]
    assert doors.signals() == [("HighErrorRate of checkout", "firing", "pages", 3)]
    assert doors.house.mailed() == ["hanne"]
    opened = doors.house.facts("alert.opened")
    assert [(one["service"], one["team"], one["severity"]) for one in opened] == [("checkout", "team-payments", 1)]


def test_a_firing_message_with_resolved_alerts_ends_only_those(doors: Doors):
    doors.open("alertmanager")
    doors.post("alertmanager", message(firing("A"), firing("B")))
    doors.post("alertmanager", message(firing("A", "resolved"), firing("B")))
    assert [row[:2] for row in doors.signals()] == [("A of checkout", "resolved"), ("B of checkout", "firing")]
    assert doors.pages() == [("checkout", "paging", 1)]
    doors.post("alertmanager", message(firing("B", "resolved")))
    assert doors.pages() == [("checkout", "closed", 1)]
    assert Alert.objects.get().closed_for == "its alerts are over"


def test_what_a_whole_message_leaves_out_is_over_and_a_truncated_one_proves_nothing(doors: Doors):
    doors.open("alertmanager")
    doors.post("alertmanager", message(firing("A"), firing("B")))
    doors.post("alertmanager", message(firing("A"), truncated=1))
    assert [row[1] for row in doors.signals()] == ["firing", "firing"]
    doors.post("alertmanager", message(firing("A"), group="another route"))
    assert [row[1] for row in doors.signals()] == ["firing", "firing"]
    doors.post("alertmanager", message(firing("C")))
    assert [row[:2] for row in doors.signals()] == [
        ("A of checkout", "firing"), ("B of checkout", "resolved"), ("C of checkout", "firing"),
    ]  # fmt: skip


def test_a_late_message_of_an_ended_episode_opens_nothing_and_a_later_episode_does(doors: Doors):
    doors.open("alertmanager")
    doors.post("alertmanager", message(firing("A")))
    doors.post("alertmanager", message(firing("A", "resolved")))
    doors.post("alertmanager", message(firing("A")))
    assert [row[1] for row in doors.signals()] == ["resolved"]
    doors.post("alertmanager", message(firing("A", since=30)))
    assert [row[1] for row in doors.signals()] == ["resolved", "firing"]
    doors.post("alertmanager", message(firing("A", since=40)))
    assert [row[1] for row in doors.signals()] == ["resolved", "resolved", "firing"]


def test_events_of_pagerduty_append_end_and_begin_anew(doors: Doors):
    doors.open("pagerduty", team="team-sre")
    first = doors.event()
    assert first.status == 202
    assert first.body["status"] == "success"
    key = str(first.body["dedup_key"])
    assert doors.event(key=key).body["dedup_key"] == key
    assert [row[1:] for row in doors.signals()] == [("firing", "pages", 2)]
    assert doors.event("acknowledge", key=key).status == 202
    assert doors.pages() == [("", "acknowledged", 1)]
    doors.event("resolve", key=key)
    doors.event("resolve", key=key)
    doors.event("acknowledge", key="never heard of")
    assert [row[1:] for row in doors.signals()] == [("resolved", "pages", 2)]
    assert doors.pages() == [("", "closed", 1)]
    doors.event(key=key)
    assert [row[1] for row in doors.signals()] == ["resolved", "firing"]
    assert Alert.objects.order_by("pk").last().team == "team-sre"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"event_action": "explode"}, "event_action"),
        ({"event_action": "resolve"}, "dedup_key"),
        ({"event_action": "trigger", "payload": {"summary": "x", "source": "y", "severity": "bad"}}, "severity"),
        ({"event_action": "trigger", "dedup_key": "k" * 256, "payload": {}}, "dedup_key"),
    ],
)
def test_an_event_that_is_none_is_refused_as_pagerduty_does_and_kept(doors: Doors, body: dict[str, object], said: str):
    key = doors.open("pagerduty")
    answer = door.accept("/v2/enqueue", {}, json.dumps({"routing_key": key, **body}).encode(), now=NOW)
    doors.read()
    assert (answer.status, answer.body["status"]) == (400, "invalid event")
    assert said in " ".join(answer.body["errors"])
    assert [row.state for row in InboxItem.objects.all()] == [InboxItem.FAILED]
    assert not Signal.objects.exists()


def test_without_the_key_nothing_is_kept(doors: Doors):
    doors.open("alertmanager")
    bodies = [b"{}", b'{"routing_key": 5}', b"not json", b'{"routing_key": "0123456789abcdef"}']
    assert [door.accept("/v2/enqueue", {}, body, now=NOW).status for body in bodies] == [400] * 4
    assert door.accept("/alerts/in/0123456789abcdef", {}, b"{}", now=NOW).status == 401
    assert door.accept("/alerts/in", {}, b"{}", now=NOW).status == 401
    assert not InboxItem.objects.exists()
    headers = {"authorization": f"Bearer {doors.keys['alertmanager']}"}
    assert door.accept("/alerts/in", headers, b"{}", now=NOW).status == 200


def test_what_cannot_be_read_stays_and_is_read_again(doors: Doors):
    doors.open("json", mapping={"title": "wrong"})
    doors.post("json", {"summary": "Queue stuck", "svc": "checkout"})
    item = InboxItem.objects.get()
    assert (item.state, "wrong leads to no title" in item.error) == (InboxItem.FAILED, True)
    better = {"title": "summary", "service": "svc"}
    integrating.change(ROADBED, "json", settings={"mapping": better}, now=NOW)
    assert integrating.read_again(ROADBED, "json") == 1
    doors.read()
    assert doors.pages() == [("checkout", "paging", 2)]


def test_a_change_event_is_a_fact_and_pages_nobody(doors: Doors):
    key = doors.open("pagerduty", service="checkout")
    payload = {"summary": "Deployed 41", "timestamp": "2026-11-23T08:42:58.315+0000", "source": "ci"}
    body = json.dumps({"routing_key": key, "payload": payload}).encode()
    answer = door.accept("/v2/change/enqueue", {}, body, now=NOW)
    doors.read()
    assert (answer.status, "dedup_key" in answer.body) == (202, False)
    fact = Fact.objects.get(kind="change.announced")
    assert (fact.subject, fact.data["summary"], fact.occurred_at.minute) == (doors.house.checkout, "Deployed 41", 42)
    assert not Alert.objects.exists()


def test_a_storm_is_one_page_and_another_services_alert_pages_beside_it(doors: Doors):
    doors.open("alertmanager")
    storm = [firing(f"Pod{number}", severity="error", pod=f"checkout-{number}") for number in range(300)]
    doors.post("alertmanager", message(*storm))
    doors.post("alertmanager", message(firing("Down", service="edge-proxy"), group="edge"))
    doors.house.deliver()
    assert doors.pages() == [("checkout", "paging", 2), ("edge-proxy", "paging", 1)]
    assert Signal.objects.filter(page__service="checkout").count() == 300
    assert doors.house.mailed() == ["hanne"]
    assert Decision.objects.filter(outcome=Decision.JOINED).count() == 299


def test_what_becomes_worse_is_paged_again_though_somebody_had_it(doors: Doors):
    doors.open("alertmanager", pages_at=3)
    doors.post("alertmanager", message(firing("Slow", severity="warning")))
    usecases.acknowledge(doors.house.caller("hanne"), Alert.objects.get().uid, now=doors.house.now)
    doors.post("alertmanager", message(firing("Slow", severity="warning"), firing("Down", severity="critical")))
    doors.house.deliver()
    assert doors.pages() == [("checkout", "paging", 1)]
    assert doors.house.mailed() == ["hanne"]
    assert [one["before"] for one in doors.house.facts("alert.worsened")] == [3]


def test_what_is_minor_or_not_in_production_is_listed_with_the_reason(doors: Doors):
    doors.open("alertmanager")
    doors.post("alertmanager", message(firing("Slow", severity="warning"), firing("Down", env="staging")))
    assert [row[2] for row in doors.signals()] == ["listed", "listed"]
    reasons = [row.reasons[0] for row in Decision.objects.order_by("pk")]
    assert reasons == [
        "Its severity is warning; alertmanager pages from error on and lists what is less.",
        "It is about staging; alerts page for production.",
    ]
    doors.post("alertmanager", message(firing("Slow", severity="critical")))
    assert doors.pages() == [("checkout", "paging", 1)]


def silence(doors: Doors, *matchers: str, hours: float = 1, **more: str) -> str:
    now = doors.house.now
    asked = silencing.Asked(matchers, now, now + timedelta(hours=hours), "re-partitioning", **more)
    return silencing.silence(doors.house.caller("hanne"), asked, now=now)


def test_a_silence_holds_back_what_it_fits_and_what_still_fires_pages_at_its_end(doors: Doors):
    doors.open("alertmanager")
    silence(doors, "service=checkout", 'alertname=~"Disk.*"')
    doors.post("alertmanager", message(firing("DiskFull"), firing("Down", service="edge-proxy")))
    assert [row[2] for row in doors.signals()] == ["held", "pages"]
    assert "re-partitioning" in Decision.objects.get(outcome=Decision.HELD).reasons[0]
    doors.wait(3599)
    assert doors.pages() == [("edge-proxy", "paging", 1)]
    doors.wait(2)
    assert doors.pages() == [("edge-proxy", "paging", 1), ("checkout", "paging", 1)]
    assert Decision.objects.filter(outcome=Decision.RELEASED).count() == 1


def test_a_silence_quiets_a_page_that_is_open_and_ended_early_lets_it_page(doors: Doors):
    doors.open("alertmanager")
    doors.post("alertmanager", message(firing("DiskFull")))
    assert silencing.preview(["service=checkout"], now=doors.house.now).open_count == 1
    uid = silence(doors, "service=checkout")
    assert doors.pages() == [("checkout", "closed", 1)]
    assert Alert.objects.get().closed_for.startswith("silenced by Hanne Brandt")
    silencing.end(doors.house.caller("ines"), uid, now=doors.house.now)
    doors.wait(1)
    assert doors.pages() == [("checkout", "closed", 1), ("checkout", "paging", 1)]


def needing(name: str, *needs: str, owner: str = "team-payments") -> str:
    text = (
        CATALOG.format(name=name, owner=owner) + "  dependsOn:\n" + "".join(f"  - component:{one}\n" for one in needs)
    )
    return str(catalog.register(ROADBED, text=text, location=f"/srv/git/{name}.git", now=NOW).uid_of_component)


def test_dependants_wait_while_a_dependency_is_down_and_page_if_they_do_not_recover(doors: Doors):
    needing("web", "cart")
    needing("cart", "checkout")
    doors.open("alertmanager")
    doors.post("alertmanager", message(firing("Slow", service="web"), firing("Down")))
    assert doors.pages() == [("checkout", "paging", 1)]
    held = Signal.objects.get(service="web")
    assert (held.stance, held.held_by) == ("held", f"dependency:{Alert.objects.get().uid}")
    said = Decision.objects.get(signal=held).reasons[0]
    assert said == "web depends on cart, then checkout, whose page is open: Down of checkout."
    doors.post("alertmanager", message(firing("Down", "resolved"), firing("Slow", service="web")))
    doors.wait(30)
    assert doors.pages() == [("checkout", "closed", 1)]
    doors.wait(31)
    assert doors.pages() == [("checkout", "closed", 1), ("web", "paging", 1)]


def test_a_lesser_trouble_of_a_dependency_holds_nothing_back(doors: Doors):
    needing("web", "checkout")
    doors.open("alertmanager", pages_at=3)
    doors.post("alertmanager", message(firing("DiskNear", severity="warning"), group="disk"))
    doors.post("alertmanager", message(firing("Down", service="web"), group="web"))
    assert doors.pages() == [("checkout", "paging", 3), ("web", "paging", 1)]


def test_an_alert_that_is_not_repeated_any_more_ends_by_itself(doors: Doors):
    doors.open("alertmanager", quiet_seconds=600)
    doors.post("alertmanager", message(firing("A")))
    doors.wait(500)
    doors.post("alertmanager", message(firing("A")))
    doors.wait(500)
    assert doors.pages() == [("checkout", "paging", 1)]
    doors.wait(200)
    assert doors.pages() == [("checkout", "closed", 1)]
    doors.post("alertmanager", message(firing("A")))
    assert [row[1] for row in doors.signals()] == ["resolved", "firing"]


def test_a_page_closed_by_hand_stays_closed_for_its_episode(doors: Doors):
    doors.open("alertmanager")
    doors.post("alertmanager", message(firing("A")))
    usecases.close(doors.house.caller("hanne"), Alert.objects.get().uid, reason="a drill", now=doors.house.now)
    doors.post("alertmanager", message(firing("A")))
    doors.wait(60)
    assert doors.pages() == [("checkout", "closed", 1)]
    doors.post("alertmanager", message(firing("A", since=50)))
    assert doors.pages() == [("checkout", "closed", 1), ("checkout", "paging", 1)]


def test_an_alert_joins_the_page_of_a_burn_and_pages_if_it_outlives_it(doors: Doors):
    doors.open("alertmanager")
    doors.house.burn()
    doors.post("alertmanager", message(firing("Slow", severity="error")))
    assert doors.pages() == [("checkout", "paging", 2)]
    from roadbed.reliability.paging import intake

    intake.react(doors.house.record("budget.burn.stopped"), now=doors.house.now)
    assert doors.pages() == [("checkout", "closed", 2)]
    doors.wait(6)
    assert doors.pages() == [("checkout", "closed", 2), ("checkout", "paging", 2)]


def test_a_rotated_key_opens_the_door_beside_the_former_one_for_a_while(doors: Doors):
    former = doors.open("alertmanager")
    opened = integrating.rotate(ROADBED, "alertmanager", overlap=timedelta(hours=1), now=NOW)
    statuses = []
    for minutes in (0, 61):
        door.forget()
        at = NOW + timedelta(minutes=minutes)
        statuses.append([door.accept(f"/alerts/in/{key}", {}, b"{}", now=at).status for key in (former, opened.key)])
    assert statuses == [[200, 200], [401, 200]]
    assert former not in json.dumps(list(Fact.objects.values_list("data", flat=True)))


def test_a_subscription_of_sns_is_kept_until_its_topic_speaks(doors: Doors):
    doors.open("cloudwatch", service="checkout")
    url = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=abc"
    asks = {"Type": "SubscriptionConfirmation", "TopicArn": "arn:aws:sns:eu-west-1:1:alarms", "SubscribeURL": url}
    doors.post("cloudwatch", asks)
    assert Integration.objects.get().confirmation["url"] == url
    doors.post("cloudwatch", {**asks, "SubscribeURL": "https://evil.example/?sns.eu-west-1.amazonaws.com/"})
    assert [item.state for item in InboxItem.objects.order_by("pk")] == ["read", "failed"]
    alarm = {"AlarmName": "5xx", "AlarmArn": "arn:1", "NewStateValue": "ALARM", "NewStateReason": "over 5"}
    doors.post("cloudwatch", {"Type": "Notification", "Message": json.dumps(alarm)})
    assert Integration.objects.get().confirmation == {}
    assert doors.pages() == [("checkout", "paging", 2)]
    doors.post("cloudwatch", {"Type": "Notification", "Message": json.dumps({**alarm, "NewStateValue": "OK"})})
    assert doors.pages() == [("checkout", "closed", 2)]
