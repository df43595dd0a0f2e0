"""Numbers that a change moves, and in which direction: version 118 to 117 is a way back, 5 % to 25 % a way forward."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import Final

_NUMBER: Final = r"v?(\d+(?:\.\d+)*)"
_STEP: Final = re.compile(rf"\b{_NUMBER}\s*(?:to|→|->|auf|a)\s*{_NUMBER}(?![\d-]*(?:Gi|Mi|ms|s\b))", re.IGNORECASE)
_FROM: Final = re.compile(
    rf"\b(?:to|→|version)\s*(?:version\s*)?{_NUMBER}\b.{{0,40}}?\bfrom\s+{_NUMBER}", re.IGNORECASE
)
FAR: Final = 20
"""Plain numbers further apart than this are a quantity, not the version before."""
_REVERT: Final = re.compile(r"\brevert\b", re.IGNORECASE)
_REAPPLY: Final = re.compile(r"\b(re-?apply|re-?land|re-?introduce)\b", re.IGNORECASE)


def direction(text: str) -> int:
    """-1 where a version goes down, 1 where it goes up, 0 where none is said to move."""
    if found := _FROM.search(text):
        return _compared(found[2], found[1])
    if found := _STEP.search(text):
        return _compared(found[1], found[2])
    return 0


def _compared(before: str, after: str) -> int:
    if "." not in before + after and abs(int(before) - int(after)) > FAR:
        return 0
    pairs = zip_longest(map(int, before.split(".")), map(int, after.split(".")), fillvalue=0)
    return next((1 if new > old else -1 for old, new in pairs if new != old), 0)


def reverts(title: str) -> int:
    """How often the title takes back what it names: 1 a revert, 2 a revert of one, which brings the thing again."""
    if _REAPPLY.search(title):
        return 2
    nested = re.match(r'^\s*(?:\w+(?:\([^)]*\))?!?:\s*)?((?:revert\s*"?\s*)+)', title, re.IGNORECASE)
    return len(_REVERT.findall(nested[1])) if nested else 0
