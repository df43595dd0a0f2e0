"""The preview of an exclusion as its pages draw it: when it is, and each objective's figures in three columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from roadbed.ground.recurring import rule_of
from roadbed.ground.recurring_words import rule_in_words
from roadbed.ground.shell import words
from roadbed.reliability.objectives.previewing import Effect, Figures, Preview, Wish
from roadbed.reliability.objectives.rules.periods import zone_of
from roadbed.reliability.objectives.rules.words import STANDING_WORDS

PLACES = 3


@dataclass(frozen=True, slots=True)
class Drawn:
    """A preview in words.

    Attributes:
        times: the first times; `again` says when it comes again, empty where it does not.
        effects: (objective, its rows of figure, raw, now and then).
        untouched: whether nothing of any present window is touched, so that nothing changes yet.
    """

    times: tuple[str, ...]
    more: int
    again: str
    effects: tuple[tuple[Effect, tuple[tuple[str, str, str, str], ...]], ...]
    untouched: bool


def drawn(preview: Preview, wish: Wish) -> Drawn:
    """The preview of a wish."""
    zone = zone_of(wish.zone)
    rule = rule_of(wish.rrule) if wish.rrule.strip() else None
    return Drawn(
        times=tuple(_time(starts.astimezone(zone), ends.astimezone(zone)) for starts, ends in preview.times),
        more=preview.more,
        again=rule_in_words(rule) if rule else "",
        effects=tuple((one, _rows(one)) for one in preview.effects),
        untouched=all(one.minutes == 0 for one in preview.effects),
    )


def _time(starts: datetime, ends: datetime) -> str:
    until = ends.strftime("%H:%M" if ends.date() == starts.date() else "%a %-d %B %H:%M")
    return f"{starts.strftime('%a %-d %B %Y %H:%M')} to {until}"


def _rows(one: Effect) -> tuple[tuple[str, str, str, str], ...]:
    columns = (one.raw, one.now, one.then)
    return tuple(
        (name, *(said(figures) for figures in columns))  # type: ignore[misc] # three columns, so four cells
        for name, said in (
            ("Budget left", lambda held: words.percent(held.remaining)),
            ("Measured", lambda held: words.percent(held.attainment, PLACES)),
            ("Bad of all events", _events),
            ("Coverage", lambda held: words.percent(held.coverage)),
            ("Excluded", lambda held: f"{words.count(held.excluded)} min"),
            ("State", lambda held: STANDING_WORDS[held.standing]),
        )
    )


def _events(held: Figures) -> str:
    return f"{words.count(held.bad)} of {words.count(held.total)}"
