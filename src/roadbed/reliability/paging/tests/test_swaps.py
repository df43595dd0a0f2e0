"""Shifts that somebody asks others to take: nothing changes before one accepts, and only one can."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from roadbed.ground.api.tests.door import door_of
from roadbed.ground.errors import Conflict, Forbidden, Invalid, Refusal
from roadbed.ground.jobs.models import Job
from roadbed.ground.people import usecases as people
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.paging import shifts, usecases
from roadbed.reliability.paging.links import request_link
from roadbed.reliability.paging.models import Cover, ShiftRequest
from roadbed.reliability.paging.swaps import answering, asking, queries, telling
from roadbed.reliability.paging.tests.conftest import NOW, House

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
TEAM = "team-payments"
HANNE, INES = "hanne@kestrel.example", "ines@kestrel.example"
DAY = timedelta(days=1)
MINE = (NOW + DAY, NOW + 2 * DAY)
THEIRS = (NOW + 8 * DAY, NOW + 9 * DAY)


@pytest.fixture
def rotated(house: House) -> House:
    """Hanne this week, Ines next week, Dele the third one."""
    people.join_team(ROADBED, team=TEAM, email="dele@kestrel.example", now=NOW)
    house.rotate("hanne", "ines", "dele")
    return house


def ask(house: House, to: str = "", **more: object) -> str:
    given = {"starts_at": MINE[0], "ends_at": MINE[1], "to": to, "now": house.now, **more}
    return asking.ask(house.caller("hanne"), TEAM, **given)  # type: ignore[arg-type]


def on_call(house: House, at: tuple) -> list[str | None]:  # type: ignore[type-arg]
    return [one.person for one in shifts.shifts(TEAM, start=at[0], end=at[1], now=house.now)]


def tell(house: House) -> list[str]:
    """Do what the pager would do with notices; answers whom they were for."""
    told = []
    for job in Job.objects.filter(name=telling.TELL, state=Job.WAITING, run_at__lte=house.now).order_by("id"):
        telling.tell(job.payload, now=house.now, last_attempt=True)
        Job.objects.filter(pk=job.pk).update(state=Job.DONE)
        told.append(job.payload["person"])
    return [next(name for name in ("hanne", "ines", "dele") if house.person(name).uid == uid) for uid in told]


def test_it_stays_who_asked_until_the_other_accepts_and_both_are_told(rotated: House):
    rotated.mailbox("hanne", "ines")
    uid = ask(rotated, INES, note="a wedding")
    assert on_call(rotated, MINE) == ["Hanne Brandt"]
    assert tell(rotated) == ["ines"]
    mail = rotated.sink.mails[-1]
    assert (mail["To"], "asks you to take a shift of team-payments" in mail["Subject"]) == (INES, True)
    assert request_link(uid, rotated.person("ines").uid) in mail.get_content()
    assert "a wedding" in mail.get_content()
    with pytest.raises(Forbidden, match="asked of Ines"):
        answering.accept(rotated.caller("dele"), uid, now=rotated.now)
    answering.accept(rotated.caller("ines"), uid, now=rotated.now)
    assert on_call(rotated, MINE) == ["Ines Carvalho"]
    assert tell(rotated) == ["hanne"]
    assert "Ines Carvalho takes your shift" in rotated.sink.mails[-1]["Subject"]
    with pytest.raises(Conflict, match="Ines Carvalho has accepted it already"):
        answering.accept(rotated.caller("ines"), uid, now=rotated.now)
    assert Cover.objects.count() == 1
    assert [one["state"] for one in rotated.facts("shift.request.closed")] == ["accepted"]
    assert rotated.facts("shift.covered")[0]["request"] == uid


def test_a_trade_gives_both_the_others_time_or_nothing(rotated: House):
    uid = ask(rotated, INES, back=THEIRS)
    answering.accept(rotated.caller("ines"), uid, now=rotated.now)
    assert on_call(rotated, MINE) == ["Ines Carvalho"]
    assert on_call(rotated, THEIRS) == ["Hanne Brandt"]
    other = (NOW + 3 * DAY, NOW + 4 * DAY)
    again = ask(rotated, INES, starts_at=other[0], ends_at=other[1], back=(THEIRS[1], THEIRS[1] + DAY))
    usecases.take_leave(rotated.caller("hanne"), starts_at=THEIRS[1], ends_at=THEIRS[1] + DAY, now=rotated.now)
    with pytest.raises(Conflict, match="Hanne Brandt is away"):
        answering.accept(rotated.caller("ines"), again, now=rotated.now)
    assert on_call(rotated, other) == ["Hanne Brandt"]
    assert Cover.objects.count() == 2


def test_anyone_may_take_it_the_first_one_does_and_it_ends_when_all_say_no(rotated: House):
    uid = ask(rotated)
    assert sorted(tell(rotated)) == ["dele", "ines"]
    answering.decline(rotated.caller("ines"), uid, now=rotated.now)
    dele, ines = rotated.caller("dele"), rotated.caller("ines")
    assert [one.uid for one in queries.waiting_for(dele.uid, dele.teams, now=rotated.now)] == [uid]
    assert not queries.waiting_for(ines.uid, ines.teams, now=rotated.now)
    answering.decline(dele, uid, now=rotated.now)
    assert ShiftRequest.objects.get().state == ShiftRequest.DECLINED
    assert tell(rotated) == ["hanne"]
    assert on_call(rotated, MINE) == ["Hanne Brandt"]


def test_it_ends_when_the_shift_begins_and_a_late_answer_changes_nothing(rotated: House):
    uid = ask(rotated, INES)
    with pytest.raises(Conflict, match="already"):
        ask(rotated, INES)
    (gap,) = [one for one in shifts.gaps_ahead(TEAM, now=rotated.now) if one.rule == "unanswered-request"]
    assert (gap.person, gap.start, gap.end) == ("Hanne Brandt", *MINE)
    rotated.now = MINE[0]
    assert answering.begun(rotated.now).exists()
    with pytest.raises(Conflict, match="has begun"):
        answering.accept(rotated.caller("ines"), uid, now=rotated.now)
    assert (answering.expire(now=rotated.now), answering.expire(now=rotated.now)) == (1, 0)
    assert tell(rotated)[-1] == "hanne"
    # Whoever was asked and has not been told yet is not asked any more.
    assert len(rotated.sink.mails) == 1
    assert "it is yours" in rotated.sink.mails[-1]["Subject"]
    assert not Cover.objects.exists()


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"starts_at": NOW + 6 * DAY, "ends_at": NOW + 8 * DAY}, "from"),
        ({"starts_at": NOW - DAY}, "from"),
        ({"to": "mara@kestrel.example"}, "to"),
        ({"to": HANNE}, "to"),
        ({"back": THEIRS}, "to"),
        ({"to": INES, "back": MINE}, "back_from"),
        ({"ends_at": NOW}, "to"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_names_its_field_and_changes_nothing(rotated: House, more: dict[str, object], field: str):
    with pytest.raises(Refusal) as refused:
        ask(rotated, **more)  # type: ignore[arg-type]
    assert refused.value.place.field == field
    assert refused.value.remedy
    assert not ShiftRequest.objects.exists()


def test_whoever_is_away_or_whose_time_it_is_no_more_cannot_accept(rotated: House):
    uid = ask(rotated)
    usecases.take_leave(rotated.caller("ines"), starts_at=MINE[0], ends_at=MINE[1], now=rotated.now)
    with pytest.raises(Conflict, match="You are away"):
        answering.accept(rotated.caller("ines"), uid, now=rotated.now)
    usecases.cover(ROADBED, TEAM, person=INES, starts_at=MINE[0], ends_at=MINE[1], now=rotated.now)
    with pytest.raises(Invalid, match="Hanne Brandt is not on call in all of it"):
        answering.accept(rotated.caller("dele"), uid, now=rotated.now)


def test_by_api_asked_listed_declined_and_withdrawn(rotated: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    hanne, ines, dele = door_of(HANNE, "member"), door_of(INES, "member"), door_of("dele@kestrel.example", "member")
    body = {"starts_at": "2026-11-24T09:00:00Z", "ends_at": "2026-11-25T09:00:00Z", "to": INES}
    uid = hanne.call("POST", f"/teams/{TEAM}/shift-requests", body).body["uid"]
    assert [one["asked"] for one in ines.get("/me/shift-requests").body] == ["Ines Carvalho"]
    assert dele.get("/me/shift-requests").body == []
    assert dele.call("DELETE", f"/shift-requests/{uid}").status == 403
    assert ines.call("POST", f"/shift-requests/{uid}/decline").body["state"] == "declined"
    again = hanne.call("POST", f"/teams/{TEAM}/shift-requests", body).body["uid"]
    assert hanne.call("DELETE", f"/shift-requests/{again}").status == 204
    assert ines.call("POST", f"/shift-requests/{again}/accept").status == 409
    half = body | {"back_starts_at": "2026-12-01T09:00:00Z"}
    assert hanne.call("POST", f"/teams/{TEAM}/shift-requests", half).status == 422
    listed = hanne.get(f"/teams/{TEAM}/shift-requests?everything=true").body
    assert sorted(one["state"] for one in listed) == ["declined", "withdrawn"]


def test_the_link_shows_and_its_button_accepts(rotated: House, client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    uid = ask(rotated, INES)
    path = request_link(uid, rotated.person("ines").uid).removeprefix("http://127.0.0.1:8000")
    assert "Accept" in client.get(path).content.decode()
    assert ShiftRequest.objects.get().state == ShiftRequest.OPEN
    assert client.get(f"{path}x").status_code == 404
    assert client.post(path, {"answer": "accept"}).status_code == 302
    assert ShiftRequest.objects.get().taken_by == rotated.person("ines")
    assert "Ines Carvalho has it" in client.get(path).content.decode()


def test_the_pages_ask_show_and_answer(rotated: House, client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    client.force_login(rotated.person("hanne"))
    form = {"to": INES, "from": "2026-11-24T10:00", "to_time": "2026-11-25T10:00"}
    page = f"/on-call/teams/{TEAM}/schedule"
    assert client.post(f"{page}/ask", form | {"from": "soon"}).status_code == 422
    assert client.post(f"{page}/ask", form).status_code == 302
    uid = ShiftRequest.objects.get().uid
    assert "Withdraw" in client.get(page).content.decode()
    client.force_login(rotated.person("ines"))
    assert "You are asked to take a shift" in client.get("/on-call").content.decode()
    away = client.post(f"/on-call/requests/{uid}/answer", {"answer": "decline", "back": "//evil.example"})
    assert away["Location"] == page
    assert client.get(f"/on-call/requests/{uid}/answer").status_code == 405
    assert ShiftRequest.objects.get().state == ShiftRequest.DECLINED


STANDING = """\
zone: Europe/Stockholm
layers:
  - {name: week, starts: 2026-11-23, people: [hanne@kestrel.example]}
