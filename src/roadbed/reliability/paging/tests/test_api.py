"""Paging over HTTP."""

from __future__ import annotations

import pytest

from roadbed.ground.api.tests.door import Door, door_of
from roadbed.reliability.paging.models import Channel
from roadbed.reliability.paging.reaching.verifying import code_of
from roadbed.reliability.paging.tests.conftest import House

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
ROTATION = {"people": ["ines@kestrel.example", "hanne@kestrel.example"], "zone": "Europe/Stockholm"}


@pytest.fixture
def hanne(house: House) -> Door:
    return door_of("hanne@kestrel.example", "member")


def test_a_rotation_is_set_shown_and_ended(hanne: Door):
    made = hanne.call("PUT", "/teams/team-payments/rotation", ROTATION)
    assert made.status == 200
    assert [person["name"] for person in made.body["rotation"]["people"]] == ["Ines Carvalho", "Hanne Brandt"]
    assert made.body["rotation"]["until"] is not None
    by_team = {row["team"]: row for row in hanne.get("/on-call").body}
    assert by_team["team-payments"]["rotation"]["people"][0]["channels"] == 0
    assert by_team["team-sre"]["rotation"] is None
    assert hanne.call("DELETE", "/teams/team-payments/rotation").status == 204
    assert hanne.get("/teams/team-payments/rotation").body["rotation"] is None


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"people": []}, 422, "people"),
        ({"zone": "Nowhere"}, 422, "zone"),
        ({"step_seconds": 0}, 422, "step_seconds"),
        ({"at": "late"}, 422, "at"),
        ({"weekday": "noday"}, 422, "weekday"),
    ],
)
def test_bad_input_names_its_field(hanne: Door, wrong: dict[str, object], status: int, field: str):
    answer = hanne.call("PUT", "/teams/team-payments/rotation", ROTATION | wrong)
    assert answer.status == status
    assert field in answer.body["field"]


def test_a_channel_is_added_listed_tried_and_removed(hanne: Door, house: House):
    mail = hanne.post("/channels", {"kind": "smtp", "address": "hanne@kestrel.example"})
    hook = hanne.post("/channels", {"kind": "webhook", "address": house.hook.url})
    assert (mail.status, mail.body["secret"], hook.status) == (201, "", 201)
    assert hook.body["secret"].startswith("rbw_")
    assert "no-store" in hook.headers["Cache-Control"]
    assert "rbw_" not in str(hanne.get("/channels").body)
    assert hanne.post(f"/channels/{mail.body['uid']}/test").status == 202
    assert hanne.call("DELETE", f"/channels/{mail.body['uid']}").status == 204
    assert [row["kind"] for row in hanne.get("/channels").body] == ["webhook"]
    forbidden = hanne.post("/channels", {"kind": "smtp", "address": "x@y.example", "email": "ines@kestrel.example"})
    assert forbidden.status == 403
    assert hanne.call("DELETE", "/channels/nothing").status == 404


@pytest.mark.parametrize(
    "address", ["http://169.254.169.254/x", "http://[fe80::1]/", "http://a:b@hooks.example/", "ftp://x/"]
)
def test_a_webhook_that_leads_astray_is_refused_and_not_kept(hanne: Door, address: str):
    refused = hanne.post("/channels", {"kind": "webhook", "address": address})
    assert (refused.status, refused.body["field"]) == (422, "address")
    assert hanne.get("/channels").body == []


def test_an_admin_gives_somebody_a_channel_and_sees_all(house: House):
    admin = door_of("mara@kestrel.example")
    body = {"kind": "smtp", "address": "ines@kestrel.example", "email": "ines@kestrel.example"}
    assert admin.post("/channels", body).status == 201
    assert admin.get("/channels").body == []
    assert [row["person"] for row in admin.get("/channels?everybody=true").body] == ["Ines Carvalho"]


