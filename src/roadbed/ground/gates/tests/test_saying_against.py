"""What people say against the gate: overrides that run out, kinds that a second person confirms, and both counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.test import Client
from django.utils import timezone

from roadbed.ground.api.tests.door import Door, door_of
from roadbed.ground.catalog.queries import require_service
from roadbed.ground.catalog.tests.cast import CHECKOUT
from roadbed.ground.catalog.usecases import register
from roadbed.ground.errors import Conflict, Forbidden, Invalid, NotFound
from roadbed.ground.gates import overriding, queries, usecases
from roadbed.ground.gates.rules import ALLOW, DENY, Question, Reason, needs_second_person, same_commit
from roadbed.ground.ledger.models import Fact
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.ground.people.usecases import create_team

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SHA = "4be19c7d" + "0" * 32
WHY = "Carrier changed its API at noon"
OWNER = Caller("hanne", "Hanne", "member", frozenset({"team-payments"}))
OTHER = Caller("tomasz", "Tomasz", "member", frozenset({"team-routing"}))
VIEWER = Caller("vera", "Vera", "viewer", frozenset({"team-payments"}))


@pytest.fixture
def uid(monkeypatch: pytest.MonkeyPatch) -> str:
    """Checkout, whose features the only gate refuses."""

    def budget(question: Question, now: datetime) -> tuple[Reason, ...]:
        held = question.kind in ("feature", "maintenance")
        return (Reason(rule="error-budget/1", outcome=DENY if held else ALLOW, text="Spent: 0%.", as_of=now),)

    import_module("roadbed.config.urls")  # else the first request registers the rooms' own gates over this one
    monkeypatch.setattr(usecases, "_gates", {"budget": budget})
    create_team(ROADBED, name="team-payments", now=NOW)
    register(ROADBED, text=CHECKOUT, location="https://git.example/c", now=NOW)
    return require_service("checkout").uid


def ask(uid: str, *, declared: str = "", derived: str = "", commit: str = SHA, now: datetime = NOW, by: Caller = OWNER):
    question = Question(
        uid, "checkout", "production", "feature", commit, declared, derived, evidence=("new in the title",)
    )
    return usecases.ask_and_keep(by, question, now=now)


def test_an_override_lets_the_commit_through_until_it_runs_out_and_shows(uid: str):
    assert not ask(uid)[1].passes
    overriding.override(OWNER, "checkout", commit=SHA[:8], reason=WHY, lasts=HOUR, now=NOW)
    _, verdict, decision = ask(uid)
    assert (verdict.passes, verdict.exit_code, verdict.outcome) == (True, 0, "warn")
    assert "Hanne until 10:00 UTC" in verdict.reasons[0].text
    assert [reason.outcome for reason in verdict.reasons] == ["warn", "deny"]
    assert queries.decision(decision).overridden
    assert not ask(uid, commit="f" * 40)[1].passes, "another commit"
    assert not ask(uid, commit="")[1].passes, "no commit"
    assert not ask(uid, now=NOW + HOUR)[1].passes, "run out"
    fact = Fact.objects.get(kind="gate.overridden")
    assert (fact.data["reason"], fact.data["person"], fact.data["commit"]) == (WHY, "Hanne", SHA[:8])
    counts = queries.counts(uid, now=NOW + 2 * HOUR)
    assert (counts.asked, counts.refused, counts.overrides) == (5, 4, 1)
    assert queries.overrides(uid, now=NOW)[0].used == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"reason": "because"}, "reason"),
        ({"reason": "x" * 1001}, "reason"),
        ({"lasts": timedelta(hours=4, seconds=1)}, "hours"),
        ({"lasts": timedelta()}, "hours"),
        ({"commit": ""}, "commit"),
        ({"commit": "abc"}, "commit"),
    ],
)
@pytest.mark.usefixtures("uid")
def test_an_override_without_a_reason_a_commit_or_an_end_is_refused(given: dict[str, object], field: str):
    known: dict[str, object] = {"commit": SHA, "reason": WHY, "lasts": HOUR, "now": NOW}
    with pytest.raises(Invalid) as caught:
        overriding.override(OWNER, "checkout", **(known | given))  # type: ignore[arg-type]
    assert caught.value.place.field == field
    assert not Fact.objects.filter(kind="gate.overridden").exists()


@pytest.mark.usefixtures("uid")
@pytest.mark.parametrize("caller", [VIEWER, OTHER, Caller("t", "ci", "admin", scopes=frozenset({"gate.ask"}))])
def test_a_viewer_a_stranger_and_a_token_without_the_scope_cannot_override(caller: Caller):
    with pytest.raises(Forbidden):
        overriding.override(caller, "checkout", commit=SHA, reason=WHY, lasts=HOUR, now=NOW)


def test_a_milder_declaration_waits_for_a_second_person(uid: str):
    settled, verdict, _ = ask(uid, declared="fix", derived="feature")
    assert (settled.kind, verdict.passes) == ("feature", False)
    assert "Declared fix, but it reads as feature (new in the title)" in verdict.reasons[0].text
    assert f"roadbed gate confirm checkout --commit {SHA} --kind fix" in verdict.reasons[0].clears
    ask(uid, declared="fix", derived="feature")
    with pytest.raises(Forbidden, match="You declared it yourself"):
        overriding.confirm_kind(OWNER, "checkout", commit=SHA, kind="fix", now=NOW)
    with pytest.raises(Forbidden):
        overriding.confirm_kind(VIEWER, "checkout", commit=SHA, kind="fix", now=NOW)
    with pytest.raises(NotFound):
        overriding.confirm_kind(OTHER, "checkout", commit=SHA, kind="security", now=NOW)
    overriding.confirm_kind(OTHER, "checkout", commit=SHA[:8], kind="fix", now=NOW)
    with pytest.raises(Conflict):
        overriding.confirm_kind(OTHER, "checkout", commit=SHA, kind="fix", now=NOW)
    settled, verdict, _ = ask(uid, declared="fix", derived="feature")
    assert (settled.kind, verdict.outcome) == ("fix", "allow")
    assert Fact.objects.get(kind="change.kind.confirmed").data["confirmed_by"] == "Tomasz"
    counts = queries.counts(uid, now=NOW)
    assert (counts.disputed, counts.confirmed) == (1, 1)


@pytest.mark.parametrize(
    ("declared", "derived", "kind"),
    [
        ("", "reliability", "reliability"),
        ("feature", "reliability", "feature"),
        ("reliability", "security", "reliability"),
        ("rollback", "reliability", "reliability"),
        ("config", "feature", "feature"),
        ("fix", "", "fix"),
        ("", "", "feature"),
    ],
)
def test_the_severer_of_declared_and_derived_is_judged(uid: str, declared: str, derived: str, kind: str):
    assert ask(uid, declared=declared, derived=derived)[0].kind == kind


def test_synonyms_agree_and_commits_match_by_their_beginning():
    assert not needs_second_person("fix", "reliability")
    assert not needs_second_person("config", "maintenance")
    assert same_commit(SHA, SHA[:7])
    assert not same_commit(SHA, SHA[:6])
    assert not same_commit("", "")


@pytest.fixture
def hanne(uid: str) -> Door:
    assert uid
    return door_of("hanne@kestrel.example", "member", teams=("team-payments",))


def test_the_api_overrides_confirms_and_lists(hanne: Door, uid: str):
    tomasz = door_of("tomasz@kestrel.example", "member")
    asked = {"service": "checkout", "commit": SHA, "kind": "reliability", "changes": [{"title": "Add lockers for all"}]}
    verdict = hanne.post("/gate/check", asked).body
    assert (verdict["kind"], verdict["derived_kind"], verdict["value"]) == ("feature", "feature", 0.0)
    assert [one["commit"] for one in tomasz.get("/gate/disputes").body["items"]] == [SHA]
    said = {"service": "checkout", "commit": SHA, "kind": "reliability"}
    assert hanne.post("/gate/confirmations", said).status == 403
    assert tomasz.post("/gate/confirmations", said).status == 204
    assert hanne.post("/gate/check", asked).body["passes"] is True
    refused = tomasz.post("/gate/overrides", {"service": "checkout", "commit": "a" * 40, "reason": WHY})
    assert refused.status == 403
    made = hanne.post("/gate/overrides", {"service": "checkout", "commit": "a" * 40, "reason": WHY, "hours": 4})
    assert (made.status, made.body["person"]) == (201, "hanne")
    over = {"service": "checkout", "commit": "b" * 40, "reason": WHY, "hours": 4.01}
    assert hanne.post("/gate/overrides", over).status == 422
    assert hanne.post("/gate/check", {"service": "checkout", "commit": "a" * 40}).body["overridden"]["reason"] == WHY
    assert len(hanne.get("/gate/overrides?service=checkout").body["items"]) == 1
    page = hanne.get("/gate/decisions").body["items"]
    assert [one["outcome"] for one in page] == ["warn", "allow", "deny"]
    assert hanne.get(f"/gate/decisions/{page[0]['uid']}").body["data"]["overridden"]["person"] == "hanne"
    answered = {
        word: [one["outcome"] for one in hanne.get(f"/gate/decisions?answer={word}").body["items"]]
        for word in ("allowed", "warned", "refused", "overridden", "unknown")
    }
    assert answered == {
        "allowed": ["allow"], "warned": [], "refused": ["deny"], "overridden": ["warn"], "unknown": [],
    }  # fmt: skip
    wrong = hanne.get("/gate/decisions?answer=no")
    assert (wrong.status, wrong.body["field"]) == (422, "answer")
    assert hanne.get("/gate/decisions/nothing").status == 404
    assert hanne.get("/gate/counts").body["overrides"] == 1
    assert uid == require_service("checkout").uid


def test_the_pages_show_the_answer_and_take_an_override_and_a_confirmation(client: Client, hanne: Door, uid: str):
    assert hanne.token
    client.force_login(Person.objects.get(email="hanne@kestrel.example"))
    assert "Nobody has asked yet" in client.get("/gate").content.decode()
    now = timezone.now()
    _, _, decision = ask(uid, declared="fix", derived="feature", by=OTHER, now=now)
    html = client.get(f"/gate/{decision}").content.decode()
    assert "No. 4be19c7d is refused" in html
    assert "The error budget" in html
    assert "Confirm as fix" in html
    listed = client.get("/gate?service=checkout").content.decode()
    assert f"/gate/{decision}" in listed
    assert "Wait for a second person" in listed
    assert f"/gate/{decision}" in client.get("/gate?answer=refused").content.decode()
    assert "None of these answers" in client.get("/gate?answer=allowed").content.decode()
    assert client.get("/gate?answer=no").status_code == 422
    assert "No such service" in client.get("/gate?service=ghost").content.decode()
    wrong = client.post(f"/gate/{decision}/override", {"reason": "now", "hours": "1"})
    assert wrong.status_code == 422
    assert "The reason has 3 characters" in wrong.content.decode()
    assert client.post(f"/gate/{decision}/override", {"reason": WHY, "hours": "2"}).status_code == 302
    assert WHY in client.get(f"/gate/{decision}").content.decode()
    assert client.post(f"/gate/{decision}/confirm").status_code == 302
    assert "confirmed it" in client.get(f"/gate/{decision}").content.decode()
    assert client.get("/gate/nothing").status_code == 404


@pytest.mark.parametrize("role", ["viewer", "member"])
def test_who_may_not_override_sees_no_button_and_is_refused(client: Client, uid: str, role: str):
    door_of("vera@kestrel.example", role)
    client.force_login(Person.objects.get(email="vera@kestrel.example"))
    _, _, decision = ask(uid)
    assert "Why it must go out now" not in client.get(f"/gate/{decision}").content.decode()
    assert client.post(f"/gate/{decision}/override", {"reason": WHY, "hours": "1"}).status_code == 403


USE = {"id": "a" * 32, "at": "2026-11-20T09:00:00Z", "service": "checkout", "commit": SHA, "environment": "production"}


def test_what_went_out_without_an_answer_is_recorded_once_and_shown(client: Client, hanne: Door, uid: str):
    told = {"uses": [USE, {**USE, "id": "b" * 32, "service": "ghost", "at": "2099-01-01T00:00:00Z"}]}
    assert hanne.post("/gate/unreachable", told).body == {"recorded": 2}
    assert hanne.post("/gate/unreachable", told).body == {"recorded": 0}
    facts = Fact.objects.filter(kind="gate.unreachable").order_by("position")
    assert [fact.subject for fact in facts] == [uid, "ghost"]
    assert facts[1].occurred_at <= timezone.now()
    (row,) = hanne.get("/gate/unreachable?service=checkout").body["items"]
    assert (row["commit"], row["at"][:10]) == (SHA, "2026-11-20")
    client.force_login(Person.objects.get(email="hanne@kestrel.example"))
    assert "Out without an answer" in client.get("/gate").content.decode()
    assert hanne.post("/gate/unreachable", {"uses": [{**USE, "id": "x"}]}).status == 422
    limited = door_of("ines@kestrel.example", role="member", scopes=("read",))
    assert limited.post("/gate/unreachable", told).status == 403
