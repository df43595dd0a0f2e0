"""Secrets in what people write and programs print: found in a file before it is kept, hidden in output before it is."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

HIDDEN: Final = "••••••"
SHORTEST: Final = 4
"""A value shorter than this would hide innocent letters all over the output, and guards nothing."""

LITERALS: Final = re.compile(
    r"""(?x)
      \b(?:AKIA|ASIA)[0-9A-Z]{16}\b
    | \bgh[pousr]_[A-Za-z0-9]{30,} | \bgithub_pat_[A-Za-z0-9_]{40,} | \bglpat-[A-Za-z0-9_-]{18,}
    | \bxox[abprs]-[A-Za-z0-9-]{10,} | \bsk_(?:live|test)_[A-Za-z0-9]{16,} | \brb_[A-Za-z0-9_-]{40,}
    | \bAIza[0-9A-Za-z_-]{35}\b | \bAGE-SECRET-KEY-1[0-9A-Z]{50,}
    | -----BEGIN\ (?:[A-Z]+\ )?PRIVATE\ KEY-----
    | \beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}
    | (?<=://)[^\s/:@'"$\{\}<]+:[^\s/@'"$\{\}<]+(?=@)
    """
)
_ASSIGNED: Final = re.compile(
    r"""(?ix)\b(?:password|passwd|secret|api[_-]?key|token|authorization:\s*bearer)\b["']?\s*(?:=|:|\s)\s*["']?
        (?P<value>[A-Za-z0-9+/_.\-]{12,})"""
)
_ESCAPES: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def literals_in(text: str) -> tuple[tuple[int, str], ...]:
    """Lines, counted from 0, on which something looks like a secret written out, with its first few signs."""
    found = [(match.start(), match[0]) for match in LITERALS.finditer(text)]
    for match in _ASSIGNED.finditer(text):
        value = match["value"]
        # Words and names of variables stand there as often; a secret mixes letters with digits.
        if any(sign.isdigit() for sign in value) and any(sign.isalpha() for sign in value) and "." not in value[:3]:
            found.append((match.start("value"), value))
    lines = {text.count("\n", 0, at): f"{value[:4]}…" for at, value in sorted(found, reverse=True)}
    return tuple(sorted(lines.items()))


def spellings(secrets: Iterable[str]) -> tuple[str, ...]:
    """Each secret as it may be printed: as it is, line by line, in base64, in a URL; the longest first."""
    found = set[str]()
    for secret in secrets:
        for part in (secret, *secret.splitlines()):
            raw = part.encode("utf-8", "replace")
            found |= {part, part.strip(), quote(part, safe=""), base64.b64encode(raw).decode().rstrip("=")}
            found |= {base64.urlsafe_b64encode(raw).decode().rstrip("=")}
    return tuple(sorted((one for one in found if len(one) >= SHORTEST), key=lambda one: (-len(one), one)))


def hidden(text: str, spelt: tuple[str, ...]) -> str:
    """The text with secrets hidden: those that the step was given, and whatever else looks like one."""
    for one in spelt:
        text = text.replace(one, HIDDEN)
    return LITERALS.sub(HIDDEN, text)


def printable(text: str) -> str:
    """The text without what colours or moves a terminal, which a page would show as rubbish."""
    return _CONTROLS.sub("�", _ESCAPES.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
