"""Channels that their owners verified, methods and quiet hours, and answers by every way there is."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from roadbed.adapters.slack import SlackAnswers
from roadbed.adapters.slack.answers import signature_of as slack_signature
from roadbed.adapters.tests.provider import Provider, provider
from roadbed.adapters.twilio import TwilioAccount, TwilioAnswers, TwilioSms, TwilioVoice, signature_of
from roadbed.adapters.twilio.tests.double import SENDER, SID, TOKEN, UNSUBSCRIBED, twilio
from roadbed.ground.errors import Conflict, Forbidden, Invalid
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.ports import board
from roadbed.reliability.paging import delivering, intake, usecases
from roadbed.reliability.paging.links import token_of
from roadbed.reliability.paging.models import Alert, Channel, Delivery
from roadbed.reliability.paging.reaching import answers, wishes
from roadbed.reliability.paging.reaching.verifying import code_of
from roadbed.reliability.paging.tests.conftest import House

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
LATE = {"heartbeat": "h-1", "name": "nightly backup", "severity": 3, "reason": "nothing was heard"}


@pytest.fixture
def telephone(house: House) -> object:
    with provider(twilio) as double:
        account = TwilioAccount(SID, lambda: TOKEN, SENDER, double.url)
        board.provide("notifier.sms", lambda: TwilioSms(account))
        board.provide("notifier.voice", lambda: TwilioVoice(account))
        board.provide("answers.twilio", lambda: TwilioAnswers(lambda: TOKEN))
        yield double


def reach(house: House, kind: str, address: str, name: str = "hanne") -> Channel:
    email = f"{name}@kestrel.example"
    made = usecases.add_channel(ROADBED, kind=kind, address=address, email=email, now=house.now)
    Channel.objects.filter(uid=made.uid).update(verified_at=house.now)
    return Channel.objects.get(uid=made.uid)


def prefer(house: House, **wanted: object) -> None:
    asked = {"zone": "Europe/Stockholm", "high": [], "low": [], "quiet": [], **wanted}
    wishes.set_wishes(house.caller("hanne"), now=house.now, **asked)  # type: ignore[arg-type]


def called(path: str, form: dict[str, str]) -> str:
    """Twilio calls us, as it would; answers what we say."""
    url = f"http://127.0.0.1:8000/answers/twilio/{path}"
    body = urlencode(form)
    response = Client(enforce_csrf_checks=True).post(
        f"/answers/twilio/{path}", body, content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signature_of(TOKEN, url, form)},
    )  # fmt: skip
    assert response.status_code in (200, 204), response.content
    return response.content.decode()


def test_an_unverified_channel_is_not_used_and_its_owner_verifies_it_by_code(house: House):
    house.rotate("hanne", "ines")
    house.mailbox("hanne", verified=False)
    house.mailbox("ines")
    house.burn()
    house.deliver()
    assert house.mailed() == ["ines"]
    assert "no channel that is verified" in house.facts("page.failed")[0]["reason"]
    channel, hanne = Channel.objects.get(address="hanne@kestrel.example"), house.caller("hanne")
    usecases.send_test(channel.uid, now=house.now, last_attempt=True)
    assert code_of(channel) in house.sink.mails[-1].get_content()
    assert usecases.verify_channel(hanne, "", code_of(channel), now=house.now) == channel.uid
    assert house.facts("channel.verified")[-1]["through"] == "code"
    with pytest.raises(Forbidden):
        usecases.verify_channel(house.caller("ines"), channel.uid, "000000", now=house.now)


def test_a_code_ends_after_five_tries_or_fifteen_minutes_and_a_new_one_replaces_it(house: House):
    house.mailbox("hanne", verified=False)
    channel, hanne = Channel.objects.get(), house.caller("hanne")
    code = code_of(channel)
    with pytest.raises(Conflict, match="older than 15 minutes"):
        usecases.verify_channel(hanne, channel.uid, code, now=house.now + timedelta(minutes=16))
    wrong = "000000" if code != "000000" else "111111"
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(Invalid, match=f"{left} tries"):
            usecases.verify_channel(hanne, channel.uid, wrong, now=house.now)
    with pytest.raises(Conflict, match="5 times"):
        usecases.verify_channel(hanne, channel.uid, code, now=house.now)
    usecases.try_channel(hanne, channel.uid, now=house.now)
    channel.refresh_from_db()
    usecases.verify_channel(hanne, channel.uid, f" {code_of(channel)} ", now=house.now)
    for _ in range(18):
        usecases.try_channel(hanne, channel.uid, now=house.now)
    with pytest.raises(Conflict, match="within a day"):
        usecases.try_channel(hanne, channel.uid, now=house.now)


def test_a_text_comes_now_a_call_after_three_minutes_and_a_dead_number_hands_over_at_once(
    house: House, telephone: Provider
):
    house.rotate("hanne", step_seconds=600)
    sms, voice = reach(house, "sms", "+46701234567"), reach(house, "voice", "+46701234567")
    prefer(house, high=[{"channel": voice.uid, "after": 180}, {"channel": sms.uid, "after": 0}])
    house.burn()
    house.deliver()
    assert [one.path.rpartition("/")[2] for one in telephone.requests] == ["Messages.json"]
    assert "Reply 1" in telephone.requests[0].form["Body"]
    house.wait(180)
    assert telephone.requests[1].path.endswith("Calls.json")
    intake.react(house.record("budget.burn.stopped"), now=house.now)
    Channel.objects.filter(pk=sms.pk).update(address=UNSUBSCRIBED)
    house.burn()
    house.deliver()
    house.deliver()
    assert telephone.requests[-1].path.endswith("Calls.json")
    failed = Delivery.objects.filter(channel=sms, state="failed").get()
    assert "21610" in failed.error
    assert "21610" in Channel.objects.get(pk=sms.pk).problem


def test_a_text_that_its_carrier_never_delivered_hands_over_and_one_that_arrived_says_so(
    house: House, telephone: Provider
):
    house.rotate("hanne", step_seconds=600)
    sms, voice = reach(house, "sms", "+46701234567"), reach(house, "voice", "+46701234567")
    prefer(house, high=[{"channel": sms.uid, "after": 0}, {"channel": voice.uid, "after": 300}])
    house.burn()
    house.deliver()
    row = Delivery.objects.get(channel=sms)
    status = f"status/{token_of(row.uid)}"
    called(status, {"MessageSid": "SM1", "MessageStatus": "sent"})
    assert Delivery.objects.get(channel=sms).state == "sent"
    called(status, {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30003"})
    assert "30003" in Delivery.objects.get(channel=sms).error
    house.now = timezone.now()
    house.deliver()
    call = Delivery.objects.get(channel=voice)
    assert call.state == "sent"
    called(f"status/{token_of(call.uid)}", {"CallSid": "CA1", "CallStatus": "completed"})
    assert Delivery.objects.get(channel=voice).confirmed_at is not None
    # A failure that is told before our own record of the sending counts as well.
    Delivery.objects.filter(pk=call.pk).update(state="sending")
    called(f"status/{token_of(call.uid)}", {"CallSid": "CA1", "CallStatus": "no-answer"})
    assert Delivery.objects.get(channel=voice).state == "failed"


def test_quiet_hours_hold_back_what_is_not_urgent_and_the_step_waits_with_it(house: House):
    house.rotate("hanne", "ines")
    house.mailbox("hanne", "ines")
    prefer(house, quiet=[{"days": ["mon"], "from": "00:00", "to": "12:00"}])
    uid = intake.react(house.record("heartbeat.missed", LATE), now=house.now)
    house.burn()
    house.deliver()
    assert house.mailed() == ["hanne"]
    noon = house.now.replace(hour=11)
    assert Delivery.objects.get(alert__uid=uid).due_at == noon
    assert Alert.objects.get(uid=uid).next_step_at == noon + timedelta(seconds=300)
    with pytest.raises(Invalid, match="no day"):
        prefer(house, quiet=[{"days": ["someday"], "from": "00:00", "to": "12:00"}])
    with pytest.raises(Invalid, match="no channel of this person"):
        prefer(house, high=[{"channel": "x", "after": 0}])


def test_a_page_that_goes_out_late_says_so(house: House):
    house.rotate("hanne", step_seconds=3600)
    house.mailbox("hanne")
    house.burn()
    row = Delivery.objects.get()
    delivering.deliver(row.uid, clock=lambda: house.now + timedelta(minutes=16))
    assert "16 min late" in house.sink.mails[-1].get_content()


def test_a_reply_of_1_takes_the_newest_page_and_a_key_in_a_call_takes_its_own(house: House, telephone: Provider):
    house.rotate("hanne")
    reach(house, "sms", "+46701234567")
    voice = reach(house, "voice", "+46701234567")
    first, second = house.burn(), Alert.objects.get(
        uid=intake.react(house.record("heartbeat.missed", LATE), now=house.now)
    )  # fmt: skip
    house.deliver()
    assert "Reply 1" in called("sms", {"From": "+46701234567", "Body": "who?", "MessageSid": "SM9"})
    assert Alert.objects.filter(state="acknowledged").count() == 0
    said = called("sms", {"From": "+46701234567", "Body": "Ack", "MessageSid": "SM9"})
    assert second.title.split(":")[0] in said
    assert "1 more waits" in said
    token = token_of(Delivery.objects.get(channel=voice, alert=first).uid)
    assert "does nothing" in called(f"voice/{token}", {"To": "+46701234567", "Digits": "7", "CallSid": "CA1"})
    assert "You have it" in called(f"voice/{token}", {"To": "+46701234567", "Digits": "1", "CallSid": "CA1"})
    assert {one["through"] for one in house.facts("page.acknowledged")} == {"sms", "voice"}
    assert "No page waits" in called("sms", {"From": "+46999999999", "Body": "1", "MessageSid": "SM9"})
    unsigned = Client().post("/answers/twilio/sms", {"From": "+46701234567", "Body": "1"})
    assert unsigned.status_code == 403


def test_the_button_of_a_push_works_by_post_once_and_never_by_get(house: House):
    house.rotate("hanne")
    house.mailbox("hanne")
    house.burn()
    token = token_of(Delivery.objects.get().uid)
    browser = Client(enforce_csrf_checks=True)
    assert browser.get(f"/answers/take/{token}").status_code == 405
    assert browser.post(f"/answers/take/{token}x").status_code == 404
    assert Alert.objects.get().state == "paging"
    assert "You have it" in browser.post(f"/answers/take/{token}").content.decode()
    Alert.objects.update(state="paging", acknowledged_by="", acknowledged_name="")
    assert "was used" in browser.post(f"/answers/take/{token}").content.decode()
    assert Alert.objects.get().state == "paging"


def test_a_button_in_slack_takes_the_page_for_who_got_it_alone(house: House):
    board.provide("answers.slack", lambda: SlackAnswers(lambda: "shh"))
    house.rotate("hanne")
    with provider(lambda _: (200, {"ok": True, "channel": "D1", "ts": "1"})) as double:
        from roadbed.adapters.slack import SlackNotifier

        board.provide("notifier.slack", lambda: SlackNotifier(lambda: "xoxb", api=double.url))
        reach(house, "slack", "U0HANNE0000")
        house.burn()
        house.deliver()
        elements = double.requests[-1].json["blocks"][-1]["elements"]

    def press(user: str) -> str:
        actions = [{"action_id": elements[0]["action_id"], "value": elements[0]["value"]}]
        body = urlencode({"payload": json.dumps({"user": {"id": user, "username": "x"}, "actions": actions})})
        stamp = str(int(timezone.now().timestamp()))
        headers = {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": slack_signature("shh", stamp, body.encode()),
        }
        kind = "application/x-www-form-urlencoded"
        return Client().post("/answers/slack", body, content_type=kind, headers=headers).content.decode()

    assert "went to Hanne Brandt" in press("U0SOMEBODY00")
    assert Alert.objects.get().state == "paging"
    assert "You have it" in press("U0HANNE0000")
    assert house.facts("page.acknowledged")[0]["through"] == "slack"
    assert Client().post("/answers/slack", {"payload": "{}"}).status_code == 403


def reply(to: str, *, sender: str = "hanne@kestrel.example", text: str = "ack\n\n> the page", **more: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Hanne <{sender}>", to, "Re: a page"
    for name, value in more.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def test_a_reply_by_mail_takes_the_page_for_its_recipient_alone(house: House, settings: Any):
    settings.REPLY_TO = "roadbed@replies.kestrel.example"
    house.rotate("hanne")
    house.mailbox("hanne")
    house.burn()
    house.deliver()
    mail = house.sink.mails[-1]
    assert "reply to this mail with the word ack" in mail.get_content()
    to = str(mail["Reply-To"])
    assert re.fullmatch(r"roadbed\+[0-9a-f]{32}\.[0-9a-f]{16}@replies\.kestrel\.example", to)

    def answer(raw: bytes) -> answers.Outcome:
        return answers.acknowledge_by_mail(ROADBED, raw, now=house.now)

    with pytest.raises(Invalid, match="Auto-Submitted"):
        answer(reply(to, Auto_Submitted="auto-replied"))
    with pytest.raises(Forbidden):
        answer(reply(to, sender="ines@kestrel.example"))
    with pytest.raises(Invalid, match="does not say ack"):
        answer(reply(to, text="I am on holiday"))
    assert Alert.objects.get().state == "paging"
    assert answer(reply(to.upper())).yours
    assert house.facts("page.acknowledged")[0]["through"] == "mail"
