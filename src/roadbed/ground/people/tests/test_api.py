"""People, teams, charters, tokens and sign-in links over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from roadbed.ground.api.tests.door import Door, door_of
from roadbed.ground.ledger.models import Fact
from roadbed.ground.people.models import Person, SignInLink

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


@pytest.fixture
def admin() -> Door:
    return door_of("mara@kestrel.example")


def test_a_team_is_made_chartered_filled_and_emptied(admin: Door):
    made = admin.post("/teams", {"name": "team-payments", "layer": "product"})
    assert (made.status, made.body["members"]) == (201, [])
    charter = {"layer": "product", "customers": "shops", "measured_on": "lead time"}
    assert admin.call("PUT", "/teams/team-payments/charter", charter).body["customers"] == "shops"
    joined = admin.call("PUT", "/teams/Team-Payments/members/MARA@kestrel.example", {"lead": True})
    assert [(member["email"], member["lead"]) for member in joined.body["members"]] == [("mara@kestrel.example", True)]
    left = admin.call("DELETE", "/teams/team-payments/members/mara@kestrel.example")
    assert (left.status, left.body["members"]) == (200, [])
    kinds = list(Fact.objects.filter(kind__startswith="team.").order_by("position").values_list("kind", flat=True))
    assert kinds == ["team.created", "team.changed", "team.joined", "team.left"]


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        ("/teams", {"name": "team-x", "layer": "sales"}, 422, "layer"),
        ("/teams", {"name": "TEAM"}, 422, "name"),
        ("/people", {"email": "no-address"}, 422, "email"),
        ("/people", {"email": "a@b@c"}, 422, "email"),
        ("/people", {"email": "a@b.example", "role": "king"}, 422, "role"),
        ("/people", {"email": "MARA@kestrel.example"}, 409, "email"),
        ("/tokens", {"name": "t", "scopes": ["everything"]}, 422, "scopes"),
        ("/tokens", {"name": " "}, 422, "name"),
    ],
)
def test_bad_input_names_its_field(admin: Door, path: str, body: dict[str, object], status: int, field: str):
    answer = admin.post(path, body)
    assert answer.status == status
    assert field in answer.body["field"]


def test_what_is_not_there_is_named_with_a_remedy(admin: Door):
    missing = admin.get("/teams/team-ghost")
    assert (missing.status, missing.body["field"]) == (404, "team")
    admin.post("/teams", {"name": "team-x"})
    nobody = admin.call("PUT", "/teams/team-x/members/nobody@kestrel.example", {})
    assert (nobody.status, "roadbed person invite" in nobody.body["remedy"]) == (404, True)


def test_a_person_is_invited_changed_and_listed(admin: Door):
    assert admin.post("/people", {"email": "hanne@kestrel.example", "name": "Hanne Brandt"}).status == 201
    changed = admin.call("PATCH", "/people/hanne@kestrel.example", {"role": "viewer", "active": False})
    assert (changed.body["role"], changed.body["active"]) == ("viewer", False)
    assert [person["email"] for person in admin.get("/people").body] == [
        "hanne@kestrel.example",
        "mara@kestrel.example",
    ]


def test_the_last_admin_stays_one(admin: Door):
    for change in ({"role": "member", "active": True}, {"role": "admin", "active": False}):
        assert admin.call("PATCH", "/people/mara@kestrel.example", change).status == 409
    admin.post("/people", {"email": "hanne@kestrel.example", "role": "admin"})
    assert admin.call("PATCH", "/people/mara@kestrel.example", {"role": "member", "active": True}).status == 200


def test_members_and_viewers_read_and_change_nobody(admin: Door):
    admin.post("/teams", {"name": "team-x"})
    for role in ("member", "viewer"):
        door = door_of(f"{role}@kestrel.example", role=role)
        assert door.get("/teams").status == 200
        for method, path, body in (
            ("POST", "/teams", {"name": "team-y"}),
            ("PUT", "/teams/team-x/charter", {}),
            ("PUT", "/teams/team-x/members/mara@kestrel.example", {}),
            ("POST", "/people", {"email": "x@kestrel.example"}),
            ("POST", "/sign-in-links", {"email": "mara@kestrel.example"}),
            ("PATCH", "/people/mara@kestrel.example", {"role": "viewer", "active": True}),
        ):
            assert door.call(method, path, body).status == 403, (role, method, path)


def test_a_token_opens_the_api_until_it_is_revoked(admin: Door):
    made = admin.post("/tokens", {"name": "ci", "scopes": ["read"]}).body
    ci = Door(made["secret"])
    assert ci.get("/teams").status == 200
    assert ci.post("/tokens", {"name": "more"}).status == 403
    assert admin.call("DELETE", f"/tokens/{made['uid']}").status == 204
    assert ci.get("/teams").status == 401
    assert admin.call("DELETE", f"/tokens/{made['uid']}").status == 404


def test_a_token_cannot_make_one_that_may_more(admin: Door):
    secret = admin.post("/tokens", {"name": "maker", "scopes": ["token.write", "read"]}).body["secret"]
    maker = Door(secret)
    assert maker.post("/tokens", {"name": "all"}).status == 403
    assert maker.post("/tokens", {"name": "some", "scopes": ["read", "team.write"]}).status == 403
    assert maker.post("/tokens", {"name": "less", "scopes": ["read"]}).status == 201


def test_nobody_ends_a_token_of_somebody_else_but_admins(admin: Door):
    uid = admin.post("/tokens", {"name": "ci"}).body["uid"]
    member = door_of("tomasz@kestrel.example", role="member")
    assert member.call("DELETE", f"/tokens/{uid}").status == 404
    theirs = member.get("/tokens").body[0]["uid"]
    assert admin.call("DELETE", f"/tokens/{theirs}").status == 204


def test_a_token_expires(admin: Door):
    soon = (timezone.now() + timedelta(hours=1)).isoformat()
    past = (timezone.now() - timedelta(seconds=1)).isoformat()
    assert Door(admin.post("/tokens", {"name": "a", "expires_at": soon}).body["secret"]).get("/teams").status == 200
    assert Door(admin.post("/tokens", {"name": "b", "expires_at": past}).body["secret"]).get("/teams").status == 401


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("0286-04-14T13:24:35+19:19", 201),
        ("9999-12-31T23:59:59-23:00", 422),
        ("2030-01-01T00:00:00", 201),
        ("soon", 422),
    ],
)
def test_an_instant_of_any_offset_is_taken_or_refused(admin: Door, given: str, status: int):
    assert admin.post("/tokens", {"name": "t", "expires_at": given}).status == status


def test_a_sign_in_link_is_made_for_a_person_who_may_sign_in(admin: Door):
    made = admin.post("/sign-in-links", {"email": "mara@kestrel.example"})
    assert (made.status, made.headers["Cache-Control"]) == (201, "no-store")
    assert made.body["url"].split("/")[-1] not in str(SignInLink.objects.values())
    assert admin.post("/sign-in-links", {"email": "x@kestrel.example"}).status == 404
    admin.post("/people", {"email": "gone@kestrel.example"})
    Person.objects.filter(email="gone@kestrel.example").update(is_active=False)
    assert admin.post("/sign-in-links", {"email": "gone@kestrel.example"}).status == 409
