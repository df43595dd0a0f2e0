"""Webhooks to a real receiver: signed, once per key, never following a redirect, never waiting for ever."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from roadbed.adapters.smtp.tests.sink import drip, free_port, hang, talking
from roadbed.adapters.webhook import WebhookNotifier, is_signed, signature_of
from roadbed.adapters.webhook.tests.receiver import Receiver, receiver
from roadbed.ground.ports.notifier import Message, NotDelivered


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


def page(address: str, **data: object) -> Message:
    return Message("k-1", address, "A page", "Look.", "http://127.0.0.1:8000/pages/x", data, secret="s3cret")


def refused(address: str, seconds: float = 5.0) -> NotDelivered:
    with pytest.raises(NotDelivered) as caught:
        WebhookNotifier().deliver(page(address), seconds=seconds)
    return caught.value


def test_a_message_arrives_signed_with_its_key(hook: Receiver):
    delivered = WebhookNotifier().deliver(page(hook.url, alert="a-1"), seconds=5)
    (request,) = hook.requests
    assert delivered.provider_id == "r-1"
    assert request.headers["Idempotency-Key"] == "k-1"
    assert request.json["data"] == {"alert": "a-1"}
    assert request.json["link"].endswith("/pages/x")
    assert request.signed_by("s3cret")
    assert not request.signed_by("another")
    assert b"s3cret" not in request.body


def test_an_event_is_its_own_envelope(hook: Receiver):
    WebhookNotifier().deliver(page(hook.url, specversion="1.0", id="e-1"), seconds=5)
    (request,) = hook.requests
    assert request.headers["Content-Type"] == "application/cloudevents+json"
    assert request.json == {"specversion": "1.0", "id": "e-1"}


def test_a_signature_counts_for_this_body_at_this_time_only():
    signed = signature_of("s", 1000, b"{}")
    assert is_signed("s", "1000", signed, b"{}", now=1100)
    assert not is_signed("s", "1000", signed, b"{ }", now=1100)
    assert not is_signed("s", "1001", signed, b"{}", now=1100)
    assert not is_signed("s", "1000", signed, b"{}", now=1400)
    assert not is_signed("s", "never", signed, b"{}", now=1100)


def test_a_redirect_is_refused_and_not_followed(hook: Receiver):
    hook.status, hook.location = 307, hook.url
    fault = refused(hook.url)
    assert (fault.permanent, len(hook.requests)) == (True, 1)
    assert "redirects" in fault.reason


@pytest.mark.parametrize(("status", "permanent"), [(400, True), (410, True), (429, False), (500, False), (503, False)])
def test_only_what_will_never_be_taken_is_permanent(hook: Receiver, status: int, *, permanent: bool):
    hook.status = status
    fault = refused(hook.url)
    assert (fault.permanent, fault.unknown) == (permanent, False)
    assert str(status) in fault.reason


def test_nobody_listens():
    fault = refused(f"http://127.0.0.1:{free_port()}/hook")
    assert (fault.permanent, fault.unknown) == (False, False)
    assert "nothing answers" in fault.reason


def test_an_answer_that_comes_too_late_is_unknown(hook: Receiver):
    hook.wait = 10.0
    began = time.monotonic()
    fault = refused(hook.url, seconds=0.5)
    assert time.monotonic() - began < 3
    assert fault.unknown
    assert len(hook.requests) == 1


@pytest.mark.parametrize("talk", [hang, drip])
def test_a_server_that_hangs_or_drips_costs_the_time_and_no_more(talk: object):
    assert callable(talk)
    with talking(talk) as port:
        began = time.monotonic()
        fault = refused(f"http://127.0.0.1:{port}/", seconds=0.5)
        assert time.monotonic() - began < 3
    assert not fault.permanent


@pytest.mark.parametrize("address", ["http://", "http://[::1", "no address", "http://kestrel.example:99999/"])
def test_an_address_that_is_none_is_refused_in_words(address: str):
    assert refused(address).reason
