"""Slack against a local double of its API: the button, refusals told apart, and answers that prove themselves."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from roadbed.adapters.slack import SlackAnswers, SlackHookNotifier, SlackNotifier
from roadbed.adapters.slack.answers import signature_of
from roadbed.adapters.tests.provider import Asked, provider
from roadbed.ground.ports.addresses import AddressPolicy
from roadbed.ground.ports.answers import ACKNOWLEDGE, OTHER, Arrived, NotProven
from roadbed.ground.ports.notifier import Message, NotDelivered

NOW = 1_800_000_000
PAGE = Message("k-1", "U0123ABCDEF", "[Severity 2] <!channel> burns", "Why: a < b & c", "https://r.example/pages/x",
               token="d-1.mac", answers="https://r.example/answers")  # fmt: skip


def slack(asked: Asked) -> tuple[int, dict[str, Any]]:
    if asked.path != "/api/chat.postMessage":
        return 404, {}
    if asked.headers.get("authorization") != "Bearer xoxb-1":
        return 200, {"ok": False, "error": "invalid_auth"}
    if asked.json["channel"] != "U0123ABCDEF":
        return 200, {"ok": False, "error": "channel_not_found"}
    return 200, {"ok": True, "channel": "D1", "ts": "1800000000.000100"}


def test_a_bots_message_has_the_button_and_names_itself():
    with provider(slack) as double:
        sent = SlackNotifier(lambda: "xoxb-1", api=f"{double.url}/api").deliver(PAGE, seconds=5)
        said = double.requests[0].json
    assert sent.provider_id == "D1:1800000000.000100"
    (buttons,) = [block["elements"] for block in said["blocks"] if block["type"] == "actions"]
    assert [(one["action_id"], one.get("value")) for one in buttons] == [
        ("roadbed.acknowledge", "d-1.mac"), ("roadbed.open", None),
    ]  # fmt: skip
    assert said["blocks"][1]["text"]["text"] == "Why: a &lt; b &amp; c"
    assert said["metadata"]["event_payload"] == {"key": "k-1"}


@pytest.mark.parametrize(("error", "permanent"), [("invalid_auth", True), ("ratelimited", False)])
def test_what_slack_refuses_for_good_is_told_from_what_passes(error: str, permanent: object):
    with provider(lambda _: (200, {"ok": False, "error": error})) as double, pytest.raises(NotDelivered) as caught:
        SlackNotifier(lambda: "wrong", api=double.url).deliver(PAGE, seconds=5)
    assert (caught.value.permanent, error in caught.value.reason) == (permanent, True)
    assert "wrong" not in caught.value.reason


def test_a_limit_says_how_long_to_wait():
    with provider(lambda _: (429, {})) as double:
        double.headers["Retry-After"] = "30"
        with pytest.raises(NotDelivered) as caught:
            SlackNotifier(lambda: "t", api=double.url).deliver(PAGE, seconds=5)
    assert (caught.value.permanent, caught.value.after) == (False, 30.0)


def test_a_hook_has_no_acknowledging_button_and_a_dead_one_is_given_up():
    with provider(lambda _: (404, {"no": "service"})) as double:
        address = f"{double.url}/services/T/B/secret"
        with pytest.raises(NotDelivered) as caught:
            SlackHookNotifier().deliver(Message("k", address, "s", "t", "https://r/x", token="d.m"), seconds=5)
        blocks = double.requests[0].json["blocks"]
    assert caught.value.permanent
    assert "secret" not in caught.value.reason
    assert [one["action_id"] for block in blocks for one in block.get("elements", ())] == ["roadbed.open"]


def test_addresses_are_looked_at():
    assert SlackNotifier(lambda: "").fault_of("#general")
    assert not SlackNotifier(lambda: "").fault_of("C0123ABCDEF")
    assert "never called" in SlackHookNotifier(AddressPolicy()).fault_of("http://169.254.169.254/x")


def pressed(signed_by: str = "shh", *, at: int = NOW, action: str = "roadbed.acknowledge") -> Arrived:
    payload = {
        "type": "block_actions", "user": {"id": "U0123ABCDEF", "username": "hanne"},
        "actions": [{"action_id": action, "value": "d-1.mac"}],
    }  # fmt: skip
    body = urlencode({"payload": json.dumps(payload)}).encode()
    headers = {"x-slack-request-timestamp": str(at), "x-slack-signature": signature_of(signed_by, str(at), body)}
    return Arrived("https://r.example/answers/slack", headers, body)


def test_a_pressed_button_is_read_with_who_pressed_it():
    answered = SlackAnswers(lambda: "shh").read(pressed(), now=NOW + 10)
    assert (answered.what, answered.token) == (ACKNOWLEDGE, "d-1.mac")
    assert (answered.address, answered.name) == ("U0123ABCDEF", "hanne")
    assert SlackAnswers(lambda: "shh").read(pressed(action="roadbed.open"), now=NOW).what == OTHER


@pytest.mark.parametrize(
    ("arrived", "now", "secret"),
    [
        (pressed("another"), NOW, "shh"),
        (pressed(), NOW + 301, "shh"),
        (pressed(), NOW - 301, "shh"),
        (pressed(""), NOW, ""),
        (Arrived("u", {}, b"payload=1"), NOW, "shh"),
        (Arrived("u", {"x-slack-request-timestamp": "²"}, b""), NOW, "shh"),
    ],
)
def test_what_is_not_signed_now_by_slack_proves_nothing(arrived: Arrived, now: int, secret: str):
    with pytest.raises(NotProven):
        SlackAnswers(lambda: secret).read(arrived, now=now)


def test_the_documented_signature_is_ours():
    # Slack's documentation has this example.
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name="
        b"foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2F"
        b"hooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015."
        b"47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    made = signature_of("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body)
    assert made == "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
