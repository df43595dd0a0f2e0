"""What a service may be called, which answers a path takes, and what a path asks; no clock and no I/O."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from roadbed.ground.errors import Invalid, Place, Refusal

NAME_LIMIT: Final = 40
TEXT_LIMIT: Final = 1000
_NAME = re.compile(r"[a-z](?:[a-z0-9-]*[a-z0-9])?")
_OWNER = re.compile(r"(?:group:)?(?:default/)?(?P<name>[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")

# YAML 1.1 reads these words as values; the last three are ours: hosts and names of the edge itself.
_RESERVED: Final = frozenset({
    "y", "n", "yes", "no", "on", "off", "true", "false", "null", "localhost", "roadbed", "www",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers a question offers."""

    label: str
    value: Any


@dataclass(frozen=True, slots=True)
class Question:
    """One thing a path wants to know.

    Attributes:
        kind: str, int, float or bool.
        default: the answer taken when none is given; None where there is none or the path works it out itself.
        is_required: no default at all.
    """

    name: str
    kind: str
    help: str
    default: Any = None
    choices: tuple[Choice, ...] = ()
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class PathDescription:
    """A path as it presents itself."""

    title: str
    language: str
    description: str
    questions: tuple[Question, ...] = field(default_factory=tuple)


def check_name(name: str, *, place: str = "name") -> str:
    """The name, if a service can have it: it becomes a host name, a Unix user, a repository and an entity.

    Raises:
        Invalid: saying which rule it breaks.
    """
    fault = ""
    if len(name) > NAME_LIMIT:
        fault = f"is {len(name)} characters long and may have {NAME_LIMIT}"
    elif not _NAME.fullmatch(name):
        fault = "is not made of lower-case letters, digits and inner hyphens, beginning with a letter"
    elif name in _RESERVED:
        fault = "is a reserved word"
    if fault:
        raise Invalid(
            f"The name {_shown(name)} {fault}.",
            remedy="Choose a name such as checkout or return-label.",
            place=Place(field=place),
        )
    return name


def owner_name(owner: str) -> str:
    """The group's plain name, from `team-payments` or `group:default/team-payments`.

    Raises:
        Invalid: when it is no name of a group.
    """
    found = _OWNER.fullmatch(owner)
    if not found:
        raise Invalid(
            f"The owner {_shown(owner)} is not the name of a group.",
            remedy="Name a team of the catalogue, such as team-payments.",
            place=Place(field="owner"),
        )
    return found["name"]


def check_answers(questions: tuple[Question, ...], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers in the types that the questions want.

    Raises:
        Invalid: with every fault, so that one attempt shows them all.
    """
    by_name = {question.name: question for question in questions}
    taken: dict[str, Any] = {}
    faults: list[Refusal] = []
    for name, value in answers.items():
        question = by_name.get(name)
        if question is None:
            known = ", ".join(by_name)
            faults.append(_fault(name, f"This path has no question {_shown(name)}.", f"It asks: {known}."))
            continue
        try:
            taken[name] = _typed(question, value)
        except ValueError as fault:
            faults.append(_fault(name, f"{name} {fault}.", question.help))
    faults.extend(
        _fault(question.name, f"{question.name} has no answer.", question.help)
        for question in questions
        if question.is_required and question.name not in answers
    )
    if faults:
        first = faults[0]
        raise Invalid(first.detail, remedy=first.remedy, place=first.place, others=tuple(faults[1:]))
    return taken


def canonical(answers: Mapping[str, Any]) -> str:
    """Equal answers as equal text."""
    return json.dumps(dict(answers), sort_keys=True, ensure_ascii=True, default=str)


def describe(described: Mapping[str, Any], configured: Mapping[str, Any], *, name: str) -> PathDescription:
    """A path's description from its path.yaml and copier.yml; a path without path.yaml is known by its name."""
    delimiter = (configured.get("_envops") or {}).get("variable_start_string", "{{")
    return PathDescription(
        title=str(described.get("title") or name),
        language=str(described.get("language") or ""),
        description=str(described.get("description") or ""),
        questions=tuple(
            _question(key, value, delimiter)
            for key, value in configured.items()
            if not key.startswith("_") and not (isinstance(value, Mapping) and value.get("when") is False)
        ),
    )


def _question(name: str, given: Any, delimiter: str) -> Question:
    if not isinstance(given, Mapping):
        # Copier's short form: `name: default`.
        return Question(name=name, kind=_kind_of(given), help="", default=given)
    default = given.get("default")
    is_computed = isinstance(default, str) and delimiter in default
    return Question(
        name=name,
        kind=str(given.get("type") or _kind_of(default)),
        help=" ".join(str(given.get("help") or "").split()),
        default=None if is_computed else default,
        choices=_choices(given.get("choices")),
        is_required="default" not in given,
    )


def _choices(given: Any) -> tuple[Choice, ...]:
    if isinstance(given, Mapping):
        return tuple(Choice(str(label), value) for label, value in given.items())
    return tuple(Choice(str(value), value) for value in given or ())


def _kind_of(value: Any) -> str:
    return type(value).__name__ if isinstance(value, bool | int | float) else "str"


def _typed(question: Question, value: Any) -> Any:
    typed = {"int": _as_int, "float": _as_float, "bool": _as_bool}.get(question.kind, _as_text)(value)
    if question.choices and typed not in [choice.value for choice in question.choices]:
        offered = ", ".join(str(choice.value) for choice in question.choices)
        raise ValueError(f"is {_shown(value)}, which is none of {offered}")
    return typed


def _as_int(value: Any) -> int:
    fault = ValueError(f"is {_shown(value)}, not a whole number")
    if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        raise fault
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        raise fault from None


def _as_float(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"is {_shown(value)}, not a number") from None
    if number != number or number in (float("inf"), float("-inf")):  # noqa: PLR0124 - this is how NaN is known
        raise ValueError(f"is {_shown(value)}, not a finite number")
    return number


def _as_bool(value: Any) -> bool:
    known = {"true": True, "yes": True, "false": False, "no": False}
    answer = known.get(str(value).lower())
    if answer is None:
        raise ValueError(f"is {_shown(value)}, not yes or no")
    return answer


def _as_text(value: Any) -> str:
    if not isinstance(value, str):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"is {_shown(value)}, not text")  # noqa: TRY004 - collected with the other faults
        return str(value)
    if len(value) > TEXT_LIMIT:
        raise ValueError(f"has {len(value)} characters and may have {TEXT_LIMIT}")
    if _CONTROL.search(value):
        raise ValueError("has a line break or another control character in it")
    return value


def _shown(value: Any) -> str:
    text = ascii(value)
    return text if len(text) <= 80 else f"{text[:77]}…"  # noqa: PLR2004 - a line of an error message


def _fault(name: str, detail: str, remedy: str) -> Refusal:
    return Invalid(detail, remedy=remedy, place=Place(field=f"answers.{name}"))
