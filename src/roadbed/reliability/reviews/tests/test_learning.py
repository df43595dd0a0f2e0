"""What reviews teach: the graph of factors, evidence and the second look, reminders, recurrence, search, export."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import nh3
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from roadbed.ground import asks
from roadbed.ground.api.tests.door import door_of
from roadbed.ground.asks.figures import ObjectiveStands
from roadbed.ground.errors import Conflict, Forbidden, Invalid
from roadbed.ground.jobs.models import Job
from roadbed.ground.ledger.queries import facts_of
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people import usecases as people
from roadbed.ground.people.models import Person
from roadbed.ground.people.rules import ROADBED, Caller
from roadbed.ground.ports import board
from roadbed.ground.ports.notifier import Delivered, Message, NotDelivered
from roadbed.reliability.reviews import (
    closing,
    exporting,
    factoring,
    learning,
    queries,
    recurring,
    reminding,
    rewording,
    usecases,
)  # fmt: skip
from roadbed.reliability.reviews.learning import Wanted
from roadbed.reliability.reviews.models import Contribution, Recurrence, Reminder, Term
from roadbed.reliability.reviews.rules.blame.rewriting import GAP
from roadbed.reliability.reviews.tests.conftest import ACTION, NOW, START, TOLD, Cast

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
LINK = "https://ci.kestrel.example/runs/77"


def person(name: str, role: str = "member") -> Caller:
    row = Person.objects.create(email=f"{name}@kestrel.example", name=name.title(), role=role, created_at=NOW)
    return Caller(row.uid, row.name, role)


def factors(cast: Cast, *texts: str, of: str = "214") -> list[str]:
    return [factoring.name_factor(cast.mara, of, text=text, kind="latent-design", now=NOW) for text in texts]


def test_factors_lead_to_one_another_and_never_in_a_circle(cast: Cast):
    cast.drafted()
    factors(cast, "No fallback", "The timeout is fixed", "The canary was small")
    limit = factoring.name_factor(cast.mara, "214", text="A flag", role="luck", now=NOW)
    for cause, effect in (("F2", "F1"), ("F3", "F2"), ("F3", "harm"), ("F2", "f1")):
        factoring.link(cast.mara, "214", cause=cause, effect=effect, now=NOW)
    with pytest.raises(Invalid, match=r"F2 → F1 → F3 → F2|F1 → F3 → F2 → F1|F3 → F2 → F1 → F3"):
        factoring.link(cast.mara, "214", cause="F1", effect="F3", now=NOW)
    with pytest.raises(Invalid, match="limited the harm"):
        factoring.link(cast.mara, "214", cause="F1", effect=limit, now=NOW)
    shown = {one.key: one.leads_to for one in queries.review("214").factors}
    assert shown == {"F1": (), "F2": ("F1",), "F3": ("F2", "harm"), "L4": ()}
    assert "3 of at least" not in " ".join(queries.review("214").missing)
    factoring.unlink(cast.mara, "214", cause="F3", effect="F2", now=NOW)
    factoring.link(cast.mara, "214", cause="F1", effect="F3", now=NOW)
    factoring.drop_factor(cast.mara, "214", "F2", now=NOW)
    factoring.reword_factor(cast.mara, "214", "F1", text="No answer without an ETA", now=NOW)
    assert [one.text for one in queries.review("214").factors] == [
        "No answer without an ETA", "The canary was small", "A flag",
    ]  # fmt: skip
    assert factors(cast, "Another") == ["F5"]
    cause = Contribution.objects.first().cause
    with pytest.raises(IntegrityError), transaction.atomic():
        Contribution.objects.create(review=cause.review, cause=cause, effect=cause)


def test_evidence_can_be_looked_up_and_somebody_else_looks(cast: Cast):
    cast.drafted()
    cast.ready()
    ines, dele = person("ines"), person("dele")
    with pytest.raises(Invalid, match="nothing that somebody else can look up"):
        closing.close_action(cast.mara, "214", "A1", evidence="Done, works", now=NOW)
    with pytest.raises(Invalid, match="There is no fact"):
        closing.close_action(cast.mara, "214", "A1", evidence="fact:nothing", now=NOW)
    assert closing.close_action(ines, "214", "A1", evidence=f"Fault test {LINK}", now=NOW) is False
    (action,) = queries.open_actions()
    assert (action.waits, action.handed_by) == (True, "Ines")
    for own in (ines, cast.mara):
        with pytest.raises(Forbidden, match="somebody else"):
            closing.look_at(own, "214", "A1", agrees=True, now=NOW)
    with pytest.raises(Invalid):
        closing.look_at(dele, "214", "A1", agrees=False, now=NOW)
    closing.look_at(dele, "214", "A1", agrees=False, why="That run is of another service", now=NOW)
    assert queries.open_actions()[0].sent_back == "That run is of another service"
    with pytest.raises(Conflict, match="no evidence that waits"):
        closing.look_at(dele, "214", "A1", agrees=True, now=NOW)
    closing.close_action(ines, "214", "A1", evidence=LINK, now=NOW)
    closing.look_at(dele, "214", "A1", agrees=True, now=NOW)
    (closed,) = queries.review("214").actions
    assert (closed.closed_by, closed.handed_by, closed.closing_kind) == ("Dele", "Ines", "link")
    told = [one.data["what"] for one in reversed(facts_of(closed.uid))]
    assert told == ["added", "handed-in", "sent-back", "handed-in", "closed"]


def test_a_deployment_or_an_objective_shows_it_where_it_is_there_and_came_after(cast: Cast):
    cast.drafted(severity=3)
    cast.ready()
    person("ines")
    with unit(ROADBED, now=NOW - timedelta(hours=1)) as writing:
        writing.record("service.upgraded", "svc", data={"deployment": "d-old"})
    with unit(ROADBED, now=NOW + timedelta(hours=1)) as writing:
        writing.record("service.upgraded", "svc", data={"deployment": "d-new"})
        alien = writing.record("person.invited", "p", data={})
    later = NOW + timedelta(days=1)
    with pytest.raises(Invalid, match="before the action was made"):
        closing.close_action(cast.mara, "214", "A1", evidence="deployment:d-old", now=later)
    with pytest.raises(Invalid, match="shows nothing about an action"):
        closing.close_action(cast.mara, "214", "A1", evidence=f"fact:{alien}", now=later)
    with pytest.raises(Invalid, match="There is no objective"):
        closing.close_action(cast.mara, "214", "A1", evidence="objective:none/none", now=later)
    asks.answer_with(ObjectiveStands, lambda asked: f"{asked.reference}: 82% left")
    assert closing.close_action(cast.mara, "214", "A1", evidence="objective:shop/lookups", now=later)
    assert queries.review("214").actions[0].closing_shown == "shop/lookups: 82% left"
    usecases.add_action(cast.mara, "214", **ACTION, now=NOW)
    assert closing.close_action(cast.mara, "214", "A2", evidence="live with deployment: d-new", now=later)
    assert queries.review("214").actions[1].closing_kind == "deployment"


def test_a_signed_risk_that_expires_stands_in_for_an_action(cast: Cast):
    cast.drafted()
    words = dict.fromkeys(("impact", "sense", "limited", "detection"), "Said.")
    usecases.write_sections(cast.mara, "214", sections=words, now=NOW)
    factors(cast, "The timeout is fixed", "One step to 100%")
    until = (NOW + timedelta(days=60)).date()
    people.create_team(ROADBED, name="tracking", now=NOW)
    ines = person("ines")
    with pytest.raises(Forbidden, match="those who lead tracking"):
        closing.accept_risk(ines, "214", reason="The rewrite ends in March", expires_on=until, now=NOW)
    people.join_team(ROADBED, team="tracking", email="ines@kestrel.example", lead=True, now=NOW)
    with pytest.raises(Invalid, match="for a while"):
        closing.accept_risk(ines, "214", reason="x", expires_on=(NOW + timedelta(days=400)).date(), now=NOW)
    with pytest.raises(Conflict, match="a signed risk that expires"):
        usecases.publish(cast.mara, "214", now=NOW)
    closing.accept_risk(ines, "214", reason="The rewrite ends in March", expires_on=until, now=NOW)
    with pytest.raises(Conflict, match="a signed risk that expires"):
        usecases.publish(cast.mara, "214", now=NOW + timedelta(days=61))
    usecases.publish(cast.mara, "214", now=NOW)
    assert queries.review("214").acceptances[0].signed_by == "Ines"


class Post:
    """Keeps what is sent, and refuses as often as it is told."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.refuses = 0

    def deliver(self, message: Message, *, seconds: float) -> Delivered:
        if self.refuses:
            self.refuses -= 1
            raise NotDelivered("full")
        self.sent.append(message)
        assert seconds > 0
        return Delivered("1")


