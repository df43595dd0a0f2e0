"""Matchers as Alertmanager writes them: `name=value`, `name!=value`, `name=~pattern`, `name!~pattern`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any, Final

from roadbed.ground.errors import Invalid, Place

MOST: Final = 20
LONGEST: Final = 300
LOOKED_AT: Final = 300
"""Characters of a label that a pattern is held against, so that no pattern takes long."""
_MATCHER: Final = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_.:/-]{0,99})\s*(=~|!~|!=|=)\s*(.*?)\s*", re.DOTALL)
_REPEATS: Final = frozenset({_constants.MAX_REPEAT, _constants.MIN_REPEAT})


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition on a label; a label that is not there is an empty text."""

    name: str
    sign: str
    value: str

    def __str__(self) -> str:
        return f"{self.name}{self.sign}{self.value}"

    def fits(self, labels: Mapping[str, str]) -> bool:
        """Whether the labels fulfil it."""
        said = labels.get(self.name, "")
        if self.sign in ("=", "!="):
            return (said == self.value) is (self.sign == "=")
        return bool(_compiled(self.value).fullmatch(said[:LOOKED_AT])) is (self.sign == "=~")


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def matchers_of(texts: Sequence[str]) -> tuple[Matcher, ...]:
    """The matchers of a silence.

    Raises:
        Invalid: naming the one at fault; also when they would silence everything.
    """
    if not 0 < len(texts) <= MOST:
        raise Invalid(
            f"A silence has 1 to {MOST} matchers.", remedy="Like service=checkout.", place=Place(field="matchers")
        )
    found = tuple(_matcher(text, number) for number, text in enumerate(texts))
    if all(one.fits({}) for one in found):
        raise Invalid(
            "These matchers fit every alert, also those without such a label.",
            remedy="Add one that names something: service=checkout, or team=team-payments.",
            place=Place(field="matchers"),
        )
    return found


def _matcher(text: str, number: int) -> Matcher:
    place = Place(field=f"matchers[{number}]")
    match = _MATCHER.fullmatch(text)
    if match is None or len(text) > LONGEST or "\x00" in text:
        raise Invalid(f"{text[:60]!r} is no matcher.", remedy="Like service=checkout or alertname=~Disk.*", place=place)
    name, sign, value = match[1], match[2], _unquoted(match[3])
    if sign in ("=~", "!~") and (fault := pattern_fault(value)):
        raise Invalid(f"The pattern of {name} {fault}.", remedy="Like Disk.* or (eu|us)-1.", place=place)
    return Matcher(name, sign, value)


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value


def pattern_fault(pattern: str) -> str:
    """What is wrong with a pattern, empty where nothing is. One that could run for hours on a short text is refused."""
    try:
        parsed = _parser.parse(pattern)
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as fault:
        return f"cannot be read: {str(fault)[:100]}"
    if _risky(parsed, repeated=False):
        return "repeats what repeats already, or refers back, which could run without end"
    return ""


def _risky(parsed: Any, *, repeated: bool) -> bool:
    repeats = 0
    for kind, argument in parsed:
        if kind in (_constants.GROUPREF, _constants.GROUPREF_EXISTS, _constants.ASSERT, _constants.ASSERT_NOT):
            return True
        again = kind in _REPEATS and argument[1] > 1
        repeats += again
        if (again and repeated) or repeats > 3:  # noqa: PLR2004 - x.*y.*z is common, more is not
            return True
        if any(_risky(part, repeated=repeated or again) for part in _within(kind, argument)):
            return True
    return False


def _within(kind: Any, argument: Any) -> Iterable[Any]:
    if kind in _REPEATS:
        return [argument[2]]
    if kind is _constants.SUBPATTERN:
        return [argument[-1]]
    if kind is _constants.BRANCH:
        return list(argument[1])
    return []


def fit(matchers: Iterable[Matcher], labels: Mapping[str, str]) -> bool:
    """Whether all of them fit."""
    return all(one.fits(labels) for one in matchers)