def test_a_page_is_listed_shown_acknowledged_and_closed(hanne: Door, house: House):
    house.mailbox("hanne")
    alert = house.burn()
    house.deliver()
    (row,) = hanne.get("/pages?state=open").body["items"]
    assert (row["uid"], row["state"], row["paged"]) == (alert.uid, "paging", ["Hanne Brandt"])
    shown = hanne.get(f"/pages/{alert.uid}").body
    assert [one["state"] for one in shown["deliveries"]] == ["sent"]
    taken = hanne.post(f"/pages/{alert.uid}/acknowledge")
    assert (taken.status, taken.body["yours"]) == (200, True)
    other = door_of("ines@kestrel.example", "member").post(f"/pages/{alert.uid}/acknowledge")
    assert other.body == {"uid": alert.uid, "acknowledged_by": "Hanne Brandt", "yours": False}
    closed = hanne.post(f"/pages/{alert.uid}/close", {"reason": "a drill"})
    assert (closed.status, closed.body["state"]) == (200, "closed")
    assert hanne.get("/pages?state=open").body["items"] == []
    assert hanne.post(f"/pages/{alert.uid}/acknowledge").status == 409


def test_pages_are_listed_page_by_page_and_filtered(hanne: Door, house: House):
    house.burn()
    house.burn(service="edge-proxy")
    first = hanne.get("/pages?limit=1").body
    second = hanne.get(f"/pages?limit=1&cursor={first['next_cursor']}").body
    assert [page["items"][0]["service"] for page in (first, second)] == ["edge-proxy", "checkout"]
    assert second["next_cursor"] is None
    assert len(hanne.get("/pages?service=checkout").body["items"]) == 1
    assert len(hanne.get("/pages?team=team-platform").body["items"]) == 1
    assert hanne.get("/pages?state=splendid").status == 422
    assert hanne.get("/pages?cursor=x").status == 422


def test_a_viewer_sees_and_does_not_take(house: House):
    viewer = door_of("vera@kestrel.example", "viewer")
    alert = house.burn()
    assert viewer.get("/on-call").status == 200
    assert viewer.post(f"/pages/{alert.uid}/acknowledge").status == 403
    assert viewer.get("/pages/nothing").status == 404


def test_a_channel_is_verified_and_preferred_and_a_heartbeat_and_canary_are_made(hanne: Door, house: House):
    made = hanne.post("/channels", {"kind": "smtp", "address": "hanne@kestrel.example"}).body["uid"]
    refused = hanne.post("/me/channels/verify", {"code": "1"})
    assert (refused.status, refused.body["field"]) == (422, "code")
    code = code_of(Channel.objects.get(uid=made))
    assert hanne.post(f"/channels/{made}/verify", {"code": code}).body == {"uid": made}
    assert hanne.post("/me/channels/verify", {"code": code}).status == 404
    night = {"days": ["mon", "Sunday"], "start": "22:00", "end": "07:00"}
    wanted = {"zone": "Europe/Stockholm", "high": [{"channel": made, "after": 60}], "quiet": [night]}
    assert hanne.call("PUT", "/me/notifications", wanted).status == 200
    shown = hanne.get("/me/notifications").body
    assert (shown["high"][0]["after"], shown["quiet"][0]["days"], shown["version"]) == (60, ["mon", "sun"], 1)
    assert hanne.get("/me/notifications?email=ines@kestrel.example").status == 403
    beat = hanne.post("/heartbeats", {"service": "checkout", "name": "backup", "interval_seconds": 60})
    assert (beat.status, "/heartbeat/" in beat.body["url"]) == (201, True)
    assert "/heartbeat/" not in str(hanne.get("/heartbeats?service=checkout").body)
    assert hanne.post(f"/heartbeats/{beat.body['uid']}/pause").status == 204
    assert hanne.get("/heartbeats").body[0]["state"] == "paused"
    assert hanne.call("DELETE", f"/heartbeats/{beat.body['uid']}").status == 204
    assert hanne.post("/canaries", {"channel": made}).status == 403
    assert door_of("mara@kestrel.example", "admin").post("/canaries", {"channel": made}).status == 204
    assert [(row["kind"], row["state"]) for row in hanne.get("/canaries").body] == [("smtp", "waiting")]
    assert hanne.post("/page-replies", {"mail": "From: a@b\n\nack"}).status == 404
