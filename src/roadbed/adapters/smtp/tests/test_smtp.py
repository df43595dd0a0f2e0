"""Mail through a real server; servers that refuse, hang, drip or die never hold anybody up."""

from __future__ import annotations

import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from roadbed.adapters.smtp import SmtpNotifier
from roadbed.adapters.smtp.notifier import server_of
from roadbed.adapters.smtp.tests.sink import (
    Sink,
    die_after_data,
    drip,
    free_port,
    hang,
    hang_after_data,
    smtp_sink,
    talking,
)
from roadbed.ground.ports.notifier import Message, NotDelivered

PAGE = Message(
    key="k-1",
    address="mara@kestrel.example",
    subject="[Severity 2] checkout spends\nits error budget ü",
    text="Größe.\n.a line with a dot\n" + "long " * 300 + "\nhttp://127.0.0.1:8000/pages/abc\n",
)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with smtp_sink() as made:
        yield made


def notifier(port: int, more: str = "") -> SmtpNotifier:
    return SmtpNotifier(f"smtp://{more}127.0.0.1:{port}", sender="roadbed@kestrel.example")


def refused(port: int, *, more: str = "", seconds: float = 5.0, page: Message = PAGE) -> NotDelivered:
    with pytest.raises(NotDelivered) as caught:
        notifier(port, more).deliver(page, seconds=seconds)
    return caught.value


def test_a_page_arrives_whole_and_names_the_servers_id(sink: Sink):
    delivered = notifier(sink.port).deliver(PAGE, seconds=5)
    (mail,) = sink.mails
    assert "4711" in delivered.provider_id
    assert mail["To"] == "mara@kestrel.example"
    assert mail["Subject"] == "[Severity 2] checkout spends its error budget ü"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().replace("\r\n", "\n") == PAGE.text


def test_the_same_key_is_the_same_message_to_a_mailbox(sink: Sink):
    for _ in range(2):
        notifier(sink.port).deliver(PAGE, seconds=5)
    first, second = sink.mails
    assert first["Message-ID"] == second["Message-ID"] == "<k-1@kestrel.example>"


def test_encryption_is_used_where_it_is_offered(tmp_path: Path):
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with smtp_sink(tls=context) as sink:
        notifier(sink.port).deliver(PAGE, seconds=5)
        assert sink.encrypted == [True]


def test_a_password_signs_in_and_a_wrong_one_is_said():
    with smtp_sink(login=("roadbed", "p@ss")) as sink:
        notifier(sink.port, "roadbed:p%40ss@").deliver(PAGE, seconds=5)
        assert len(sink.mails) == 1
        fault = refused(sink.port, more="roadbed:wrong@", seconds=20)
    assert "535" in fault.reason
    assert "wrong" not in fault.reason


@pytest.mark.parametrize(("code", "permanent"), [("550 nobody here", True), ("451 try later", False)])
def test_a_refused_address_is_permanent_only_when_the_server_says_so(sink: Sink, code: str, *, permanent: bool):
    sink.rcpt = code
    fault = refused(sink.port)
    assert (fault.permanent, fault.unknown) == (permanent, False)
    assert code in fault.reason


def test_a_mail_that_is_refused_after_it_was_sent_is_known_not_to_have_arrived(sink: Sink):
    sink.answer = "452 disk full"
    fault = refused(sink.port)
    assert (fault.permanent, fault.unknown) == (False, False)
    assert "disk full" in fault.reason


def test_nobody_listens():
    port = free_port()
    fault = refused(port)
    assert fault.reason == f"the mail server 127.0.0.1:{port} refuses connections"
    assert not fault.unknown


@pytest.mark.parametrize("talk", [hang, drip])
def test_a_server_that_hangs_or_drips_costs_the_time_and_no_more(talk: object):
    assert callable(talk)
    with talking(talk) as port:
        began = time.monotonic()
        fault = refused(port, seconds=0.5)
        assert time.monotonic() - began < 2.5
    assert "longer than 0.5 s" in fault.reason
    assert not fault.unknown


@pytest.mark.parametrize("talk", [hang_after_data, die_after_data])
def test_silence_after_the_mail_was_handed_over_is_unknown(talk: object):
    assert callable(talk)
    with talking(talk) as port:
        fault = refused(port, seconds=1)
    assert (fault.unknown, fault.permanent) == (True, False)


def test_without_a_server_the_setting_is_named():
    with pytest.raises(NotDelivered) as caught:
        SmtpNotifier("", sender="a@b").deliver(PAGE, seconds=1)
    assert "config.toml" in caught.value.reason
    assert caught.value.permanent
    assert server_of("http://mail") is None
    assert server_of("smtp://mail:port") is None


def test_a_header_cannot_be_smuggled_in(sink: Sink):
    fault = refused(sink.port, page=Message("k", "a@b.example\r\nBcc: c@d.example", "s", "t"))
    assert fault.permanent
    assert sink.mails == []


def test_a_password_never_goes_unencrypted_to_another_machine():
    near, far = server_of("smtp://u:p@127.0.0.1"), server_of("smtp://u:p@mail.example:587")
    assert near is not None
    assert far is not None
    assert (near.is_near, near.port, far.is_near, far.port) == (True, 25, False, 587)


def test_a_message_goes_through_its_own_server(sink: Sink):
    nobody = SmtpNotifier(f"smtp://127.0.0.1:{free_port()}", sender="roadbed@localhost")
    with pytest.raises(NotDelivered, match="refuses connections"):
        nobody.deliver(PAGE, seconds=5)
    nobody.deliver(replace(PAGE, server=f"smtp://127.0.0.1:{sink.port}"), seconds=5)
    assert len(sink.mails) == 1
