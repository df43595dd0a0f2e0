"""Numbers that a change moves, and in which direction: version 118 to 117 is a way back, 5 % to 25 % a way forward."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import Final

READ: Final = 2000
_NUMBER: Final = r"v?(\d{1,9}(?:\.\d{1,9}){0,5})"
_STEP: Final = re.compile(
    rf"\b{_NUMBER}\s?(?:to|→|->|auf|a|replaced by)\s?{_NUMBER}(?![\d-]|\.\d|\s?(?:Gi|Mi|ms|s|h|%)\b|\s?%)",
    re.IGNORECASE,
)
_FROM: Final = re.compile(
    rf"\b(?:to|→|version)\s(?:version\s)?{_NUMBER}\b.{{0,40}}?\b(?:from|was|instead of)\s{_NUMBER}", re.IGNORECASE
)
_FULL: Final = re.compile(r"(?<![\w.])v?(\d{1,9}(?:\.\d{1,9}){1,5})(?![\w%])")
FAR: Final = 20
"""Plain numbers further apart than this are a quantity, not the version before."""
_BACK: Final = r"(?:revert(?:s|ing|ed)?|undo(?:es|ing)?|back(?:s|ed|ing)? ?out|un-?merge[sd]?|un-?ship)\b"
_BACKS: Final = re.compile(_BACK, re.IGNORECASE)
_REAPPLY: Final = re.compile(r"\b(re-?apply|re-?land|re-?introduce)\b", re.IGNORECASE)
_HEAD: Final = re.compile(
    r"^\s{0,9}(?:\w{1,20}(?:\([^)]{0,60}\))?!?:\s)?(?:git )?"
    rf'((?:{_BACK}(?! button| redo| stack| history)[\s"]{{0,9}})+)',
    re.IGNORECASE,
)


def direction(text: str) -> int:
    """-1 where a version goes down, 1 where it goes up, 0 where none is said to move."""
    text = text[:READ]
    if found := _FROM.search(text):
        return _moved(found[2], found[1])
    if found := _STEP.search(text):
        return _moved(found[1], found[2])
    return 0


def beside(title: str, body: str) -> int:
    """-1 where the title sets an older version than those that the body speaks of, 1 where a newer one, else 0."""
    told, others = _FULL.findall(title[:READ]), _FULL.findall(body[:READ])
    if not told or not others:
        return 0
    compared = {_compared(one, told[-1]) for one in others if one != told[-1] and one.count(".") == told[-1].count(".")}
    return compared.pop() if len(compared) == 1 else 0


def _moved(before: str, after: str) -> int:
    if "." not in before + after and abs(int(before) - int(after)) > FAR:
        return 0
    return _compared(before, after)


def _compared(before: str, after: str) -> int:
    pairs = zip_longest(map(int, before.split(".")), map(int, after.split(".")), fillvalue=0)
    return next((1 if new > old else -1 for old, new in pairs if new != old), 0)


def reverts(title: str) -> int:
    """How often the title takes back what it names: 1 a revert, 2 a revert of one, which brings the thing again."""
    title = title[:READ]
    if _REAPPLY.search(title):
        return 2
    nested = _HEAD.match(title)
    return len(_BACKS.findall(nested[1])) if nested else 0
