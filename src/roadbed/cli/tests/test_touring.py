"""The tour's receivers against Roadbed's own senders, and its bad commits against the golden paths."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

import roadbed
from roadbed.adapters.smtp import SmtpNotifier
from roadbed.adapters.webhook import WebhookNotifier
from roadbed.cli.touring.breaking import BREAKS
from roadbed.cli.touring.receiving import SmtpSink, Webhook
from roadbed.ground.ports.notifier import Message

SECRET = "rbw_of-the-tour"


def message(address: str, *, text: str = "checkout burns\n.\nStill.\n") -> Message:
    return Message(
        key="k-1", address=address, subject="Severity 2", text=text, link="", data={"kind": "page"}, secret=SECRET
    )


def test_a_mail_arrives_whole_with_a_line_that_is_a_dot():
    sink = SmtpSink()
    try:
        SmtpNotifier(sink.server, sender="roadbed@localhost").deliver(message("tour@roadbed.invalid"), seconds=5)
        came = sink.inbox.about("checkout", seconds=5)
        assert came is not None
        assert came.subject == "Severity 2"
        assert came.text.splitlines()[:3] == ["checkout burns", ".", "Still."]
    finally:
        sink.stop()


def test_a_webhook_is_taken_with_its_signature_alone():
    hook = Webhook()
    hook.trust(SECRET)
    try:
        address = hook.address("")
        assert httpx.post(address, json={"subject": "checkout"}, trust_env=False).status_code == 401
        assert hook.inbox.about("checkout", seconds=0) is None
        WebhookNotifier().deliver(message(address), seconds=5)
        assert hook.inbox.about("checkout", seconds=5) is not None
    finally:
        hook.stop()


@pytest.mark.parametrize("path", sorted(BREAKS))
def test_the_bad_commit_fits_the_golden_path(path: str):
    how = BREAKS[path]
    template = Path(roadbed.__file__).parent / "platform/paths/bundled" / path / "template"
    assert (template / how.file).read_text().count(how.after) == 1
