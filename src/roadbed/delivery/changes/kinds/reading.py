"""Reads text as words, and finds phrases in it: no regular expression meets what others wrote, so time stays linear."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

READ: Final = 4000
"""Characters of a text that are read; a purpose is told at the beginning."""
GAP: Final = 4
"""The most words that `..` stands for."""
LONGEST: Final = 20
"""The most characters of a listed stem."""
STOP: Final = "."
_TOKEN: Final = re.compile(r"\d+(?:\.\d+)+|[^\W_]+(?:['’][^\W_]+)?|%|→|[.;!?](?=\s|$)|\n")
_CHOICE: Final = re.compile(r"\(([^()]*)\)")
_ARROW: Final = re.compile(r"[-=]{1,2}>")


@dataclass(frozen=True, slots=True)
class Part:
    """One place of a phrase: any of these words, any word that begins so, or a gap."""

    exact: frozenset[str]
    stems: tuple[str, ...]
    gap: bool

    def fits(self, word: str) -> bool:
        """Whether a word may stand here."""
        return word in self.exact or word.startswith(self.stems)


Phrase = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A text as its words in lower case, each with its place in what was written."""

    written: str
    words: tuple[str, ...]
    places: tuple[tuple[int, int], ...]

    def shown(self, begin: int, end: int) -> str:
        """The words from begin to before end as they were written."""
        return self.written[self.places[begin][0] : self.places[end - 1][1]]


def read(text: str, limit: int = READ) -> Text:
    """The words of a text; a sentence's end is a word of its own, so that no phrase crosses it."""
    written = _ARROW.sub("→", unicodedata.normalize("NFKC", text[:limit]))[: 2 * limit]
    found = [(match[0], match.span()) for match in _TOKEN.finditer(written)]
    words = tuple(STOP if word in ".;!?\n" else word.lower().replace("’", "'") for word, _ in found)
    return Text(written, words, tuple(place for _, place in found))


@dataclass(frozen=True, slots=True)
class Concept:
    """What people say in many ways, each as it is listed."""

    name: str
    words: tuple[str, ...]


def concept(name: str, listed: str) -> Concept:
    """A concept from a list with commas: `crash*` any ending, `(a|b)` either, `..` up to four words, `!` not this."""
    return Concept(
        name,
        tuple(dict.fromkeys(" ".join(part.split()).replace("| ", "|") for part in listed.split(",") if part.strip())),
    )


def spelled(word: str) -> Iterator[Phrase]:
    """The phrases that the notation stands for; alternatives of one word each stay together, longer ones are split."""
    parts = _CHOICE.split(word.lower())
    choices: list[list[str]] = []
    for place, part in enumerate(parts):
        alternatives = part.split("|") if place % 2 else [part]
        alone = place % 2 and parts[place - 1][-1:] in ("", " ") and parts[place + 1][:1] in ("", " ")
        single = alone and all(len(one.split()) == 1 for one in alternatives)
        choices.append(["|".join(one.strip() for one in alternatives)] if single else alternatives)
    for chosen in itertools.product(*choices):
        if words := "".join(chosen).split():
            yield tuple(_part(one) for one in words)


def _part(word: str) -> Part:
    alternatives = word.split("|")
    return Part(
        exact=frozenset(one for one in alternatives if not one.endswith("*")),
        stems=tuple(one[:-1] for one in alternatives if one.endswith("*")),
        gap=word == "..",
    )


@dataclass(frozen=True, slots=True)
class Hit:
    """A concept that a text has, with the words that say so."""

    concept: str
    words: str


Listed = tuple[str, str]
"""A concept's name and one of its words as listed."""


class Index:
    """Concepts by the first word of their phrases, so that a text is gone through once."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        """Spell the concepts out."""
        self._exact: dict[str, list[tuple[Listed, Phrase]]] = {}
        self._stems: dict[str, list[tuple[Listed, Phrase]]] = {}
        for one in concepts:
            for word in one.words:
                for phrase in spelled(word.removeprefix("!")):
                    for first in phrase[0].exact:
                        self._exact.setdefault(first, []).append(((one.name, word), phrase))
                    for first in phrase[0].stems:
                        self._stems.setdefault(first, []).append(((one.name, word), phrase))

    def find(self, text: Text, without: Container[Listed] = ()) -> dict[str, Hit]:
        """The first hit of each concept that the text has; words in `without` are as if not listed."""
        hits: list[tuple[str, int, int]] = []
        cancelled: dict[str, list[tuple[int, int]]] = {}
        for listed, begin, end in self._matches(text):
            if listed in without:
                continue
            if listed[1].startswith("!"):
                cancelled.setdefault(listed[0], []).append((begin, end))
            else:
                hits.append((listed[0], begin, end))
        first: dict[str, Hit] = {}
        for name, begin, end in hits:
            out = any(since <= begin < until for since, until in cancelled.get(name, ()))
            if not out and name not in first:
                first[name] = Hit(name, text.shown(begin, end))
        return first

    def listed_in(self, text: Text) -> set[Listed]:
        """Every listed word that the text has."""
        return {listed for listed, _, _ in self._matches(text) if not listed[1].startswith("!")}

    def _matches(self, text: Text) -> Iterator[tuple[Listed, int, int]]:
        for begin, word in enumerate(text.words):
            for listed, phrase in self._beginning(word):
                if end := _match(phrase, text.words, begin):
                    yield listed, begin, end

    def _beginning(self, word: str) -> Iterator[tuple[Listed, Phrase]]:
        yield from self._exact.get(word, ())
        for length in range(1, min(len(word), LONGEST) + 1):
            yield from self._stems.get(word[:length], ())


def _match(phrase: Phrase, words: tuple[str, ...], begin: int) -> int:
    """Where the phrase that begins here ends, 0 if it does not; the first word is known to fit."""
    at, skip = begin + 1, False
    for part in phrase[1:]:
        if part.gap:
            skip = True
            continue
        reach = at + (GAP if skip else 0)
        while at < len(words) and at <= reach and words[at] != STOP and not part.fits(words[at]):
            at += 1
        if at >= len(words) or at > reach or words[at] == STOP:
            return 0
        at, skip = at + 1, False
    return at
