"""ntfy against a local double of its server: priority, the button, and whose server gets the token."""

from __future__ import annotations

from typing import Any

import pytest

from roadbed.adapters.ntfy import NtfyNotifier
from roadbed.adapters.tests.provider import Asked, provider
from roadbed.ground.ports.notifier import Message, NotDelivered


def ntfy(asked: Asked) -> tuple[int, dict[str, Any]]:
    if asked.json["topic"] == "closed":
        return 403, {"code": 40301, "http": 403, "error": "forbidden"}
    return 200, {"id": "hwQ2YpKdmg", "topic": asked.json["topic"], "event": "message"}


def page(topic: str, *, urgent: bool = True) -> Message:
    return Message("k-1", topic, "checkout burns", "Why", "https://r.example/pages/x", urgent=urgent,
                   token="d-1.mac", answers="https://r.example/answers")  # fmt: skip


def test_a_page_is_loud_by_its_urgency_and_its_button_posts():
    with provider(ntfy) as double:
        notifier = NtfyNotifier(double.url, lambda: "tk_1")
        assert notifier.deliver(page("hanne"), seconds=5).provider_id == "hwQ2YpKdmg"
        notifier.deliver(page("hanne", urgent=False), seconds=5)
        loud, quiet = (one.json for one in double.requests)
    assert (loud["priority"], quiet["priority"]) == (5, 3)
    take = loud["actions"][0]
    assert (take["method"], take["url"]) == ("POST", "https://r.example/answers/take/d-1.mac")
    assert loud["sequence_id"] == "k-1"
    assert double.requests[0].headers["authorization"] == "Bearer tk_1"


def test_another_server_does_not_get_the_token_of_ours():
    with provider(ntfy) as ours, provider(ntfy) as theirs:
        NtfyNotifier(ours.url, lambda: "tk_1").deliver(page(f"{theirs.url}/hanne"), seconds=5)
        assert ours.requests == []
        assert theirs.requests[0].json["topic"] == "hanne"
        assert "authorization" not in theirs.requests[0].headers


def test_a_refusal_is_for_good_and_another_kind_of_server_is_noticed():
    with provider(ntfy) as double, pytest.raises(NotDelivered, match="forbidden") as caught:
        NtfyNotifier(double.url).deliver(page("closed"), seconds=5)
    assert caught.value.permanent
    with provider(lambda _: (200, {})) as double, pytest.raises(NotDelivered) as caught:
        NtfyNotifier(double.url).deliver(page("hanne"), seconds=5)
    assert caught.value.unknown


def test_topics_and_servers_are_looked_at():
    notifier = NtfyNotifier()
    assert not notifier.fault_of("http://127.0.0.1:1/hanne")
    assert "no ntfy topic" in notifier.fault_of("a topic")
    assert "never called" in notifier.fault_of("http://169.254.169.254/hanne")