@pytest.fixture
def post() -> Iterator[Post]:
    made, before = Post(), dict(board._makers)
    board.provide("notifier.smtp", lambda: made)
    yield made
    board._makers.update(before)
    board._made.pop("notifier.smtp", None)


def remind(at: datetime) -> None:
    reminding.plan(now=at)
    reminding.plan(now=at)
    for job in Job.objects.filter(name=reminding.SEND, state=Job.WAITING):
        reminding.send(job.payload["reminder"], now=at, last_attempt=True)
        reminding.send(job.payload["reminder"], now=at, last_attempt=True)
        Job.objects.filter(pk=job.pk).update(state=Job.DONE)


def test_reminders_outlive_the_review_and_come_once_a_day(cast: Cast, post: Post):
    cast.drafted()
    cast.ready()
    usecases.publish(cast.mara, "214", now=NOW)
    people.create_team(ROADBED, name="tracking", now=NOW)
    person("ines")
    people.join_team(ROADBED, team="tracking", email="ines@kestrel.example", lead=True, now=NOW)
    for day in range(40):
        remind(NOW + timedelta(days=day))
    due = ACTION["due"]
    days = [(one.to_name, (one.day - due).days) for one in Reminder.objects.order_by("day", "to_name")]
    assert days == [
        ("Mara Lindqvist", -7), ("Mara Lindqvist", -1), ("Mara Lindqvist", 0), ("Mara Lindqvist", 7),
        ("Ines", 14), ("Mara Lindqvist", 14), ("Ines", 21), ("Mara Lindqvist", 21),
        ("Ines", 28), ("Mara Lindqvist", 28),
    ]  # fmt: skip
    assert len(post.sent) == len({one.key for one in post.sent}) == 10
    assert post.sent[0].subject == "INC-214 A1 is due in 7 days"
    assert post.sent[-1].subject == "INC-214 A1 has been due for 28 days"
    assert "/reviews/INC-214#actions" in post.sent[0].text
    ada = person("ada")
    closing.close_action(cast.mara, "214", "A1", evidence=LINK, now=NOW)
    assert len(post.sent) == 10
    reminding.plan(now=NOW + timedelta(days=44))
    closing.look_at(ada, "214", "A1", agrees=True, now=NOW)
    remind(NOW + timedelta(days=44))
    remind(NOW + timedelta(days=60))
    assert len(post.sent) == 10


