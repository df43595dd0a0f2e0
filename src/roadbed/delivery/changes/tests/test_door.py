"""The door: proof first, stored raw before it is answered, twice is once, and nothing that is posted breaks it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from datetime import timedelta

import pytest

from roadbed.delivery.changes.models import Deployed, Source
from roadbed.delivery.changes.sources import door, limiting, queries, usecases
from roadbed.delivery.changes.tests.conftest import Door, ago, deployed, now, settle
from roadbed.ground.ledger import inbox
from roadbed.ground.ledger.models import Fact, InboxItem
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.ground.ports.events import LARGEST

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
REPOSITORY = {"html_url": "https://github.com/acme/checkout", "full_name": "acme/checkout"}
SHA = "a" * 40


def status(identity: int = 1, state: str = "success", sha: str = SHA, minutes: float = 5, **deployment: object) -> dict:
    return {
        "repository": REPOSITORY,
        "deployment": {"id": identity, "sha": sha, "ref": "main", "environment": "production", "task": "deploy",
                       "created_at": ago(minutes + 2), "payload": {}, **deployment},
        "deployment_status": {"state": state, "created_at": ago(minutes), "environment": "production"},
    }  # fmt: skip


def test_a_signed_delivery_is_stored_before_it_is_answered_and_read_later(way_in: Door, shop: dict[str, str]):
    way_in.open("github", "acme")
    reply = way_in.github("acme", "deployment_status", status(), "d-1")
    assert reply.status == 202
    assert InboxItem.objects.get(uid=reply.body["delivery"]).state == "received"
    settle()
    (one,) = deployed(shop["checkout"])
    assert (one.outcome, one.commit, one.source, one.by) == ("succeeded", SHA, "github", "external")


@pytest.mark.parametrize("order", [("running", "success"), ("success", "running")])
def test_a_start_and_its_end_are_one_deployment_whichever_came_first(
    way_in: Door, shop: dict[str, str], order: tuple[str, str]
):
    way_in.open("gitlab", "lab")
    at = {"running": ago(30), "success": ago(10)}
    for state in order:
        body = {
            "object_kind": "deployment", "status": state, "deployment_id": 15, "environment": "production",
            "status_changed_at": at[state], "commit_url": f"https://gitlab.com/acme/tracking/-/commit/{SHA}",
            "project": {"web_url": "https://gitlab.com/acme/tracking"},
        }  # fmt: skip
        assert way_in.send("lab", body, {"X-Gitlab-Token": way_in.secrets["lab"]}).status == 202
        settle(0)
        if state == "running" == order[0]:
            assert deployed(shop["tracking"]) == []
    (one,) = deployed(shop["tracking"])
    (began,) = Fact.objects.filter(kind="deployment.started")
    assert (one.outcome, one.uid) == ("succeeded", began.data["deployment"])


def test_a_sender_that_ends_one_deployment_twice_has_both_counted(way_in: Door, shop: dict[str, str]):
    way_in.open("plain", "cd")
    for outcome in ("started", "failure", "success"):
        event = {
            "type": "deployment",
            "id": "r-1",
            "at": ago(9),
            "outcome": outcome,
            "service": "checkout",
            "commit": SHA,
        }
        assert way_in.bearer("cd", event).status == 202
    settle(0)
    assert sorted(one.outcome for one in deployed(shop["checkout"])) == ["failed", "succeeded"]


@pytest.mark.parametrize("headers", [{}, {"X-Hub-Signature-256": "sha256=" + "0" * 64}, {"X-Hub-Signature-256": "é"}])
def test_what_is_not_proven_leaves_nothing(way_in: Door, headers: dict[str, str]):
    way_in.open("github", "acme")
    reply = way_in.send("acme", status(), {"X-GitHub-Event": "deployment_status", **headers})
    assert (reply.status, InboxItem.objects.count()) == (401, 0)
    assert "rotate" in reply.body["remedy"]


def test_who_fails_too_often_is_told_to_wait_and_what_is_proven_is_taken_all_the_same(way_in: Door):
    way_in.open("github", "acme")
    way_in.address = "203.0.113.7"
    answers = [way_in.send("acme", b"{}").status for _ in range(limiting.BY_ADDRESS)]
    assert set(answers) == {401}
    refused = way_in.send("acme", b"{}")
    assert refused.status == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 300
    assert way_in.send("nobody", b"{}").status == 429
    assert way_in.github("acme", "ping", {"zen": "Keep it logically awesome."}).status == 202
    way_in.address = "203.0.113.8"
    assert way_in.send("acme", b"{}").status == 401


def test_failures_are_counted_by_source_too_within_a_window_and_a_bounded_memory():
    begin, failures = now(), limiting.Failures(most=50)
    waits = [failures.add("acme", f"2001:db8:{number:x}::1", now=begin) for number in range(limiting.BY_SOURCE + 1)]
    assert (waits[-2], waits[-1]) == (None, limiting.WINDOW)
    assert len(failures._counts) == 50
    alone = limiting.Failures()
    told = [alone.add("acme", "192.0.2.1", now=begin) for _ in range(limiting.BY_ADDRESS + 1)]
    assert (told[-2], told[-1]) == (None, limiting.WINDOW)
    assert alone.add("acme", "192.0.2.1", now=begin + limiting.WINDOW) is None
    assert alone.add("acme", "192.0.2.1", now=begin - timedelta(days=9)) is None
    assert limiting.place_of("2001:db8::1") == limiting.place_of("2001:db8::ffff") != limiting.place_of("2001:db8:1::1")
    assert limiting.place_of("::ffff:192.0.2.1") == "192.0.2.1"


def test_a_delivery_that_comes_again_and_one_of_another_door_change_nothing(way_in: Door, shop: dict[str, str]):
    way_in.open("github", "acme")
    way_in.open("github", "org-hook")
    first = way_in.github("acme", "deployment_status", status(), "d-1")
    again = way_in.github("acme", "deployment_status", status(), "d-1")
    assert (first.body, InboxItem.objects.count()) == (again.body, 1)
    way_in.github("acme", "deployment_status", status(), "d-2")
    way_in.github("org-hook", "deployment_status", status(), "d-1")
    settle()
    assert len(deployed(shop["checkout"])) == 1


def test_gitlab_proves_by_token_or_by_signature_of_now(way_in: Door):
    way_in.open("gitlab", "lab")
    secret, body = way_in.secrets["lab"], b'{"object_kind": "note"}'
    assert way_in.send("lab", body, {"X-Gitlab-Token": secret}).status == 202
    assert way_in.send("lab", body, {"X-Gitlab-Token": secret[:-1]}).status == 401

    def signed(stamp: str) -> dict[str, str]:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        made = base64.b64encode(hmac.new(key, f"m-1.{stamp}.".encode() + body, hashlib.sha256).digest()).decode()
        return {"Webhook-Id": "m-1", "Webhook-Timestamp": stamp, "Webhook-Signature": f"v1,AAAA v1,{made}"}

    present = str(int(time.time()))
    assert way_in.send("lab", body, signed(present)).status == 202
    assert way_in.send("lab", body, signed(str(int(present) - 3600))).status == 401
    # A wrong signature is not rescued by a right token.
    wrong = {**signed(present), "Webhook-Signature": "v1,AAAA", "X-Gitlab-Token": secret}
    assert way_in.send("lab", body, wrong).status == 401


def test_other_senders_prove_by_bearer_password_or_signature(way_in: Door):
    way_in.open("cdevents", "bus")
    assert way_in.bearer("bus", {}).status == 202
    made = hmac.new(way_in.secrets["bus"].encode(), b"{ }", hashlib.sha256).hexdigest()
    assert way_in.send("bus", b"{ }", {"X-Roadbed-Signature": f"sha256={made}"}).status == 202
    assert way_in.send("bus", b"{ }", {"Authorization": "Bearer nothing"}).status == 401
    for password, expected in ((way_in.secrets["bus"], 202), ("nothing", 401)):
        told = base64.b64encode(f"roadbed:{password}".encode()).decode()
        assert way_in.send("bus", b"{  }", {"Authorization": f"Basic {told}"}).status == expected
    assert way_in.send("bus", b"{ }", {"Authorization": "Basic é"}).status == 401
    asked = way_in.send("bus", b"", {"WebHook-Request-Origin": "events.example"}, method="OPTIONS")
    assert asked.headers["WebHook-Allowed-Origin"] == "events.example"


def test_secrets_rotate_with_an_overlap_and_are_sealed(way_in: Door):
    way_in.open("cdevents", "bus")
    former = way_in.secrets["bus"]
    way_in.secrets["bus"] = usecases.rotate(ROADBED, "bus", overlap=timedelta(hours=1), now=now()).secret
    door.forget()
    assert way_in.bearer("bus", {}).status == 202
    assert way_in.send("bus", b"[]", {"Authorization": f"Bearer {former}"}).status == 202
    row = Source.objects.get()
    assert former.encode() not in bytes(row.sealed) + bytes(row.former_sealed or b"")
    usecases.rotate(ROADBED, "bus", overlap=timedelta(), now=now())
    door.forget()
    assert way_in.bearer("bus", {}).status == 401


def test_archived_unknown_too_large_and_other_methods_are_refused(way_in: Door):
    way_in.open("cdevents", "bus")
    assert way_in.bearer("bus", b" " * (LARGEST + 1)).status == 413
    assert way_in.send("bus", b"", method="GET").status == 405
    assert way_in.send("nobody", b"{}").status == 404
    assert way_in.send("../../etc", b"{}").status == 404
    usecases.archive(ROADBED, "bus", now=now())
    door.forget()
    assert way_in.bearer("bus", {}).status == 410
    usecases.restore(ROADBED, "bus", now=now())
    door.forget()
    assert way_in.bearer("bus", {}).status == 202


HOSTILE = [
    b"", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 50_000, b"NaN", b'{"repository": NaN}', b"9" * 5000, b"null", b"[]",
    b'"x"', b"{}", b'{"repository": 7, "deployment": [], "deployment_status": "x"}',
    b'{"deployment": {"id": 1e999}, "deployment_status": {"state": {"a": 1}}}',
    b'{"repository": {"html_url": "\\ud800\\u0000"}, "deployment_status": {"state": "success"}, "deployment": {}}',
    b'{"repository": {"html_url": "https://[::1"}, "deployment_status": {"state": "success"}, "deployment": {}}',
    (b'{"repository": {"html_url": "https://github.com/a/b"}, "deployment_status": {"state": "success"}, '
    b'"deployment": {"id": 99999999999999999999999, "created_at": "9999-99-99"}}'),
    (b'{"repository": {"html_url": "https://github.com/a/b"}, "ref": "refs/heads/x", "after": "abcdef1", '
    b'"commits": [null]}'),
]  # fmt: skip


def test_hostile_payloads_never_fail_the_door_and_are_kept_with_their_reason(way_in: Door):
    way_in.open("github", "acme")
    events = ("deployment_status", "push", "pull_request", "pull_request_review", "workflow_run")
    for number, body in enumerate(HOSTILE):
        assert way_in.github("acme", events[number % 5], body, f"h-{number}").status == 202
        assert way_in.github("acme", "deployment_status", body, f"s-{number}").status == 202
    settle()
    assert not InboxItem.objects.filter(state="received").exists()
    failed = InboxItem.objects.filter(state="failed")
    assert failed.filter(delivery_id__startswith="s-").count() == len(HOSTILE)
    assert all(item.error and len(item.error) <= 2000 for item in failed)
    assert not Deployed.objects.exists()


def test_a_deployment_of_nobody_waits_for_its_service_and_the_rest_of_its_batch_does_not(
    way_in: Door, shop: dict[str, str]
):
    way_in.open("plain", "scripts")
    told = [
        {"type": "deployment", "at": ago(9), "service": name, "outcome": "success", "commit": SHA}
        for name in ("checkout", "nobody")
    ]
    way_in.bearer("scripts", told)
    settle()
    (item,) = InboxItem.objects.all()
    assert (item.state, "'nobody' belongs to no service" in item.error) == ("failed", True)
    assert len(deployed(shop["checkout"])) == 1
    usecases.read_again(ROADBED, "scripts")
    settle()
    assert len(deployed(shop["checkout"])) == 1


def test_a_clock_that_is_ahead_is_told_of_and_its_times_are_cut(way_in: Door, shop: dict[str, str]):
    way_in.open("github", "acme")
    way_in.github("acme", "deployment_status", status(minutes=-600))
    settle()
    (one,) = deployed(shop["checkout"])
    assert one.at <= now() + timedelta(minutes=5)
    view = queries.source("acme", now=now())
    assert view.ahead_seconds is not None
    assert 35_000 < view.ahead_seconds < 37_000


def test_what_was_read_is_forgotten_and_what_could_not_be_is_kept(way_in: Door):
    way_in.open("github", "acme")
    way_in.github("acme", "ping", {}, "p-1")
    way_in.github("acme", "push", b"{", "p-2")
    settle()
    InboxItem.objects.update(received_at=now() - timedelta(days=40))
    assert inbox.forget_read(now=now()) == 1
    assert InboxItem.objects.get().delivery_id == "p-2"


def test_headers_that_prove_are_not_kept(way_in: Door):
    way_in.open("gitlab", "lab")
    way_in.send("lab", b"{}", {"X-Gitlab-Token": way_in.secrets["lab"], "X-Gitlab-Event": "Push Hook", "Cookie": "a"})
    assert InboxItem.objects.get().headers == {"x-gitlab-event": "Push Hook"}


def test_only_admins_open_doors(way_in: Door):
    member = Caller(uid="m", name="M", role="member")
    with pytest.raises(Exception, match=r"source\.write"):
        usecases.add(member, "github", "acme", now=now())
    assert not Fact.objects.filter(kind="source.changed").exists()
