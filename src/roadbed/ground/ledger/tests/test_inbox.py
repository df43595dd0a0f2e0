"""The inbox: stored raw, read once, kept with its reason when it cannot be read, replayed when the reader is mended."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from roadbed.ground.errors import Forbidden, NotFound
from roadbed.ground.ledger import inbox, listings
from roadbed.ground.ledger.models import Fact, InboxItem
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED, Caller

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BODY = b'{"ref": "refs/heads/main"}'


def merged(item: InboxItem) -> str:
    if b"ref" not in bytes(item.body):
        raise KeyError("ref")
    with unit(ROADBED, now=NOW) as writing:
        writing.record("change.merged", "svc", source=item.source, source_id=item.delivery_id)
    return ""


@pytest.fixture(autouse=True)
def _reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "_readers", {"github": merged})


def receive(delivery: str = "d-1", body: bytes = BODY, source: str = "github") -> str:
    headers = {"X-Hub-Signature-256": "sha256=abc", "Content-Type": "application/json"}
    return inbox.receive(ROADBED, source=source, delivery_id=delivery, headers=headers, body=body, now=NOW)


def test_a_delivery_is_stored_as_it_came_and_read_once():
    uid = receive()
    assert receive() == uid
    assert bytes(InboxItem.objects.get().body) == BODY
    assert inbox.read_pending(now=NOW) == 1
    assert inbox.read_pending(now=NOW) == 0
    assert Fact.objects.get().source_id == "d-1"


def test_what_cannot_be_read_stays_with_its_reason_and_is_read_again_on_demand(monkeypatch: pytest.MonkeyPatch):
    uid = receive(body=b"{}")
    receive("d-2")
    inbox.read_pending(now=NOW)
    (failed,) = listings.inbox(state="failed").items
    assert (failed.uid, "KeyError" in failed.error, failed.attempts) == (uid, True, 1)
    assert inbox.replay(ROADBED, uid, now=NOW) == "failed"
    monkeypatch.setattr(inbox, "_readers", {"github": lambda _: ""})
    assert inbox.replay(ROADBED, uid, now=NOW) == "read"


def test_half_of_a_delivery_is_never_read(monkeypatch: pytest.MonkeyPatch):
    def breaks_late(item: InboxItem) -> str:
        merged(item)
        raise ValueError("late")

    monkeypatch.setattr(inbox, "_readers", {"github": breaks_late})
    receive()
    inbox.read_pending(now=NOW)
    assert not Fact.objects.exists()
    assert InboxItem.objects.get().state == "failed"


def test_a_source_that_nobody_reads_waits():
    uid = receive(source="gitlab")
    assert inbox.read_pending(now=NOW) == 0
    with pytest.raises(NotFound, match="gitlab"):
        inbox.replay(ROADBED, uid, now=NOW)
    assert InboxItem.objects.get().state == "received"


def test_a_delivery_is_shown_without_what_proves_identity():
    shown = listings.delivery(receive())
    assert shown.headers == {"X-Hub-Signature-256": "(not shown)", "Content-Type": "application/json"}
    assert (shown.body, shown.encoding) == (BODY.decode(), "text")
    assert listings.delivery(receive("d-2", b"\xff")).encoding == "base64"


def test_only_admins_replay():
    uid = receive()
    with pytest.raises(Forbidden):
        inbox.replay(Caller(uid="m", name="M", role="member"), uid, now=NOW)


def test_a_delivery_that_is_replayed_with_another_body_changes_nothing():
    uid = receive()
    inbox.read_pending(now=NOW)
    assert receive(body=b'{"ref": "refs/heads/forged"}') == uid
    assert inbox.read_pending(now=NOW) == 0
    assert bytes(InboxItem.objects.get().body) == BODY
    assert Fact.objects.count() == 1


def test_who_may_not_deliver_leaves_nothing_behind():
    with pytest.raises(Forbidden, match=r"inbox\.receive"):
        inbox.receive(
            Caller(uid="v", name="V", role="viewer"), source="github", delivery_id="d-1", headers={}, body=BODY, now=NOW
        )
    assert not InboxItem.objects.exists()


def test_a_fact_that_cannot_be_written_fails_its_own_delivery_alone(monkeypatch: pytest.MonkeyPatch):
    def tells_what_no_database_holds(item: InboxItem) -> str:
        with unit(ROADBED, now=NOW) as writing:
            data = {"what": object() if item.delivery_id == "d-2" else "x"}
            writing.record("change.merged", "svc", source="github", source_id=item.delivery_id, data=data)
        return ""

    monkeypatch.setattr(inbox, "_readers", {"github": tells_what_no_database_holds})
    for delivery in ("d-1", "d-2", "d-3"):
        receive(delivery)
    inbox.read_pending(now=NOW)
    assert dict(InboxItem.objects.values_list("delivery_id", "state")) == {
        "d-1": "read",
        "d-2": "failed",
        "d-3": "read",
    }
    assert set(Fact.objects.values_list("source_id", flat=True)) == {"d-1", "d-3"}
