"""A blameless sentence in place of one that blames: the form, with a gap where only people know what to write; pure.

Whatever is offered passes the check itself, so that using it never brings the same hint again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from roadbed.reliability.reviews.rules.blame import checking
from roadbed.reliability.reviews.rules.blame.people import Directory
from roadbed.reliability.reviews.rules.blame.vocabulary import ANY

GAP: Final = "[what made that likely]"
"""What the author fills in; a review that still has it is not published."""

_FORMS: Final = {
    checking.NAMES: f"The step that this speaks of was the likely one at that moment because {GAP}.",
    checking.LEAF: f"The slip reached production because nothing on the way stopped or showed it: {GAP}.",
    checking.WHY: "What could be seen, expected and weighed up at that moment?",
    checking.SHOULD: f"Nothing in the tools or the process led to that step at that moment: {GAP}.",
    checking.JUDGED: f"The conditions made this the likely way to work: {GAP}.",
    checking.HINDSIGHT: f"What could be seen at the time, and among how much else: {GAP}.",
}
_MAYBE: Final = r"(?:really |clearly |simply |certainly |obviously |also |at least |just |even |easily )*"
_SHOULD: Final = re.compile(
    rf"\b(?:{ANY})\s+{_MAYBE}(?:should|ought to|could|must|might)\s+{_MAYBE}(?P<not>not |never )?{_MAYBE}"
    rf"have\s+{_MAYBE}(?P<verb>\w+)\s*(?P<rest>[^.;!?]*)",
    re.IGNORECASE,
)
_UNDONE: Final = re.compile(
    rf"\b(?:{ANY})\s+{_MAYBE}(?:(?:failed|forgot|neglected|omitted) to|did not|didn['’]t)\s+{_MAYBE}(?P<verb>\w+)\s*"
    r"(?P<rest>[^.;!?]*)",
    re.IGNORECASE,
)
_WHY: Final = re.compile(
    rf"^why\s+(?:on earth\s+)?did(?P<neg>n['’]t| not)?\s+(?!it\b)(?:{ANY})\s+(?P<not>not )?(?P<verb>\w+)\s*"
    r"(?P<rest>[^?]*)\??$",
    re.IGNORECASE,
)
_HIND: Final = re.compile(
    r"^(?:(?:in|with) (?:hindsight|retrospect),?\s*|looking back,?\s*|of course,?\s*|obviously,?\s*|clearly,?\s*)+"
    r"(?:it (?:was|is|had been) (?:\w+ly )?(?:obvious|clear|evident|foreseeable|predictable|plain) that\s*)?|"
    r"^it (?:was|is|had been) (?:\w+ly )?(?:obvious|clear|evident|foreseeable|predictable) that\s*",
    re.IGNORECASE,
)
_MANNER: Final = re.compile(
    r"\s*\b(?:careless|sloppi|negligent|reckless|thoughtless|mindless|irresponsib|foolish|hasti|lazi|stupid|blithe|"
    r"unthinking|inattentive|incautious|half-hearted|nonchalant|haphazard|inexplicab|unprofessional)l?y\b",
    re.IGNORECASE,
)
_PAST: Final = {
    "been": "be", "begun": "begin", "brought": "bring", "built": "build", "caught": "catch", "chosen": "choose",
    "come": "come", "done": "do", "drawn": "draw", "felt": "feel", "found": "find", "given": "give", "gone": "go",
    "had": "have", "heard": "hear", "held": "hold", "kept": "keep", "known": "know", "left": "leave", "let": "let",
    "made": "make", "meant": "mean", "put": "put", "read": "read", "run": "run", "said": "say", "seen": "see",
    "sent": "send", "set": "set", "shown": "show", "shut": "shut", "spoken": "speak", "taken": "take",
    "taught": "teach", "thought": "think", "told": "tell", "understood": "understand", "written": "write",
    "woken": "wake",
}  # fmt: skip
_DOUBLED: Final = frozenset({"run", "put", "set", "get", "stop", "plan", "let", "shut", "cut", "begin", "drop", "log"})
_SILENT: Final = re.compile(
    r"(?:[aeiou][cgsvzu]|at|ut|id|ir|ur|bl|dl|ngl|ic|iz|ag|eas|nc|rg|rs|ok|ot|ar|pt[iu]r|pl|et)$"
)
"""What a verb ends in that loses an e before -ed."""

_LOUD: Final = re.compile(
    r"(?:wait|ait|eat|oat|out|ear|air|our|eck|edit|visit|limit|audit|commit|inspect|treat|avoid|aid|format|repeat|alert|"
    r"report|look|book|interpret|target|reset|budget|boot|shoot|spot|pilot|start)$"
)
"""And what does not."""

_SHORT: Final = 3


def rewrite(sentence: str, *, section: str = "", people: Directory | None = None) -> str:
    """What to write instead of a sentence that blames; empty for one that does not."""
    warned = checking.check(sentence, section=section, people=people)
    if warned is None:
        return ""
    for offered in _offers(" ".join(sentence.split()), warned.kind):
        if len(offered.split()) >= _SHORT and checking.check(offered, section=section, people=people) is None:
            return offered
    return _FORMS[warned.kind]


def _offers(sentence: str, kind: str) -> Iterator[str]:
    if asked := _WHY.match(sentence):
        negated = "not " if asked["not"] or asked["neg"] else ""
        yield f"What made it reasonable {negated}to {asked['verb']} {asked['rest']}".strip() + "?"
    if said := _SHOULD.search(sentence):
        gerund = _gerund(_base(said["verb"].lower()))
        if said["not"]:
            yield _sentence(f"{gerund} {said['rest'].strip()}", "was the likely step at that moment")
        else:
            yield _sentence(f"{gerund} {said['rest'].strip()}", "was no part of the steps at that moment")
    if said := _UNDONE.search(sentence):
        yield _sentence(f"{_gerund(said['verb'].lower())} {said['rest'].strip()}", "did not happen")
    if kind == checking.HINDSIGHT:
        rest = _HIND.sub("", sentence).strip(" .")
        if rest and rest != sentence:
            yield f"{_capital(rest)}; at the time that could be seen like this: {GAP}."
    if kind == checking.JUDGED:
        rest = _MANNER.sub("", sentence)
        if rest != sentence:
            yield _capital(rest.strip())


def _sentence(act: str, what: str) -> str:
    return f"{_capital(' '.join(act.split()))} {what}: {GAP}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _base(verb: str) -> str:
    """The plain form of a past participle."""
    if verb in _PAST:
        return _PAST[verb]
    if verb.endswith("ied"):
        return f"{verb[:-3]}y"
    if not verb.endswith("ed"):
        return verb
    base = verb[:-2]
    if base[-1:] == base[-2:-1] and base[-1:] not in "lsz":
        return base[:-1]
    return f"{base}e" if _SILENT.search(base) and not _LOUD.search(base) else base


def _gerund(verb: str) -> str:
    if verb in _DOUBLED:
        return f"{verb}{verb[-1]}ing"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")) and verb != "be":
        return f"{verb[:-1]}ing"
    return f"{verb}ing"
