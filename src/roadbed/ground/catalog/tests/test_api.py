"""The catalogue over HTTP."""

from __future__ import annotations

import pytest

from roadbed.ground.api.tests.door import NOW, Door, door_of
from roadbed.ground.catalog.tests.cast import CHECKOUT
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.people.usecases import create_team

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
HOME = "https://git.example/shop/checkout"
TERMS = {"team": "team-sre", "entry_review": "done", "objectives": ["99.9%"], "hand_back": ["spent twice"]}


@pytest.fixture
def hanne() -> Door:
    for name in ("team-payments", "team-routing", "team-sre"):
        create_team(ROADBED, name=name, now=NOW)
    return door_of("hanne@kestrel.example", role="member", teams=("team-payments",))


def add(door: Door, text: str = CHECKOUT, location: str = HOME):
    return door.post("/catalog/entities", {"location": location, "text": text})


def test_a_file_is_registered_listed_shown_and_removed(hanne: Door):
    made = add(hanne)
    assert (made.status, made.body["entities"][0]["change"]) == (201, "created")
    (row,) = hanne.get("/catalog/entities?kind=Component&tag=python&q=money").body["items"]
    assert (row["ref"], row["owner"], row["orphaned"]) == ("component:default/checkout", "team-payments", False)
    for ref in ("component:default/checkout", "Checkout", row["uid"]):
        assert hanne.get(f"/catalog/entities/{ref}").body["uid"] == row["uid"]
    service = hanne.get("/catalog/services/checkout").body
    assert (service["tier"], service["annotations"]["roadbed.dev/run"]) == ("1", "./serve")
    assert hanne.call("DELETE", "/catalog/entities/component:default/checkout").body == ["component:default/checkout"]
    assert hanne.get("/catalog/services/checkout").status == 404


def test_every_error_of_a_file_comes_with_file_line_field_and_remedy(hanne: Door):
    answer = add(hanne, CHECKOUT.replace("type: service", "type: 5").replace("name: checkout", "name: no good"))
    assert (answer.status, answer.body["file"], answer.body["line"]) == (422, "catalog-info.yaml", 4)
    (other,) = answer.body["errors"]
    assert (other["line"], other["field"], bool(other["remedy"])) == (11, "spec.type", True)


def test_refusals_have_their_status(hanne: Door):
    assert add(hanne, CHECKOUT.replace("team-payments", "team-routing")).status == 403
    assert add(hanne, CHECKOUT.replace("team-payments", "team-ghost")).status == 422
    add(hanne)
    assert add(hanne, location="https://git.example/other").status == 409
    assert hanne.get("/catalog/entities/api:ghost").status == 404
    assert hanne.post("/catalog/refresh", {"location": "https://git.example/none"}).status == 404
    assert hanne.get("/catalog/entities?limit=0").status == 422
    assert hanne.get("/catalog/entities?cursor=zzz").status == 422


def test_lists_page_to_the_end(hanne: Door):
    add(hanne, "---\n".join(CHECKOUT.replace("name: checkout", f"name: svc-{n:02}") for n in range(7)))
    for path in ("/catalog/entities", "/catalog/services"):
        names, cursor = [], ""
        while cursor is not None:
            page = hanne.get(f"{path}?limit=3&cursor={cursor}").body
            names += [item["name"] for item in page["items"]]
            cursor = page["next_cursor"]
        assert names == [f"svc-{n:02}" for n in range(7)]


def test_an_engagement_is_started_listed_and_ended_by_admins(hanne: Door):
    add(hanne)
    assert hanne.post("/catalog/services/checkout/engagements", TERMS).status == 403
    admin = door_of("mara@kestrel.example")
    made = admin.post("/catalog/services/checkout/engagements", {**TERMS, "started_on": "2026-11-01"})
    assert (made.status, made.body["team"], made.body["ended_on"]) == (201, "team-sre", None)
    assert admin.post("/catalog/services/checkout/engagements", TERMS).status == 409
    over = admin.post("/catalog/services/checkout/engagements/end", {"reason": "met", "ended_on": "2026-11-20"})
    assert over.body["ended_on"] == "2026-11-20"
    assert [row["uid"] for row in hanne.get("/catalog/engagements").body] == [made.body["uid"]]
    assert len(hanne.get("/catalog/services/checkout/engagements").body) == 1


def test_locations_and_errors_are_listed(hanne: Door):
    add(hanne)
    assert [row["location"] for row in hanne.get("/catalog/locations").body] == [HOME]
    assert hanne.get("/catalog/errors").body == []
