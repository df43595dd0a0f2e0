"""A recurring rule as a sentence says it."""

from __future__ import annotations

from typing import Final

from roadbed.ground.recurring import DAILY, MONTHLY, WEEKLY, Rule

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_UNITS: Final = {DAILY: "day", WEEKLY: "week", MONTHLY: "month"}
_NTH: Final = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last"}


def rule_in_words(rule: Rule) -> str:
    """Like: every 2 weeks on Tuesday and Thursday, 10 times."""
    unit = _UNITS[rule.frequency]
    text = f"every {unit}" if rule.every == 1 else f"every {rule.every} {unit}s"
    if rule.by_day:
        text += f" on {_joined([_day(nth, weekday) for nth, weekday in rule.by_day])}"
    elif rule.by_month_day:
        text += f" on {_joined([_month_day(day) for day in rule.by_month_day])}"
    if rule.count is not None:
        text += f", {rule.count} times" if rule.count != 1 else ", once"
    if rule.until is not None:
        text += f", until {rule.until.strftime('%-d %B %Y %H:%M')} UTC"
    return text


def _day(nth: int, weekday: int) -> str:
    name = WEEKDAYS[weekday]
    if not nth:
        return name
    return f"the {_NTH[nth]} {name}" if nth in _NTH else f"the {_NTH[-nth]} {name} from its end"


def _month_day(day: int) -> str:
    return f"day {day}" if day > 0 else "its last day" if day == -1 else f"day {-day} from its end"


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
