"""Conditions in CEL, held to a part of it that cannot run long, compiled once, and evaluated with values missing.

Each path (`budget.remaining`, `burn["1h"]`) becomes one variable, and one that is missing is not defined: CEL lets
`false && missing` be false and `missing || true` true, and anything that hangs on it is an error, which is told apart
from yes and no. There is no loop, no pattern and no call that could make a short text run long, and no division that
could give what is no number.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from typing import Any, Final, NamedTuple

from roadbed.reliability.objectives.rules.policy.variables import VARIABLES, WINDOW, keyed, shown
from roadbed.reliability.objectives.rules.windows import minutes_of, name_of

LONGEST: Final = 500
CALLS: Final = frozenset({"size"})
METHODS: Final = frozenset({"startsWith", "endsWith", "contains", "size"})
HAS: Final = "has"
_WORDS: Final = frozenset({"true", "false", "null", "in"})
_TOKEN: Final = re.compile(
    r"""(?P<space>\s+)
    |(?P<text>"[^"\\\n]*"|'[^'\\\n]*')
    |(?P<number>[0-9]+(?:\.[0-9]+)?)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>&&|\|\||==|!=|<=|>=|[-!<>+*?:()\[\].,])""",
    re.VERBOSE,
)
Value = float | int | str | bool


class ConditionError(ValueError):
    """What is wrong with a condition, by which rule of the linter, and what to do."""

    def __init__(self, rule: str, text: str, remedy: str) -> None:
        super().__init__(text)
        self.rule, self.remedy = rule, remedy


class Undecidable(Exception):  # noqa: N818 - an answer, not a mistake
    """Neither yes nor no: a value is missing, or the condition cannot be evaluated with what there is."""

    def __init__(self, missing: str, problem: str = "") -> None:
        super().__init__(missing or problem)
        self.missing, self.problem = missing, problem


class Token(NamedTuple):
    """A piece of a condition and what it is: text, number, name or sign."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition.

    Attributes:
        tokens: it without spaces, so that two that read alike are found.
        paths: what it reads, with the name that each has inside.
        asked: the paths of which it asks whether they are there, likewise.
    """

    text: str
    tokens: tuple[Token, ...]
    program: Any
    paths: Mapping[str, str]
    asked: Mapping[str, str]

    def holds(self, values: Mapping[str, Value | None]) -> bool:
        """Whether it holds for these values by path; None and what is not there is missing.

        Raises:
            Undecidable: when it hangs on a missing value.
        """
        return self.holds_in(self.context(values), values)

    def context(self, values: Mapping[str, Value | None]) -> Any:
        """The values as CEL takes them."""
        given = {name: values[path] for path, name in self.paths.items() if values.get(path) is not None}
        given |= {name: values.get(path) is not None for path, name in self.asked.items()}
        return cel().Context(given)

    def holds_in(self, context: Any, values: Mapping[str, Value | None]) -> bool:
        """The same in a context that was made before, of this condition's names or of more."""
        try:
            answer = self.program.execute(context)
        except (RuntimeError, KeyError, TypeError, ValueError, ArithmeticError) as fault:
            missing = next((path for path in self.paths if values.get(path) is None), "")
            raise Undecidable(missing, "" if missing else _first_sentence(fault)) from None
        if not isinstance(answer, bool):
            raise Undecidable("", f"it gives {answer!r}, and neither true nor false")
        return answer


def _first_sentence(fault: Exception) -> str:
    return str(fault).partition(". ")[0].partition(":")[0].rstrip(".")


@lru_cache(maxsize=1)
def cel() -> Any:
    """The library's extension alone.

    Its package also loads a command line with a terminal's toolkit, which takes most of a second and nobody needs here.
    """
    package = find_spec("cel")
    inside = PathFinder.find_spec("cel", list(package.submodule_search_locations or ())) if package else None
    if inside is None or inside.loader is None:
        raise ModuleNotFoundError("common-expression-language is not installed", name="cel")
    module = module_from_spec(inside)
    inside.loader.exec_module(module)
    return module


@lru_cache(maxsize=2048)
def condition_of(text: str) -> Condition:
    """Compile a condition.

    Raises:
        ConditionError: with what is wrong.
    """
    if len(text) > LONGEST:
        raise ConditionError(
            "condition-size", f"The condition has {len(text)} characters, and {LONGEST} are read.", "Make two rules."
        )
    tokens = _tokens(text)
    if not tokens:
        raise ConditionError("condition", "The condition is empty.", "Write `true` for a rule that always holds.")
    made = _Flattened(tokens)
    try:
        program = cel().compile(" ".join(made.written))
    except ValueError as fault:
        reason = re.search(r"Syntax error: ([^\n]*?)(?: expecting|\n|$)", str(fault))
        said = reason[1].replace("'<EOF>'", "the end") if reason else "it does not parse"
        raise ConditionError("condition", f"`{text}` is no CEL: {said}.", "Mend the condition.") from None
    return Condition(text, tokens, program, made.paths, made.asked)


