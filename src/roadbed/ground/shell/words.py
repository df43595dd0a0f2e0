"""Numbers and instants as the portal says them; unknown is “No data”, never zero."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

NO_DATA = "No data"
MINUTE, HOUR, DAY = 60, 3600, 86400
JUST_NOW = 45
SECONDS_SHOWN = 90
HOURS_SHOWN_UNTIL = 18 * HOUR
DAYS_SHOWN = 14
WHOLE = 100
TENTH, TENTHS_SHOWN = 0.1, 10
HOURS_WITH_MINUTES = 12


def percent(share: float | None, places: int = 1) -> str:
    """A share as a percentage. Less than the whole never rounds up to 100%, nor more than nothing down to 0%."""
    if share is None:
        return NO_DATA
    step = 10.0**-places
    value = share * 100
    shown = round(value, places)
    if shown in {0, WHOLE}:
        if value in {0, WHOLE}:
            return f"{abs(shown):.0f}%"
        shown += -step if value < shown else step
    # Past the whole a tenth says nothing any more: a budget overspent ten times is not told by its decimals.
    return f"{shown:,.{0 if abs(shown) > WHOLE + 1 else places}f}%".replace("-", "−")


def count(number: float | None) -> str:
    """A whole number with its thousands."""
    return NO_DATA if number is None else f"{number:,.0f}"


def times(rate: float | None) -> str:
    """A burn rate: how many times too fast."""
    if rate is None:
        return NO_DATA
    digits = 0 if rate >= 100 else 1  # noqa: PLR2004 - a third digit says nothing there
    return f"{rate:.{digits}f}"


def duration(seconds: float | None) -> str:
    """A span in the one or two units that matter."""
    if seconds is None:
        return NO_DATA
    if seconds < SECONDS_SHOWN:
        return _short(seconds)
    if seconds < 2 * HOUR:
        return f"{seconds / MINUTE:.0f} min"
    if seconds >= 2 * DAY:
        return f"{seconds / DAY:.1f} days"
    hours, rest = divmod(round(seconds / MINUTE), MINUTE)
    return f"{hours} h {rest} min" if rest and hours < HOURS_WITH_MINUTES else f"{seconds / HOUR:.0f} h"


def _short(seconds: float) -> str:
    if seconds == 0:
        return "0 s"
    if seconds < TENTH:
        return f"{max(1, round(seconds * 1000))} ms"
    return f"{seconds:.1f} s" if seconds < TENTHS_SHOWN else f"{seconds:.0f} s"


def exact(at: datetime) -> str:
    """The instant with its zone, for the title."""
    return at.strftime("%-d %B %Y %H:%M:%S %Z")


def moment(at: datetime | None, *, now: datetime, absent: str = NO_DATA) -> str:
    """When something was: recent is relative, else a day."""
    if at is None:
        return absent
    past = (now - at).total_seconds()
    if abs(past) < JUST_NOW:
        return "just now"
    if past < 0:
        return f"in {duration(-past)}"
    if past < HOUR:
        return f"{max(1, round(past / MINUTE))} min ago"
    return f"{round(past / HOUR)} h ago" if past < HOURS_SHOWN_UNTIL else _days_ago(at.astimezone(now.tzinfo), now=now)


def _days_ago(at: datetime, *, now: datetime) -> str:
    days = (now.date() - at.date()).days
    if days <= 1:
        return "yesterday"
    return f"{days} days ago" if days < DAYS_SHOWN else day(at, now=now)


def day(at: datetime, *, now: datetime) -> str:
    """A date as one says it, with the year where it is another one."""
    return at.strftime("%-d %B" if at.year == now.year else "%-d %B %Y")


def clock(at: datetime, *, now: datetime) -> str:
    """A point of a timeline: the hour today, the weekday this week, else the date."""
    if at.date() == now.date():
        return at.strftime("%H:%M")
    if now - at < timedelta(days=6):
        return at.strftime("%a")
    return at.strftime("%-d %b")


def first_sentence(text: str) -> str:
    """The beginning of something that its own page says in full."""
    head, stop, _ = text.partition(". ")
    return f"{head}." if stop else text


def plural(number: int, one: str, many: str = "") -> str:
    """A count with its noun."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def utc(at: datetime) -> str:
    """The instant as a machine reads it, for `datetime` attributes and charts."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
