"""The values that the shell's components draw: typed, so that a page cannot show a colour without its word."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

State = Literal["good", "warn", "bad", "unknown", "idle", "info"]

ICONS: dict[State, str] = {
    "good": "circle-check",
    "warn": "alert-triangle",
    "bad": "alert-octagon",
    "unknown": "help-hexagon",
    "idle": "zzz",
    "info": "info-circle",
}
WORDS: dict[State, str] = {
    "good": "Within budget",
    "warn": "At risk",
    "bad": "Budget spent",
    "unknown": "No data",
    "idle": "Idle",
    "info": "Exempt",
}


@dataclass(frozen=True, slots=True)
class Badge:
    """A state as it is shown: an icon, a word, then colour. Without a word of its own it takes the usual one."""

    state: State
    word: str = ""
    icon: str = ""
    plain: bool = False

    @property
    def text(self) -> str:
        return self.word or WORDS[self.state]

    @property
    def symbol(self) -> str:
        return self.icon or ICONS[self.state]


@dataclass(frozen=True, slots=True)
class Link:
    """Somewhere to go."""

    label: str
    url: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a passport. No value shows “No data”, or the word given for its absence."""

    term: str
    value: str = ""
    url: str = ""
    note: str = ""
    badge: Badge | None = None
    absent: str = "No data"


@dataclass(frozen=True, slots=True)
class Stat:
    """A figure with its unit and what it was counted from; no value shows “No data”.

    Attributes:
        interval: (low, value, high) as shares of the axis from 0 to 1, drawn as a whisker.
        interval_words: the same in words.
    """

    label: str
    value: str | None
    unit: str = ""
    note: str = ""
    state: State | None = None
    tone: bool = False
    interval: tuple[float, float, float] | None = None
    interval_words: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: a link, so that it works without script."""

    label: str
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a timeline, or of what a deployment did."""

    at: datetime | None
    icon: str
    title: str
    detail: str = ""
    url: str = ""
    state: State | None = None
    log: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule's part in a verdict: its figures, and what would clear it."""

    badge: Badge
    title: str
    figures: str = ""
    clears: str = ""
    rule: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer in words, with the rules that led to it."""

    state: State
    word: str
    sentence: str = ""
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a coverage strip, as a share of its whole from 0 to 1."""

    kind: Literal["good", "bad", "idle", "unmeasured", "excluded"]
    start: float
    width: float


MOST_WIDENED = 40


@dataclass(frozen=True, slots=True)
class Coverage:
    """A span of time and how it was measured; the minutes of the legend add up to the whole.

    What lies before there was anything to measure has no segment: nothing is drawn there.
    """

    segments: tuple[Segment, ...]
    minutes: Mapping[str, int]
    label: str
    axis: tuple[str, ...] = ()

    @property
    def least(self) -> float:
        """The least width in percent of what is bad or unmeasured: a few short ones show, many never paint over all."""
        short = sum(part.kind in ("bad", "unmeasured") for part in self.segments)
        return 0.35 if short <= MOST_WIDENED else 0.0

    @property
    def legend(self) -> tuple[tuple[str, str, int], ...]:
        names = (
            ("good", "Good"),
            ("bad", "Bad"),
            ("idle", "Idle"),
            ("unmeasured", "Unmeasured"),
            ("excluded", "Excluded"),
            ("before", "Before it began"),
        )
        # Nothing is excluded until somebody excludes it, and most begin before what is shown: named where they occur.
        return tuple(
            (kind, name, self.minutes.get(kind, 0))
            for kind, name in names
            if kind not in ("excluded", "before") or kind in self.minutes
        )


@dataclass(frozen=True, slots=True)
class Table:
    """Plain rows under a figure; columns named in `numbers` align right."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[str] = frozenset()

    @property
    def heads(self) -> tuple[tuple[str, bool], ...]:
        return tuple((column, column in self.numbers) for column in self.columns)

    @property
    def cells(self) -> tuple[tuple[tuple[str, bool], ...], ...]:
        right = [column in self.numbers for column in self.columns]
        return tuple(tuple(zip(row, right, strict=True)) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart: what charts.js draws, the sentence for who cannot see it, and the table that says the same."""

    id: str
    label: str
    data: Mapping[str, Any]
    table: Table
    caption: str = ""
    summary: str = "Show as a table"
    short: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a diff. `marked` is the reader's own answer inside it."""

    kind: Literal["add", "del", "same", "hunk"]
    text: str
    number: int | None = None
    marked: bool = False

    @property
    def sign(self) -> str:
        return {"add": "+", "del": "−"}.get(self.kind, " ")

    @property
    def indent(self) -> str:
        return self.text[: len(self.text) - len(self.text.lstrip())]


@dataclass(frozen=True, slots=True)
class Node:
    """A file or folder of a tree; a folder has children, a file has an address."""

    name: str
    url: str = ""
    note: str = ""
    current: bool = False
    children: tuple[Node, ...] = ()

    @property
    def opened(self) -> bool:
        return self.current or any(child.opened for child in self.children)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What changes, what stays, how long it takes and who is told, before a button that names its effect."""

    id: str
    title: str
    url: str
    submit: str
    keep: str
    rows: tuple[tuple[str, str], ...] = ()
    note: str = ""
    ask: str = ""
    hint: str = ""
    told: str = ""
    icon: str = "arrow-back-up"
    stop: bool = True
    hidden: Mapping[str, str] = field(default_factory=dict)
