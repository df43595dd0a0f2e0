"""What the text of a commit says about it: a merge, a revert of something, an unplanned fix, and of what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from roadbed.delivery.metrics.rules import phrases
from roadbed.delivery.metrics.rules.values import Commit

_MERGE: Final = re.compile(
    r"Merge (pull request|branch|remote-tracking|tag|commit|[0-9a-f]{7,})\b|Merged? in \S+ \(pull"
)
_NUMBER: Final = re.compile(r" \([#!](\d+)\)$")
_MARKS: Final = ("#", "!")
_MERGED: Final = re.compile(r"^Merge pull request #(\d+)|^Merged? in \S+ \(pull request #(\d+)\)")
_FILLER: Final = re.compile(
    r"^(wip|tests?|more tests?|lint|typos?|format(ting)?|fmt|style|clean-?up|nits?|more( of it)?|again|try|save|polish"
    r"|progress|part \d+|step \d+|ci|fix ci|docs?|comments?|rebase|review( comments?)?|tidy( up)?|snapshots?"
    r"|(address|after) (the )?review( comments?)?|(fixup|squash|amend)!.*|\.+)[.!]?$",
    re.IGNORECASE,
)
_QUOTES: Final = "\"'“”„«»`. "


@dataclass(frozen=True, slots=True)
class Undone:
    """What a revert takes back, by whatever its text gives: a commit, changes' numbers, titles.

    Attributes:
        sure: whether the words alone say that a change is taken back; else it has to be found among what was deployed.
        said: as a page shows it.
    """

    sha: str
    titles: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    sure: bool = True
    said: str = ""


@dataclass(frozen=True, slots=True)
class Origins:
    """Commits, pull requests and versions that a fix names as where its fault came from."""

    shas: frozenset[str]
    numbers: frozenset[str]
    versions: frozenset[str]

    def any(self) -> bool:
        """Whether anything is named."""
        return bool(self.shas or self.numbers or self.versions)


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
    """The subject without the number that a squash merge appends, in small letters."""
    if subject[-1:] == ")":
        # As the expression has it, and in a quarter of its time: every commit of a history is asked.
        bare, _, number = subject.rpartition(" (")
        bare = bare if number[:1] in _MARKS and number[1:-1].isdecimal() else subject
    else:
        bare = _NUMBER.sub("", subject) if ")" in subject else subject
    return bare.strip().casefold()


def number_of(subject: str) -> str:
    """The pull request that a squash or merge commit names, or nothing."""
    if found := _NUMBER.search(subject):
        return found.group(1)
    merged = _MERGED.match(subject) if subject.startswith("Merge") else None
    return (merged.group(1) or merged.group(2)) if merged else ""


def may_undo(commit: Commit) -> bool:
    """Whether it is worth reading whether a commit reverts anything: few say a word of it."""
    low = commit.subject.lower()
    return any(word in low for word in phrases.UNDOING) or "everts " in commit.body


def undone_by(commit: Commit) -> Undone | None:
    """The first thing that a commit says it reverts, or None."""
    verb = phrases.REVERT.match(commit.subject) is not None
    return next((one for one in all_undone(commit) if verb or one.sure), None)


def all_undone(commit: Commit) -> tuple[Undone, ...]:
    """What a commit reverts. A re-landing, by its word or as the revert of a revert, reverts nothing."""
    if not may_undo(commit) or is_merge(commit) or phrases.RELAND.match(commit.subject):
        return ()
    found = phrases.REVERT.match(commit.subject)
    said = next(filter(_takes_back, (one["what"] for one in phrases.TAKEN_BACK.finditer(commit.body))), "")
    if not said and found is None and phrases.BROUGHT_BACK.match(commit.subject):
        return ()
    if found is None:
        return _undone(commit.subject, said, sure=bool(said)) if said or phrases.OUT_AGAIN.match(commit.subject) else ()
    title = _innermost(found["title"])
    if title is None or (found["to"] and not _names(title)):
        return ()
    sure = bool(said) or bool(phrases.SURE.match(found["verb"]) or title[:1] in _QUOTES)
    if sure and not said and not _names(title) and phrases.NOT_RUNNING.match(title):
        return ()
    return _undone(title, said, commit.body, sure=sure)


def _takes_back(what: str) -> bool:
    return _names(what) and not phrases.OF_A_REVERT.match(what)


def _innermost(title: str) -> str | None:
    """What a revert of reverts takes back in the end; None where it brings it again."""
    while inner := phrases.REVERT.match(title):
        outer = phrases.REVERT.match(inner["title"])
        if outer is None:
            return None
        title = outer["title"]
    again = phrases.QUOTED.search(title[1:]) if phrases.RELAND.match(title.lstrip(_QUOTES)) else None
    return f'"{again.group(1)}"' if again else title


def _undone(title: str, said: str, body: str | None = None, *, sure: bool) -> tuple[Undone, ...]:
    """By whatever names there are: `said` after the body's own word of a revert, else all of the `body`."""
    quoted = phrases.QUOTED.findall(title) or ([title] if body is not None else [])
    titles = tuple(title_of(one.strip(_QUOTES)).strip(_QUOTES) for one in quoted)
    numbers = phrases.ANY_NUMBER.findall(f"{title}\n{said}") + phrases.BARE_NUMBER.findall(title)
    shown = _NUMBER.sub("", title).strip(_QUOTES)
    shas = phrases.SHA.findall(f"{title}\n{said or body or ''}") or ("",)
    return tuple(Undone(sha, titles, tuple(dict.fromkeys(numbers)), sure, shown) for sha in shas)


