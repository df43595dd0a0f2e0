"""Subscriptions through the API and the pages: who may, what is refused in words, and what is never shown again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from roadbed.ground.api.tests.door import Door, door_of
from roadbed.ground.ledger.models import Fact
from roadbed.ground.people.models import Person
from roadbed.ground.subscriptions.models import Delivery, Subscription
from roadbed.ground.subscriptions.secrets import secret_of
from roadbed.ground.subscriptions.tests.conftest import House

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


@pytest.fixture
def admin(house: House) -> Door:
    return door_of("mara@kestrel.example")


def wish(house: House, **more: object) -> dict[str, object]:
    return {"name": "bus", "url": house.hook.url, "kinds": ["service.*"], **more}


def test_a_subscription_is_made_read_changed_paused_resumed_and_removed(house: House, admin: Door):
    made = admin.post("/subscriptions", wish(house, format="cdevents", team="team-payments"))
    assert (made.status, made.headers["Cache-Control"]) == (201, "no-store")
    secret = made.body["secret"]
    assert secret.startswith("rbs_")
    read = admin.get("/subscriptions/bus").body
    assert (read["kinds"], read["team"], read["state"]) == (["service.*"], "team-payments", "active")
    changed = admin.call("PUT", "/subscriptions/bus", wish(house, name="events", kinds=["*", "incident.*"]))
    assert (changed.body["name"], changed.body["kinds"], changed.body["team"]) == ("events", ["*", "incident.*"], "")
    paused = admin.post("/subscriptions/events/pause", {"reason": "The bus is moved."}).body
    assert (paused["state"], paused["paused_for"]) == ("paused", "The bus is moved.")
    assert admin.post("/subscriptions/events/resume", {"skip": True}).body["state"] == "active"
    fresh = admin.post("/subscriptions/events/rotate", {"overlap_hours": 2}).body
    assert fresh["secret"] not in ("", secret)
    assert fresh["both_sign_until"]
    assert [one["name"] for one in admin.get("/subscriptions").body["items"]] == ["events"]
    assert admin.call("DELETE", "/subscriptions/events").status == 204
    assert admin.get("/subscriptions/events").status == 404
    facts = Fact.objects.filter(kind="subscription.changed").order_by("position")
    assert [fact.data["change"] for fact in facts] == [
        "made", "changed", "paused", "resumed", "secret rotated", "removed",
    ]  # fmt: skip
    assert not any(word in str(fact.data) for fact in facts for word in (secret, fresh["secret"], house.hook.url))
    assert secret not in str(admin.get("/subscriptions").body)


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"name": "The Bus"}, "name", "no name"),
        ({"kinds": ["incidents.*"]}, "kinds", "covers no kind"),
        ({"kinds": []}, "kinds", "No kind"),
        ({"url": "ftp://bus.example/"}, "url", "not a webhook's address"),
        ({"url": "http://a:b@bus.example/"}, "url", "a password"),
        ({"url": "http://169.254.169.254/"}, "url", "never called"),
        ({"url": "http://[::]/"}, "url", "never called"),
        ({"environment": "Production!"}, "environment", "no environment"),
        ({"service": "ghost"}, "service", "no service ghost"),
        ({"team": "ghosts"}, "team", "no team"),
    ],
)
def test_a_bad_wish_names_the_field_and_changes_nothing(
    house: House, admin: Door, given: dict[str, object], field: str, said: str
):
    answer = admin.post("/subscriptions", wish(house, **given))
    assert answer.status in (404, 422)
    assert (answer.body["field"], said in answer.body["detail"]) == (field, True)
    assert not Subscription.objects.exists()
    assert not Fact.objects.filter(kind="subscription.changed").exists()


def test_a_name_is_given_once_and_is_free_again_after_removal(house: House, admin: Door):
    admin.post("/subscriptions", wish(house))
    admin.post("/subscriptions", wish(house, name="other"))
    assert admin.post("/subscriptions", wish(house)).status == 409
    taken = admin.call("PUT", "/subscriptions/other", wish(house))
    assert (taken.status, taken.body["field"]) == (409, "name")
    admin.call("DELETE", "/subscriptions/bus")
    assert admin.post("/subscriptions", wish(house)).status == 201


def test_only_admins_see_where_facts_go(house: House, admin: Door):
    admin.post("/subscriptions", wish(house))
    member = door_of("hanne@kestrel.example", role="member")
    for path in ("/subscriptions", "/subscriptions/bus", "/subscriptions/bus/deliveries"):
        assert member.get(path).status == 403
    assert member.post("/subscriptions", wish(house, name="mine")).status == 403
    for verb in ("pause", "resume", "rotate", "ping"):
        assert member.post(f"/subscriptions/bus/{verb}", {}).status == 403
    assert member.post("/subscriptions/bus/replay", {"fact": "x"}).status == 403
    assert member.get("/subscription-kinds").status == 200


def test_the_log_pages_shows_bodies_and_sends_again(house: House, admin: Door):
    row = house.subscribe(kinds=("service.*",))
    facts = [house.record() for _ in range(3)]
    house.run(row)
    page = admin.get("/subscriptions/bus/deliveries?limit=2&state=delivered").body
    assert [one["fact"] for one in page["items"]] == facts[:0:-1]
    rest = admin.get(f"/subscriptions/bus/deliveries?limit=2&cursor={page['next_cursor']}").body
    assert ([one["fact"] for one in rest["items"]], rest["next_cursor"]) == (facts[:1], None)
    whole = admin.get(f"/subscriptions/bus/deliveries/{facts[0]}").body
    assert facts[0] in whole["body"]
    assert secret_of(row) not in str(whole)
    again = admin.post(f"/subscriptions/bus/deliveries/{facts[0]}/redeliver")
    assert (again.status, again.body["state"]) == (202, "waiting")
    assert admin.get("/subscriptions/bus/deliveries?state=lost").status == 422
    assert admin.get("/subscriptions/bus/deliveries?cursor=zz").status == 422
    assert admin.get("/subscriptions/bus/deliveries/none").status == 404


def test_a_replay_says_either_which_fact_or_since_when(house: House, admin: Door):
    past = house.record()
    house.subscribe(kinds=("service.*",))
    assert admin.post("/subscriptions/bus/replay", {}).body["field"] == "since"
    assert admin.post("/subscriptions/bus/replay", {"fact": "ghost"}).body["field"] == "fact"
    assert admin.post("/subscriptions/bus/replay", {"fact": past}).body == {"facts": 1}
    since = (timezone.now() - timedelta(hours=1)).isoformat()
    assert admin.post("/subscriptions/bus/replay", {"since": since}).body == {"facts": 1}


def test_one_fact_is_read_whole(house: House, admin: Door):
    uid = house.record(blob="x")
    assert admin.get(f"/ledger/facts/{uid}").body["data"]["blob"] == "x"
    assert admin.get("/ledger/facts/none").status == 404


@pytest.fixture
def mara(client: Client, house: House) -> Client:
    person = Person.objects.create(
        email="mara@kestrel.example", name="Mara Lindqvist", role="admin", created_at=timezone.now()
    )
    client.force_login(person)
    return client


def form(house: House, **more: object) -> dict[str, object]:
    return {
        "name": "bus",
        "url": house.hook.url,
        "form": "roadbed",
        "others": "incident.*",
        "kinds": ["flag.changed"],
        **more,
    }


def test_the_form_makes_one_and_shows_its_secret_once(house: House, mara: Client):
    assert "Nobody is sent anything" in mara.get("/subscriptions").content.decode()
    assert "Make the subscription" in mara.get("/subscriptions/new").content.decode()
    answer = mara.post("/subscriptions/new", form(house))
    row = Subscription.objects.get()
    assert answer.status_code == 201
    assert secret_of(row) in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert row.kinds == ["flag.changed", "incident.*"]
    page = mara.get(f"/subscriptions/{row.uid}").content.decode()
    assert "Nothing sent yet" in page
    assert secret_of(row) not in page
    assert "bus" in mara.get("/subscriptions").content.decode()


def test_a_bad_form_is_refused_beside_it_and_keeps_what_was_written(house: House, mara: Client):
    answer = mara.post("/subscriptions/new", form(house, url="http://169.254.169.254/x", others="gates.*"))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Nothing was changed" in html
    assert "gates.*" in html
    assert 'value="flag.changed" checked' in html
    assert not Subscription.objects.exists()


def test_the_page_shows_the_log_and_its_buttons_work(house: House, mara: Client):
    row = house.subscribe(kinds=("service.*", "flag.changed"))
    house.record()
    house.hook.status = 500
    house.run(row)
    address = f"/subscriptions/{row.uid}"
    html = mara.get(address).content.decode()
    assert "the webhook answered 500" in html
    assert "Tried again later" in html
    delivery = Delivery.objects.get()
    assert "service.deployed" in mara.get(f"{address}/deliveries/{delivery.uid}").content.decode()
    assert mara.post(f"{address}/deliveries/{delivery.uid}/again").status_code == 302
    assert Delivery.objects.get().urgent
    assert mara.post(f"{address}/ping").status_code == 302
    mara.post(f"{address}/pause", {"reason": "The bus is moved."})
    assert "The bus is moved." in mara.get(address).content.decode()
    mara.post(f"{address}/resume")
    assert "Keep the change" in mara.get(f"{address}/change").content.decode()
    mara.post(f"{address}/change", form(house, name="events"))
    assert Subscription.objects.get().name == "events"
    assert mara.post(f"{address}/replay", {"since": "yesterday"}).status_code == 422
    assert mara.post(f"{address}/replay", {"since": "2020-01-01T00:00"}).status_code == 302
    assert "signature by both" in mara.get(f"{address}/rotate").content.decode()
    answer = mara.post(f"{address}/rotate").content.decode()
    assert secret_of(Subscription.objects.get()) in answer
    assert "Keep it" in mara.get(f"{address}/remove").content.decode()
    assert mara.post(f"{address}/remove")["Location"] == "/subscriptions"
    assert mara.get(address).status_code == 404


def test_the_sidebar_shows_it_to_admins_alone(house: House, mara: Client, wired: None):
    assert 'href="/subscriptions"' in mara.get("/subscriptions").content.decode()
    Person.objects.update(role="member")
    refused = mara.get("/subscriptions")
    assert refused.status_code == 403
    assert 'href="/subscriptions"' not in refused.content.decode()
    assert mara.get("/subscriptions/new").status_code == 403