def test_a_reminder_that_does_not_arrive_is_tried_again_and_a_risk_is_reminded_of(cast: Cast, post: Post):
    cast.drafted()
    closing.accept_risk(cast.mara, "214", reason="Until March", expires_on=(NOW + timedelta(days=7)).date(), now=NOW)
    reminding.plan(now=NOW)
    (row,) = Reminder.objects.all()
    post.refuses = 1
    with pytest.raises(Exception, match="did not arrive: full"):
        reminding.send(row.uid, now=NOW, last_attempt=False)
    reminding.send(row.uid, now=NOW, last_attempt=False)
    row.refresh_from_db()
    assert (row.sent_at, row.problem, post.sent[0].subject) == (
        NOW, "", f"The accepted risk of INC-214 runs out on {(NOW + timedelta(days=7)).date()}",
    )  # fmt: skip
    usecases.write_sections(cast.mara, "214", sections={}, now=NOW)
    factors(cast, "The timeout is fixed")
    usecases.add_action(cast.mara, "214", **ACTION, now=NOW + timedelta(hours=1))
    later = NOW + timedelta(days=8)
    reminding.plan(now=later)
    assert not Reminder.objects.filter(about="acceptance", day__gt=row.day).exists()


def incident(cast: Cast, number: int, *, days: float, **other: Any) -> str:
    at = START + timedelta(days=days)
    return cast.drafted(
        uid=f"inc{number}", number=number, started_at=at, detected_at=at + timedelta(minutes=4),
        mitigated_at=at + timedelta(minutes=20), resolved_at=at + timedelta(minutes=30), **other,
    )  # fmt: skip