def _names(text: str) -> bool:
    """Whether it names a commit or a change."""
    return bool(phrases.SHA.search(text) or phrases.ANY_NUMBER.search(text))


def is_hotfix(commit: Commit) -> bool:
    """An unplanned fix that calls itself a hotfix; the branch it came from does not count."""
    if any(phrases.HOTFIX_LABEL.search(label) for label in commit.labels) or phrases.HOTFIX.match(commit.subject):
        return True
    begin = commit.subject[: phrases.BEGINNING]
    if phrases.URGENCY.search(begin) and phrases.FIXING.search(begin) and not phrases.OFFER.match(begin):
        return True
    return is_fix(commit) and any(phrases.URGENT_LABEL.search(label) for label in commit.labels)


def is_from_hotfix_branch(commit: Commit) -> bool:
    """Whether it merges a branch that is called a hotfix, which makes hotfixes of fixes and of nothing else."""
    return commit.subject[:1] in "mM" and bool(phrases.HOTFIX_BRANCH.match(commit.subject))


def is_fix(commit: Commit) -> bool:
    """Whether it says that it repairs something, planned or not."""
    return bool(phrases.FIX.search(commit.subject)) or any(phrases.FIX_LABELS.search(label) for label in commit.labels)


def is_planned(commit: Commit) -> bool:
    """Whether its text takes it out of the unplanned: planned, known, met by no user, or a port of what was mended."""
    return bool(phrases.PLANNED.search(f"{commit.subject}\n{commit.body}"))


def fault_in(commit: Commit) -> str:
    """The words that say that users met the fault, or that nobody had planned to mend it; empty where none do.

    What offers people something new may well say what they see or cannot do: that is no fault.
    """
    found = phrases.FAULT.search(f"{commit.subject}\n{commit.body}")
    if found is None or (phrases.OFFER.match(commit.subject) and not is_fix(commit)):
        return ""
    return found.group(0)


def mends_a_fault(commit: Commit) -> bool:
    """A fix whose text says that users met the fault, or that it was not planned."""
    return bool(fault_in(commit)) and not is_planned(commit)


def origins_of(commit: Commit) -> Origins:
    """Where a fix says that its fault came from."""
    text = phrases.CHERRY.sub("", f"{title_of(commit.subject)}\n{commit.body}")
    named = (found for found in phrases.ANY_NUMBER.finditer(text))
    numbers = frozenset(
        one.group(1) for one in named if not phrases.NEUTRAL.search(text, max(0, one.start() - 30), one.start())
    )
    return Origins(frozenset(phrases.SHA.findall(text)), numbers, frozenset(phrases.VERSION.findall(text)))
