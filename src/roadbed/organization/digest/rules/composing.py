"""What a digest tells: figures that moved beyond chance, how goals stand, what waits; how it reads as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from roadbed.ground.asks.measures import SECONDS, SHARE, UP, Metric, Reading
from roadbed.ground.asks.news import BAD, GOOD, PLAIN, WARN, Line, Section
from roadbed.ground.shell import words

MARKS = {GOOD: "+", WARN: "!", BAD: "!!", PLAIN: "-"}


@dataclass(frozen=True, slots=True)
class Moved:
    """A figure that moved by more than chance explains, in words; `better` says which way."""

    metric: str
    title: str
    before: str
    now: str
    better: bool
    url: str


@dataclass(frozen=True, slots=True)
class TeamPart:
    """One team's part. `compared` is how many figures could be compared at all."""

    team: str
    url: str
    compared: int
    moved: tuple[Moved, ...]
    sections: tuple[Section, ...]

    @property
    def told(self) -> tuple[Section, ...]:
        """Sections that have something to say, or that could not be told."""
        return tuple(one for one in self.sections if one.lines or one.failed)

    @property
    def has_news(self) -> bool:
        """Whether anything in it is worth a mail."""
        return bool(self.moved) or any(line.news for one in self.sections for line in one.lines)


@dataclass(frozen=True, slots=True)
class Digest:
    """What one person is told of a week."""

    person: str
    since: datetime
    until: datetime
    parts: tuple[TeamPart, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened that is worth a mail; such a one is not sent."""
        return not any(one.has_news for one in self.parts)

    @property
    def subject(self) -> str:
        """The mail's subject: what is worst first, in few words."""
        lines = [line for part in self.parts for one in part.sections for line in one.lines if line.news]
        counted = [
            (sum(line.tone == tone for line in lines), noun) for tone, noun in ((BAD, "urgent"), (WARN, "to mind"))
        ]
        moved = sum(len(part.moved) for part in self.parts)
        told = [f"{number} {noun}" for number, noun in counted if number]
        told += [words.plural(moved, "figure moved", "figures moved")] if moved else []
        names = ", ".join(part.team for part in self.parts)
        return f"{names}: {', '.join(told) or 'the week'}"


def moved(metric: Metric, before: Reading, now: Reading, url: str) -> Moved | None:
    """The change of a figure; None where the intervals overlap, so that chance alone may be behind it."""
    if before.value is None or now.value is None or not comparable(before, now):
        return None
    assert before.low is not None and before.high is not None  # noqa: S101, PT018 - comparable says so
    assert now.low is not None and now.high is not None  # noqa: S101, PT018
    if now.low <= before.high and before.low <= now.high:
        return None
    rose = now.value > before.value
    return Moved(
        metric.key, metric.name, figure(before.value, metric.unit), figure(now.value, metric.unit),
        rose == (metric.better == UP), url,
    )  # fmt: skip


def comparable(before: Reading, now: Reading) -> bool:
    """Whether both have an interval."""
    return None not in (before.low, before.high, now.low, now.high)


def figure(value: float, unit: str) -> str:
    """A figure in words."""
    if unit == SECONDS:
        return words.duration(value)
    return words.percent(value) if unit == SHARE else f"{value:,.1f} a week"


def text_of(digest: Digest, *, base: str, stop: str) -> str:
    """The digest as plain text."""
    lines = [f"The week of {digest.since:%-d %B} to {digest.until:%-d %B %Y}, for {digest.person}.", ""]
    for part in digest.parts:
        lines += [part.team, "=" * len(part.team), "", *_figures(part, base)]
        for section in part.told:
            lines += [section.title, *_lines(section, base), ""]
    lines += [
        f"Day, hour and what is sent: {base}/digest",
        f"Stop these mails: {stop}",
        "Opening either changes nothing; the button on the page does.",
    ]
    return "\n".join(lines) + "\n"


def _figures(part: TeamPart, base: str) -> Sequence[str]:
    if not part.compared:
        return ("No figure could be compared with the four weeks before.", "")
    if not part.moved:
        return (
            f"None of {words.plural(part.compared, 'figure')} moved beyond chance against the four weeks before.",
            "",
        )
    told = [
        f"{MARKS[GOOD if one.better else WARN]} {one.title}: {one.now}, was {one.before}\n  {base}{one.url}"
        for one in part.moved
    ]
    return ("Moved beyond chance, four weeks against the four before", *told, "")


def _lines(section: Section, base: str) -> Sequence[str]:
    if section.failed:
        return ("? It could not be told this time.",)
    return [_line(one, base) for one in section.lines]


def _line(one: Line, base: str) -> str:
    return f"{MARKS[one.tone]} {one.text}" + (f"\n  {base}{one.url}" if one.url else "")