def test_recurrence_is_judged_after_90_days_and_never_guessed(cast: Cast):
    cast.drafted()
    factors(cast, "The timeout to eta-predictor is fixed", "One step to 100%")
    incident(cast, 300, days=-100)
    recurring.look_back(now=NOW + timedelta(days=1))
    assert Recurrence.objects.filter(review__number=214).count() == 0
    assert recurring.recurrence("214", now=NOW + timedelta(days=1)).verdict == "early"
    incident(cast, 301, days=30)
    recurring.look_back(now=NOW + timedelta(days=95))
    kept = recurring.recurrence("214", now=NOW)
    assert (kept.verdict, kept.service_again, kept.unnamed, kept.factors) == ("unknown", 1, 1, 0)
    factors(cast, "A fixed timeout to eta-predictor", "Backups are slow", of="301")
    assert recurring.look_back(now=NOW + timedelta(days=96)) >= 1
    kept = recurring.recurrence("214", now=NOW)
    assert (kept.verdict, kept.factors, kept.again[0]["name"]) == ("recurred", 1, "INC-301")
    assert kept.again[0]["shares"] == ["the factor “The timeout to eta-predictor is fixed”"]
    assert [one.review for one in recurring.recurrences("recurred")] == ["INC-214"]
    (like,) = [one for one in recurring.similar("214") if one.case.name == "INC-301"]
    assert like.reasons[0].startswith("Shares the factor")
    assert facts_of(queries.review("214").view.uid, kinds=["review.recurrence"])[0].data["verdict"] == "recurred"


def test_the_search_finds_all_words_by_their_beginnings_and_filters(cast: Cast):
    cast.drafted()
    incident(cast, 301, days=-50, title="Café menu was empty", service="menu")
    factors(cast, "The timeout to eta-predictor is fixed")
    usecases.add_action(cast.mara, "214", **ACTION, now=NOW)
    usecases.write_sections(cast.mara, "214", sections={"sense": "Retries <b>had</b> worked"}, now=NOW)

    def found(words: str = "", **filters: Any) -> list[str]:
        return [one.view.name for one in learning.search(Wanted(words, **filters)).items]

    assert found("timeouts") == found("time") == found("eta-predictor fixed") == ["INC-214"]
    assert found("cafe menus") == ["INC-301"]
    assert found("timeout menu") == found("the") == []
    assert found("retry") == ["INC-214"]
    assert found(kind="latent-design") == found(lever="smaller-blast") == ["INC-214"]
    assert found(service="MENU") == found(until=(START - timedelta(days=1)).date()) == ["INC-301"]
    assert found(since=(START - timedelta(days=60)).date()) == ["INC-301", "INC-214"]
    assert learning.search(Wanted("retries")).items[0].excerpt == "Retries <b>had</b> worked"
    usecases.write_sections(cast.mara, "214", sections={"sense": "Plans had worked"}, now=NOW)
    assert found("retries") == []
    first = learning.search(Wanted(), limit=1)
    assert [one.view.name for one in learning.search(Wanted(), limit=1, cursor=first.next_cursor).items] == ["INC-214"]
    with pytest.raises(Invalid):
        found("x" * 201)
    assert Term.objects.filter(term="timeout").count() == 1


def test_patterns_count_by_quarter_and_say_what_is_not_known(cast: Cast):
    cast.drafted()
    for number in range(4):
        incident(cast, 300 + number, days=-90 - number)
    factors(cast, "The timeout is fixed", "The canary was small")
    told = learning.patterns(now=datetime(2026, 12, 1, tzinfo=UTC), quarters=2)
    assert (told.quarters, told.reviews, told.unnamed) == (("2026 Q3", "2026 Q4"), (4, 1), (4, 0))
    assert (told.kinds[0].name, told.kinds[0].counts) == ("latent-design", (0, 1))
    spreads = dict(told.spreads)
    assert (spreads["Found after"].n, spreads["Found after"].median) == (5, 4.0)
    assert dict(learning.patterns(now=NOW, quarters=1).spreads)["Harm"] is None


def test_using_a_rewrite_replaces_the_sentence_and_leaves_a_gap_to_fill(cast: Cast):
    cast.drafted()
    cast.ready()
    said = "The plan had worked.  The team should have\ntested the rollback. Then it ended."
    usecases.write_sections(cast.mara, "214", sections={"sense": said}, now=NOW)
    offered = rewording.use_rewrite(
        cast.mara, "214", where="sense", sentence="The team should have tested the rollback.", now=NOW
    )
    page = queries.review("214")
    assert page.sections["sense"] == f"The plan had worked.  {offered} Then it ended."
    assert GAP in offered
    assert page.missing == ("How it made sense at the time still has a gap to fill in.",)
    with pytest.raises(Conflict, match="not there any more"):
        rewording.use_rewrite(
            cast.mara, "214", where="sense", sentence="The team should have tested the rollback.", now=NOW
        )
    with pytest.raises(Invalid, match="Nothing is said"):
        rewording.use_rewrite(cast.mara, "214", where="sense", sentence="The plan had worked.", now=NOW)


