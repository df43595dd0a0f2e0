"""Who was on call stays as it was; sheets are signed, corrected and paid by rules; persons are seen by few."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.test import Client

from roadbed.ground.api.tests.door import Door, door_of
from roadbed.ground.asks.counted import TeamsOnCall
from roadbed.ground.people.models import Membership, Person
from roadbed.ground.people.rules import ROADBED
from roadbed.reliability.paging import accounting, usecases
from roadbed.reliability.paging.load import queries, serving
from roadbed.reliability.paging.load.models import Served, SignedSheet
from roadbed.reliability.paging.rotating import team_named
from roadbed.reliability.paging.tests.conftest import NOW, House

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
TEAM = "team-payments"
HANNE, INES, MARA = "hanne@kestrel.example", "ines@kestrel.example", "mara@kestrel.example"
DAY = timedelta(days=1)
ANY_SPAN = {"start": "2026-11-01T00:00:00Z", "end": "2026-11-02T00:00:00Z"}
ILL = {"person": INES, "starts_at": "2026-11-18T10:00:00Z", "ends_at": "2026-11-18T12:00:00Z", "why": "was ill"}
RULES = "currency: EUR\nrates: {day: 3.6, night: 7.2, weekend: 10, holiday: 20}\n"


@pytest.fixture
def rotated(house: House) -> House:
    """Hanne and Ines in turn since three weeks ago; now is the NOW of the house."""
    house.now = NOW - 21 * DAY
    house.rotate("hanne", "ines")
    house.now = NOW
    return house


def names(house: House) -> dict[str, str]:
    return {house.person(name).uid: name for name in ("hanne", "ines", "mara", "dele")} | {"": "nobody"}


def served(house: House) -> list[tuple[str, float]]:
    known = names(house)
    return [
        (known[row.person_uid], (row.ends_at - row.starts_at) / DAY) for row in Served.objects.order_by("starts_at")
    ]


def door(email: str, role: str = "member") -> Door:
    return door_of(email, role)


def span(house: House, days: int = 14) -> str:
    start = house.now - days * DAY
    return f"start={start:%Y-%m-%dT%H:%M:%SZ}&end={house.now:%Y-%m-%dT%H:%M:%SZ}"


def test_a_later_schedule_changes_nothing_of_what_was(rotated: House):
    before = queries.stints_of(team_named(TEAM), start=NOW - 30 * DAY, end=NOW, now=NOW)
    usecases.set_rotation(ROADBED, TEAM, emails=(INES,), zone="UTC", now=NOW)
    later = NOW + DAY
    after = queries.stints_of(team_named(TEAM), start=NOW - 30 * DAY, end=NOW, now=later)
    assert [(one.start, one.end, one.person) for one in after] == [(one.start, one.end, one.person) for one in before]
    assert {one.person for one in before} == {rotated.person("hanne").uid, rotated.person("ines").uid}


def test_keeping_often_is_keeping_once_and_leaves_no_gap(rotated: House):
    for hours in (0, 1, 1, 30, 31, 200):
        serving.keep_all(now=NOW + timedelta(hours=hours))
    rows = list(Served.objects.order_by("starts_at"))
    assert all(one.ends_at == two.starts_at for one, two in pairwise(rows))
    assert rows[0].starts_at == NOW - 21 * DAY
    assert rows[-1].ends_at == NOW + timedelta(hours=200)
    often = served(rotated)
    Served.objects.all().delete()
    serving.keep_all(now=NOW + timedelta(hours=200))
    assert served(rotated) == often


def test_many_teams_are_kept_a_few_at_a_time(rotated: House, monkeypatch: pytest.MonkeyPatch):
    rotated.now = NOW - 2 * DAY
    rotated.rotate("dele", team="team-sre")
    batches: list[list[str]] = []
    keep = serving.keep
    monkeypatch.setattr(serving, "BATCH", 1)
    monkeypatch.setattr(serving, "keep", lambda uids, *, now: batches.append(list(uids)) or keep(uids, now=now))
    assert serving.keep_all(now=NOW) == 2
    assert [len(one) for one in batches] == [1, 1]
    assert {row.team.name for row in Served.objects.select_related("team")} == {TEAM, "team-sre"}


def test_a_cover_a_leave_and_the_end_of_a_rotation_keep_the_past_first(rotated: House):
    rotated.now = NOW
    usecases.cover(ROADBED, TEAM, person=INES, starts_at=NOW - 2 * DAY, ends_at=NOW + DAY, now=NOW)
    kept = served(rotated)
    usecases.take_leave(
        rotated.caller("hanne"), starts_at=NOW - 5 * DAY, ends_at=NOW + 10 * DAY, now=NOW + timedelta(hours=2)
    )
    usecases.end_rotation(ROADBED, TEAM, now=NOW + timedelta(hours=3))
    serving.keep_all(now=NOW + 9 * DAY)
    assert served(rotated)[: len(kept)][:-1] == kept[:-1]
    assert sum(days for _, days in served(rotated)) == pytest.approx(21 + 3 / 24)


def test_a_sheet_adds_up_is_signed_and_shows_what_changed_since(rotated: House):
    Membership.objects.filter(person__email=HANNE).update(lead=True)
    hanne, admin = door(HANNE), door(MARA, "admin")
    assert admin.call("PUT", "/on-call/pay-rules", {"document": RULES}).body["version"] == 1
    found = hanne.get(f"/teams/{TEAM}/on-call/pay?{span(rotated)}").body
    assert sum(line["total"] for line in found["lines"]) + found["nobody"] + found["unknown"] == found["whole"]
    assert found["unknown"] == 0
    assert {line["person"] for line in found["lines"]} == {"Hanne Brandt", "Ines Carvalho"}
    asked = {"start": found["start"], "end": found["end"]}
    assert hanne.call("POST", f"/teams/{TEAM}/on-call/pay/sign", asked).status == 201
    assert hanne.call("POST", f"/teams/{TEAM}/on-call/pay/sign", asked).status == 409
    made = hanne.call("POST", f"/teams/{TEAM}/on-call/corrections", ILL)
    assert made.status == 201
    after = hanne.get(f"/teams/{TEAM}/on-call/pay?{span(rotated)}").body
    assert after["lines"] == found["lines"]
    assert {one["person"]: one["seconds"] for one in after["differences"]} == {
        "Hanne Brandt": -7200, "Ines Carvalho": 7200,
    }  # fmt: skip
    assert hanne.get(f"/teams/{TEAM}/on-call/corrections").body[0]["why"] == "was ill"
    assert hanne.call("DELETE", f"/on-call/corrections/{made.body['uid']}").status == 204
    assert hanne.get(f"/teams/{TEAM}/on-call/pay?{span(rotated)}").body["differences"] == []
    assert [len(rotated.facts(kind)) for kind in ("pay.signed", "shift.corrected", "pay.rules.changed")] == [1, 2, 1]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "/on-call/pay-rules", {"document": RULES}, 403),
        ("POST", f"/teams/{TEAM}/on-call/pay/sign", ANY_SPAN, 403),
        ("POST", f"/teams/{TEAM}/on-call/corrections", ILL, 403),
        ("GET", f"/teams/{TEAM}/on-call/pay?start=2026-11-02T00:00:00Z&end=2026-11-01T00:00:00Z", None, 422),
        ("GET", f"/teams/{TEAM}/on-call/pay?start=2024-11-02T00:00:00Z&end=2026-11-01T00:00:00Z", None, 422),
        ("GET", "/teams/nobody/on-call/load", None, 404),
    ],
)  # fmt: skip
def test_what_is_not_theirs_or_makes_no_sense_is_refused(
    rotated: House, method: str, path: str, body: dict[str, str] | None, status: int
):
    answer = door(INES).call(method, path, body)
    assert (answer.status, bool(answer.body["detail"])) == (status, True)
    assert not rotated.facts("pay.signed") + rotated.facts("shift.corrected")


def test_nothing_that_is_to_come_is_signed_or_corrected(rotated: House):
    admin = door(MARA, "admin")
    future = {"start": "2027-01-01T00:00:00Z", "end": "2027-02-01T00:00:00Z"}
    assert admin.call("POST", f"/teams/{TEAM}/on-call/pay/sign", future).status == 422
    said = {"person": INES, "starts_at": future["start"], "ends_at": "2027-01-02T00:00:00Z", "why": "will be ill"}
    assert admin.call("POST", f"/teams/{TEAM}/on-call/corrections", said).status == 422


def test_persons_are_seen_by_themselves_and_by_leads(rotated: House, monkeypatch: pytest.MonkeyPatch):
    rotated.mailbox("hanne")
    rotated.burn()
    rotated.wait(0)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(hours=1))
    ines = door(INES).get(f"/teams/{TEAM}/on-call/load").body
    everybody = door(MARA, "admin").get(f"/teams/{TEAM}/on-call/load").body
    assert (ines["pages"], everybody["pages"]) == (1, 1)
    assert (ines["only_own"], everybody["only_own"]) == (True, False)
    assert {one["name"] for one in ines["people"]} <= {"Ines Carvalho"}
    assert {one["name"] for one in everybody["people"]} == {"Hanne Brandt", "Ines Carvalho"}
    assert sum(one["pages"] for one in everybody["people"]) == 1
    assert everybody["known"] == pytest.approx(21 / 28, abs=0.01)
    assert everybody["over_time"] == 2
    longer = door(MARA, "admin").get(f"/teams/{TEAM}/on-call/load?weeks=13").body
    assert longer["known"] == pytest.approx(21 / 91, abs=0.01)
    assert door(MARA, "admin").get(f"/teams/{TEAM}/on-call/load?weeks=5").status == 422


def test_a_team_without_a_record_has_no_data(house: House):
    found = door(MARA, "admin").get(f"/teams/{TEAM}/on-call/load").body
    assert (found["known"], found["per_shift_median"], found["people"]) == (None, None, [])


def test_a_schedule_counts_as_being_on_call(house: House):
    house.rotate("hanne")
    usecases.set_schedule(
        ROADBED, TEAM, document=f"layers:\n  - starts: 2026-01-05\n    people: [{HANNE}]\n", now=house.now
    )
    assert accounting.teams_on_call(TeamsOnCall(at=house.now)) == {TEAM}
    Person.objects.filter(email=HANNE).update(is_active=False)
    assert accounting.teams_on_call(TeamsOnCall(at=house.now)) == frozenset()


def test_the_pages_show_sign_correct_and_refuse(rotated: House, client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    client.force_login(rotated.person("mara"))
    shown = client.get(f"/on-call/teams/{TEAM}/load?weeks=13").content.decode()
    assert "Hanne Brandt" in shown
    assert "Over 25%" in shown
    page = client.get(f"/on-call/teams/{TEAM}/pay?from=2026-11-09&to=2026-11-15")
    assert [hours in page.content.decode() for hours in ("159.00 h", "9.00 h")] == [True, True]
    asked = {"from": "2026-11-09", "to": "2026-11-15"}
    assert client.post(f"/on-call/teams/{TEAM}/pay/sign", asked).status_code == 302
    again = client.post(f"/on-call/teams/{TEAM}/pay/sign", asked)
    assert again.status_code == 409
    bad = client.post(
        f"/on-call/teams/{TEAM}/pay/correct", {"person": INES, "starts": "x", "ends": "2026-11-10T09:00", "why": "ill"}
    )
    assert (bad.status_code, "is no time" in bad.content.decode()) == (422, True)
    assert "no rates" in page.content.decode()
    sheet = client.get(f"/on-call/teams/{TEAM}/pay?from=2026-11-09&to=2026-11-15&as=csv")
    assert sheet["Content-Type"].startswith("text/csv")
    assert sheet.content.decode().count("\n") == 1 + page.content.decode().count(' s">')


def test_standing_by_is_kept_paid_by_its_own_rates_corrected_and_signed(house: House):
    document = (
        f"zone: Europe/Stockholm\nlayers:\n  - {{name: first, starts: 2026-01-05, people: [{HANNE}]}}\n"
        f"second:\n  - {{name: stand-by, starts: 2026-01-05, people: [{INES}]}}\n"
    )
    usecases.set_schedule(ROADBED, TEAM, document=document, now=NOW - 21 * DAY)
    serving.keep_all(now=NOW - 3 * DAY)
    admin = door(MARA, "admin")
    rules = RULES + "standby_rates: {day: 1, night: 1, weekend: 1, holiday: 1}\n"
    assert admin.call("PUT", "/on-call/pay-rules", {"document": rules}).status == 200
    found = admin.get(f"/teams/{TEAM}/on-call/pay?{span(house)}").body
    of = {line["person"]: line for line in found["lines"]}
    whole = 14 * 24 * 3600
    assert (of["Hanne Brandt"]["total"], of["Hanne Brandt"]["standby_total"]) == (whole, 0)
    assert (of["Ines Carvalho"]["total"], of["Ines Carvalho"]["standby_total"]) == (0, whole)
    assert float(of["Ines Carvalho"]["standby_amount"]) == whole / 3600
    assert (found["standby_nobody"], found["standby_unknown"]) == (0, 0)
    asked = {"start": found["start"], "end": found["end"]}
    assert admin.call("POST", f"/teams/{TEAM}/on-call/pay/sign", asked).status == 201
    ill = ILL | {"person": "dele@kestrel.example", "standby": True}
    assert admin.call("POST", f"/teams/{TEAM}/on-call/corrections", ill).status == 201
    after = admin.get(f"/teams/{TEAM}/on-call/pay?{span(house)}").body
    changed = {one["person"]: (one["seconds"], one["standby_seconds"]) for one in after["differences"]}
    assert changed == {"Ines Carvalho": (0, -7200), "Dele Akande": (0, 7200)}
    # A sheet that was signed before standing by was counted is compared without it.
    row = SignedSheet.objects.get()
    row.lines = [
        {name: line[name] for name in ("person", "seconds", "amount")} for line in row.lines if line["seconds"]["day"]
    ]
    row.save()
    assert admin.get(f"/teams/{TEAM}/on-call/pay?{span(house)}").body["differences"] == []


def test_a_page_shows_who_stood_by(house: House, client: Client, monkeypatch: pytest.MonkeyPatch):
    first, second = (f"  - {{starts: 2026-01-05, people: [{email}]}}\n" for email in (HANNE, INES))
    layers = f"layers:\n{first}second:\n{second}"
    usecases.set_schedule(ROADBED, TEAM, document=layers, now=NOW - 21 * DAY)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    client.force_login(house.person("mara"))
    page = client.get(f"/on-call/teams/{TEAM}/pay?from=2026-11-09&to=2026-11-15")
    assert ["Stood by" in page.content.decode(), "168.00 h" in page.content.decode()] == [True, True]
    sheet = client.get(f"/on-call/teams/{TEAM}/pay?from=2026-11-09&to=2026-11-15&as=csv").content.decode()
    head, *rows = [row.split(",") for row in sheet.splitlines()]
    assert [row[head.index("standby_seconds")] for row in rows] == ["0", str(7 * 24 * 3600)]
