"""Words of a review as the search keeps and finds them, on any database; pure."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

LONGEST: Final = 32
SHORTEST: Final = 2
MOST_TERMS: Final = 8
"""Words of a question; more narrow it no further."""

WEIGHTS: Final = {"title": 6.0, "factor": 4.0, "action": 3.0, "service": 3.0, "section": 1.0, "timeline": 0.5}
_COMMON: Final = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be been but by did do does for from had has have how if in into is it its no not of on or "
        "our she he so than that the their them then there these they this to too us was we were what when where "
        "which while who why will with you",
    )
)
_WORD: Final = re.compile(r"[^\W_]+(?:[-.'’][^\W_]+)*", re.UNICODE)
_PARTS: Final = re.compile(r"[-.'’]")
_ENDINGS: Final = (
    ("ations", "at"), ("ation", "at"), ("ings", ""), ("ing", ""), ("ies", "y"), ("ied", "y"), ("edly", ""),
    ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"), ("ers", "er"), ("ed", ""), ("es", "e"), ("s", ""),
)  # fmt: skip
_STEM: Final = 3


def stem(word: str) -> str:
    """A word without the ending that a plural or a tense gives it."""
    if word.endswith("ss") or not word.isascii() or not word.isalpha():
        return word
    for ending, kept in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _STEM:
            base = word[: -len(ending)] + kept
            doubled = ending in {"ing", "ed", "ings"} and base[-1] == base[-2] and base[-1] not in "lsz"
            found = base[:-1] if doubled else base
            return found[:-1] if found.endswith("e") and len(found) > _STEM else found
    return word[:-1] if word.endswith("e") and len(word) > _STEM else word


def plain(text: str) -> str:
    """Small letters without their marks."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


def terms_of(text: str) -> tuple[str, ...]:
    """The words that a text is found by, in order; a name of several parts whole and in its parts."""
    found: list[str] = []
    for word in _WORD.findall(plain(text)):
        parts = [part for part in _PARTS.split(word) if part]
        whole = dict.fromkeys((word, *parts))
        found.extend(stem(one)[:LONGEST] for one in whole if len(one) >= SHORTEST and one not in _COMMON)
    return tuple(found)


def weighed(parts: Iterable[tuple[str, str]]) -> dict[str, float]:
    """Each word of a review with its weight: what it stands in counts, and coming again counts ever less."""
    weights: dict[str, float] = defaultdict(float)
    for kind, text in parts:
        seen: dict[str, int] = defaultdict(int)
        for term in terms_of(text):
            seen[term] += 1
            weights[term] += WEIGHTS[kind] / seen[term]
    return {term: round(weight, 3) for term, weight in weights.items()}


def asked(question: str) -> tuple[str, ...]:
    """The words of a question, each once."""
    return tuple(dict.fromkeys(terms_of(question)))[:MOST_TERMS]


def excerpt(texts: Mapping[str, str], terms: Iterable[str], *, around: int = 90) -> tuple[str, str]:
    """Where the words stand: the name of the first text that has one, and its words around it; empty where none has."""
    wanted = tuple(terms)
    for name, text in texts.items():
        for found in _WORD.finditer(text):
            stems = terms_of(found.group())
            if any(one.startswith(term) for one in stems for term in wanted):
                start, end = max(0, found.start() - around), min(len(text), found.end() + around)
                said = " ".join(text[start:end].split())
                return name, f"{'…' if start else ''}{said}{'…' if end < len(text) else ''}"
    return "", ""
