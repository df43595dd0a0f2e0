"""Twilio against a local double of its API: texts, calls, refusals, and answers that Twilio has signed."""

from __future__ import annotations

from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest

from roadbed.adapters.tests.provider import provider
from roadbed.adapters.twilio import TwilioAccount, TwilioAnswers, TwilioSms, TwilioVoice, signature_of
from roadbed.adapters.twilio.tests.double import SENDER, SID, TOKEN, UNSUBSCRIBED, twilio
from roadbed.ground.ports.answers import ACKNOWLEDGE, OTHER, STATUS, Arrived, NotProven
from roadbed.ground.ports.notifier import Message, NotDelivered

ANSWERS = "https://r.example/answers"


def account(api: str, *, token: str = TOKEN, sender: str = SENDER) -> TwilioAccount:
    return TwilioAccount(SID, lambda: token, sender, api)


def page(to: str = "+46701234567") -> Message:
    return Message("k-1", to, "checkout burns", "Why", short="checkout <burns> & hurts. Reply 1 to take it.",
                   token="d-1.mac", answers=ANSWERS)  # fmt: skip


def test_a_text_goes_out_with_where_its_end_is_told():
    with provider(twilio) as double:
        sent = TwilioSms(account(double.url)).deliver(page(), seconds=5)
        form = double.requests[0].form
        TwilioSms(account(double.url, sender="MG1")).deliver(page(), seconds=5)
        assert double.requests[1].form["MessagingServiceSid"] == "MG1"
    assert sent.provider_id.startswith("SM")
    assert (form["To"], form["From"]) == ("+46701234567", SENDER)
    assert form["Body"] == "checkout <burns> & hurts. Reply 1 to take it."
    assert form["StatusCallback"] == f"{ANSWERS}/twilio/status/d-1.mac"


def test_a_call_reads_the_page_and_waits_for_a_key():
    with provider(twilio) as double:
        sent = TwilioVoice(account(double.url)).deliver(page(), seconds=5)
        said = ET.fromstring(double.requests[0].form["Twiml"])  # noqa: S314 - our own
    assert sent.provider_id.startswith("CA")
    gather = said.find("Gather")
    assert (gather.get("action"), gather.get("numDigits")) == (f"{ANSWERS}/twilio/voice/d-1.mac", "1")
    assert gather.find("Say").text.startswith("checkout <burns> & hurts")


@pytest.mark.parametrize(
    ("to", "token", "said"),
    [(UNSUBSCRIBED, TOKEN, "21610"), ("+1", TOKEN, "21211"), ("+46701234567", "wrong-one", "20003")],
)
def test_what_twilio_refuses_for_good_names_its_reason_and_no_secret(to: str, token: str, said: str):
    with provider(twilio) as double, pytest.raises(NotDelivered, match=said) as caught:
        TwilioSms(account(double.url, token=token)).deliver(page(to), seconds=5)
    assert caught.value.permanent
    assert "wrong-one" not in caught.value.reason


def test_a_provider_that_says_nothing_may_have_sent_it():
    with provider(twilio) as double:
        double.wait = 5
        with pytest.raises(NotDelivered) as caught:
            TwilioSms(account(double.url)).deliver(page(), seconds=0.3)
    assert (caught.value.unknown, caught.value.permanent) == (True, False)


def arrived(path: str, form: dict[str, str], *, token: str = TOKEN) -> Arrived:
    url = f"{ANSWERS}/twilio/{path}"
    return Arrived(url, {"x-twilio-signature": signature_of(token, url, form)}, urlencode(form).encode())


def test_the_documented_signature_is_ours():
    # Twilio's documentation has this example.
    form = {"CallSid": "CA1234567890ABCDE", "Caller": "+12349013030", "Digits": "1234", "From": "+12349013030",
            "To": "+18005551212"}  # fmt: skip
    made = signature_of("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form)
    assert made == "0/KCTR6DLpKmkAf8muzZqo1nDgQ="


@pytest.mark.parametrize(
    ("form", "what"),
    [
        ({"From": "+46701234567", "Body": " Ack! ", "MessageSid": "SM1", "SmsStatus": "received"}, ACKNOWLEDGE),
        ({"From": "+46701234567", "Body": "1", "MessageSid": "SM1"}, ACKNOWLEDGE),
        ({"From": "+46701234567", "Body": "who is this?", "MessageSid": "SM1"}, OTHER),
        ({"From": SENDER, "To": "+46701234567", "Digits": "1", "CallSid": "CA1"}, ACKNOWLEDGE),
        ({"From": SENDER, "To": "+46701234567", "Digits": "9", "CallSid": "CA1", "CallStatus": "in-progress"}, OTHER),
        ({"MessageSid": "SM1", "MessageStatus": "delivered", "To": "+46701234567"}, STATUS),
        ({"CallSid": "CA1", "CallStatus": "no-answer", "To": "+46701234567"}, STATUS),
    ],
)
def test_answers_are_told_apart(form: dict[str, str], what: str):
    answered = TwilioAnswers(lambda: TOKEN).read(arrived("x", form), now=0)
    assert answered.what == what
    assert answered.address == "+46701234567"


def test_a_status_says_whether_it_arrived():
    def status(word: str) -> bool | None:
        form = {"MessageSid": "SM1", "MessageStatus": word, "ErrorCode": "30003"}
        return TwilioAnswers(lambda: TOKEN).read(arrived("status/d", form), now=0).delivered

    assert (status("delivered"), status("undelivered"), status("sent")) == (True, False, None)


def test_what_twilio_did_not_sign_proves_nothing():
    form = {"From": "+46701234567", "Body": "1"}
    reader = TwilioAnswers(lambda: TOKEN)
    signed = arrived("sms", form)
    for wrong in (
        arrived("sms", form, token="another"),
        Arrived(signed.url + "?x=1", signed.headers, signed.body),
        Arrived(signed.url, signed.headers, signed.body + b"&Body=2"),
        Arrived(signed.url, {}, signed.body),
        Arrived(signed.url, signed.headers, b"\xff"),
    ):
        with pytest.raises(NotProven):
            reader.read(wrong, now=0)
    with pytest.raises(NotProven):
        TwilioAnswers(lambda: "").read(arrived("sms", form, token=""), now=0)
