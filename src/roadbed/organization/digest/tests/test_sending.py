"""Digests planned, sent through a real mail server, retried, stopped by the link, and never sent a second time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from roadbed.adapters.smtp import SmtpNotifier
from roadbed.adapters.smtp.tests.sink import Sink, smtp_sink
from roadbed.ground.api.tests.door import Door, door_of
from roadbed.ground.asks import news
from roadbed.ground.asks.news import WARN, Line
from roadbed.ground.jobs import usecases as jobs
from roadbed.ground.jobs.models import Job
from roadbed.ground.jobs.registry import Abandon
from roadbed.ground.ledger.models import Fact
from roadbed.ground.people import usecases as people
from roadbed.ground.people.models import Person
from roadbed.ground.people.queries import caller_of_person
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.ports import board
from roadbed.ground.ports.notifier import Delivered, Message, NotDelivered
from roadbed.organization.digest import sending, usecases
from roadbed.organization.digest.models import Issue

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
BEFORE = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 8, 5, tzinfo=UTC)
TEAM, EMAIL = "team-payments", "hanne@kestrel.example"


@pytest.fixture
def hanne(db: Any, wired: None) -> Iterator[Person]:
    people.create_team(ROADBED, name=TEAM, now=BEFORE)
    people.invite_person(ROADBED, email=EMAIL, name="Hanne", now=BEFORE)
    people.join_team(ROADBED, team=TEAM, email=EMAIL, now=BEFORE)
    kept, makers, made = dict(news._tellers), dict(board._makers), dict(board._made)
    news._tellers.clear()
    news.supply("budgets", "Error budgets", lambda week: (Line(f"{week.team} <burns>", "/objectives", WARN),), rank=1)
    yield Person.objects.get(email=EMAIL)
    news._tellers.update(kept)
    board._makers, board._made = makers, made


def wants(person: Person, wanted: str = "on", **given: Any) -> None:
    clock = {"day": "monday", "hour": 8, "zone": "UTC", "now": BEFORE} | given
    usecases.write_preference(caller_of_person(person), wanted=wanted, **clock)


def send(*, last: bool = False, now: datetime = MONDAY) -> None:
    sending.send(Issue.objects.get().uid, last=last, clock=lambda: now)


def by(deliver: Callable[[Message], None]) -> list[Message]:
    """Put a notifier in place that does what the test says; answers what it was handed."""
    handed: list[Message] = []

    class Standing:
        def deliver(self, message: Message, *, seconds: float) -> Delivered:
            del seconds
            handed.append(message)
            deliver(message)
            return Delivered("1")

    board.provide("notifier.smtp", Standing)
    return handed


def test_it_is_planned_once_a_week_and_goes_out_as_text_and_page_with_a_way_to_stop_it(hanne: Person):
    wants(hanne)
    assert sending.plan(now=MONDAY - timedelta(minutes=10)) == 0
    assert [sending.plan(now=MONDAY), sending.plan(now=MONDAY + timedelta(hours=1))] == [1, 0]
    assert Job.objects.filter(name="digest.send").count() == 1
    with smtp_sink() as sink:
        board.provide("notifier.smtp", lambda: SmtpNotifier(sink.url, sender="roadbed@kestrel.example"))
        send()
        send()
        (mail,) = _mails(sink)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, page = (part.get_content() for part in mail.iter_parts())
    assert "! team-payments <burns>" in text
    assert "team-payments &lt;burns&gt;" in page
    assert urlsplit(mail["List-Unsubscribe"].strip("<>")).path.startswith(f"/digest/stop/{hanne.uid}/")
    assert Issue.objects.get().state == Issue.SENT
    assert sending.plan(now=MONDAY + timedelta(days=7)) == 1
    assert Fact.objects.filter(kind="digest.sent").count() == 1


def _mails(sink: Sink) -> list[Any]:
    return list(sink.mails)


def test_a_week_without_news_and_a_digest_a_day_late_are_not_sent(hanne: Person):
    handed = by(lambda _: None)
    wants(hanne)
    assert sending.plan(now=MONDAY + timedelta(hours=25)) == 0
    news.supply("budgets", "Error budgets", lambda _: (Line("as before", news=False),), rank=1)
    sending.plan(now=MONDAY)
    send()
    assert (handed, Issue.objects.get().state) == ([], Issue.EMPTY)


def test_a_team_decides_for_those_who_said_nothing(hanne: Person):
    caller = caller_of_person(hanne)
    usecases.write_team_default(caller, TEAM, wanted=True, now=BEFORE)
    wants(hanne, "off")
    assert sending.plan(now=MONDAY) == 0
    wants(hanne, "team")
    assert sending.plan(now=MONDAY) == 1
    usecases.write_team_default(caller, TEAM, wanted=False, now=MONDAY)
    assert sending.plan(now=MONDAY + timedelta(days=7)) == 0


def test_a_mail_server_that_is_away_is_tried_again_and_given_up_in_words(hanne: Person):
    def away(_: Message) -> None:
        raise NotDelivered("the mail server refuses connections")

    wants(hanne)
    sending.plan(now=MONDAY)
    handed = by(away)
    with pytest.raises(NotDelivered):
        send()
    assert Issue.objects.get().state == Issue.WAITING
    with pytest.raises(Abandon):
        send(last=True)
    assert (len(handed), Issue.objects.get().state, Issue.objects.get().tries) == (2, Issue.FAILED, 2)
    assert Fact.objects.filter(kind="digest.failed").count() == 1


def test_a_worker_killed_while_it_goes_out_never_sends_it_twice(hanne: Person):
    class Killed(BaseException):
        """What a kill leaves: no handler runs."""

    def kill(_: Message) -> None:
        raise Killed

    wants(hanne)
    sending.plan(now=MONDAY)
    handed = by(kill)
    run = jobs.claim("one", now=MONDAY, names=["digest.send"])
    assert run is not None
    with pytest.raises(Killed):
        send()
    # The lease runs out, another worker gets the job and must not send it again.
    jobs.reap(now=MONDAY + timedelta(minutes=5))
    assert jobs.claim("two", now=MONDAY + timedelta(minutes=5), names=["digest.send"]) is not None
    with pytest.raises(Abandon, match="not sent again"):
        send(now=MONDAY + timedelta(minutes=5))
    assert (len(handed), Issue.objects.get().state) == (1, Issue.UNKNOWN)


def test_two_workers_at_once_send_it_once(hanne: Person):
    wants(hanne)
    sending.plan(now=MONDAY)
    # The second worker begins while the first one's mail is under way.
    handed = by(lambda _: len(handed) == 1 and _second())

    def _second() -> None:
        with pytest.raises(Abandon):
            send()

    send()
    assert len(handed) == 1


def test_the_link_shows_by_get_and_stops_by_post_without_a_session_or_a_token(hanne: Person):
    wants(hanne)
    handed = by(lambda _: None)
    sending.plan(now=MONDAY)
    send()
    address = urlsplit(handed[0].headers["List-Unsubscribe"].strip("<>")).path
    visitor = Client(enforce_csrf_checks=True)
    assert "changed nothing" in visitor.get(address).content.decode()
    assert sending.plan(now=MONDAY + timedelta(days=7)) == 1
    one_click = visitor.post(address, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert "Stopped" in one_click.content.decode()
    assert sending.plan(now=MONDAY + timedelta(days=14)) == 0
    assert visitor.post(f"{address[:-4]}beef").status_code == 404
    assert visitor.post("/digest/stop/nobody/x").status_code == 404


def test_one_sees_and_changes_ones_own_by_the_api_and_the_page(hanne: Person, client: Client):
    door: Door = door_of(EMAIL, "member")
    assert door.get("/digest").body["sends"] is False
    assert door.call("PUT", "/digest", {"wanted": "on", "zone": "Nowhere/Town"}).body["field"] == "zone"
    kept = door.call("PUT", "/digest", {"wanted": "on", "day": "friday", "hour": 15, "zone": "Europe/Stockholm"}).body
    assert (kept["sends"], kept["day"], kept["hour"]) == (True, "friday", 15)
    shown = door.get("/digest/preview").body
    assert (shown["empty"], shown["parts"][0]["team"]) == (False, TEAM)
    assert "/digest/stop/" not in shown["text"]
    assert door.call("PUT", "/digest/teams/nobody", {"wanted": True}).status == 404
    people.create_team(ROADBED, name="team-other", now=BEFORE)
    assert door.call("PUT", "/digest/teams/team-other", {"wanted": True}).status == 403
    assert door.call("PUT", f"/digest/teams/{TEAM}", {"wanted": True}).body == {"team": TEAM, "wanted": True}
    client.force_login(hanne)
    assert "team-payments &lt;burns&gt;" in client.get("/digest").content.decode()
    form = {"wanted": "off", "day": "monday", "hour": "8", "zone": "UTC"}
    assert client.post("/digest", form | {"hour": "99"}).status_code == 422
    assert "Kept." in client.post("/digest", form, follow=True).content.decode()
    assert "Leave it to each" in client.get(f"/teams/{TEAM}").content.decode()
