"""A file of JSON values, one a line or as arrays, with the number of the line that each came from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, NoReturn

SHOWN: Final = 60
_SPACE: Final = re.compile(r"\s*,?\s*")
_BEGINS: Final = re.compile(r"\n[{\[]")


class _TooDeep(ValueError):  # noqa: N818 - said of the text
    """More levels than a parser may go down."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that could not be read, with what the reader of this message does next."""

    line: int
    text: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Item:
    """One JSON value and where it stands; of an array's items `index` counts from 1."""

    line: int
    value: Any
    index: int = 0


def items_of(lines: Iterable[str]) -> Iterator[Item | Fault]:
    """The values of a file: a value a line, arrays on a line, or values printed over many lines, one after another.

    A file whose first line is no value by itself is read as a whole.
    """
    numbered = enumerate(lines, 1)
    first = next(((number, line) for number, line in numbered if line.strip()), None)
    if first is None:
        return
    number, line = first
    if _begins_a_whole(line):
        yield from _whole(number, line, [later for _, later in numbered])
        return
    yield from _of_line(number, line)
    for number, line in numbered:
        if line.strip():
            yield from _of_line(number, line)


def _begins_a_whole(line: str) -> bool:
    """Whether a first line opens something that it does not close, as printed JSON does."""
    if line.lstrip()[:1] not in "[{":
        return False
    try:
        _loads(line)
    except _TooDeep:
        return False
    except ValueError:
        return line.strip() in {"[", "{"} or line.lstrip().startswith("[")
    return False


def _whole(number: int, line: str, rest: list[str]) -> Iterator[Item | Fault]:
    text = "\n" * (number - 1) + line + "".join(one if one.endswith("\n") else f"{one}\n" for one in rest)
    try:
        value = _loads(text)
    except json.JSONDecodeError as fault:
        if line.lstrip().startswith("{"):
            yield from _printed(text)
            return
        yield Fault(
            fault.lineno,
            f"the array that begins in line {number} is no JSON here: {fault.msg}",
            "Close it, or write one event a line.",
        )
        return
    except ValueError as fault:
        yield Fault(number, str(fault), "Leave the value out where it is unknown.")
        return
    yield from _spread(number, value)


def _printed(text: str) -> Iterator[Item | Fault]:
    """Values one after another, each over as many lines as it likes; after a broken one, from the next that begins."""
    decoder = json.JSONDecoder(parse_constant=_refuse)
    at, number = 0, 1
    while (begin := _after_space(text, at)) < len(text):
        number += text.count("\n", at, begin)
        try:
            value, at = decoder.raw_decode(text, begin)
        except (ValueError, RecursionError) as fault:
            broken = fault.lineno if isinstance(fault, json.JSONDecodeError) else number
            said = fault.msg if isinstance(fault, json.JSONDecodeError) else _said(fault)
            yield Fault(broken, f"no JSON: {said}, in what begins in line {number}", "Write whole JSON objects.")
            found = _BEGINS.search(text, begin + 1)
            at = found.start() + 1 if found else len(text)
        else:
            yield from _spread(number, value)
        number += text.count("\n", begin, at)


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _of_line(number: int, line: str) -> Iterator[Item | Fault]:
    try:
        value = _loads(line.strip().removesuffix(",") if number > 1 else line)
    except json.JSONDecodeError as fault:
        shown = line.strip()[:SHOWN]
        yield Fault(
            number, f"no JSON: {fault.msg} at column {fault.colno}: {shown}", "Write one whole JSON object a line."
        )
    except _TooDeep as fault:
        yield Fault(number, str(fault), "Write one event a line, or an array of events.")
    except ValueError as fault:
        yield Fault(number, str(fault), "Leave the value out where it is unknown.")
    else:
        yield from _spread(number, value)


def _spread(number: int, value: Any) -> Iterator[Item]:
    if isinstance(value, dict) and isinstance(value.get("items"), list):
        value = value["items"]
    if isinstance(value, list):
        yield from (Item(number, one, index) for index, one in enumerate(value, 1))
    else:
        yield Item(number, value)


def _loads(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError as fault:
        raise _TooDeep(_said(fault)) from None


def _said(fault: ValueError | RecursionError) -> str:
    return "nested too deeply" if isinstance(fault, RecursionError) else str(fault)


def _refuse(name: str) -> NoReturn:
    message = f"{name} is no number of JSON"
    raise ValueError(message)
