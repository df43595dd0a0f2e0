"""The front matter of a runbook: what it serves, who answers for it, when it was reviewed, its parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from roadbed.ground.catalog.documents import Document, read_documents
from roadbed.platform.runbooks.rules import parameters
from roadbed.platform.runbooks.rules.shapes import ERROR, MOST_PARAMETERS, Finding, Front, Parameter

KEYS: Final = ("title", "service", "owner", "reviewed", "alerts", "objectives", "fingerprints", "parameters")
PARAMETER_KEYS: Final = ("type", "description", "pattern", "choices", "min", "max", "default")
TYPES: Final = ("text", "integer", "choice")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
MOST_NAMES: Final = 50


def split(text: str) -> tuple[str, str, int]:
    """Front matter, the rest, and on which line the rest begins, counted from 0."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return "", text, 0
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() in ("---", "..."):
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]), number + 1
    return "", text, 0


def read_front(text: str) -> tuple[Front, tuple[Finding, ...]]:
    """Read it; what is wrong is a finding, and what is right counts."""
    if not text.strip():
        return Front(), ()
    read = read_documents(text, "front matter")
    if read.errors:
        first = read.errors[0]
        return Front(), (_fault(first.place.line or 1, f"The front matter is no YAML: {first.detail}", first.remedy),)
    if len(read.documents) != 1 or not isinstance(read.documents[0].value, dict):
        return Front(), (_fault(1, "The front matter is no mapping.", "Write names with values, like title: …"),)
    reading = _Reading(read.documents[0])
    return reading.front(), tuple(reading.faults)


class _Reading:
    """One front matter on its way to its values."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.value: dict[str, Any] = document.value
        self.faults: list[Finding] = []

    def front(self) -> Front:
        for key in self.value:
            if key not in KEYS:
                self.fault((key,), f"{key} is not known here.", f"Known: {', '.join(KEYS)}.")
        return Front(
            title=self.text("title"),
            service=self.text("service"),
            owner=self.text("owner"),
            reviewed=self.day("reviewed"),
            alerts=self.names("alerts"),
            objectives=self.names("objectives"),
            fingerprints=self.names("fingerprints"),
            parameters=self.parameters(),
        )

    def fault(self, path: tuple[str | int, ...], detail: str, remedy: str) -> None:
        # The opening line of dashes stands above the first.
        self.faults.append(_fault(self.document.line_of(path), detail, remedy))

    def text(self, key: str) -> str:
        value = self.value.get(key, "")
        if not isinstance(value, str) or len(value) > 200:  # noqa: PLR2004 - a title's length
            self.fault((key,), f"{key} is no text of at most 200 characters.", f"Write {key}: some words.")
            return ""
        return " ".join(value.split())

    def day(self, key: str) -> date | None:
        value = self.value.get(key)
        if value is None:
            return None
        if isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        self.fault((key,), f"{key} is no date.", f"Write {key}: 2026-11-23")
        return None

    def names(self, key: str) -> tuple[str, ...]:
        value = self.value.get(key, [])
        value = [value] if isinstance(value, str) else value
        fitting = isinstance(value, list) and all(isinstance(one, str) and 0 < len(one) <= 200 for one in value)  # noqa: PLR2004
        if not fitting or len(value) > MOST_NAMES:
            self.fault((key,), f"{key} is no list of at most {MOST_NAMES} names.", f"Write {key}: [a-name]")
            return ()
        return tuple(dict.fromkeys(value))

    def parameters(self) -> tuple[Parameter, ...]:
        value = self.value.get("parameters", {})
        if not isinstance(value, dict) or len(value) > MOST_PARAMETERS:
            self.fault(
                ("parameters",),
                f"parameters is no mapping of at most {MOST_PARAMETERS}.",
                "Write a name, then its type.",
            )
            return ()
        found = [self.parameter(str(name), said) for name, said in value.items()]
        return tuple(one for one in found if one is not None)

    def parameter(self, name: str, said: Any) -> Parameter | None:
        path = ("parameters", name)
        said = {} if said is None else said
        if not _NAME.fullmatch(name) or not isinstance(said, dict):
            self.fault(path, f"{name[:40]!r} is no parameter.", "A name of a-z, 0-9 and _, with its type below it.")
            return None
        for key in said:
            if key not in PARAMETER_KEYS:
                self.fault((*path, key), f"{key} is not known here.", f"Known: {', '.join(PARAMETER_KEYS)}.")
        choices = said.get("choices", [])
        kind = said.get("type", "choice" if choices else "text")
        if kind not in TYPES:
            self.fault((*path, "type"), f"{kind!r} is no type.", f"One of {', '.join(TYPES)}.")
            return None
        if not isinstance(choices, list) or (kind == "choice") != bool(choices):
            self.fault((*path, "choices"), f"{name} needs choices where, and only where, it is a choice.", "List them.")
            return None
        pattern = said.get("pattern", "")
        if not isinstance(pattern, str) or (why := parameters.faulty_pattern(pattern)):
            why = why if isinstance(pattern, str) else "is no text"
            self.fault((*path, "pattern"), f"The pattern of {name} {why}.", "Like [a-z0-9-]{1,40}")
            return None
        return self.checked(
            Parameter(
                name=name,
                kind=kind,
                description=str(said.get("description", ""))[:200],
                pattern=pattern,
                choices=tuple(_said(one) for one in choices),
                low=self.number(said, "min", path),
                high=self.number(said, "max", path),
                default=None if said.get("default") is None else _said(said["default"]),
                line=self.document.line_of(path) + 1,
            )
        )

    def number(self, said: Mapping[str, Any], key: str, path: tuple[str, ...]) -> int | None:
        value = said.get(key)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        self.fault((*path, key), f"{key} is no whole number.", f"Write {key}: 1")
        return None

    def checked(self, parameter: Parameter) -> Parameter:
        if parameter.default is not None and (why := parameters.refused(parameter, parameter.default)):
            path = ("parameters", parameter.name, "default")
            self.fault(path, f"The default of {parameter.name} {why}.", parameters.how(parameter))
        return parameter


def _said(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _fault(line: int, detail: str, remedy: str) -> Finding:
    return Finding("front-matter", ERROR, line + 1, detail, remedy)
