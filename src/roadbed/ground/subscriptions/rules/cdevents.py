"""Which kinds of facts CDEvents has a word for, and what that word's schema wants to know of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from roadbed.ground.ledger.rules import FactView
from roadbed.ground.subscriptions.rules.patterns import About, environment_of, service_uid_of

SPECVERSION: Final = "0.6.0-draft"
"""The edition of CDEvents whose schemas the payloads are tested against."""

OWN: Final = "dev.roadbed."
"""What the types of our own kinds begin with."""


@dataclass(frozen=True, slots=True)
class Word:
    """A type of CDEvents.

    Attributes:
        type: with the version of its own schema.
        content: what the schema lets be said; every part that is known is.
        needs: the parts without which the schema refuses the event.
    """

    type: str
    content: tuple[str, ...]
    needs: tuple[str, ...] = ()


_URI: Final = re.compile(
    r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?"
    r"(?:/(?:[A-Za-z0-9._~:@!$&'()*+,;=/-]|%[0-9A-Fa-f]{2})*)?"
    r"(?:\?(?:[A-Za-z0-9._~:@!$&'()*+,;=/?-]|%[0-9A-Fa-f]{2})*)?"
)
"""A whole address as the schemas take one; what is none is left out rather than refused."""

_RUNNING: Final = ("environment", "artifactId")
_TROUBLE: Final = ("description", "environment", "service")

WORDS: Final[Mapping[str, Word]] = {
    "change.abandoned": Word("dev.cdevents.change.abandoned.0.3.0", ("repository",)),
    "change.created": Word("dev.cdevents.change.created.0.4.0", ("repository",)),
    "change.reviewed": Word("dev.cdevents.change.reviewed.0.3.0", ("repository",)),
    "change.merged": Word("dev.cdevents.change.merged.0.3.0", ("repository",)),
    "environment.created": Word("dev.cdevents.environment.created.0.3.0", ("name", "uri")),
    "incident.detected": Word("dev.cdevents.incident.detected.0.3.0", _TROUBLE, ("environment",)),
    "incident.reported": Word(
        "dev.cdevents.incident.reported.0.3.0", (*_TROUBLE, "ticketURI"), ("environment", "ticketURI")
    ),
    "incident.resolved": Word("dev.cdevents.incident.resolved.0.3.0", _TROUBLE, ("environment",)),
    "service.deployed": Word("dev.cdevents.service.deployed.0.3.0", _RUNNING, _RUNNING),
    "service.published": Word("dev.cdevents.service.published.0.3.0", ("environment",)),
    "service.removed": Word("dev.cdevents.service.removed.0.3.0", ("environment",)),
    "service.rolledback": Word("dev.cdevents.service.rolledback.0.3.0", _RUNNING, _RUNNING),
    "service.upgraded": Word("dev.cdevents.service.upgraded.0.3.0", _RUNNING, _RUNNING),
}


def type_of(kind: str) -> str:
    """The type under which a kind leaves in a CDEvents subscription."""
    return WORDS[kind].type if kind in WORDS else f"{OWN}{kind}"


def content_of(fact: FactView, about: About) -> tuple[str, dict[str, Any]] | None:
    """The CDEvents type and the subject's content; None where there is no word, or the fact lacks what it needs.

    Nothing is made up to satisfy a schema: an incident that names no environment leaves as our own kind.
    """
    word = WORDS.get(fact.kind)
    if word is None:
        return None
    said = {part: value for part in word.content if (value := _PARTS[part](fact, about))}
    return (word.type, said) if all(part in said for part in word.needs) else None


def _environment(fact: FactView, about: About) -> dict[str, str] | None:  # noqa: ARG001 - every part takes both
    named = environment_of(fact)
    return {"id": named} if named else None


def _service(fact: FactView, about: About) -> dict[str, str] | None:
    uid = about.service_uid or _text(fact, "service_uid")
    return {"id": uid} if uid else None


def _artifact(fact: FactView, about: About) -> str:
    """A package URL of what runs: the service at its version, else at its commit."""
    name = about.service or _text(fact, "service") or service_uid_of(fact)
    version = _text(fact, "version") or _text(fact, "commit")
    if not name:
        return ""
    return f"pkg:generic/{quote(name, safe='')}" + (f"@{quote(version, safe='')}" if version else "")


def _repository(fact: FactView, about: About) -> dict[str, str] | None:  # noqa: ARG001 - every part takes both
    named = _text(fact, "repository")
    return {"id": named} if named else None


def _address(fact: FactView, *names: str) -> str:
    said = _text(fact, *names)
    return said if _URI.fullmatch(said) else ""


def _text(fact: FactView, *names: str) -> str:
    return next((value for name in names if isinstance(value := fact.data.get(name), str) and value), "")


_PARTS: Final[Mapping[str, Any]] = {
    "environment": _environment,
    "artifactId": _artifact,
    "service": _service,
    "repository": _repository,
    "description": lambda fact, _: _text(fact, "title", "summary"),
    "name": lambda fact, _: _text(fact, "name") or environment_of(fact),
    "uri": lambda fact, _: _address(fact, "url"),
    "ticketURI": lambda fact, _: _address(fact, "ticket", "url"),
}
