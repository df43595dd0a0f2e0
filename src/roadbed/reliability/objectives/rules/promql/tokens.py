"""PromQL text as tokens, enough to compare two queries, to find selectors in them and to see that they are whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

NAME, NUMBER, DURATION, TEXT, WINDOW, SIGN, OTHER = "name", "number", "duration", "text", "window", "sign", "other"
LONGEST: Final = 20_000
DEEPEST: Final = 100

_PLACEHOLDER = r"\{\{-?\s*\.\s*[wW]indow\s*-?\}\}|\$\{?(?:window|__rate_interval|__range|__interval)\}?"
_TOKEN: Final = re.compile(
    rf"""
    (?P<space>\s+|\#[^\n]*)
  | (?P<window>{_PLACEHOLDER})
  | (?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)
  | (?P<duration>(?:\d+(?:ms|[smhdwy]))+(?![a-zA-Z0-9_]))
  | (?P<number>0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<name>[a-zA-Z_][a-zA-Z0-9_:]*)
  | (?P<sign>=~|!~|!=|==|<=|>=|[-+*/%^=<>(){{}}\[\],@:])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query and where it begins."""

    kind: str
    text: str
    at: int

    @property
    def end(self) -> int:
        return self.at + len(self.text)


@lru_cache(maxsize=1024)
def tokens_of(query: str) -> tuple[Token, ...]:
    """The tokens without spaces and comments; what is none of PromQL's is of the kind `other`."""
    return tuple(
        Token(found.lastgroup or OTHER, found[0], found.start())
        for found in _TOKEN.finditer(query)
        if found.lastgroup != "space"
    )


def normalised(query: str) -> str:
    """The query with its spaces, quotes and numbers written in one way, so that equal ones are the same text."""
    return " ".join(_normal(token) for token in tokens_of(query))


def _normal(token: Token) -> str:
    if token.kind == NUMBER:
        return repr(float(int(token.text, 16) if token.text[:2] in ("0x", "0X") else token.text))
    if token.kind == TEXT and token.text[0] != '"':
        return f'"{token.text[1:-1]}"'
    return "{{.window}}" if token.kind == WINDOW else token.text


_PAIRS: Final = {")": "(", "}": "{", "]": "["}


def fault_of(query: str) -> tuple[str, int] | None:
    """What makes the text no query, as far as its brackets, quotes and characters tell, and where; None if nothing."""
    if len(query) > LONGEST:
        return "it is longer than 20,000 characters", 0
    tokens = tokens_of(query)
    if not tokens:
        return "it is empty", 0
    return _unknown(tokens) or _unbalanced(tokens) or _ends_badly(tokens)


def _unknown(tokens: tuple[Token, ...]) -> tuple[str, int] | None:
    for token in tokens:
        if token.kind == OTHER:
            what = "a quote that is not closed" if token.text in "\"'`" else f"{token.text!r}, which PromQL has not"
            return f"it has {what}", token.at
    return None


def _unbalanced(tokens: tuple[Token, ...]) -> tuple[str, int] | None:
    opened: list[Token] = []
    for token in tokens:
        if token.kind != SIGN:
            continue
        if token.text in _PAIRS.values():
            opened.append(token)
            if len(opened) > DEEPEST:
                return f"it nests over {DEEPEST} brackets", token.at
        elif token.text in _PAIRS and (not opened or opened.pop().text != _PAIRS[token.text]):
            return f"{token.text!r} closes nothing", token.at
    return (f"{opened[-1].text!r} is never closed", opened[-1].at) if opened else None


def _ends_badly(tokens: tuple[Token, ...]) -> tuple[str, int] | None:
    for before, after in _neighbours(tokens):
        lone = before.kind == SIGN and before.text in "*/%^+-" and (after is None or after.text in ")*/%^,]")
        if lone:
            return f"{before.text!r} has nothing on its right", before.at
    if tokens[0].kind == SIGN and tokens[0].text in "*/%^)]},":
        return f"{tokens[0].text!r} has nothing on its left", tokens[0].at
    return None


def _neighbours(tokens: tuple[Token, ...]) -> Iterator[tuple[Token, Token | None]]:
    yield from zip(tokens, (*tokens[1:], None), strict=True)
