"""Sentences out of a review's text, each with its line and the part of the review that it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_HEADING: Final = re.compile(r"^\s{0,3}#{1,6}\s+(.+?)\s*#*\s*$")
_ITEM: Final = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?")
_FENCE: Final = re.compile(r"^\s*(?:```|~~~)")
_END: Final = re.compile(
    r"(?<=[.!?…])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bvs\.)(?<!\bMr\.)(?<!\bDr\.)(?<!\bapprox\.)(?<!\b[A-Z]\.)[\"”»)]*\s+(?=[\"“„«(]?[A-ZÀ-ÖØ-Þ¿¡0-9`'‘])"
)
PARTS: Final = {
    "timeline": r"timeline|chronolog|sequence of events|what happened when|zeitachse|ablauf",
    "actions": r"action|follow[- ]?up|next steps|remediation|to ?do|maßnahmen",
    "impact": r"impact|who was harmed|auswirkung",
    "quote": r"quote|interview|statement",
    "open questions": r"question|unknown",
    "detection": r"detect|monitoring",
    "response": r"response|what went|mitigation|recovery|limited harm",
    "summary": r"summary|overview|abstract|zusammenfassung",
    "lessons": r"lesson|learn|takeaway",
    "causes": r"cause|factor|why|analysis|sense|ursache",
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with the line that it begins on, counted from 1."""

    text: str
    line: int
    section: str


def part_of(heading: str) -> str:
    """The part of a review that a heading opens; its own words where it is none that is known."""
    said = heading.casefold()
    return next((part for part, pattern in PARTS.items() if re.search(pattern, said)), said[:60])


def sentences(text: str, *, section: str = "") -> Iterator[Sentence]:
    """Sentences of Markdown or plain text. Code is left out, quoted blocks are of the part `quote`."""
    coded, paragraph = False, list[tuple[int, str, str]]()
    for number, line in enumerate(text.splitlines(), 1):
        if _FENCE.match(line):
            coded = not coded
            yield from _told(paragraph)
            continue
        heading = None if coded else _HEADING.match(line)
        if heading:
            yield from _told(paragraph)
            section = part_of(heading[1])
        elif coded or not line.strip():
            yield from _told(paragraph)
        elif line.lstrip().startswith(">"):
            yield from _told(paragraph)
            paragraph.append((number, line.lstrip().lstrip("> "), "quote"))
            yield from _told(paragraph)
        else:
            item = _ITEM.match(line)
            if item or line.lstrip().startswith("|"):
                yield from _told(paragraph)
            paragraph.append((number, line[item.end() :] if item else line.strip(), section))
    yield from _told(paragraph)


def _told(paragraph: list[tuple[int, str, str]]) -> Iterator[Sentence]:
    """The sentences of the lines that were gathered, which are forgotten then."""
    lines, paragraph[:] = list(paragraph), []
    if not lines:
        return
    whole, starts = "", []
    for number, text, _ in lines:
        starts.append((len(whole), number))
        whole += f"{text.strip()} "
    at = 0
    for part in (*_END.finditer(whole.rstrip()), None):
        end = part.end() if part else len(whole)
        said = " ".join(whole[at:end].split())
        if said:
            line = max(number for start, number in starts if start <= at)
            yield Sentence(said, line, lines[0][2])
        at = end
