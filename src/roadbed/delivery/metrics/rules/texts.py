"""What the text of a commit says about it: a merge, a revert of something, an unplanned fix, and of what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from roadbed.delivery.metrics.rules.values import Commit

_MERGE: Final = re.compile(
    r"Merge (pull request|branch|remote-tracking|tag|commit|[0-9a-f]{7,})\b|Merged? in \S+ \(pull"
)
_REVERT: Final = re.compile(
    r'^(?:revert(?:ed|s|ing)?|back(?:s|ed|ing)? out|undo(?:es|ing)?|roll(?:s|ed|ing)? back)\b(?:\([^)]*\))?:? "?'
    r'(?P<title>.+?)"?(?: \(#\d+\))?$',
    re.IGNORECASE,
)
_REVERTS_BEGIN: Final = frozenset("rRbBuU")
"""The first letters of what _REVERT finds."""
_RELAND: Final = re.compile(
    r"^(re-?appl(y|ies|ied)|re-?land(s|ed)?|roll(s|ed)? forward|re-?introduc(e|es|ed)|re-?merge[sd]?"
    r"|bring back|restore)\b",
    re.IGNORECASE,
)
_REVERTS_SHA: Final = re.compile(r"(?:This )?[Rr]everts commit ([0-9a-f]{7,64})")
_NUMBER: Final = re.compile(r" \([#!](\d+)\)$")
_MARKS: Final = ("#", "!")
_MERGED: Final = re.compile(r"^Merge pull request #(\d+)|^Merged? in \S+ \(pull request #(\d+)\)")
_HOTFIX: Final = re.compile(r"^\W*(?:hot-?fix|emergency fix|quick-?fix to prod)\b", re.IGNORECASE)
_HOTFIX_LABEL: Final = re.compile(r"(?:^|[^a-z])hot-?fix(?:$|[^a-z])", re.IGNORECASE)
_FILLER: Final = re.compile(
    r"^(wip|tests?|more tests?|lint|typos?|format(ting)?|fmt|style|clean-?up|nits?|more( of it)?|again|try|save|polish"
    r"|progress|part \d+|step \d+|ci|fix ci|docs?|comments?|rebase|review( comments?)?|tidy( up)?|snapshots?"
    r"|(address|after) (the )?review( comments?)?|(fixup|squash|amend)!.*|\.+)[.!]?$",
    re.IGNORECASE,
)
_PEOPLE: Final = (
    r"(?:users?|customers?|clients?|merchants?|tenants?|visitors?|shoppers?|drivers?|guests?|partners?|people|everyone)"
)
_BAD: Final = (
    r"(?:broken?|broke|wrong|fail(?:s|ing|ed)?|down|missing|empty|slow(?:er)?|crash(?:es|ing|ed)?|los(?:t|es?|ing)"
    r"|corrupt(?:ed|s)?|duplicat(?:ed?|es)|stuck|hang(?:s|ing)?|errors?|5xx|500s?|unavailable|unusable|stale|negative)"
)
_CAUSED: Final = (
    r"(?:caus(?:ed|es)|broke|br(?:ought|ings)|introduc(?:ed|es)|led to|start(?:ed|s)|is (?:to blame|the cause))"
)
_FAULT: Final = re.compile(
    rf"\b(?:regress(?:ion|ions|ed|es)?|{_BAD}[\w ,]{{0,30}} (?:since|after|again)|unplanned|unscheduled|out of plan"
    r"|(?:not|never) (?:planned|scheduled|in (?:the|this|any) (?:sprint|plan))|nobody (?:had )?planned"
    rf"|{_CAUSED} (?:this|it|that|the (?:fault|bug|problem|error))|fall-?out (?:of|from)|side effect of"
    rf"|(?<!no )(?<!any )(?<!before )(?<!some )(?<!which ){_PEOPLE} (?:now |are |still |have |do )?"
    r"(?:not )?(?:see(?:ing)?|saw|report(?:ed|ing|s)?|los(?:e|t|ing)|notic(?:e|ed|ing)|complain(?:ed|ing)?|hit(?:ting)?"
    r"|affected|blocked|stuck|cannot|could not|can ?no(?:t| longer)|can't|unable|locked out|charged twice|met)"
    rf"|(?:reported|noticed|seen|flagged|raised|found) by (?:\w+ ){{0,3}}{_PEOPLE}|(?:reported|flagged"
    rf"|raised) by support"
    r"|support (?:tickets?|cases?|calls?)|complaints?|escalat(?:ed|ion)|on-?call (?:was )?paged"
    r"|inc(?:ident)?[- #]?\d+|post-?mortem fix|(?:production|prod|live) (?:bug|fault|issue|outage|error"
    r"|is (?:broken|down))"
    r"|outage|since (?:the )?(?:last|latest|yesterday's|today's|this morning's|friday's"
    r"|monday's) (?:release|deploy\w*))\b",
    re.IGNORECASE,
)
_PLANNED: Final = re.compile(
    r"(?<!not )(?<!never )\b(?:planned (?:for|in|as|since|work)|(?:is|was|as|long) planned|in the backlog"
    r"|from the backlog"
    r"|on the roadmap|known (?:since|for|issue)|found (?:on|in|during|by) (?:staging|testing?|qa|review|ci|the tests?)"
    r"|found while|forward[- ]port|tech(?:nical)? debt|scheduled (?:for|in)|not a fault|no fault|no incident"
    rf"|no(?:body| \w+)? ?(?:{_PEOPLE} )?(?:noticed|saw|complained|was affected|were affected)"
    rf"|before any(?:one|body| {_PEOPLE}))\b|\b(?<!not )(?<!not in )(?<!outside )(?:for|in) (?:this|the|next) sprint\b",
    re.IGNORECASE,
)
_FIX: Final = re.compile(
    r"^\W*(?:(?:bug-?)?fix(?:e[sd])?\b|bug\b|correct\b|repair\b|mend\b|handle\b|guard\b|prevent\b|avoid\b"
    r"|stop\b|do not\b"
    r"|don't\b|resolve\b|patch\b|restore\b|unbreak\b|never\b|make sure\b|ensure\b)",
    re.IGNORECASE,
)
_FIX_LABELS: Final = re.compile(r"\b(bug|bugfix|fix|regression|defect|fault|incident)\b", re.IGNORECASE)
_SHA: Final = re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{7,64}\b")
_REFERENCE: Final = re.compile(
    r"(?:regress(?:ion|ed|es) (?:from|of|in|since|by|caused by|introduced (?:by|in))"
    rf"|{_BAD}[\w ,]{{0,40}} (?:since|by|with|after|because of)"
    rf"|(?:was |were )?caused by|introduced (?:by|in|with)|fix(?:es)? (?:the )?(?:fault|bug|regression"
    rf"|error) (?:of|from|in)"
    r"|came (?:in )?with|fall-?out (?:of|from)|side effect of|fault of|bug (?:from|of|in)|since|due to|result of"
    r"|(?:traced|bisected|goes back|leads back|tracked down) to|because of|after|follow-?up (?:to|of|for)"
    r"|origin(?:ates)?:? (?:in|from)?)"
    r" ?(?:the )?(?:merge of |PR |pull request |MR |release (?:with |of )?)?[#!](\d+)"
    rf"|[#!](\d+) (?:has |had )?{_CAUSED} (?:this|it|that|the (?:fault|bug|problem|error)|a (?:fault|bug|regression))",
    re.IGNORECASE,
)
_VERSION: Final = re.compile(
    r"\b(?:since|from|in|with|of|by) (?:version |release )?v?(\d+\.\d+(?:\.\d+)*)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Undone:
    """What a revert takes back: a commit by its name where the text gives it, else by its title."""

    sha: str
    title: str


@dataclass(frozen=True, slots=True)
class Origins:
    """Commits, pull requests and versions that a fix names as where its fault came from."""

    shas: frozenset[str]
    numbers: frozenset[str]
    versions: frozenset[str]


def is_merge(commit: Commit) -> bool:
    """A merge carries what others wrote; it is no change of its own."""
    return commit.subject.startswith("Merge") and bool(_MERGE.match(commit.subject))


def is_filler(commit: Commit) -> bool:
    """A subject that says nothing of its purpose, so that it neither makes nor unmakes a fix."""
    return says_nothing(commit.subject)


def says_nothing(subject: str) -> bool:
    """Whether a subject alone is a filler."""
    return bool(_FILLER.match(subject.strip()))


def title_of(subject: str) -> str:
    """The subject without the number that a squash merge appends."""
    if subject[-1:] == ")":
        # As the expression has it, and in a quarter of its time: every commit of a history is asked.
        bare, _, number = subject.rpartition(" (")
        return bare.strip() if number[:1] in _MARKS and number[1:-1].isdecimal() else subject.strip()
    return (_NUMBER.sub("", subject) if ")" in subject else subject).strip()


def number_of(subject: str) -> str:
    """The pull request that a squash or merge commit names, or nothing."""
    if found := _NUMBER.search(subject):
        return found.group(1)
    merged = _MERGED.match(subject) if subject.startswith("Merge") else None
    return (merged.group(1) or merged.group(2)) if merged else ""


def may_undo(commit: Commit) -> bool:
    """Whether it is worth reading whether a commit reverts anything: few begin like a revert, or quote one."""
    return commit.subject[:1] in _REVERTS_BEGIN or "everts commit" in commit.body


def undone_by(commit: Commit) -> Undone | None:
    """What a commit reverts. A re-landing, by its word or as the revert of a revert, reverts nothing."""
    if not may_undo(commit) or _RELAND.match(commit.subject):
        return None
    found = _REVERT.match(commit.subject)
    if found and _REVERT.match(found.group("title")):
        return None
    sha = _REVERTS_SHA.search(commit.body)
    if found is None and sha is None:
        return None
    title = title_of(found.group("title").rstrip('"')) if found else ""
    return Undone(sha=sha.group(1) if sha else "", title=title)


def is_hotfix(commit: Commit) -> bool:
    """An unplanned fix that calls itself a hotfix; the branch it came from does not count."""
    return any(_HOTFIX_LABEL.search(label) for label in commit.labels) or bool(_HOTFIX.match(commit.subject))


def is_fix(commit: Commit) -> bool:
    """Whether it says that it repairs something, planned or not."""
    return bool(_FIX.match(commit.subject)) or any(_FIX_LABELS.search(label) for label in commit.labels)


def is_planned(commit: Commit) -> bool:
    """Whether its text takes it out of the unplanned: planned, known, met by no user, or a port of what was mended."""
    return bool(_PLANNED.search(f"{commit.subject}\n{commit.body}"))


def fault_in(commit: Commit) -> str:
    """The words that say that users met the fault, or that nobody had planned to mend it; empty where none do."""
    found = _FAULT.search(f"{commit.subject}\n{commit.body}")
    return found.group(0) if found else ""


def mends_a_fault(commit: Commit) -> bool:
    """A fix whose text says that users met the fault, or that it was not planned."""
    return bool(fault_in(commit)) and not is_planned(commit)


def origins_of(commit: Commit) -> Origins:
    """Where a fix says that its fault came from."""
    text = f"{title_of(commit.subject)}\n{commit.body}"
    numbers = {number for pair in _REFERENCE.findall(text) for number in pair if number}
    return Origins(frozenset(_SHA.findall(text)), frozenset(numbers), frozenset(_VERSION.findall(text)))
