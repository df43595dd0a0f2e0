"""Webhooks to a real receiver: signed, once per key, never following a redirect, never waiting for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from roadbed.adapters.smtp.tests.sink import drip, free_port, hang, talking
from roadbed.adapters.webhook import WebhookNotifier, is_signed, signature_of
from roadbed.adapters.webhook.tests.receiver import Receiver, receiver
from roadbed.ground.ports import resolving
from roadbed.ground.ports.addresses import AddressPolicy
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


def test_while_secrets_change_over_a_message_is_signed_by_both(hook: Receiver):
    message = Message("k-1", hook.url, "", "", secret="new", former_secret="old", body=b"{}", content_type="text/x")
    WebhookNotifier().deliver(message, seconds=5)
    (request,) = hook.requests
    assert (request.body, request.headers["Content-Type"]) == (b"{}", "text/x")
    assert [request.signed_by(secret) for secret in ("new", "old", "other")] == [True, True, False]


@pytest.mark.parametrize("host", ["169.254.169.254", "[fe80::1]", "0.0.0.0", "2852039166", "0xa9fea9fe"])
def test_metadata_is_never_called_however_it_is_spelt(host: str):
    fault = refused(f"http://{host}/latest/meta-data/")
    assert fault.permanent
    assert "never called" in fault.reason


def test_a_name_is_resolved_once_and_what_was_checked_is_what_is_called(
    hook: Receiver, monkeypatch: pytest.MonkeyPatch
):
    answers = [["169.254.169.254", "127.0.0.1"], ["169.254.169.254"]]
    asked: list[str] = []

    def look_up(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers.pop(0)

    monkeypatch.setattr(resolving, "_look_up", look_up)
    url = f"http://rebinding.example:{hook.port}/hook"
    WebhookNotifier().deliver(page(url), seconds=5)
    assert hook.requests[0].headers["Host"] == f"rebinding.example:{hook.port}"
    assert "never called" in refused(url).reason
    assert asked == ["rebinding.example"] * 2


def test_a_second_address_is_tried_where_nobody_listens_at_the_first(hook: Receiver, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(resolving, "_look_up", lambda *_: ["::1", "127.0.0.1"])
    WebhookNotifier().deliver(page(f"http://bus.example:{hook.port}/hook"), seconds=5)
    assert len(hook.requests) == 1


def test_a_house_that_strangers_configure_calls_the_public_internet_only(hook: Receiver):
    notifier = WebhookNotifier(AddressPolicy(private=False))
    with pytest.raises(NotDelivered, match="public internet"):
        notifier.deliver(page(hook.url), seconds=5)
    assert "never called" in notifier.fault_of(hook.url)
    assert hook.requests == []


def test_an_address_is_looked_at_before_it_is_kept(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(resolving, "_look_up", lambda *_: ["169.254.169.254"])
    assert "never called" in WebhookNotifier().fault_of("http://metadata.example/")

    def nothing(*_: object) -> list[str]:
        raise OSError("no such name")

    monkeypatch.setattr(resolving, "_look_up", nothing)
    assert WebhookNotifier().fault_of("http://later.example/") == ""
    assert "does not resolve" in refused("http://later.example/").reason


def test_a_name_server_that_hangs_costs_the_time_and_no_more(monkeypatch: pytest.MonkeyPatch):
    over = threading.Event()
    monkeypatch.setattr(resolving, "_look_up", lambda *_: over.wait(20) and [])
    began = time.monotonic()
    fault = refused("http://slow.example/", seconds=0.5)
    assert time.monotonic() - began < 3
    over.set()
    assert (fault.unknown, fault.permanent) == (False, False)
