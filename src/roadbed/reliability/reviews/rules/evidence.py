"""What shows that an action is done: an address, or a fact of the ledger, that somebody else can look up; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from roadbed.ground.errors import Invalid, Place

LINK, FACT, OBJECTIVE = "link", "fact", "objective"
SHOWING: Final = {
    "service.deployed": "deployment",
    "service.upgraded": "deployment",
    "service.rolledback": "rollback",
    "change.merged": "pull request",
    "build.finished": "build",
    "flag.changed": "flag",
    "flag.created": "flag",
    "flag.archived": "flag",
    "objective.defined": "objective",
    "policy.applied": "policy",
    "rotation.changed": "rotation",
    "schedule.changed": "schedule",
    "runbook.run": "runbook",
    "path.published": "golden path",
    "journey.defined": "journey",
    "secret.written": "secret",
}
"""Kinds of facts that can show that something was done."""

_URL: Final = re.compile(r"https?://[^\s<>\"']+\.[^\s<>\"']+|https?://localhost\S*", re.IGNORECASE)
_NAMED: Final = re.compile(r"\b(fact|deployment|objective):\s*([0-9a-zA-Z._/-]{1,64})", re.IGNORECASE)
REMEDY: Final = (
    "Give an address that starts with https://, `deployment:` or `fact:` with its uid, or `objective:` with its uid or "
    "SERVICE/NAME."
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What evidence points at: a link, a deployment, another fact or an objective's figure."""

    kind: str
    reference: str


def evidence_of(text: str) -> Shown:
    """What a text points at; its first reference counts.

    Raises:
        Invalid: when it points at nothing that can be looked up.
    """
    named = _NAMED.search(text)
    if named:
        return Shown(named[1].lower(), named[2].rstrip(".,;"))
    url = _URL.search(text)
    if url:
        return Shown(LINK, url.group().rstrip(".,;)"))
    raise Invalid(
        f"“{text[:80]}” is nothing that somebody else can look up.", remedy=REMEDY, place=Place(field="evidence")
    )


def url_in(text: str) -> str:
    """The address in a text, for a link on a page; empty where there is none."""
    found = _URL.search(text)
    return found.group().rstrip(".,;)") if found else ""
