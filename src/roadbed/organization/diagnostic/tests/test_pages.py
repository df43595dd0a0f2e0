"""The pages: answered without an account, saved as one goes, never told apart, measured figures for insiders only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from roadbed.ground import asks
from roadbed.ground.asks.advice import DiagnosticStanding
from roadbed.ground.asks.figures import DeliveryFigures, DeliveryToday, FigureToday
from roadbed.ground.errors import Conflict, Forbidden, Invalid, NotFound
from roadbed.ground.ledger.models import Fact
from roadbed.ground.people import usecases as people
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.organization.diagnostic import limiting, queries, usecases
from roadbed.organization.diagnostic.models import Round, Sheet
from roadbed.organization.diagnostic.rules.questions import QUESTIONS
from roadbed.organization.diagnostic.rules.values import STEPS
from roadbed.organization.diagnostic.tests.test_scoring import full

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    cache.clear()
    answerers = dict(asks._answerers)
    yield
    asks._answerers = answerers


@pytest.fixture
def visitor() -> Client:
    """Somebody in the street, with nothing but a browser."""
    client = Client()
    assert client.post("/diagnostic/begin").headers["Location"] == "/diagnostic/questions/1"
    return client


@pytest.fixture
def team() -> str:
    people.create_team(ROADBED, name="tracking", title="Tracking", now=NOW)
    for name in ("mara", "dele", "ines", "tomasz", "noor", "emil"):
        people.invite_person(ROADBED, email=f"{name}@kestrel.example", name=name.title(), now=NOW)
        people.join_team(ROADBED, team="tracking", email=f"{name}@kestrel.example", now=NOW)
    return "tracking"


def main(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, response.content.decode()[:500]
    return response.content.decode().split("<main")[1].split("</main>")[0]


def answer_all(client: Client, **given: object) -> None:
    for one in QUESTIONS:
        value = full(**given)[one.key]
        field = "answer" if one.kind == STEPS or value is None else "percent"
        sent = {field: "dont-know" if value is None else value, "go": "next"}
        assert client.post(f"/diagnostic/questions/{one.number}", sent).status_code == 302


def handed_in(secret: str, **given: object) -> None:
    """One colleague answers by the link and hands in."""
    sheet = usecases.begin(round_secret=secret, now=NOW)
    usecases.answer(sheet, full(**given), now=NOW)
    usecases.hand_in(sheet, now=NOW)


def insider(team: str) -> Client:
    client = Client()
    client.force_login(Person.objects.get(email="mara@kestrel.example"))
    return client


def measured_lead() -> None:
    figures = (FigureToday("lead_time", "Change lead time", 68_400.0, "s", 40, 50_000.0, 90_000.0, ""),)
    asks.answer_with(DeliveryFigures, lambda _: DeliveryToday(figures, (), NOW))


def test_a_visitor_answers_without_an_account_leaves_and_goes_on(visitor: Client):
    html = main(visitor, "/diagnostic/questions/3")
    assert "When a deployment goes wrong" in html
    assert html.count('type="radio"') == 7
    assert "question 3 of 20" in html
    visitor.post("/diagnostic/questions/3", {"answer": "hour-to-day", "go": "next"})
    assert "Go on with question 1" in main(visitor, "/diagnostic")
    assert 'value="hour-to-day" checked' in main(visitor, "/diagnostic/questions/3")
    back = visitor.post("/diagnostic/questions/4", {"percent": "60", "go": "back"})
    assert back.headers["Location"] == "/diagnostic/questions/3"
    assert Sheet.objects.get().answers == {"recovery_time": "hour-to-day", "hands_off": 60.0}


def test_the_sheet_holds_nothing_that_says_whose_it_is(visitor: Client):
    visitor.post("/diagnostic/questions/1", {"answer": "hour-to-day"}, REMOTE_ADDR="203.0.113.9")
    row = Sheet.objects.values().get()
    assert set(row) == {"id", "digest", "share", "round_id", "edition", "answers", "about", "touched_on", "submitted",
                        "batch"}  # fmt: skip
    assert "203.0.113.9" not in str(row)
    assert Fact.objects.count() == 0
    cookie = visitor.cookies["rb-diagnostic"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/diagnostic")
    assert cookie.value.split(":")[0] not in row["digest"]


def test_an_answer_that_is_none_is_refused_and_nothing_is_changed(visitor: Client):
    for sent in ({}, {"answer": "quickly"}):
        response = visitor.post("/diagnostic/questions/1", sent)
        assert (response.status_code, "Choose one of the answers" in response.content.decode()) == (422, True)
    response = visitor.post("/diagnostic/questions/5", {"percent": "nan"})
    assert (response.status_code, "Write a percentage" in response.content.decode()) == (422, True)
    assert Sheet.objects.get().answers == {}
    assert visitor.get("/diagnostic/questions/21").status_code == 404


def test_a_forged_cookie_opens_nothing(visitor: Client):
    visitor.post("/diagnostic/questions/1", {"answer": "hour-to-day"})
    forged = Client()
    forged.cookies["rb-diagnostic"] = visitor.cookies["rb-diagnostic"].value.split(":")[0]
    assert forged.get("/diagnostic/questions/1").status_code == 404
    assert Client().get("/diagnostic/result").status_code == 404


def test_the_result_names_the_weakest_side_and_is_shared_by_a_link_that_cannot_be_guessed(visitor: Client):
    answer_all(visitor, budget_policy="nothing", toil="over-50")
    sent = {"engineers": "74", "contractual_uptime": "no", "open_roles": "DevOps engineer, Designer", "team_names": ""}
    assert visitor.post("/diagnostic/finish", sent).headers["Location"] == "/diagnostic/result"
    html = main(visitor, "/diagnostic/result")
    assert "Your weakest side is SRE" in html
    assert "Rule first.budget-policy" in html
    assert "stage.40-80" in html
    assert "title.devops" in html
    shared = visitor.post("/diagnostic/share").content.decode()
    address = re.search(r"http://testserver(/diagnostic/results/[\w-]{32})", shared)[1]
    told = main(Client(), address)
    assert "The weakest side is SRE" in told
    assert "Answer again" not in told
    again = re.search(r"(/diagnostic/results/[\w-]{32})", visitor.post("/diagnostic/share").content.decode())[1]
    assert Client().get(address).status_code == 404, "a new link ends the former one"
    assert Client().get(again).status_code == 200
    assert visitor.post("/diagnostic/reopen").headers["Location"] == "/diagnostic/questions/1"
    assert Client().get(again).status_code == 404, "what is being changed is not shown"


def test_what_is_told_wrongly_is_said_and_the_sheet_stays_open(visitor: Client):
    response = visitor.post("/diagnostic/finish", {"engineers": "many"})
    assert response.status_code == 422
    assert "engineers is &#x27;many&#x27;" in response.content.decode()
    assert Sheet.objects.get().submitted is False


def test_a_link_brings_a_sheet_into_another_browser_by_a_button(visitor: Client):
    visitor.post("/diagnostic/questions/1", {"answer": "hour-to-day"})
    link = re.search(r"http://testserver(/diagnostic/go-on/[\w-]+)", main(visitor, "/diagnostic/questions/2"))[1]
    other = Client()
    assert other.get(link).status_code == 200
    assert other.get("/diagnostic/questions/1").status_code == 404, "looking at the link changes nothing"
    other.post(link)
    assert 'value="hour-to-day" checked' in main(other, "/diagnostic/questions/1")


def test_a_visitor_reads_no_measured_figure_and_an_insider_has_it_filled_in(visitor: Client, team: str):
    measured_lead()
    assert "19 h" not in main(visitor, "/diagnostic/questions/1")
    inside = insider(team)
    inside.post("/diagnostic/begin")
    html = main(inside, "/diagnostic/questions/1")
    assert "Measured: 19 h" in html
    assert 'value="hour-to-day" checked' in html
    assert "Filled in from what was measured" in html
    inside.post("/diagnostic/finish", {})
    assert "Measured against answered" in main(inside, "/diagnostic/result")
    visitor.post("/diagnostic/finish", {})
    assert "Measured against answered" not in main(visitor, "/diagnostic/result")
    link = re.search(r"(/diagnostic/results/[\w-]{32})", inside.post("/diagnostic/share").content.decode())[1]
    assert "19 h" not in main(Client(), link)


def test_too_many_from_one_address_wait(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limiting, "BEGIN", limiting.Limit("begin", 1))
    client = Client()
    assert client.post("/diagnostic/begin").status_code == 302
    refused = client.post("/diagnostic/begin")
    assert (refused.status_code, int(refused.headers["Retry-After"]) > 3000) == (429, True)
    assert client.post("/diagnostic/begin", REMOTE_ADDR="203.0.113.9").status_code == 302
    assert Sheet.objects.count() == 2


def test_four_answers_show_nothing_and_the_fifth_brings_all_out(team: str):
    inside = insider(team)
    html = inside.post("/diagnostic/rounds", {"team": team}).content.decode()
    secret = re.search(r"/diagnostic/for/([\w-]{32})", html)[1]
    uid = Round.objects.get().uid
    for _ in range(4):
        handed_in(secret, toil="over-50")
    assert "Nothing can be shown yet" in main(inside, f"/diagnostic/rounds/{uid}")
    assert queries.standing(DiagnosticStanding(NOW)).people == 0
    handed_in(secret)
    html = main(inside, f"/diagnostic/rounds/{uid}")
    assert "5 of 6 people are in it" in html
    assert "The weakest side is SRE" in html
    before = queries.round_report(uid, now=NOW)
    handed_in(secret, toil="over-50", lead_time="over-6-months", golden_path=0.0)
    assert queries.round_report(uid, now=NOW) == before, "a sixth alone changes no figure"
    assert "1 answer wait" in main(inside, f"/diagnostic/rounds/{uid}")
    told = queries.standing(DiagnosticStanding(NOW))
    assert (told.people, told.asked, told.scores["throughput"]) == (5, 6, 10.0)
    with pytest.raises(Conflict, match="Everybody has answered"):
        usecases.begin(round_secret=secret, now=NOW)
    assert [fact.data for fact in Fact.objects.filter(kind="diagnostic.published")] == [{"people": 5, "team": team}]


def test_what_was_handed_in_for_a_team_stays_as_it_is(team: str):
    secret = usecases.open_round(ROADBED, team=team, now=NOW).secret
    sheet = usecases.begin(round_secret=secret, now=NOW)
    usecases.hand_in(sheet, now=NOW)
    for change in (usecases.reopen, usecases.share):
        with pytest.raises(Conflict):
            change(sheet, now=NOW)
    with pytest.raises(Conflict, match="handed in"):
        usecases.answer(sheet, {"lead_time": 3}, now=NOW)


def test_a_visitor_answers_by_the_link_and_sees_no_result_of_the_team(team: str):
    opened = usecases.open_round(ROADBED, team=team, now=NOW)
    client = Client()
    assert "You answer for <b>Tracking</b>" in main(client, f"/diagnostic/for/{opened.secret}")
    client.post("/diagnostic/begin", {"round": opened.secret})
    assert "Go on with question 1" in main(client, f"/diagnostic/for/{opened.secret}")
    assert client.get(f"/diagnostic/rounds/{opened.uid}").status_code == 302
    assert client.get("/diagnostic/rounds").status_code == 302
    answer_all(client)
    assert "Hand in, anonymously" in main(client, "/diagnostic/finish")
    client.post("/diagnostic/finish")
    assert "Your answers are handed in" in main(client, "/diagnostic/result")
    assert "You have answered" in main(client, f"/diagnostic/for/{opened.secret}")
    usecases.close_round(ROADBED, opened.uid, now=NOW)
    assert "takes no more answers" in main(Client(), f"/diagnostic/for/{opened.secret}")
    assert Client().post("/diagnostic/begin", {"round": opened.secret}).status_code == 409


def test_a_team_is_asked_by_its_members_and_everybody_by_an_admin(team: str):
    member = Caller("m", "Mara", "member", frozenset({team}))
    first = usecases.open_round(member, team=team, now=NOW).uid
    assert usecases.open_round(member, team=team, now=NOW + timedelta(days=1)).uid != first
    assert queries.require_round(first).closed_at is not None
    with pytest.raises(Forbidden):
        usecases.open_round(Caller("s", "Piet", "member", frozenset({"other"})), team=team, now=NOW)
    with pytest.raises(Forbidden, match="everybody is asked by an admin"):
        usecases.open_round(member, now=NOW)
    everybody = usecases.open_round(ROADBED, now=NOW)
    assert (queries.require_round(everybody.uid).title, queries.require_round(everybody.uid).members) == (
        "Everybody",
        6,
    )
    with pytest.raises(Forbidden):
        usecases.close_round(member, everybody.uid, now=NOW)
    with pytest.raises(NotFound):
        usecases.open_round(ROADBED, team="nobody", now=NOW)


def test_no_more_answers_are_taken_than_people_were_asked(team: str):
    opened = usecases.open_round(ROADBED, team=team, asked=2, now=NOW)
    late = usecases.begin(round_secret=opened.secret, now=NOW)
    for _ in range(2):
        handed_in(opened.secret)
    with pytest.raises(Conflict, match="Everybody has answered"):
        usecases.hand_in(late, now=NOW)
    assert queries.require_round(opened.uid).handed_in == 2
    with pytest.raises(Invalid):
        usecases.open_round(ROADBED, team=team, asked=0, now=NOW)


def test_what_is_old_is_forgotten(team: str):
    draft, own = usecases.begin(now=NOW), usecases.begin(now=NOW)
    usecases.hand_in(own, now=NOW)
    handed_in(usecases.open_round(ROADBED, team=team, now=NOW).secret)
    usecases.forget_old(now=NOW + timedelta(days=31))
    assert (queries.sheet(draft), queries.sheet(own) is not None) == (None, True)
    usecases.forget_old(now=NOW + timedelta(days=91))
    assert queries.sheet(own) is None
    assert Sheet.objects.count() == 1, "a round's are kept with it"
    usecases.forget_old(now=NOW + timedelta(days=800))
    assert (Sheet.objects.count(), Round.objects.count()) == (0, 0)