second:
  - {name: stand-by, starts: 2026-11-23, people: [ines@kestrel.example, dele@kestrel.example]}
"""


def standing_by(house: House, at: tuple) -> list[str | None]:  # type: ignore[type-arg]
    return [one.person for one in shifts.shifts(TEAM, start=at[0], end=at[1], now=house.now, standby=True)]


def test_time_of_standing_by_is_asked_for_and_traded_apart_from_that_on_call(rotated: House):
    rotated.mailbox("dele")
    usecases.set_schedule(ROADBED, TEAM, document=STANDING, now=rotated.now)
    ines = rotated.caller("ines")
    given = {"starts_at": MINE[0], "ends_at": MINE[1], "to": "dele@kestrel.example", "now": rotated.now}
    with pytest.raises(Invalid, match="not on call in all of it"):
        asking.ask(ines, TEAM, **given)
    with pytest.raises(Invalid, match="not standing by in all of it"):
        asking.ask(rotated.caller("hanne"), TEAM, **given, standby=True)
    uid = asking.ask(ines, TEAM, **given, standby=True, back=THEIRS)
    assert tell(rotated) == ["dele"]
    assert "asks you to take a stand-by shift of team-payments" in rotated.sink.mails[-1]["Subject"]
    answering.accept(rotated.caller("dele"), uid, now=rotated.now)
    assert (standing_by(rotated, MINE), on_call(rotated, MINE)) == (["Dele Akande"], ["Hanne Brandt"])
    assert (standing_by(rotated, THEIRS), on_call(rotated, THEIRS)) == (["Ines Carvalho"], ["Hanne Brandt"])
    assert [one.standby for one in shifts.covers(TEAM, now=rotated.now)] == [True, True]
    calendar = shifts.calendar_of_person(ines.uid, now=rotated.now).decode()
    assert "stands by\\, override" in calendar


def test_somebody_covers_standing_by_where_somebody_does(rotated: House):
    span = {"person": INES, "starts_at": MINE[0], "ends_at": MINE[1], "standby": True, "now": rotated.now}
    with pytest.raises(Invalid, match="Nobody stands by in team-payments"):
        usecases.cover(ROADBED, TEAM, **span)
    usecases.set_schedule(
        ROADBED,
        TEAM,
        document=STANDING.replace("people: [ines", "people: [dele").replace(", dele@", ", ines@"),
        now=rotated.now,
    )
    usecases.cover(ROADBED, TEAM, **span)
    assert standing_by(rotated, MINE) == ["Ines Carvalho"]
    with pytest.raises(Invalid, match="traded by a request"):
        usecases.cover(ROADBED, TEAM, **span, swap_with="dele@kestrel.example")
