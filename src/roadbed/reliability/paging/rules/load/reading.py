"""Rules of pay out of their YAML, with every fault of it on its line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from roadbed.ground.catalog.documents import read_documents
from roadbed.ground.errors import Invalid, Place
from roadbed.reliability.paging.rules.load.classes import CLASSES, Clock
from roadbed.reliability.paging.rules.load.pay import Rules
from roadbed.reliability.paging.rules.schedules.fields import Reader
from roadbed.reliability.paging.rules.shifts import WEEKDAYS

LARGEST: Final = 50_000
DEFAULT: Final = """\
night: {from: "22:00", to: "06:00"}
weekend: [saturday, sunday]
"""
_TIME: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_MOST: Final = Decimal(100_000)
_MOST_HOLIDAYS: Final = 2_000


def read_rules(text: str, file: str = "pay.yaml") -> Rules:
    """The rules of a file's text.

    Raises:
        Invalid: naming file, line, field and remedy of the first fault; the others are with it.
    """
    if len(text) > LARGEST:
        raise Invalid(f"The rules have {len(text)} characters.", remedy=f"{LARGEST} are the most.", place=Place(file))
    found = read_documents(text, file)
    faults = list(found.errors)
    if not faults and len(found.documents) != 1:
        faults = [Invalid("The file holds no rules, or more than one.", remedy="Write one mapping.", place=Place(file))]
    if not faults:
        reader = Reader(found.documents[0], file)
        rules = _rules(reader, found.documents[0].value)
        faults = reader.faults
    if faults:
        first, *others = sorted(faults, key=lambda one: one.place.line or 0)
        raise Invalid(first.detail, remedy=first.remedy, place=first.place, others=tuple(others))
    return rules


def _rules(reader: Reader, data: Any) -> Rules:
    fields = reader.fields(data, (), ("night", "weekend", "holidays", "currency", "rates", "standby_rates"))
    clock = Clock(
        night=_night(reader, fields.get("night")),
        weekend=_weekend(reader, fields.get("weekend")),
        holidays=_holidays(reader, fields),
    )
    rates, standby = (_rates(reader, fields.get(field), field) for field in ("rates", "standby_rates"))
    currency = fields.get("currency", "")
    if (rates or standby) and not (isinstance(currency, str) and _CURRENCY.fullmatch(currency)):
        reader.fault(("currency",), f"{currency!r} is no currency.", "Write three letters of ISO 4217, like EUR.")
    return Rules(clock, str(currency) if rates or standby else "", rates, standby)


def _night(reader: Reader, value: Any) -> tuple[time, time]:
    if value is None:
        return Clock().night
    fields = reader.fields(value, ("night",), ("from", "to"))
    found = []
    for name in ("from", "to"):
        match = _TIME.fullmatch(str(fields.get(name, "")))
        if match is None:
            reader.fault(("night", name), f"{fields.get(name)!r} is no time of day.", 'Write "22:00", in quotes.')
        found.append(time(int(match[1]), int(match[2])) if match else time())
    return found[0], found[1]


def _weekend(reader: Reader, value: Any) -> tuple[int, ...]:
    if value is None:
        return Clock().weekend
    found = []
    for item, path in reader.items(value, ("weekend",)):
        if item not in WEEKDAYS:
            reader.fault(path, f"{item!r} is no weekday.", f"One of {', '.join(WEEKDAYS)}.")
        else:
            found.append(WEEKDAYS.index(item))
    return tuple(sorted(set(found)))


def _holidays(reader: Reader, fields: Mapping[str, Any]) -> frozenset[date]:
    found: set[date] = set()
    for item, path in reader.items(fields.get("holidays"), ("holidays",))[:_MOST_HOLIDAYS]:
        try:
            found.add(date.fromisoformat(str(item)))
        except ValueError:
            reader.fault(path, f"{item!r} is no date.", "Write 2026-12-25.")
    return frozenset(found)


def _rates(reader: Reader, value: Any, field: str) -> dict[str, Decimal]:
    if value is None:
        return {}
    found = {}
    for name, said in reader.fields(value, (field,), CLASSES).items():
        if name not in CLASSES:
            continue
        try:
            rate = Decimal(str(said))
        except InvalidOperation:
            rate = Decimal(-1)
        if isinstance(said, bool) or not rate.is_finite() or not 0 <= rate <= _MOST:
            reader.fault((field, name), f"{said!r} is no amount an hour.", f"A number from 0 to {_MOST}.")
        else:
            found[name] = rate
    missing = [name for name in CLASSES if name not in value] if isinstance(value, dict) else []
    if missing:
        reader.fault((field,), f"There is no rate for {', '.join(missing)}.", "Give each class its rate; 0 is one.")
    return found
