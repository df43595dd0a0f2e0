"""Owns the sending of one Slack message: by a bot with a button that acknowledges, or by an incoming webhook."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final

from roadbed.ground.ports.addresses import AddressPolicy
from roadbed.ground.ports.notifier import Delivered, Message, NotDelivered
from roadbed.ground.ports.posting import Answer, Poster

API: Final = "https://slack.com/api"
ACTION: Final = "roadbed.acknowledge"
CONVERSATION: Final = re.compile(r"[CDGUW][A-Z0-9]{6,20}")
PASSING: Final = frozenset({
    "ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout",
    "team_added_to_org", "accesslimited",
})  # fmt: skip
"""What Slack says when the same message may be taken later; every other refusal stays one."""

LONGEST: Final = 2900
"""Characters of a section: Slack takes 3,000, and escaping makes some longer."""


class SlackNotifier:
    """Posts to a member or a channel by their id, as a bot."""

    def __init__(
        self, token: Callable[[], str], *, policy: AddressPolicy | None = None, api: str = API, buttons: bool = True
    ) -> None:
        self.token, self.api, self.buttons = token, api.rstrip("/"), buttons
        self.poster = Poster("Slack", policy or AddressPolicy(), reads=65_536)

    def fault_of(self, address: str) -> str:
        """What is wrong with an address; empty when nothing is."""
        if CONVERSATION.fullmatch(address):
            return ""
        return f"{address[:80]!r} is no Slack id; a member's begins with U, a channel's with C."

    def deliver(self, message: Message, *, seconds: float) -> Delivered:
        """Deliver within the time. Raises NotDelivered."""
        said = {
            "channel": message.address,
            "text": message.subject,
            "blocks": _blocks(message, buttons=self.buttons),
            "unfurl_links": False,
            "metadata": {"event_type": "roadbed_page", "event_payload": {"key": message.key}},
        }
        headers = {"Content-Type": "application/json; charset=utf-8", "Authorization": f"Bearer {self.token()}"}
        url = f"{self.api}/chat.postMessage"
        answer = self.poster.post(url, json.dumps(said).encode(), headers, seconds=seconds)
        told = _told(self.poster.taken(answer))
        if not told.get("ok"):
            error = str(told.get("error", "it gives no reason"))[:80]
            raise NotDelivered(f"Slack refused it: {error}", permanent=error not in PASSING, status=answer.status)
        return Delivered(provider_id=f"{told.get('channel', '')}:{told.get('ts', '')}"[:200], status=answer.status)


class SlackHookNotifier:
    """Posts to an incoming webhook, whose address is its whole secret; there is no button behind it."""

    def __init__(self, policy: AddressPolicy | None = None) -> None:
        self.poster = Poster("Slack's webhook", policy or AddressPolicy(), reads=200)

    def fault_of(self, url: str) -> str:
        """What is wrong with an address before it is kept."""
        return self.poster.fault_of(url)

    def deliver(self, message: Message, *, seconds: float) -> Delivered:
        """Deliver within the time. Raises NotDelivered."""
        said = {"text": message.subject, "blocks": _blocks(message, buttons=False)}
        headers = {"Content-Type": "application/json; charset=utf-8"}
        answer = self.poster.post(message.address, json.dumps(said).encode(), headers, seconds=seconds)
        self.poster.taken(answer, answer.body.decode("utf-8", "replace") if answer.status >= 400 else "")  # noqa: PLR2004 - where HTTP's errors begin
        return Delivered(provider_id=f"answered {answer.status}", status=answer.status)


def _told(answer: Answer) -> dict[str, Any]:
    try:
        told = json.loads(answer.body)
    except ValueError:
        raise NotDelivered("Slack answered no JSON", unknown=True, status=answer.status) from None
    return told if isinstance(told, dict) else {}


def escaped(text: str) -> str:
    """A text of ours that Slack shows as it is."""
    # Slack reads <…> as links and mentions: a service named <!channel> would call everybody.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def acknowledge_button(token: str) -> dict[str, Any]:
    """The button whose press comes back signed, with the token in it."""
    return {
        "type": "button", "style": "primary", "action_id": ACTION, "value": token,
        "text": {"type": "plain_text", "text": "Acknowledge"},
    }  # fmt: skip


def _blocks(message: Message, *, buttons: bool) -> list[dict[str, Any]]:
    shown = [{"type": "header", "text": {"type": "plain_text", "text": message.subject[:150]}}]
    blocks: list[dict[str, Any]] = [*shown, {
        "type": "section", "text": {"type": "mrkdwn", "text": escaped(message.text)[:LONGEST] or " "},
    }]  # fmt: skip
    elements: list[dict[str, Any]] = []
    if message.token and buttons:
        elements.append(acknowledge_button(message.token))
    if message.link:
        elements.append({
            "type": "button", "action_id": "roadbed.open", "url": message.link,
            "text": {"type": "plain_text", "text": "Open"},
        })  # fmt: skip
    return [*blocks, {"type": "actions", "elements": elements}] if elements else blocks
