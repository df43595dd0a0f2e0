"""Owns the proof, the reading and the answering of slash commands as Slack sends them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import parse_qs

from roadbed.adapters.slack.answers import proven
from roadbed.adapters.slack.notifier import acknowledge_button, escaped
from roadbed.ground.ports.answers import Arrived, NotProven
from roadbed.ground.ports.commands import Commanded, Line

LONGEST: Final = 2_900
"""Characters of a section: Slack takes 3,000."""
MOST: Final = 40
"""Blocks of an answer: Slack takes 50."""


class SlackCommands:
    """Reads what Slack posts to the request URL of a slash command."""

    def __init__(self, secret: Callable[[], str]) -> None:
        self.secret = secret

    def read(self, arrived: Arrived, *, now: float) -> Commanded:
        """What was written. Raises NotProven."""
        proof = proven(arrived, self.secret(), now=now)
        try:
            given = parse_qs(arrived.body.decode(), keep_blank_values=True, max_num_fields=100)
        except (ValueError, UnicodeDecodeError):
            raise NotProven("It is no form.") from None

        def said(field: str, longest: int) -> str:
            return given.get(field, [""])[0].replace("\x00", "")[:longest]

        return Commanded(
            text=said("text", 2_000), address=said("user_id", 40), name=said("user_name", 80), proof=proof,
            ping=said("ssl_check", 1) == "1",
        )  # fmt: skip

    def answer(self, lines: Sequence[Line]) -> dict[str, Any]:
        """Blocks that only whoever wrote sees."""
        blocks: list[dict[str, Any]] = []
        for line in lines[:MOST]:
            text = {"type": "mrkdwn", "text": escaped(line.text)[:LONGEST] or " "}
            button = {"accessory": acknowledge_button(line.token)} if line.token else {}
            blocks.append({"type": "section", "text": text, **button})
        return {"response_type": "ephemeral", "text": escaped(lines[0].text)[:LONGEST], "blocks": blocks}
