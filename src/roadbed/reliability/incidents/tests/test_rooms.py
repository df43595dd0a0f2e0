"""The chat room of an incident, with a chat that this process plays."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from roadbed.ground.errors import Conflict, Unavailable
from roadbed.ground.jobs.models import Job
from roadbed.ground.jobs.registry import Abandon
from roadbed.ground.ports import board
from roadbed.ground.ports.chat_rooms import Pin, Refused, Room
from roadbed.reliability.incidents import chatting, queries, telling, usecases
from roadbed.reliability.incidents.tests.conftest import House, minutes

pytestmark = pytest.mark.django_db(databases=["default", "samples"])


class Chat:
    """Keeps what it was asked."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.invited: tuple[str, ...] = ()
        self.refuses = ""

    def open(self, name: str, *, topic: str, private: bool) -> Room:  # noqa: ARG002 - the port's form
        if self.refuses:
            raise Refused(self.refuses)
        return Room("C1", name, f"https://chat.example/{name}")

    def invite(self, room: Room, emails: tuple[str, ...]) -> tuple[str, ...]:  # noqa: ARG002 - the port's form
        self.invited = emails
        return ()

    def post(self, room: Room, text: str, *, key: str) -> None:  # noqa: ARG002 - the port's form
        self.said.append(text)

    def pins(self, room: Room) -> tuple[Pin, ...]:  # noqa: ARG002 - the port's form
        return (Pin("p1", minutes(3), "Tomasz", "98% are EtaTimeout"),)

    def archive(self, room: Room) -> None:  # noqa: ARG002 - the port's form
        self.said.append("archived")


@pytest.fixture
def chat() -> Iterator[Chat]:
    made, makers, kept = Chat(), dict(board._makers), dict(board._made)
    board.provide("chat_rooms", lambda: made)
    yield made
    board._makers, board._made = makers, kept


def test_a_room_is_opened_told_read_and_archived(house: House, chat: Chat):
    uid = house.opened().view.uid
    usecases.assign(house.mara, "1", role="lead", person=house.mara.uid, now=minutes(1))
    chatting.want_room(house.mara, "1", now=minutes(2))
    with pytest.raises(Conflict, match="has a room"):
        chatting.want_room(house.mara, "1", now=minutes(2))
    for _ in range(2):
        chatting.open_now(uid, now=minutes(2))
    assert chat.invited == ("mara@kestrel.example",)
    assert queries.incident("1", now=minutes(3)).view.room["url"] == "https://chat.example/inc-1"
    telling.post_update(house.mara, "1", text="1 in 9 fails", now=minutes(4))
    (job,) = Job.objects.filter(name=chatting.SAY)
    chatting.say_now(uid, job.payload["text"], job.payload["key"])
    assert chat.said == ["Mara Lindqvist told stakeholders: 1 in 9 fails"]
    assert [chatting.take_pins(house.mara, "1", now=minutes(5)) for _ in range(2)] == [1, 0]
    line = next(one for one in queries.incident("1", now=minutes(6)).timeline if one.kind == "incident.noted")
    assert (line.title, line.detail, line.at) == ("Tomasz said in the chat", "“98% are EtaTimeout”", minutes(3))
    chatting.want_archived(house.mara, "1", now=minutes(7))
    chatting.close_now(uid, now=minutes(7))
    assert chat.said[-1] == "archived"


def test_a_refusal_is_said_on_the_incident_and_without_a_chat_none_is_offered(house: House, chat: Chat):
    uid = house.opened().view.uid
    chatting.want_room(house.mara, "1", now=minutes(2))
    chat.refuses = "conversations.create: missing_scope"
    with pytest.raises(Abandon):
        chatting.open_now(uid, now=minutes(2))
    assert queries.incident("1", now=minutes(3)).view.room["why"] == "conversations.create: missing_scope"
    board._makers.pop("chat_rooms")
    board._made.pop("chat_rooms", None)
    assert not chatting.is_offered()
    with pytest.raises(Unavailable):
        chatting.want_room(house.mara, "1", now=minutes(4))
