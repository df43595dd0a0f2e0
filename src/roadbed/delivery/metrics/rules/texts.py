"""What the text of a commit says about it: a merge, a revert of something, an unplanned fix, and of what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from roadbed.delivery.metrics.rules.values import Commit

_MERGE: Final = re.compile(r"Merge (pull request|branch|remote-tracking|tag|commit|[0-9a-f]{7,})\b")
_REVERT: Final = re.compile(r'^(?:revert|back(?:s|ed)? out|undo)\b:? "?(?P<title>.+?)"?(?: \(#\d+\))?$', re.IGNORECASE)
_RELAND: Final = re.compile(r"^(re-?apply|re-?land|roll(s|ed)? forward|re-?introduce|re-?merge)\b", re.IGNORECASE)
_REVERTS_SHA: Final = re.compile(r"[Tt]his reverts commit ([0-9a-f]{7,64})")
_NUMBER: Final = re.compile(r" \(#(\d+)\)$")
_MERGED: Final = re.compile(r"^Merge pull request #(\d+)")
_HOTFIX: Final = re.compile(r"^\W*hot-?fix\b", re.IGNORECASE)
_FILLER: Final = re.compile(
    r"^(wip|tests?|more tests?|lint|typos?|format(ting)?|fmt|style|clean-?up|nits?|more( of it)?|again|try|save|polish"
    r"|progress|part \d+|step \d+|ci|fix ci|docs?|comments?|rebase|review( comments?)?|tidy( up)?|snapshots?"
    r"|(address|after) (the )?review( comments?)?|(fixup|squash|amend)!.*|\.+)[.!]?$",
    re.IGNORECASE,
)
_FAULT: Final = re.compile(
    r"\b(regression|(broken|wrong|failing|down|missing|empty|slow) (again )?since|unplanned|unscheduled|out of plan"
    r"|not (planned|scheduled|in the sprint)|caused (this|it)|(broke|introduced) (this|it)|fall-?out (of|from)"
    r"|(?<!no )(users?|customers?|clients?|merchants?) (now )?(see|saw|report(ed)?|lose|lost|notice[ds]?|complain(ed)?"
    r"|cannot|could not|can't)"
    r"|(reported|noticed|seen) by (\w+ )?(\w+ )?(customers?|users?|support|clients?)|support tickets?|complaints?"
    r"|inc(ident)?[- #]?\d+|post-?mortem fix|production (bug|fault|issue|is broken))\b",
    re.IGNORECASE,
)
_SHA: Final = re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{7,64}\b")
_REFERENCE: Final = re.compile(
    r"(?:regression (?:from|of|in|since)"
    r"|(?:broken|wrong|failing|missing|empty|slow|down)[\w ,]{0,40} (?:since|by|with|after)"
    r"|caused by|introduced (?:by|in|with)|fixes (?:the )?(?:fault|bug|regression) (?:of|from|in)|came (?:in )?with"
    r"|fall-?out (?:of|from)|fault of|bug (?:from|of|in)|since|due to|result of)"
    r" (?:the merge of |PR |pull request )?#(\d+)"
    r"|#(\d+) (?:caused|broke|introduced|brought) (?:this|it)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Undone:
    """What a revert takes back: a commit by its name where the text gives it, else by its title."""

    sha: str
    title: str


def is_merge(commit: Commit) -> bool:
    """A merge carries what others wrote; it is no change of its own."""
    return bool(_MERGE.match(commit.subject))


def is_filler(commit: Commit) -> bool:
    """A subject that says nothing of its purpose, so that it neither makes nor unmakes a fix."""
    return bool(_FILLER.match(commit.subject.strip()))


def title_of(subject: str) -> str:
    """The subject without the number that a squash merge appends."""
    return _NUMBER.sub("", subject).strip()


def number_of(subject: str) -> str:
    """The pull request that a squash or merge commit names, or nothing."""
    found = _NUMBER.search(subject) or _MERGED.match(subject)
    return found.group(1) if found else ""


def undone_by(commit: Commit) -> Undone | None:
    """What a commit reverts. A re-landing, by its word or as the revert of a revert, reverts nothing."""
    if _RELAND.match(commit.subject):
        return None
    found = _REVERT.match(commit.subject)
    if found and found.group("title").startswith("Revert"):
        return None
    sha = _REVERTS_SHA.search(commit.body)
    if found is None and sha is None:
        return None
    title = title_of(found.group("title").rstrip('"')) if found else ""
    return Undone(sha=sha.group(1) if sha else "", title=title)


def is_hotfix(commit: Commit) -> bool:
    """An unplanned fix that calls itself a hotfix; the branch it came from does not count."""
    return "hotfix" in {label.lower() for label in commit.labels} or bool(_HOTFIX.match(commit.subject))


def mends_a_fault(commit: Commit) -> bool:
    """A fix whose text says that users met the fault, or that it was not planned."""
    return bool(_FAULT.search(f"{commit.subject}\n{commit.body}"))


def origins_of(commit: Commit) -> tuple[frozenset[str], frozenset[str]]:
    """Commits and pull requests that a fix names as where its fault came from."""
    text = f"{title_of(commit.subject)}\n{commit.body}"
    numbers = {number for pair in _REFERENCE.findall(text) for number in pair if number}
    return frozenset(_SHA.findall(text)), frozenset(numbers)
