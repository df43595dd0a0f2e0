"""The ledger and the jobs over HTTP."""

from __future__ import annotations

import pytest

from roadbed.ground.api.tests.door import NOW, Door, door_of
from roadbed.ground.jobs import registry
from roadbed.ground.jobs import usecases as jobs
from roadbed.ground.jobs.models import Job
from roadbed.ground.ledger import inbox, projections
from roadbed.ground.ledger.jobs import rebuild
from roadbed.ground.ledger.models import Fact
from roadbed.ground.ledger.projections import Projection
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import ROADBED

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


@pytest.fixture
def admin() -> Door:
    return door_of("mara@kestrel.example")


@pytest.fixture
def viewer() -> Door:
    return door_of("vera@kestrel.example", role="viewer")


def test_facts_are_listed_newest_first_and_followed_oldest_first(viewer: Door):
    with unit(ROADBED, now=NOW) as writing:
        for number in range(5):
            writing.record("service.deployed", "svc", data={"n": number})
    page = viewer.get("/ledger/facts?subject=svc&limit=2").body
    assert [fact["data"]["n"] for fact in page["items"]] == [4, 3]
    rest = viewer.get(f"/ledger/facts?subject=svc&limit=5&cursor={page['next_cursor']}").body
    assert [fact["data"]["n"] for fact in rest["items"]] == [2, 1, 0]
    followed = viewer.get("/ledger/facts?kind=service.deployed&oldest_first=true").body
    assert [fact["data"]["n"] for fact in followed["items"]] == [0, 1, 2, 3, 4]
    assert viewer.get("/ledger/facts?cursor=zz").status == 422


def test_a_delivery_is_listed_shown_to_admins_and_replayed(admin: Door, viewer: Door, monkeypatch: pytest.MonkeyPatch):
    def unreadable(item: object) -> None:
        raise ValueError("no ref")

    monkeypatch.setattr(inbox, "_readers", {"github": unreadable})
    uid = inbox.receive(ROADBED, source="github", delivery_id="d", headers={}, body=b"{}", now=NOW)
    inbox.read_pending(now=NOW)
    assert [item["uid"] for item in viewer.get("/ledger/inbox?state=failed").body["items"]] == [uid]
    assert viewer.get(f"/ledger/inbox/{uid}").status == 403
    assert admin.get(f"/ledger/inbox/{uid}").body["body"] == "{}"
    assert admin.post(f"/ledger/inbox/{uid}/replay").body == {"state": "failed"}
    assert viewer.post(f"/ledger/inbox/{uid}/replay").status == 403
    assert admin.get("/ledger/inbox/none").status == 404
    assert admin.get("/ledger/inbox?state=odd").status == 422


def test_a_projection_is_rebuilt_by_a_job(admin: Door, viewer: Door, monkeypatch: pytest.MonkeyPatch):
    rows: list[str] = []
    seen = Projection(
        "seen", 1, frozenset({"service.deployed"}), lambda facts: rows.extend(f.subject for f in facts), rows.clear
    )
    monkeypatch.setattr(projections, "_registered", {"seen": seen})
    with unit(ROADBED, now=NOW) as writing:
        writing.record("service.deployed", "svc")
    projections.catch_up(now=NOW)
    assert viewer.post("/ledger/projections/seen/rebuild").status == 403
    assert admin.post("/ledger/projections/ghost/rebuild").status == 404
    asked = admin.post("/ledger/projections/seen/rebuild")
    assert asked.status == 202
    assert admin.post("/ledger/projections/seen/rebuild").body == asked.body
    run = jobs.claim("w", now=Job.objects.get().run_at, names=["ledger.rebuild"])
    assert run is not None
    rows.append("ghost")
    rebuild(run, run.payload)
    rebuild(run, run.payload)
    assert rows == ["svc"]
    assert Fact.objects.filter(kind="projection.rebuilt").count() == 1
    (progress,) = viewer.get("/ledger/projections").body
    assert (progress["name"], progress["behind"], progress["rebuilding"]) == ("seen", 0, False)


def test_jobs_are_listed_and_tried_again_by_admins(admin: Door, viewer: Door, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(registry, "_kinds", {})
    registry.job("test.work")(lambda *_: None)
    uids = [jobs.enqueue("test.work", {}, now=NOW) for _ in range(3)]
    Job.objects.filter(uid=uids[0]).update(state=Job.FAILED, error="Traceback\nValueError: no")
    page = viewer.get("/jobs?limit=2").body
    assert [job["uid"] for job in page["items"]] == [uids[2], uids[1]]
    assert [job["uid"] for job in viewer.get(f"/jobs?cursor={page['next_cursor']}").body["items"]] == [uids[0]]
    assert [job["error"] for job in viewer.get("/jobs?state=failed").body["items"]] == ["Traceback\nValueError: no"]
    assert viewer.get("/jobs?state=odd").status == 422
    assert viewer.post(f"/jobs/{uids[0]}/retry").status == 403
    assert admin.post(f"/jobs/{uids[0]}/retry").status == 204
    assert admin.post(f"/jobs/{uids[1]}/retry").status == 404
