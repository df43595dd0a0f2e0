"""Calendars by URL: read over HTTP, kept when they break, removed with what they said."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.test import Client

from roadbed.adapters.ical_url import IcalUrl
from roadbed.ground.api.tests.door import door_of
from roadbed.ground.jobs.models import Job
from roadbed.ground.ports import board
from roadbed.ground.ports.addresses import AddressPolicy
from roadbed.reliability.paging.calendars import feeding
from roadbed.reliability.paging.models import CalendarFeed, Leave
from roadbed.reliability.paging.tests.conftest import NOW, House

pytestmark = pytest.mark.django_db(databases=["default", "samples"])
TEAM = "team-payments"
EVENT = """\
BEGIN:VEVENT\r
UID:{uid}\r
DTSTAMP:20261101T000000Z\r
DTSTART;VALUE=DATE:20261201\r
DTEND;VALUE=DATE:20261203\r
SUMMARY:{who}\r
END:VEVENT\r
"""


def calendar(*who: str) -> bytes:
    events = "".join(EVENT.format(uid=number, who=one) for number, one in enumerate(who))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{events}END:VCALENDAR\r\n".encode()


@dataclass
class Shelf:
    """A server with one calendar on it."""

    text: bytes = b""
    etag: str = ""
    status: int = 200
    asked: list[str] = field(default_factory=list)
    url: str = ""


@contextmanager
def shelf() -> Iterator[Shelf]:
    made = Shelf()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.headers.get("If-None-Match", "")
            made.asked.append(known)
            status = 304 if known and known == made.etag else made.status
            self.send_response(status)
            if made.etag:
                self.send_header("ETag", made.etag)
            if status == 302:
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            body = made.text if status == 200 else b""
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_port}/private-token/leave.ics"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def web(house: House) -> Iterator[Shelf]:
    board.provide("calendars", lambda: IcalUrl(AddressPolicy()))
    with shelf() as made:
        yield made


def added(web: Shelf) -> str:
    body = {"kind": "leave", "url": web.url, "name": "HR"}
    made = door_of("hanne@kestrel.example", "member").call("POST", f"/teams/{TEAM}/calendar-feeds", body)
    assert made.status == 201
    return str(made.body["uid"])


def away() -> list[str]:
    return [row.person.name for row in Leave.objects.filter(removed_at=None).select_related("person")]


def test_it_is_read_changed_kept_when_it_breaks_and_removed(house: House, web: Shelf):
    web.text, web.etag = calendar("Hanne Brandt", "Somebody Else"), '"1"'
    uid = added(web)
    assert Job.objects.filter(name=feeding.READ, payload={"feed": uid}).count() == 1
    feeding.read(uid, now=NOW)
    assert away() == ["Hanne Brandt"]
    shown = feeding.feeds(TEAM, now=NOW)[0]
    assert (shown.taken, shown.passed_over, shown.host, shown.stale) == (1, ("Somebody Else",), "127.0.0.1", False)
    feeding.read(uid, now=NOW + timedelta(hours=1))
    assert web.asked == ["", '"1"']
    web.text, web.etag = calendar("Ines Carvalho"), '"2"'
    feeding.read(uid, now=NOW + timedelta(hours=2))
    assert away() == ["Ines Carvalho"]
    for status, said in ((500, "answered 500"), (302, "redirects")):
        web.status, web.etag = status, ""
        feeding.read(uid, now=NOW + timedelta(hours=30))
        broken = feeding.feeds(TEAM, now=NOW + timedelta(hours=30))[0]
        assert (said in broken.problem, broken.stale, away()) == (True, True, ["Ines Carvalho"])
    web.status, web.text = 200, b"no calendar"
    feeding.read(uid, now=NOW + timedelta(hours=31))
    assert (bool(feeding.feeds(TEAM, now=NOW)[0].problem), away()) == (True, ["Ines Carvalho"])
    assert door_of("hanne@kestrel.example", "member").call("DELETE", f"/on-call/calendar-feeds/{uid}").status == 204
    assert away() == []
    assert feeding.feeds(TEAM, now=NOW) == ()


def test_once_a_day_it_is_read_in_full(house: House, web: Shelf):
    web.text, web.etag = calendar("Hanne Brandt"), '"1"'
    uid = added(web)
    for hours in (0, 1, 24):
        feeding.read(uid, now=NOW + timedelta(hours=hours))
    assert web.asked == ["", '"1"', ""]


def test_a_calendar_that_is_too_long_is_not_read(house: House, web: Shelf):
    web.text = b"x" * (1024 * 1024 + 1)
    uid = added(web)
    feeding.read(uid, now=NOW)
    assert "more than 1,048,576 bytes" in feeding.feeds(TEAM, now=NOW)[0].problem


def test_failures_wait_longer_and_longer(house: House, web: Shelf):
    web.status = 503
    uid = added(web)
    Job.objects.all().delete()
    feeding.read(uid, now=NOW)
    due = [hours for hours in (1, 2, 3) if feeding.read_due(now=NOW + timedelta(hours=hours))]
    assert due == [2, 3]
    CalendarFeed.objects.update(failures=9)
    assert feeding.read_due(now=NOW + timedelta(hours=6)) == 1


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://169.254.169.254/x.ics", "never called"),
        ("ftp://example.org/x.ics", "not a webhook's address"),
        ("https://u:p@example.org/x.ics", "user or a password"),
    ],
)
def test_an_address_that_is_never_called_is_refused(house: House, web: Shelf, url: str, said: str):
    body = {"kind": "leave", "url": url, "name": "HR"}
    answer = door_of("hanne@kestrel.example", "member").call("POST", f"/teams/{TEAM}/calendar-feeds", body)
    assert (answer.status, said in answer.body["detail"]) == (422, True)
    assert not CalendarFeed.objects.exists()


def test_the_page_shows_adds_and_removes_and_never_the_address(house: House, web: Shelf, client: Client):
    client.force_login(house.person("hanne"))
    body = {"kind": "leave", "url": web.url, "name": "HR"}
    assert client.post(f"/on-call/teams/{TEAM}/schedule/feeds", body).status_code == 302
    page = client.get(f"/on-call/teams/{TEAM}/schedule").content.decode()
    assert ("HR" in page, "private-token" in page) == (True, False)
    uid = CalendarFeed.objects.get().uid
    assert client.post(f"/on-call/teams/{TEAM}/schedule/feeds/{uid}/remove").status_code == 302
    assert CalendarFeed.objects.filter(removed_at=None).count() == 0
    bad = client.post(f"/on-call/teams/{TEAM}/schedule/feeds", {**body, "url": "x"})
    assert bad.status_code == 422
