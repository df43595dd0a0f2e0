"""The figures of flow: distributions with their intervals, shares with Wilson's, and what each rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from roadbed.delivery.metrics.flow.rules.days import Total
from roadbed.delivery.metrics.rules import estimates

AGE, LINES, FILES, COMMITS = "branch_age", "batch_lines", "batch_files", "batch_commits"
FREQUENCY, EACH, WITHIN = "integrations", "integrations_per_developer", "within_a_day"
REVIEW, UNREVIEWED = "first_review", "merged_unreviewed"
BUILD, QUEUE, BROKEN, RED = "build_duration", "build_queue", "build_failures", "red_trunk"
NAMES: Final[Mapping[str, str]] = {
    AGE: "Branch age",
    LINES: "Lines in a change",
    FILES: "Files in a change",
    COMMITS: "Commits in a change",
    FREQUENCY: "Integrations a working day",
    EACH: "Integrations a developer and working day",
    WITHIN: "Merged within a day",
    REVIEW: "Time to first review",
    UNREVIEWED: "Merged without a review",
    BUILD: "Build duration",
    QUEUE: "Build queue",
    BROKEN: "Builds that fail",
    RED: "Time to mend a red trunk",
}
ENOUGH_PEOPLE: Final = 5
"""Under five developers a figure for each of them would be a figure about persons."""


@dataclass(frozen=True, slots=True)
class FlowFigure:
    """One figure.

    Attributes:
        value: the median of a distribution, a share, or a rate; None where nothing is known, which is not zero.
        unit: s, share, lines, files, commits or a day.
        n: what it was counted from; `hits` how many of it count, of a share.
        low, high: the 95% interval; None where there is none.
        open: what is not over yet; it is counted as lasting at least so long.
        why: why there is no value.
    """

    figure: str
    value: float | None
    unit: str
    n: int
    hits: int | None = None
    low: float | None = None
    high: float | None = None
    p75: float | None = None
    p90: float | None = None
    open: int = 0
    at_least: float | None = None
    why: str = ""

    @property
    def name(self) -> str:
        """What it is called."""
        return NAMES[self.figure]


def spread(figure: str, ordered: Sequence[float], unit: str, why: str) -> FlowFigure:
    """A distribution: its median with interval, p75 and p90."""
    if not len(ordered):
        return FlowFigure(figure, None, unit, 0, why=why)
    low, high = estimates.median_interval(ordered) or (None, None)
    middle, upper, far = (estimates.quantile(ordered, share) for share in (0.5, 0.75, 0.9))
    return FlowFigure(figure, middle, unit, len(ordered), low=low, high=high, p75=upper, p90=far)


def share(figure: str, hits: int, of: int, why: str) -> FlowFigure:
    """A share with Wilson's interval."""
    found = estimates.wilson(hits, of)
    if found is None:
        return FlowFigure(figure, None, "share", 0, why=why)
    return FlowFigure(figure, hits / of, "share", of, hits=hits, low=found[0], high=found[1])


def lasting(figure: str, spans: Iterable[tuple[float, bool]], why: str) -> FlowFigure:
    """How long something takes when some of it goes on: (seconds, over)."""
    found = estimates.kaplan_meier(spans)
    if not found.n:
        return FlowFigure(figure, None, "s", 0, why=why)
    return FlowFigure(
        figure, found.median, "s", found.n, low=found.low, high=found.high, p75=found.p75, p90=found.p90,
        open=found.open, at_least=found.at_least,
        why="" if found.median is not None else "Most of them are not over yet.",
    )  # fmt: skip


def figures(
    added: Total, *, working_days: int, reds: Iterable[tuple[float, bool]], reviews: Sequence[float] | None = None
) -> tuple[FlowFigure, ...]:
    """All figures of some days.

    Args:
        added: the days.
        working_days: days of work among those of which anything is known.
        reds: red times of the trunk that began in them, as (seconds, over).
        reviews: times to the first review in working hours, sorted; None counts them by the clock.
    """
    spreads, numbers = added.spreads, added.numbers
    return (
        spread(AGE, spreads["age"], "s", "Of no merged branch the first push was told."),
        share(WITHIN, numbers["within"], numbers["aged"], "Of no merged branch the first push was told."),
        *_frequency(added, working_days),
        spread(LINES, spreads["lines"], "lines", "No merged change came with its number of lines."),
        spread(FILES, spreads["files"], "files", "No merged change came with its number of files."),
        spread(COMMITS, spreads["commits"], "commits", "No merged change came with its number of commits."),
        spread(
            REVIEW, spreads["review"] if reviews is None else reviews, "s", "No review by a second person was told."
        ),
        share(UNREVIEWED, numbers["unreviewed"], numbers["reviewable"], "Of no repository reviews are told."),
        spread(BUILD, spreads["build"], "s", "No build was told with its beginning and end."),
        spread(QUEUE, spreads["queue"], "s", "No build was told with how long it waited."),
        share(BROKEN, numbers["failed"], numbers["failed"] + numbers["passed"], "No build was told."),
        lasting(RED, reds, "No build of the trunk failed, as far as builds were told."),
    )


def _frequency(added: Total, working_days: int) -> tuple[FlowFigure, FlowFigure]:
    count, people = added.integrations, added.developers
    if not count or not working_days:
        why = "Nothing was merged into a trunk." if not count else "No working day lies in this time."
        return FlowFigure(FREQUENCY, None, "a day", 0, why=why), FlowFigure(EACH, None, "a day", 0, why=why)
    each = FlowFigure(EACH, None, "a day", count, why=f"Not shown for fewer than {ENOUGH_PEOPLE} developers.")
    if people >= ENOUGH_PEOPLE:
        each = FlowFigure(EACH, count / working_days / people, "a day", count)
    return FlowFigure(FREQUENCY, count / working_days, "a day", count), each
