"""One change as all that was told of it says together, in whatever order it came; and where its branch began."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

CREATED, MERGED, ABANDONED, REVIEWED = "change.created", "change.merged", "change.abandoned", "change.reviewed"
STATES: Final = frozenset({CREATED, MERGED, ABANDONED, REVIEWED})
FIELDS: Final = ("branch", "base", "author", "merge", "title", "url", "additions", "deletions", "files", "commits")
MOST_REVIEWERS: Final = 20
TRUNKS: Final = frozenset({"main", "master", "trunk"})
"""What a main branch is called where nobody told."""
Reviews = dict[str, tuple[str, bool]]


def alias(name: str) -> str:
    """What stands for a person: enough to tell one from another, and not to read who it is."""
    plain = "".join(sign for sign in name.casefold() if sign.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()[:12] if plain else ""


def is_trunk(branch: str, trunk: str) -> bool:
    """Whether a branch is the main one, by what was told of its repository or by its usual names."""
    return branch == trunk if trunk else branch in TRUNKS


@dataclass(slots=True)
class Change:
    """What is known of a change so far.

    Attributes:
        said: by field the latest word with the rank of the fact that gave it.
        reviews: by the reviewer's alias the first instant, and whether a program reviewed.
        bot: whether a program wrote it; None where nobody told.
    """

    said: dict[str, tuple[str, Any]] = field(default_factory=dict)
    reviews: Reviews = field(default_factory=dict)
    opened_at: datetime | None = None
    merged_at: datetime | None = None
    closed_at: datetime | None = None

    def told(self, name: str) -> Any:
        """A field's word; None where nobody told."""
        found = self.said.get(name)
        return None if found is None else found[1]

    def take(self, kind: str, at: datetime, uid: str, data: Mapping[str, Any], opened: datetime | None) -> None:
        """Add what one fact says. The same facts in any order come to the same change."""
        if kind == REVIEWED:
            self._review(alias(str(data.get("author") or "")), at, bot=data.get("bot") is True)
            return
        rank = f"{at.isoformat()} {uid}"
        words = {name: data.get(name) for name in FIELDS} | {"bot": data.get("bot"), "author": self._author(data)}
        for name, word in words.items():
            if word not in (None, "") and (name not in self.said or self.said[name][0] < rank):
                self.said[name] = (rank, word)
        began = [one for one in (opened, at if kind == CREATED else None, self.opened_at) if one is not None]
        self.opened_at = min(began, default=None)
        if kind == MERGED:
            self.merged_at = min(at, self.merged_at or at)
        if kind == ABANDONED:
            self.closed_at = min(at, self.closed_at or at)

    def _author(self, data: Mapping[str, Any]) -> str:
        return alias(str(data.get("author") or ""))

    def _review(self, who: str, at: datetime, *, bot: bool) -> None:
        known = self.reviews.get(who)
        if known is None or at.isoformat() < known[0]:
            self.reviews[who] = (at.isoformat(), bot)
        kept = sorted(self.reviews.items(), key=lambda one: (one[1][0], one[0]))[:MOST_REVIEWERS]
        self.reviews = dict(kept)

    @property
    def reviewed_at(self) -> datetime | None:
        """The first review by a person other than the author; comments by programs are no review."""
        author = self.told("author")
        at = [said for who, (said, bot) in self.reviews.items() if not bot and (not who or who != author)]
        return datetime.fromisoformat(min(at)) if at else None

    @property
    def lines(self) -> int | None:
        """Lines added and deleted; None unless both were told."""
        added, deleted = self.told("additions"), self.told("deletions")
        return added + deleted if isinstance(added, int) and isinstance(deleted, int) else None


@dataclass(frozen=True, slots=True)
class Push:
    """What happened to a branch. `first_at` is the earliest writing of the commits that came with it."""

    at: datetime
    kind: str
    first_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """One life of a branch: names are used again."""

    began_at: datetime
    last_at: datetime
    ended_at: datetime | None


def lives(pushes: Iterable[Push], ended: Iterable[datetime]) -> tuple[Span, ...]:
    """The lives of one branch, oldest first. Each ends by its deletion or by the end of its change.

    It began by the writing of the first commit that was pushed to it, else when it was created; what later pushes
    bring from elsewhere, by merging the trunk into it, makes it no older.
    """
    happened = sorted(pushes, key=lambda one: (one.at, one.kind))
    ends = sorted([*ended, *(one.at for one in happened if one.kind == "deleted")])
    found: list[Span] = []
    live = [one for one in happened if one.kind != "deleted"]
    while live:
        first = live[0]
        end = next((at for at in ends if at >= first.at), None)
        mine = [one for one in live if end is None or one.at <= end]
        began = next((one.first_at for one in mine if one.first_at is not None), None)
        found.append(Span(min(began or first.at, first.at), mine[-1].at, end))
        live = live[len(mine) :]
    return tuple(found)


def began(spans: Iterable[Span], end: datetime | None) -> datetime | None:
    """Where the life of a branch began that ended with its change, or goes on with an open one."""
    return next((one.began_at for one in spans if one.ended_at == end), None)
