"""Finding people of a directory in a sentence, and telling them from the systems that share a first name with one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from roadbed.reliability.reviews.rules.blame.sparing import MACHINE

_SHORTEST: Final = 2
_TITLES: Final = r"(?:herrn?|frau|mr|mrs|ms|mme|m|sr|sra|dhr|mevr|señor|señora|monsieur|madame|signor|signora)\.?"
_AFTER: Final = re.compile(
    r"^(?:['’]s)?\s*(?:\(|-)?\s*(?:nodes?|pods?|cluster|replicas?|queues?|disks?|memory|cpu|p\d\d|latency|endpoint|api|"
    r"service|bot|database|deployment|release|cache|server|host|container|gateway|worker|workers|shards?|instance|"
    r"returned|crashed|restarted|timed out|rejected|ran out|oom\w*|answered 5|threw|failed over)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A person in a sentence: the words, and where they stand."""

    words: str
    start: int
    end: int


class Directory:
    """The people who may be named, as patterns that are made once."""

    def __init__(self, names: Iterable[str]) -> None:
        whole, firsts, lasts = [], [], []
        for name in names:
            parts = _plain(name).split()
            if len(parts) < _SHORTEST or len(parts[0]) < _SHORTEST:
                continue
            first, last = parts[0], " ".join(parts[1:])
            escaped, initial = re.escape(last), re.escape(first[0])
            whole.append(rf"{re.escape(first)}(?:\s+{escaped}|\s+{re.escape(last[0])}\b\.?)")
            whole.append(rf"{initial}\.\s*{escaped}")
            lasts.append(escaped)
            firsts.append(re.escape(first))
        self._whole = re.compile(rf"\b(?:{'|'.join(whole)})(?!\w)") if whole else None
        self._titled = re.compile(rf"\b(?i:{_TITLES})\s+(?:{'|'.join(lasts)})\b") if lasts else None
        self._first = (
            re.compile(rf"(?<![\w/@.-])(?:{'|'.join(sorted(set(firsts), key=len, reverse=True))})\b(?![\w/-])")
            if firsts
            else None
        )

    def mentions(self, sentence: str) -> tuple[Mention, ...]:
        """Who is named, in order."""
        plain = _plain(sentence)
        found: list[Mention] = []
        for pattern in (self._whole, self._titled):
            if pattern is not None:
                found += [_mention(one) for one in pattern.finditer(plain)]
        if self._first is not None:
            for one in self._first.finditer(plain):
                inside = any(known.start <= one.start() < known.end for known in found)
                if not inside and not _is_machine(plain, one):
                    found.append(_mention(one))
        return tuple(sorted(found, key=lambda mention: mention.start))


def _mention(found: re.Match[str]) -> Mention:
    return Mention(found.group(), found.start(), found.end())


def _is_machine(sentence: str, found: re.Match[str]) -> bool:
    """Whether a first name alone is a machine's: by what it has or does, or since the sentence says so."""
    name = re.escape(found.group())
    said = re.search(
        rf"\b{name}\b,?\s*(?:\(\s*|,\s*|\bis )(?:{name} is )?(?:the|a|an|our|one of our)?\s*(?:[\w-]+\s+){{0,3}}?"
        rf"{MACHINE.pattern}",
        sentence,
    )
    called = re.search(rf"\b{MACHINE.pattern[2:-2]}\s+(?:called\s+|named\s+)?['\"‘“]?{name}\b", sentence, re.IGNORECASE)
    return said is not None or called is not None or _AFTER.match(sentence[found.end() :]) is not None


_STROKES: Final = str.maketrans("łŁøØđĐıß", "lLoOdDis")


def _plain(text: str) -> str:
    """Letters without their marks, one for one, so that places stay."""
    return "".join(
        letter if letter.isascii() else unicodedata.normalize("NFD", letter)[0] for letter in text.translate(_STROKES)
    )
