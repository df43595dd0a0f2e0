"""Owners of stale runbooks get one mail for all, once each time; whoever wants none gets none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client

from roadbed.adapters.smtp import SmtpNotifier
from roadbed.adapters.smtp.tests.sink import Sink, smtp_sink
from roadbed.ground.people.models import Membership, Person
from roadbed.ground.people.rules import ROADBED
from roadbed.ground.ports import board
from roadbed.platform.runbooks import reminding, repository, usecases, watching
from roadbed.platform.runbooks.models import Reminder
from roadbed.platform.runbooks.tests.conftest import Stage
from roadbed.platform.runbooks.tests.stage import NOW

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
LATER = NOW + timedelta(days=100)


@pytest.fixture
def sink(stage: Stage) -> Iterator[Sink]:
    made = dict(board._makers), dict(board._made)
    repository.read_repository(ROADBED, stage.cast.uid, now=NOW)
    with smtp_sink() as found:
        board.provide("notifier.smtp", lambda: SmtpNotifier(found.url, sender="roadbed@kestrel.example"))
        yield found
    board._makers, board._made = made


def owners(stage: Stage) -> list[str]:
    return sorted(Membership.objects.filter(team__name="team-payments").values_list("person__email", flat=True))


def test_one_mail_each_for_all_that_went_stale_and_none_again_until_it_was_reviewed(stage: Stage, sink: Sink):
    assert watching.check(now=LATER) == 2
    assert reminding.waiting().exists()
    assert reminding.send(now=LATER) == len(owners(stage))
    assert sorted(str(mail["To"]) for mail in sink.mails) == owners(stage)
    mail = sink.mails[0]
    assert mail["Subject"] == "2 runbooks went stale"
    assert all(
        word in mail.get_content() for word in ("Lookups return 503", "Lookups are runbook", "No such mails to me")
    )
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    watching.check(now=LATER + timedelta(days=15))
    assert (reminding.waiting().exists(), reminding.send(now=LATER + timedelta(days=15))) == (False, 0)
    usecases.review(stage.cast.ines, "checkout/lookups", note="Tried", now=LATER + timedelta(days=15))
    watching.check(now=LATER + timedelta(days=16))
    watching.check(now=LATER + timedelta(days=150))
    before = len(sink.mails)
    reminding.send(now=LATER + timedelta(days=150))
    assert sink.mails[before]["Subject"] == "The runbook Lookups return 503 went stale"


def test_leads_alone_are_told_where_there_are_any(stage: Stage, sink: Sink):
    Membership.objects.filter(person__uid=stage.cast.ines.uid).update(lead=True)
    watching.check(now=LATER)
    reminding.send(now=LATER)
    assert [str(mail["To"]) for mail in sink.mails] == [Person.objects.get(uid=stage.cast.ines.uid).email]


def test_what_was_reviewed_before_the_mail_went_out_is_left_out(stage: Stage, sink: Sink):
    watching.check(now=LATER)
    usecases.review(stage.cast.ines, "checkout/lookups", now=LATER)
    assert reminding.send(now=LATER) == len(owners(stage))
    assert {str(mail["Subject"]) for mail in sink.mails} == {"The runbook Lookups are runbook went stale"}
    assert set(Reminder.objects.values_list("runbook__slug", flat=True)) == {"slow"}


def test_a_mail_server_that_is_away_is_waited_for(stage: Stage, sink: Sink):
    watching.check(now=LATER)
    sink.rcpt = "451 come back later"
    assert reminding.send(now=LATER) == 0
    sink.rcpt = ""
    assert reminding.send(now=LATER + timedelta(minutes=5)) == len(owners(stage))


def test_the_link_in_the_mail_and_the_page_end_and_bring_back(stage: Stage, sink: Sink, client: Client):
    ines = stage.cast.ines
    path = reminding.stop_link(ines.uid).removeprefix("http://127.0.0.1:8000")
    assert "No mails about stale runbooks?" in client.get(path).content.decode()
    assert reminding.is_wanted(ines.uid)
    assert client.get(f"{path}x").status_code == 404
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not reminding.is_wanted(ines.uid)
    watching.check(now=LATER)
    reminding.send(now=LATER)
    assert Person.objects.get(uid=ines.uid).email not in {str(mail["To"]) for mail in sink.mails}
    client.force_login(Person.objects.get(uid=ines.uid))
    assert "You get no mail" in client.get("/runbooks").content.decode()
    assert client.post("/runbooks/reminders", {"wanted": "on"}).status_code == 302
    assert reminding.is_wanted(ines.uid)
