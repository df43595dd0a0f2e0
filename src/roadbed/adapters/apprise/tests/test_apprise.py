"""Pushes through the real Apprise to a local double of a Gotify server."""

from __future__ import annotations

import pytest

from roadbed.adapters.apprise import AppriseNotifier
from roadbed.adapters.tests.provider import provider
from roadbed.ground.ports.addresses import AddressPolicy
from roadbed.ground.ports.notifier import Message, NotDelivered


def page(address: str) -> Message:
    return Message("k-1", address, "checkout burns", "Why", "https://r.example/pages/x")


def test_a_push_arrives_with_its_link_and_a_refusal_is_told_without_the_token():
    answers = iter([(200, {"id": 1}), (500, {})])
    with provider(lambda _: next(answers)) as double:
        address = f"gotify://127.0.0.1:{double.port}/t0kenOfGotify"
        assert AppriseNotifier().deliver(page(address), seconds=8).provider_id == "taken by gotify"
        assert double.requests[0].json["title"] == "checkout burns"
        assert "https://r.example/pages/x" in double.requests[0].json["message"]
        with pytest.raises(NotDelivered) as caught:
            AppriseNotifier().deliver(page(address), seconds=8)
    assert not caught.value.permanent
    assert "t0kenOfGotify" not in caught.value.reason


def test_addresses_that_would_reach_elsewhere_are_refused_without_repeating_them():
    notifier = AppriseNotifier(AddressPolicy(private=False))
    for address in ("json://127.0.0.1/secret", "mailto://secret", "syslog://secret", "gotify://127.0.0.1/secret", "x"):
        fault = notifier.fault_of(address)
        assert fault
        assert "secret" not in fault
    assert notifier.fault_of("gotify://169.254.169.254/secret")
    assert not notifier.fault_of("tgram://123456789:abcdefg_hijklmnop/12315544/")
