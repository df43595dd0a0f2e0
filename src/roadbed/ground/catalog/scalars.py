"""What a plain word of YAML 1.2 means, and which text no database stores."""

from __future__ import annotations

import re
from typing import Any, Final

_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE: Final = frozenset({"true", "True", "TRUE"})
_FALSE: Final = frozenset({"false", "False", "FALSE"})
_INT: Final = re.compile(r"[-+]?[0-9]{1,18}|0o[0-7]{1,20}|0x[0-9a-fA-F]{1,15}")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")


def core_value(text: str) -> Any:
    """What a plain scalar means in YAML 1.2: `yes` and `2026-11-23` are text, `true` and `8080` are not."""
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INT.fullmatch(text):
        return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
    return float(text) if _FLOAT.fullmatch(text) and len(text) < 100 else text  # noqa: PLR2004 - no real number is so long


def unstorable(text: str) -> bool:
    """Whether it holds a NUL, or half of a pair."""
    return "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text)
