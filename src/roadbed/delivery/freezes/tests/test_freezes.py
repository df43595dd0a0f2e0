"""Freezes: what they refuse, whom they hold, who may declare and lift them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from roadbed.delivery.freezes import queries, rules, usecases
from roadbed.delivery.freezes.gate import freeze
from roadbed.ground.api.tests.door import Door, door_of
from roadbed.ground.catalog.queries import require_service
from roadbed.ground.catalog.tests.cast import CHECKOUT
from roadbed.ground.catalog.usecases import register
from roadbed.ground.errors import Conflict, Forbidden, Invalid, NotFound
from roadbed.ground.gates.rules import Question
from roadbed.ground.ledger.models import Fact
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.ground.people.usecases import create_team

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
NOW = datetime(2026, 12, 18, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
OWNER = Caller("o", "Hanne", "member", frozenset({"team-payments"}))
STRANGER = Caller("s", "Tomasz", "member", frozenset({"team-routing"}))


@pytest.fixture
def uid() -> str:
    create_team(ROADBED, name="team-payments", now=NOW)
    create_team(ROADBED, name="team-routing", now=NOW)
    register(ROADBED, text=CHECKOUT, location="https://git.example/c", now=NOW)
    return require_service("checkout").uid


def declare(caller: Caller = ROADBED, **given: object) -> str:
    known: dict[str, object] = {
        "scope": "service", "target": "checkout", "reason": "Holidays", "starts_at": NOW, "ends_at": NOW + HOUR,
        "now": NOW,
    }  # fmt: skip
    return usecases.declare(caller, **(known | given))  # type: ignore[arg-type]


def outcome(uid: str, kind: str = "feature", *, environment: str = "production", now: datetime = NOW) -> str:
    reasons = freeze(Question(uid, "checkout", environment, kind), now)
    return max((reason.outcome for reason in reasons), key=["allow", "warn", "deny"].index)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("feature", "deny"), ("maintenance", "deny"), ("config", "deny"),
        ("reliability", "warn"), ("fix", "warn"), ("security", "warn"),
    ],
)  # fmt: skip
def test_a_freeze_holds_features_and_lets_repairs_through(uid: str, kind: str, said: str):
    declare()
    assert outcome(uid, kind) == said


def test_it_holds_only_its_time_and_its_environment(uid: str):
    declare(starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR)
    assert outcome(uid) == "allow"
    (reason,) = freeze(Question(uid, "checkout", "production", "feature"), NOW)
    assert "The next one is 18 December 10:00 UTC" in reason.text
    assert outcome(uid, now=NOW + HOUR) == "deny"
    assert outcome(uid, now=NOW + HOUR, environment="staging") == "allow"
    assert outcome(uid, now=NOW + 2 * HOUR) == "allow"


def test_a_teams_freeze_holds_its_services_and_everybodys_holds_all(uid: str):
    routing = declare(scope="team", target="team-routing")
    assert outcome(uid) == "allow"
    usecases.lift(ROADBED, routing, now=NOW)
    declare(scope="team", target="team-payments")
    assert outcome(uid) == "deny"
    everything = declare(scope="everything", target="")
    assert len(freeze(Question(uid, "checkout", "production", "feature"), NOW)) == 2
    assert queries.require_freeze(everything, now=NOW).of == "everything"


@pytest.mark.usefixtures("uid")
def test_owners_freeze_their_own_and_only_an_admin_freezes_everything():
    assert declare(OWNER)
    with pytest.raises(Forbidden):
        declare(STRANGER)
    with pytest.raises(Forbidden, match="everything is frozen by an admin"):
        declare(OWNER, scope="everything", target="")
    viewer = Caller("v", "Vera", "viewer")
    with pytest.raises(Forbidden):
        declare(viewer)


@pytest.mark.usefixtures("uid")
def test_a_lifted_freeze_is_over_is_a_fact_and_cannot_be_lifted_twice():
    made = declare(OWNER)
    with pytest.raises(Forbidden):
        usecases.lift(STRANGER, made, now=NOW)
    usecases.lift(OWNER, made, now=NOW)
    with pytest.raises(Conflict):
        usecases.lift(OWNER, made, now=NOW)
    with pytest.raises(NotFound):
        usecases.lift(OWNER, "0" * 32, now=NOW)
    kinds = Fact.objects.filter(kind__startswith="freeze").values_list("kind", flat=True)
    assert list(kinds) == ["freeze.declared", "freeze.lifted"]
    assert not queries.freezes(now=NOW)
    assert queries.freezes(now=NOW, past=True)[0].state == "lifted"


@pytest.mark.usefixtures("uid")
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"scope": "galaxy"}, "scope"),
        ({"scope": "everything"}, "target"),
        ({"target": ""}, "target"),
        ({"reason": " "}, "reason"),
        ({"ends_at": NOW - HOUR}, "ends_at"),
        ({"starts_at": NOW - 2 * HOUR, "ends_at": NOW}, "ends_at"),
        ({"ends_at": NOW + rules.LONGEST + HOUR}, "ends_at"),
        ({"starts_at": NOW.replace(tzinfo=None)}, "starts_at"),
    ],
)
def test_what_cannot_be_a_freeze_is_refused_by_field(given: dict[str, object], field: str):
    with pytest.raises(Invalid) as caught:
        declare(**given)
    assert caught.value.place.field == field
    assert not Fact.objects.filter(kind="freeze.declared").exists()


@pytest.fixture
def admin() -> Door:
    return door_of("mara@kestrel.example")


@pytest.mark.usefixtures("uid")
def test_the_api_declares_lists_and_lifts(admin: Door):
    body = {"scope": "everything", "reason": "Holidays", "ends_at": "2099-01-01T00:00:00Z"}
    assert admin.post("/freezes", body).status == 422
    body = {"scope": "everything", "reason": "Holidays"}
    ends = (datetime.now(UTC) + HOUR).isoformat()
    made = admin.post("/freezes", body | {"ends_at": ends})
    assert (made.status, made.body["state"]) == (201, "now")
    assert [one["uid"] for one in admin.get("/freezes").body["items"]] == [made.body["uid"]]
    assert admin.post(f"/freezes/{made.body['uid']}/lift").body["state"] == "lifted"
    assert admin.get("/freezes").body["items"] == []
    assert admin.post("/freezes", body).status == 422


@pytest.mark.usefixtures("uid")
def test_the_page_declares_and_lifts(client: Client, admin: Door):
    assert admin.token
    client.force_login(Person.objects.get(email="mara@kestrel.example"))
    assert "No freezes" in client.get("/freezes").content.decode()
    wrong = client.post("/freezes", {"scope": "service", "target": "checkout", "reason": "x", "ends_at": "never"})
    assert wrong.status_code == 422
    assert "no date and time" in wrong.content.decode()
    ends = f"{datetime.now(UTC) + HOUR:%Y-%m-%dT%H:%M}"
    made = client.post("/freezes", {"scope": "service", "target": "checkout", "reason": "Stocktaking", "ends_at": ends})
    assert made.status_code == 302
    html = client.get("/freezes").content.decode()
    assert "Frozen now" in html
    assert "Stocktaking" in html
    (view,) = queries.freezes(now=datetime.now(UTC))
    assert client.post(f"/freezes/{view.uid}/lift").status_code == 302
    assert "Lifted" in client.get("/freezes").content.decode()
