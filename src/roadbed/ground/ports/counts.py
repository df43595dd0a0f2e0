"""What we need of whatever counted a service's events elsewhere: exact counts of whole minutes, now and in the past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol


@dataclass(frozen=True, slots=True)
class Counters:
    """Cumulative counters that are added up: those that one selector means.

    Attributes:
        text: the selector as the file writes it.
        metric, matchers: the same taken apart, label, operator (=, !=, =~, !~) and value; without a metric it could
            not be, and the text alone says what is meant.
        sign: 1, or -1 where they are taken away.
        or_zero: whether the file says to take 0 where there is none.
        part: which count of a native histogram is meant: `count` of all its events, or `below:0.3` of those at or
            under 0.3; empty for plain counters.
    """

    text: str
    metric: str = ""
    matchers: tuple[tuple[str, str, str], ...] = ()
    sign: int = 1
    or_zero: bool = False
    part: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a ratio: the query as the file writes it, and the counters that it adds up."""

    query: str
    counters: tuple[Counters, ...] = ()


@dataclass(frozen=True, slots=True)
class CountQuery:
    """What is asked for one indicator: total, and either good or bad. `key` names its answer."""

    key: str
    total: Side
    good: Side | None = None
    bad: Side | None = None


THRESHOLD: Final = "threshold"
SHARE: Final = "share"
FLAG: Final = "flag"
WHOLE: Final = 10**9
"""A minute of which only the share of errors is known counts as so many parts."""


@dataclass(frozen=True, slots=True)
class ValueQuery:
    """What is asked for an indicator that is a number, not a count. `key` names its answer.

    Attributes:
        query: in the language of the source.
        kind: THRESHOLD: at the end of each minute every series of the query is an event, good where
            `value operator limit` holds. SHARE: every series is the share of errors of its minute, of WHOLE parts;
            one that is no number is idle. FLAG: every sample of the series is an event, good where it is not 0.
        operator: lt, lte, gt or gte; of THRESHOLD alone, as `limit`, a decimal number.
        plain: whether the query is a selector of series and nothing around it.
    """

    key: str
    query: str
    kind: str
    operator: str = ""
    limit: str = ""
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why nothing, or not all, is known: one sentence, and what to do next. No credential is ever in it."""

    reason: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.reason} {self.remedy}".strip()


@dataclass(frozen=True, slots=True)
class Counted:
    """What a source knows of one indicator in the minutes asked for.

    Attributes:
        minutes: (good, total) by minute, in minutes since 1970. A minute that is not there is unmeasured; one with a
            total of 0 is idle. Sums over minutes are exact, since they are differences of cumulative counts.
        trouble: why minutes are missing, where the source can tell.
        settled: whether the answer stands; what does not is read again later.
    """

    minutes: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    trouble: Trouble | None = None
    settled: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What one reading gave, by key, and when it was by the source's own clock, in seconds since 1970."""

    counted: Mapping[str, Counted]
    as_of: float


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a source can do.

    Attributes:
        backfill: whether it knows the past; without it an objective begins when it is first read.
        chunk: how many minutes of the past are best asked for at once.
        settles: seconds after the end of a minute from which its counts do not change any more.
        values: whether it answers ValueQuery too; one that does not is never asked any.
    """

    backfill: bool = True
    chunk: int = 360
    settles: float = 120.0
    values: bool = False


class SourceFailed(Exception):  # noqa: N818 - an outcome shown beside the objective
    """Nothing could be read at all; the time until it can is unmeasured."""

    def __init__(self, reason: str, remedy: str = "") -> None:
        super().__init__(reason)
        self.trouble = Trouble(reason, remedy)


class CountSource(Protocol):
    """Counts events by the minute. One file implements it; `docs/how-to/add-a-source.md` shows how."""

    abilities: Abilities

    def read(self, asked: Sequence[CountQuery | ValueQuery], *, first: int, until: int) -> Answer:
        """The minutes from `first` up to, not including, `until`, of all that is asked. Raises SourceFailed."""


class CountSources(Protocol):
    """The sources of this installation."""

    def find(self, kind: str, *, name: str = "", url: str = "") -> CountSource:
        """The source of a kind that a file names, or whose address it names. Raises SourceFailed, with the remedy."""
