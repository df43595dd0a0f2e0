"""One sentence of a review looked at: whether it lets a person be the explanation, of which kind, and what to write."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from roadbed.reliability.reviews.rules.blame import accusing, expecting, idioms, sparing, turns
from roadbed.reliability.reviews.rules.blame.people import Directory, Mention
from roadbed.reliability.reviews.rules.blame.vocabulary import ACTS_JUDGED, ELSEWHERE, JUDGEMENT, NOUN

NAMES, LEAF, WHY, SHOULD, JUDGED, HINDSIGHT = (
    "names_person", "human_error_leaf", "why_question", "should_have", "judgement", "hindsight",
)  # fmt: skip
HINTS: Final = {
    NAMES: "Say what was done and what made it possible or likely; the name belongs on the timeline.",
    LEAF: "A slip is where the question begins: what let it through, and what would have shown it?",
    WHY: "Ask what made it reasonable: what did they see, expect and weigh up?",
    SHOULD: "Say what happened and what made it the likely way, not what ought to have been.",
    JUDGED: "Leave the judgement out: describe the condition that anybody would have met.",
    HINDSIGHT: "Say what could be seen then, by whom and where, among how much else.",
}
UNLOOKED: Final = frozenset({"timeline", "actions", "action", "quote", "quotes", "impact"})
"""Parts of a review in which people stand by right: who did what when, who does what next, who said what."""

ENDS: Final = frozenset({"causes", "summary"})
"""Parts in which what one person did is an explanation, and no more than an event elsewhere."""

_QUOTED: Final = re.compile(r"\"[^\"]*\"|“[^”]*”|«[^»]*»|„[^“”]*[“”]|`[^`]*`|(?<![\w])[‘'][^'’]*['’](?!\w)")
_CLOCK: Final = re.compile(r"^\s*(?:\d{4}-\d\d-\d\d[ T])?\d{1,2}:\d\d")
_TERMS: Final = re.compile(
    r"\blazy[- ](?:load\w*|evaluat\w*|init\w*|unmount|propert\w*|quer\w*|bind\w*)|\bdumb (?:terminal|proxy|"
    r"pipe|client|switch)\w*|"
    r"\bnaive (?:bayes|datetime|timestamp|algorithm)\w*|\bmistake-?proof\w*|\berror budget\w*|"
    r"\bgit ?ignored?\b|\bobvious\w* (?:typed|named)|"
    r"\bpoor (?:signal|reception|connectivity|performance|cache|quality)|\bbad (?:actor|block|sector|gateway|"
    r"request|certificate|row|record|checksum)s?|"
    r"\bgreedy (?:match\w*|algorithm\w*|regex\w*)|\bstupid (?:backoff|sort)|\bdefault judge?ment|"
    r"\bjudge?ment (?:data|record|file|register)\w*|"
    r"\b(?:operator|manual|user) (?:error )?(?:pattern|framework|sdk|lifecycle|mode|override|agent|id|table|"
    r"session|interface)\b|\bkubernetes operators?|"
    r"\b(?:lock|queue|package|memory|session|certificate|secrets?|window|transaction|resource|cluster|buffer|"
    r"connection|task|"
    r"config\w*|file|log|device|volume|traffic|job|state|password|update|boot|storage|node|network|disk|"
    r"process|thread|power|"
    r"identity|access|version|plugin|context|load) managers?\b|\b(?:ocsp|dns|mdns|http) responders?\b|"
    r"\buser errors? pages?\b|\berror rates?\b|"
    r"\bhuman[- ](?:readable|in-the-loop|resources)|\bresponsible ai\b|\bhuman (?:review|approval) (?:step|"
    r"queue|gate)",
    re.IGNORECASE,
)
_CLAUSE: Final = re.compile(r"[,;:.]\s|\b(?:and|but|because|since|when|after|which|that)\b", re.IGNORECASE)
_PRONOUNS: Final = re.compile(r"\b(?:he|she|they|we|you|i|who|someone|somebody)\b", re.IGNORECASE)
_ACCUSED: Final = re.compile(r"\bbecause of\b|\bcaused\b|\bdue to\b|\bfault\b|\bmistake\b|\berror\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Warned:
    """Why a sentence blames, in which words, and how to write it instead."""

    kind: str
    words: str
    hint: str


def check(sentence: str, *, section: str = "", people: Directory | None = None) -> Warned | None:
    """The first kind of blame of a sentence, in the order of the kinds; None where there is none.

    `section` is the part of the review it stands in, `people` the directory of who can be named.
    """
    text = _TERMS.sub(" thing ", _QUOTED.sub(" quoted ", sentence.strip()))
    if section.strip().casefold() in UNLOOKED or _CLOCK.match(sentence) or sparing.ABOUT.search(text):
        return None
    named = people.mentions(_unquoted(sentence)) if people else ()
    for kind, words in (
        (NAMES, _names(text, named)),
        (LEAF, _slip(text) or (_found(turns.DID, text) if section.strip().casefold() in ENDS else "")),
        (WHY, _question(text, named) or _found(turns.ASKED, text)),
        (SHOULD, _found(expecting.SHOULD, text) or _found(turns.MISSED, text) or _left_undone(text)),
        (JUDGED, _judged(text)),
        (HINDSIGHT, _hindsight(text)),
    ):
        if words:
            return Warned(kind, words, HINTS[kind])
    return _elsewhere(text)


def _unquoted(sentence: str) -> str:
    return _TERMS.sub(" thing ", _QUOTED.sub(" quoted ", sentence.strip()))


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return " ".join(found.group().split()) if found else ""


def _names(text: str, named: tuple[Mention, ...]) -> str:
    """A person outside the timeline is the explanation, unless they are thanked."""
    if not named or "?" in text:
        return ""
    if sparing.CREDIT.search(text) and not _ACCUSED.search(text):
        return ""
    return named[0].words


def _slip(text: str) -> str:
    """A slip as the explanation, unless a machine made it."""
    for pattern in (accusing.LEAF, turns.SLIP):
        found = pattern.search(text)
        if found and not turns.MACHINE_DID.search(text[: found.start()]):
            return " ".join(found.group().split())
    return _of_people(accusing.WRONG, text) or _of_people(turns.HASTE, text)


def _question(text: str, named: tuple[Mention, ...]) -> str:
    if found := _found(accusing.WHY, text):
        return found
    if (
        named
        and "?" in text
        and re.search(r"\b(?:why|how could|what was|pourquoi|warum|por qué|waarom)\b", text, re.IGNORECASE)
    ):
        return named[0].words
    return ""


def _of_people(pattern: re.Pattern[str], text: str) -> str:
    """Words that blame when people are what they are said of, and nothing that they worked with explains it."""
    return _found(pattern, text) if sparing.is_human(text) and not sparing.REASONED.search(text) else ""


def _left_undone(text: str) -> str:
    """What people did not do, where nothing that they worked with explains it."""
    if sparing.REASONED.search(text):
        return ""
    return _found(expecting.UNDONE, text) or _of_people(turns.BARE, text)


def _judged(text: str) -> str:
    if found := _found(JUDGEMENT, text):
        return found
    for pattern in (sparing.POOR, idioms.JUDGED):
        if found := _of_people(pattern, text):
            return found
    if found := _found(idioms.IDIOM, text):
        return found
    act = ACTS_JUDGED.search(text)
    if act is None:
        return ""
    clauses = [
        found.end() for found in _CLAUSE.finditer(text, 0, act.start()) if text[found.end() : act.start()].strip()
    ]
    begins = clauses[-1] if clauses else 0
    human = [
        found
        for pattern in (NOUN, _PRONOUNS)
        for found in pattern.finditer(text, begins)
        if found.end() <= act.start() and not sparing.MACHINE.search(text[found.end() : act.start()])
    ]
    return " ".join(act.group().split()) if human else ""


def _hindsight(text: str) -> str:
    if expecting.NOT_OBVIOUS.search(text):
        return ""
    return _found(expecting.HINDSIGHT, text) or _found(idioms.FORESEEN, text)


def _elsewhere(text: str) -> Warned | None:
    found = _found(ELSEWHERE, text)
    return Warned(JUDGED, found, HINTS[JUDGED]) if found else None