def _tokens(text: str) -> tuple[Token, ...]:
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ConditionError(
                "condition",
                f"`{text[at : at + 10]}` at character {at + 1} is nothing that a condition can have.",
                "Use variables, numbers, quoted texts, lists, comparisons, `+ - *`, `&&`, `||`, `!` and `? :`.",
            )
        if match.lastgroup != "space":
            found.append(Token(str(match.lastgroup), match.group()))
        at = match.end()
    return tuple(found)


class _Flattened:
    """A condition with every path as one name."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self.tokens, self.at = tokens, 0
        self.written: list[str] = []
        self.paths: dict[str, str] = {}
        self.asked: dict[str, str] = {}
        while self.at < len(tokens):
            self._next()

    def _peek(self, ahead: int = 0) -> str:
        place = self.at + ahead
        return self.tokens[place].text if place < len(self.tokens) else ""

    def _next(self) -> None:
        token = self.tokens[self.at]
        if token.kind == "text" and self._peek(1) == "in" and self._is_map(2):
            key = token.text[1:-1]
            self.at += 2
            self.written.append(self._asked(self._path(key=key)))
        elif token.kind == "name" and token.text not in _WORDS:
            self._name(token.text)
        elif token.text == "." and self._peek(2) == "(":
            self._method()
        else:
            # All numbers are of one type, since CEL adds no whole number to another.
            whole = token.kind == "number" and "." not in token.text
            self.written.append(f"{token.text}.0" if whole else token.text)
            self.at += 1

    def _is_map(self, ahead: int) -> bool:
        for path in (self._peek(ahead), "".join(self._peek(ahead + more) for more in range(3))):
            if path in VARIABLES and VARIABLES[path].keyed:
                return True
        return False

    def _name(self, name: str) -> None:
        if name == HAS and self._peek(1) == "(":
            self.at += 2
            path = self._path()
            if self._peek() != ")":
                raise ConditionError("condition", "`has` asks of one variable.", "Write has(budget.remaining).")
            self.at += 1
            self.written.append(self._asked(path))
        elif self._peek(1) == "(":
            if name not in CALLS:
                raise _no_function(name)
            self.written.append(name)
            self.at += 1
        else:
            path = self._path()
            self.written.append(self.paths.setdefault(path, f"v_{_plain(path)}"))

    def _method(self) -> None:
        name = self._peek(1)
        if name not in METHODS:
            raise _no_function(name)
        self.written += [".", name]
        self.at += 2

    def _asked(self, path: str) -> str:
        return self.asked.setdefault(path, f"h_{_plain(path)}")

    def _path(self, *, key: str | None = None) -> str:
        path = self._peek()
        self.at += 1
        while self._peek() == "." and self._peek(2) != "(":
            path += f".{self._peek(1)}"
            self.at += 2
        known = VARIABLES.get(path)
        if known is None or known.in_texts:
            raise _no_variable(path)
        if known.keyed and key is None:
            key = self._key(path)
        elif self._peek() == "[":
            raise ConditionError("unknown-variable", f"{path} has nothing inside.", f"Write {path} alone.")
        if key is not None and path == "burn":
            minutes = minutes_of(key) if WINDOW.fullmatch(key) else None
            if minutes is None or name_of(minutes) != key:
                remedy = 'Write burn["1h"].' if minutes is None else f'Write burn["{name_of(minutes)}"].'
                raise ConditionError("unknown-variable", f"{key!r} is no window.", remedy)
        return path if key is None else keyed(path, key)

    def _key(self, path: str) -> str:
        ahead = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None
        if self._peek() != "[" or ahead is None or ahead.kind != "text" or self._peek(2) != "]":
            example = shown(keyed(path, "1h" if path == "burn" else "area"))
            raise ConditionError("unknown-variable", f"{path} has several values.", f"Name one of them: {example}.")
        self.at += 3
        return ahead.text[1:-1]


def _plain(path: str) -> str:
    return "".join(char if char.isalnum() and char.isascii() else f"_{ord(char):x}_" for char in path)


def _no_variable(path: str) -> ConditionError:
    known = [one.path for one in VARIABLES.values() if not one.in_texts]
    near = difflib.get_close_matches(path, known, n=1)
    remedy = f"Did you mean {near[0]}?" if near else f"There are {', '.join(known)}."
    return ConditionError("unknown-variable", f"There is no variable {path}.", remedy)


def _no_function(name: str) -> ConditionError:
    known = ", ".join(sorted({HAS, *CALLS, *METHODS}))
    return ConditionError("unknown-function", f"A condition cannot call {name}.", f"It can call {known}.")
