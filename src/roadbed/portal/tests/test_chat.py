"""Commands from Slack: proven, heard once, obeyed as the person who verified that id, answered to them alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from roadbed.adapters.slack import SlackCommands
from roadbed.adapters.slack.answers import signature_of
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.ports import board
from roadbed.portal.chat.spoken import HELP, INCIDENT, RESOLVE, Spoken, severity_in, spoken
from roadbed.reliability.incidents.models import Incident
from roadbed.reliability.paging import usecases
from roadbed.reliability.paging.models import Alert, Channel, Heard
from roadbed.reliability.paging.tests.conftest import House, house  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
SECRET, HANNE = "shh", "U0HANNE0000"


class Slack:
    """Slack as it posts a slash command."""

    def __init__(self, standing: House) -> None:
        self.house, self.client = standing, Client(enforce_csrf_checks=True)

    def post(self, text: str, user: str = HANNE, *, age: int = 0, secret: str = SECRET, **more: str) -> Any:
        stamp = str(int(timezone.now().timestamp()) - age)
        form = {"command": "/roadbed", "text": text, "user_id": user, "user_name": "hanne", "trigger_id": "1"} | more
        return self.again(urlencode(form), stamp, secret)

    def again(self, body: str, stamp: str, secret: str = SECRET) -> Any:
        headers = {
            "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature_of(secret, stamp, body.encode()),
        }  # fmt: skip
        kind = "application/x-www-form-urlencoded"
        return self.client.post("/answers/slack/commands", body, content_type=kind, headers=headers)

    def say(self, text: str, user: str = HANNE) -> str:
        """What only whoever wrote sees."""
        answer = self.post(text, user, trigger_id=f"{text}{Heard.objects.count()}")
        assert (answer.status_code, answer.json()["response_type"]) == (200, "ephemeral")
        return "\n".join(block["text"]["text"] for block in answer.json()["blocks"])


@pytest.fixture
def slack(house: House) -> Slack:  # noqa: F811 - the fixture
    board.provide("commands.slack", lambda: SlackCommands(lambda: SECRET))
    house.now = timezone.now()
    house.rotate("hanne", "ines")
    usecases.add_channel(ROADBED, kind="slack", address=HANNE, email="hanne@kestrel.example", now=house.now)
    Channel.objects.filter(kind="slack").update(verified_at=house.now)
    return Slack(house)


def test_what_slack_did_not_sign_now_is_refused_and_the_same_twice_as_well(slack: Slack):
    assert slack.post("who", secret="other").status_code == 403
    assert slack.post("who", age=301).status_code == 403
    assert Client().post("/answers/slack/commands", {"text": "who"}).status_code == 403
    assert Client().get("/answers/slack/commands").status_code == 405
    assert not Heard.objects.exists()
    stamp, body = str(int(timezone.now().timestamp())), urlencode({"text": "page team-payments help", "user_id": HANNE})
    assert slack.again(body, stamp).status_code == 200
    assert slack.again(body, stamp).status_code == 403
    assert Alert.objects.count() == 1
    assert slack.post("", ssl_check="1").content == b""


def test_nobody_is_obeyed_by_a_name_but_by_the_id_that_they_verified(slack: Slack):
    said = slack.say("page team-payments help", user="U0STRANGER0")
    assert "does not know you" in said
    assert "roadbed me channel add slack U0STRANGER0" in said
    Channel.objects.filter(kind="slack").update(verified_at=None)
    assert "does not know you" in slack.say("ack")
    assert not Alert.objects.exists()


def test_a_page_is_taken_and_closed_and_several_are_listed_with_buttons(slack: Slack):
    assert "No page waits for you" in slack.say("ack")
    page = slack.house.burn()
    assert slack.say("ack").startswith("You have it: checkout spends")
    page.refresh_from_db()
    assert (page.state, page.acknowledged_name) == (Alert.ACKNOWLEDGED, "Hanne Brandt")
    assert "needs" in slack.say("resolve").lower() or "reason" in slack.say("resolve").lower()
    assert slack.say("resolve the cache was cold").startswith("It is closed")
    page.refresh_from_db()
    assert page.closed_for == "Hanne Brandt: the cache was cold"
    for text in ("one", "two"):
        slack.say(f"page team-payments sev1 {text}")
    answer = slack.post("ack", trigger_id="several").json()
    assert [block.get("accessory", {}).get("action_id") for block in answer["blocks"]] == [
        None, "roadbed.acknowledge", "roadbed.acknowledge",
    ]  # fmt: skip
    newest = Alert.objects.order_by("-pk").first()
    assert newest is not None
    assert (newest.severity, newest.title) == (1, "two")
    assert slack.say(f"ack {newest.uid[:8]}").startswith("You have it: two")
    assert slack.say("escalate not my system").startswith("It is handed on: two. Paged so far:")
    newest.refresh_from_db()
    assert (newest.state, newest.acknowledged_by) == (Alert.PAGING, "")
    assert newest.why[-1] == "Hanne Brandt hands it on to the next step: not my system."
    assert slack.say(f"resolve {newest.uid[:8]} it was nothing").startswith("It is closed")
    assert "No open page begins with zzzzzz" in slack.say("ack zzzzzz")


def test_a_page_rests_as_long_as_is_said(slack: Slack):
    page = slack.house.burn()
    assert "'a while' is no length of time" in slack.say("snooze a while")
    assert slack.say("snooze 2h").startswith("It is snoozed until")
    page.refresh_from_db()
    assert (page.snoozed_by, page.state) == ("Hanne Brandt", Alert.ACKNOWLEDGED)
    assert slack.say(f"snooze {page.uid[:8]} for 30 minutes").startswith("It is snoozed until")
    assert slack.say("ack " + page.uid[:8]).startswith("You have it")


def test_who_is_on_call_by_team_by_service_and_for_ones_own_teams(slack: Slack):
    assert slack.say("who team-payments").startswith("*team-payments*: Hanne Brandt until")
    assert slack.say("who checkout") == slack.say("oncall team-payments") == slack.say("who")
    assert "then Ines Carvalho" in slack.say("who")
    assert "nowhere" in slack.say("who nowhere")


def test_incidents_are_listed_declared_and_written_to(slack: Slack):
    assert slack.say("incident") == "No incident is open."
    assert "is open: Refunds <!channel> hang, severity 1" in slack.say(
        "incident checkout sev1 Refunds <!channel> hang"
    ).replace("&lt;", "<").replace("&gt;", ">")
    made = Incident.objects.get()
    name = f"INC-{made.number}"
    assert slack.say("incidents").startswith(f"*{name}* severity 1, checkout: Refunds &lt;!channel&gt; hang")
    assert slack.say(f"incident {name} the cache is cold") == f"It stands on the timeline of {name}."
    assert slack.house.facts("incident.noted")[-1]["text"] == "the cache is cold"
    assert f"{name} is open on checkout already" in slack.say("incident checkout again")


def test_a_word_that_is_no_command_is_answered_with_those_that_are(slack: Slack):
    assert "is no command" in slack.say("dance")
    assert "/roadbed who" in slack.say("")
    assert (spoken("  RESOLVE  abc  is   over "), spoken("dance")) == (Spoken(RESOLVE, "abc", "is over"), None)
    assert (spoken("incidents"), spoken("")) == (Spoken(INCIDENT), Spoken(HELP))
    assert severity_in("SEV-3: slow", usual=2) == (3, "slow")
    assert severity_in("several things", usual=2) == (2, "several things")


def test_what_was_heard_is_kept_no_longer_than_a_signature_holds(slack: Slack):
    slack.say("who")
    Heard.objects.update(at=timezone.now() - timedelta(hours=1))
    slack.say("who")
    assert Heard.objects.count() == 1
