"""Texts of rules: placeholders in braces, filled with figures as people read them; what is missing says so."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Final

from roadbed.reliability.objectives.rules.policy.conditions import Value
from roadbed.reliability.objectives.rules.policy.variables import VARIABLES, WHOLE, keyed, variable_of
from roadbed.reliability.objectives.rules.words import figure, share

LONGEST: Final = 400
NO_DATA: Final = "no data"
_PLACE: Final = re.compile(r"\{([^{}]*)\}")
_KEYED: Final = re.compile(r"""([a-z.]+)\[["']?([^"'\[\]]+)["']?\]""")

Part = tuple[str, str]
"""A piece of text with the path of the placeholder after it; an empty path ends the text."""


class TextError(ValueError):
    """A placeholder that stands for nothing, and what to write."""

    def __init__(self, text: str, remedy: str) -> None:
        super().__init__(text)
        self.remedy = remedy


def parts_of(text: str) -> tuple[Part, ...]:
    """A text cut at its placeholders.

    Raises:
        TextError: naming a placeholder that stands for nothing, or a brace without its fellow.
    """
    if len(text) > LONGEST:
        raise TextError(f"The text has over {LONGEST} characters.", "Say it shorter.")
    return tuple(_parts(text))


def _parts(text: str) -> Iterator[Part]:
    at = 0
    for found in _PLACE.finditer(text):
        yield _plain(text[at : found.start()]), _path(found[1])
        at = found.end()
    yield _plain(text[at:]), ""


def _plain(text: str) -> str:
    if "{" in text or "}" in text:
        raise TextError("A brace stands alone.", "Write placeholders like {budget.remaining}.")
    return text


def _path(name: str) -> str:
    inside = _KEYED.fullmatch(name)
    path = inside[1] if inside else name
    known = VARIABLES.get(path)
    if known is None:
        near = difflib.get_close_matches(path, VARIABLES, n=1)
        remedy = f"Did you mean {{{near[0]}}}?" if near else f"There are {', '.join(VARIABLES)}."
        raise TextError(f"{{{name}}} stands for nothing.", remedy)
    if known.keyed != (inside is not None):
        raise TextError(f"{{{name}}} stands for nothing.", "Write {burn[1h]}, and {paging} without brackets.")
    return keyed(path, inside[2]) if inside else path


def written(parts: tuple[Part, ...]) -> str:
    """The text as it was written."""
    return "".join(plain + (f"{{{path}}}" if path else "") for plain, path in parts)


def filled(parts: tuple[Part, ...], values: Mapping[str, Value | None]) -> str:
    """The text with its figures."""
    return "".join(plain + (said(path, values.get(path)) if path else "") for plain, path in parts)


def said(path: str, value: Value | None) -> str:
    """A value as people read it."""
    known = variable_of(path)
    if value is None:
        return NO_DATA
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if known.share:
        return share(value)
    if path == "age":
        return f"{value:.0f}"
    return f"{value:,.6g}" if known.type == WHOLE or path in ("budget.bad", "window.days") else figure(value)