def test_the_export_stands_alone_and_peoples_markup_does_nothing(cast: Cast):
    cast.drafted(title="Lookups | <b>503</b>")
    cast.ready()
    words = "See [it](javascript:alert(1)) and <script>alert(1)</script>\n\n# Big\n\n- *fine* `<b>`\n\n```\n<i>"
    usecases.write_sections(cast.mara, "214", sections={"sense": words}, now=NOW)
    name, text = exporting.export("214", now=NOW)
    assert name == "INC-214.md"
    assert text.startswith("# Review of INC-214: Lookups \\| \\<b\\>503\\</b\\>\n")
    assert "- [ ] A1 Answer without arrival time" in text
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    assert "<script" not in html
    assert "javascript:alert" not in nh3.clean(html)
    assert "<em>fine</em>" in html
    assert html.count("<h1>") == 1
    shown = exporting.html_of(words)
    assert "<script" not in shown
    assert 'href="javascript' not in shown


@given(st.text(alphabet="<>&scriptb/ =\"'`~[]():javx\n#-*_\\!", max_size=60))
def test_whatever_people_write_is_cleaned_away_or_shown(text: str):
    html = str(exporting.html_of(text))
    assert nh3.clean(html, tags={*exporting._TAGS}, attributes={"a": {"href"}}, link_rel="noopener noreferrer") == html
    assert "<script" not in html


def test_the_pages_draw_link_rewrite_search_and_export(cast: Cast, client: Client):
    cast.drafted()
    client.force_login(Person.objects.get(uid=cast.mara.uid))
    page = "/reviews/INC-214"
    for text in ("No fallback", "The timeout is fixed"):
        assert client.post(f"{page}/factors", {"text": text, "kind": "latent-design"}).status_code == 302
    assert client.post(f"{page}/links", {"cause": "F2", "effect": "F1"}).status_code == 302
    wrong = client.post(f"{page}/links", {"cause": "F1", "effect": "F2"})
    assert (wrong.status_code, "goes round in a circle" in wrong.content.decode()) == (422, True)
    usecases.write_sections(cast.mara, "214", sections={"sense": "The team should have tested it."}, now=NOW)
    html = client.get(page).content.decode()
    assert html.count('class="head" d="') == 2
    assert "Perhaps: “Testing it was no part of the steps at that moment" in html
    sent = {"where": "sense", "sentence": "The team should have tested it."}
    assert client.post(f"{page}/rewrites", sent).status_code == 302
    assert client.post(f"{page}/risk", {"reason": "Until March", "expires_on": "soon"}).status_code == 422
    assert client.post(f"{page}/factors/F1", {"drop": "1"}).status_code == 302
    assert "Did it happen again?" in client.get(page).content.decode()
    found = client.get("/reviews/search?q=timeout").content.decode()
    assert "The timeout is fixed" in found
    assert client.get("/reviews/search?since=soon").status_code == 422
    assert "Latent design" in client.get("/reviews/patterns").content.decode()
    file = client.get(f"{page}.md")
    assert (file["Content-Disposition"], file.content[:11]) == ('attachment; filename="INC-214.md"', b"# Review of")


def test_the_api_searches_looks_and_exports(cast: Cast):
    cast.drafted()
    cast.ready()
    ada, ines = door_of("ada@kestrel.example"), door_of("ines@kestrel.example")
    assert ada.post("/reviews/214/links", {"cause": "F1", "effect": "F2"}).body["factors"][0]["leads_to"] == ["F2"]
    assert ada.call("DELETE", "/reviews/214/links/F1/F2").body["factors"][0]["leads_to"] == []
    assert ada.get("/review-search?q=timeout").body["items"][0]["where"] == "Factor F1"
    assert ada.get("/review-search?kind=human-error").body["field"] == "kind"
    assert ada.get("/review-patterns").body["spreads"]["Harm"] is None
    assert ada.get("/reviews/214/recurrence").body["verdict"] == "early"
    assert ada.get("/reviews/214/similar").body == []
    assert ada.get("/reviews/214/export").body["name"] == "INC-214.md"
    assert ada.post("/reviews/214/actions/A1/close", {"evidence": LINK}).body["waits"] is True
    assert ines.post("/reviews/214/actions/A1/look", {"agrees": True}).body["closed_by"] == "ines"
    assert TOLD.number == 214
