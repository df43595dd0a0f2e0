"""Rooms in Slack, against a double of its Web API on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from roadbed.adapters.slack_rooms import SlackRooms
from roadbed.ground.ports.chat_rooms import NotReached, Refused, Room

ROOM = Room("C1", "inc-7", "https://kestrel.slack.example/archives/C1")


class Slack(ThreadingHTTPServer):
    """Answers by method; keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, dict[str, str], str]] = []
        self.answers: dict[str, Any] = {
            "auth.test": {"ok": True, "url": "https://kestrel.slack.example/", "user_id": "U0"},
            "conversations.create": {"ok": True, "channel": {"id": "C1", "name": "inc-7"}},
        }

    @property
    def rooms(self) -> SlackRooms:
        return SlackRooms(lambda: "xoxb-1", api=f"http://127.0.0.1:{self.server_address[1]}")

    def sent(self, method: str) -> dict[str, str]:
        return next(form for name, form, _ in self.asked if name == method)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Slack)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        method = self.path.lstrip("/")
        self.server.asked.append((method, form, self.headers["Authorization"]))
        answer = self.server.answers.get(method, {"ok": True})
        status, said = answer if isinstance(answer, tuple) else (200, answer)
        content = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def slack() -> Iterator[Slack]:
    server = Slack()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_room_is_made_with_its_topic_and_its_link(slack: Slack):
    assert slack.rooms.open("inc-7", topic="INC-7: Cards refused", private=True) == ROOM
    assert slack.sent("conversations.create") == {"name": "inc-7", "is_private": "true"}
    assert slack.sent("conversations.setTopic")["topic"] == "INC-7: Cards refused"
    assert {token for _, _, token in slack.asked} == {"Bearer xoxb-1"}


def test_a_room_that_a_first_try_made_is_found_and_somebody_elses_is_not_taken(slack: Slack):
    slack.answers["conversations.create"] = {"ok": False, "error": "name_taken"}
    slack.answers["conversations.list"] = {"ok": True, "channels": [{"id": "C1", "name": "inc-7", "creator": "U0"}]}
    assert slack.rooms.open("inc-7", topic="", private=False) == ROOM
    slack.answers["conversations.list"]["channels"][0]["creator"] = "U9"
    with pytest.raises(Refused, match="did not make"):
        slack.rooms.open("inc-7", topic="", private=False)


def test_people_come_in_and_who_is_unknown_is_named(slack: Slack):
    slack.answers["users.lookupByEmail"] = {"ok": True, "user": {"id": "U5"}}
    assert slack.rooms.invite(ROOM, ("mara@kestrel.example",)) == ()
    assert slack.sent("conversations.invite") == {"channel": "C1", "users": "U5"}
    slack.answers["users.lookupByEmail"] = {"ok": False, "error": "users_not_found"}
    assert slack.rooms.invite(ROOM, ("ana@kestrel.example",)) == ("ana@kestrel.example",)


def test_what_is_posted_calls_nobody_and_keeps_its_key(slack: Slack):
    slack.rooms.post(ROOM, "<!channel> 1 in 9 fails", key="u1")
    slack.rooms.post(ROOM, "again", key="u1")
    first, second = (form for name, form, _ in slack.asked if name == "chat.postMessage")
    assert first["text"] == "&lt;!channel&gt; 1 in 9 fails"
    assert first["client_msg_id"] == second["client_msg_id"]


def test_pins_come_oldest_first_and_odd_ones_are_left(slack: Slack):
    pins = [{"type": "message", "message": {"ts": f"{at}.0001", "user": "U5", "text": f"at {at}"}} for at in (200, 100)]
    odd = [{"type": "file"}, {"type": "message", "message": {"ts": "never"}}]
    slack.answers["pins.list"] = {"ok": True, "items": [*pins, *odd]}
    assert [(pin.by, pin.text) for pin in slack.rooms.pins(ROOM)] == [("U5", "at 100"), ("U5", "at 200")]


def test_archiving_twice_is_no_fault(slack: Slack):
    slack.answers["conversations.archive"] = {"ok": False, "error": "already_archived"}
    slack.rooms.archive(ROOM)
    assert slack.sent("conversations.archive") == {"channel": "C1"}


@pytest.mark.parametrize(
    ("answer", "fault", "says"),
    [
        ({"ok": False, "error": "missing_scope", "needed": "pins:read"}, Refused, "pins:read"),
        ({"ok": False, "error": "invalid_auth"}, Refused, "invalid_auth"),
        ({"ok": False, "error": "ratelimited"}, NotReached, "ratelimited"),
        ((429, b"slow down"), NotReached, "429"),
        ((503, b""), NotReached, "503"),
        ((200, b"<html>"), NotReached, "without JSON"),
        ((200, b"[]"), NotReached, "without JSON"),
    ],
)
def test_refusals_that_pass_are_told_from_those_that_stay(slack: Slack, answer: Any, fault: type, says: str):
    slack.answers["pins.list"] = answer
    with pytest.raises(fault, match=says):
        slack.rooms.pins(ROOM)


def test_nobody_there_and_no_token_are_told_apart(slack: Slack):
    with pytest.raises(NotReached, match="not answered"):
        SlackRooms(lambda: "xoxb-1", api="http://127.0.0.1:1").archive(ROOM)
    with pytest.raises(Refused, match="no token"):
        SlackRooms(lambda: "").archive(ROOM)
