"""Owns the talk with Slack's Web API about incidents' channels: make, invite, post, read pins, archive."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import httpx

from roadbed.ground.ports.chat_rooms import NotReached, Pin, Refused, Room

API: Final = "https://slack.com/api"
SECONDS: Final = 10.0
LONGEST: Final = 12_000
"""Characters of a message; Slack cuts longer ones."""
MOST_PAGES: Final = 20

PASSING: Final = frozenset({"ratelimited", "fatal_error", "internal_error", "service_unavailable", "request_timeout"})
"""Slack's refusals that another attempt can outlive."""


class SlackRooms:
    """One workspace. Scopes: channels:manage, groups:write, chat:write, users:read.email, pins:read."""

    def __init__(self, token: Callable[[], str], *, api: str = API) -> None:
        """`token` is read at each use, so that a new one counts at once; it is never kept nor logged."""
        self._token = token
        self._api = api.rstrip("/")

    def open(self, name: str, *, topic: str, private: bool) -> Room:
        """Open a channel, or find the one of that name that this app made. Raises Refused, NotReached."""
        answer = self._call("conversations.create", {"name": name, "is_private": private}, passing=("name_taken",))
        found = answer.get("channel") if answer.get("ok") else self._find(name)
        if found is None:
            raise Refused(f"a channel #{name} exists that this app did not make; rename that one")
        room = Room(str(found["id"]), str(found.get("name") or name), self._url(str(found["id"])))
        # Without a topic it works as well.
        self._call("conversations.setTopic", {"channel": room.id, "topic": topic[:250]}, passing=None)
        return room

    def _find(self, name: str) -> dict[str, Any] | None:
        me = self._call("auth.test", {}).get("user_id")
        cursor = ""
        for _ in range(MOST_PAGES):
            asked = {"limit": 1000, "types": "public_channel,private_channel", "exclude_archived": True}
            answer = self._call("conversations.list", asked | ({"cursor": cursor} if cursor else {}))
            for one in answer.get("channels", ()):
                if one.get("name") == name and one.get("creator") == me:
                    return dict(one)
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        return None

    def _url(self, channel: str) -> str:
        team = self._call("auth.test", {})
        return f"{str(team.get('url') or 'https://slack.com/').rstrip('/')}/archives/{channel}"

    def invite(self, room: Room, emails: tuple[str, ...]) -> tuple[str, ...]:
        """Bring people in; answers the addresses that Slack does not know."""
        users, unknown = [], []
        for email in emails:
            answer = self._call("users.lookupByEmail", {"email": email}, passing=("users_not_found",))
            if answer.get("ok"):
                users.append(str(answer["user"]["id"]))
            else:
                unknown.append(email)
        if users:
            said = {"channel": room.id, "users": ",".join(users)}
            self._call("conversations.invite", said, passing=("already_in_channel", "cant_invite_self"))
        return tuple(unknown)

    def post(self, room: Room, text: str, *, key: str) -> None:
        """Say something. The key travels along, for whoever reads the channel to tell a second try."""
        once = str(uuid.UUID(hashlib.sha256(key.encode()).hexdigest()[:32]))
        said = {"channel": room.id, "text": _plain(text)[:LONGEST], "client_msg_id": once, "unfurl_links": False}
        self._call("chat.postMessage", said)

    def pins(self, room: Room) -> tuple[Pin, ...]:
        """What is pinned, oldest first."""
        items = self._call("pins.list", {"channel": room.id}).get("items", ())
        messages = [one["message"] for one in items if one.get("type") == "message" and one.get("message")]
        found = [
            Pin(
                id=str(one["ts"]),
                at=datetime.fromtimestamp(float(one["ts"]), tz=UTC),
                by=str(one.get("username") or one.get("user") or "somebody"),
                text=str(one.get("text") or ""),
            )
            for one in messages
            if _is_stamp(one.get("ts"))
        ]
        return tuple(sorted(found, key=lambda pin: pin.at))

    def archive(self, room: Room) -> None:
        """Archive it."""
        self._call("conversations.archive", {"channel": room.id}, passing=("already_archived",))

    def _call(self, method: str, said: dict[str, Any], *, passing: tuple[str, ...] | None = ()) -> dict[str, Any]:
        """One request. `passing` are refusals that the caller reads itself; None lets every one pass."""
        token = self._token()
        if not token:
            raise Refused("no token is set")
        # Slack's reading methods take no JSON, every method takes a form.
        form = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in said.items()}
        try:
            with httpx.Client(timeout=SECONDS, trust_env=False, follow_redirects=False) as client:
                response = client.post(f"{self._api}/{method}", data=form, headers={"Authorization": f"Bearer {token}"})
        except httpx.HTTPError as fault:
            raise NotReached(f"{method} was not answered ({type(fault).__name__})") from None
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS or response.status_code >= 500:  # noqa: PLR2004
            raise NotReached(f"{method} was answered {response.status_code}")
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise NotReached(f"{method} was answered {response.status_code} without JSON")
        error = str(answer.get("error") or "")
        if answer.get("ok") or passing is None or error in passing:
            return answer
        if error in PASSING:
            raise NotReached(f"{method}: {error}")
        needed = f" (it needs the scope {answer['needed']})" if answer.get("needed") else ""
        raise Refused(f"{method}: {error or 'refused'}{needed}")


def _plain(text: str) -> str:
    # What people wrote must not call a whole channel or hide a link behind a word.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _is_stamp(said: object) -> bool:
    try:
        return 0 < float(str(said)) < 1e11  # noqa: PLR2004 - seconds, within a few thousand years
    except ValueError:
        return False
