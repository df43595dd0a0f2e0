"""Times that come again: the part of RFC 5545's RRULE that maintenance windows need, counted on a zone's wall clock."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAILY, WEEKLY, MONTHLY = "DAILY", "WEEKLY", "MONTHLY"
_KNOWN: Final = ("FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "COUNT", "UNTIL")
_BY_DAY: Final = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
MOST: Final = 20_000
"""Occurrences looked at; a daily one reaches that after fifty years."""


class RuleError(ValueError):
    """A rule that cannot be read, with the reason in words."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How something comes again.

    Attributes:
        every: each so many days, weeks or months.
        by_day: (which of its month, or 0 for each; weekday from 0 for Monday).
        until: the last instant at which it may begin; `count` how often it comes at most.
    """

    frequency: str
    every: int = 1
    by_day: tuple[tuple[int, int], ...] = ()
    by_month_day: tuple[int, ...] = ()
    count: int | None = None
    until: datetime | None = None


def rule_of(text: str) -> Rule:
    """The rule of a text such as FREQ=WEEKLY;BYDAY=TU;UNTIL=20271231T235959Z.

    Raises:
        RuleError: saying what is wrong.
    """
    parts: dict[str, str] = {}
    for part in text.upper().removeprefix("RRULE:").split(";"):
        name, _, value = part.partition("=")
        if name not in _KNOWN or not value or name in parts:
            raise RuleError(f"{part!r} is none of {', '.join(_KNOWN)} with a value, each once")
        parts[name] = value
    frequency = parts.get("FREQ", "")
    if frequency not in (DAILY, WEEKLY, MONTHLY):
        raise RuleError(f"FREQ is {frequency or 'missing'}; it is DAILY, WEEKLY or MONTHLY")
    if "COUNT" in parts and "UNTIL" in parts:
        raise RuleError("COUNT and UNTIL exclude one another")
    rule = Rule(
        frequency,
        _whole(parts, "INTERVAL") or 1,
        tuple(_by_day(one, frequency) for one in parts["BYDAY"].split(",")) if "BYDAY" in parts else (),
        tuple(_month_day(one) for one in parts["BYMONTHDAY"].split(",")) if "BYMONTHDAY" in parts else (),
        _whole(parts, "COUNT"),
        _until(parts["UNTIL"]) if "UNTIL" in parts else None,
    )
    if rule.by_month_day and (rule.by_day or frequency != MONTHLY):
        raise RuleError("BYMONTHDAY goes with FREQ=MONTHLY, and without BYDAY")
    return rule


def _whole(parts: dict[str, str], name: str) -> int | None:
    text = parts.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and int(text[:6]) >= 1 and len(text) <= 4):  # noqa: PLR2004 - four digits
        raise RuleError(f"{name} is {text}; it is a number from 1 to 9999")
    return int(text)


def _by_day(text: str, frequency: str) -> tuple[int, int]:
    found = _BY_DAY.fullmatch(text)
    if found is None or (found[1] and frequency != MONTHLY):
        raise RuleError(f"BYDAY {text} is no weekday such as MO; 1SU or -1FR go with FREQ=MONTHLY")
    return int(found[1] or 0), DAYS.index(found[2])


def _month_day(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,2}", text) or not 1 <= abs(int(text)) <= 31:  # noqa: PLR2004 - days of a month
        raise RuleError(f"BYMONTHDAY {text} is no day of a month, 1 to 31 or -1 to -31")
    return int(text)


def _until(text: str) -> datetime:
    for form in ("%Y%m%dT%H%M%SZ", "%Y%m%d"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise RuleError(f"UNTIL {text} is no instant such as 20271231T235959Z")


def occurrences(
    start: datetime, length: timedelta, zone: ZoneInfo, rule: Rule | None, *, after: datetime, before: datetime
) -> tuple[tuple[datetime, datetime], ...]:
    """What lies wholly or partly between two instants. Each begins at the same time on the zone's wall, and is as long.

    Args:
        start: when the first one begins.
        length: how long each is.
        zone: whose wall clock it follows.
        rule: how it comes again; None when it comes once.
        after: what ended by then is left out.
        before: what begins then or later is left out.
    """
    if rule is None:
        return ((start, start + length),) if start < before and start + length > after else ()
    wall = start.astimezone(zone).replace(tzinfo=None)
    found = []
    dates = (day for day in _dates(rule, wall.date()) if day >= wall.date())
    for day in islice(dates, rule.count or MOST):
        begins = datetime.combine(day, wall.time(), tzinfo=zone).astimezone(UTC)
        if begins >= before or (rule.until is not None and begins > rule.until):
            break
        if begins + length > after:
            found.append((begins, begins + length))
    return tuple(found)


def _dates(rule: Rule, first: date) -> Iterator[date]:
    if rule.frequency == MONTHLY:
        for number in range(MOST):
            month = first.year * 12 + first.month - 1 + number * rule.every
            if month // 12 > first.year + 100:
                return
            yield from _of_month(rule, month // 12, month % 12 + 1, first.day)
        return
    weekdays = {day for _, day in rule.by_day}
    if rule.frequency == DAILY:
        days = (first + timedelta(days=number * rule.every) for number in range(MOST))
        yield from (day for day in days if not weekdays or day.weekday() in weekdays)
        return
    monday = first - timedelta(days=first.weekday())
    for number in range(MOST // 7):
        week = monday + timedelta(weeks=number * rule.every)
        if week.year > first.year + 100:
            return
        yield from (week + timedelta(days=day) for day in sorted(weekdays or {first.weekday()}))


def _of_month(rule: Rule, year: int, month: int, usual: int) -> list[date]:
    last = monthrange(year, month)[1]
    if rule.by_day:
        days = {day for nth, weekday in rule.by_day for day in _weekdays(year, month, weekday, nth)}
    else:
        wanted = rule.by_month_day or (usual,)
        days = {day if day > 0 else last + 1 + day for day in wanted}
    return [date(year, month, day) for day in sorted(days) if 1 <= day <= last]


def _weekdays(year: int, month: int, weekday: int, nth: int) -> list[int]:
    first, last = monthrange(year, month)
    days = list(range(1 + (weekday - first) % 7, last + 1, 7))
    if not nth:
        return days
    return days[nth - 1 : nth or None][:1] if nth > 0 else days[nth:][:1] if -nth <= len(days) else []
