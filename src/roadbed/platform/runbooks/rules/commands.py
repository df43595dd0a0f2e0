"""From a step's script and the values of its parameters to what runs, and to the exact command that a person reads.

A value never becomes part of the script. `{{name}}` becomes a reference to a variable of the environment, quoted as the
place demands, so that the shell expands it after it has read the script and never reads it as one.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

HOLE: Final = re.compile(r"\{\{\s*([a-z][a-z0-9_]{0,39})\s*\}\}")
Place = Literal["plain", "single", "double", "here", "comment", "odd"]
_HEREDOC: Final = re.compile(r"<<(-?)\s*(?:'([^'\n]+)'|\"([^\"\n]+)\"|\\?([A-Za-z_][A-Za-z0-9_]*))")
SAFE: Final = re.compile(r"[A-Za-z0-9_.:/@%+=,][A-Za-z0-9_.:/@%+=,-]{0,199}")
"""What is inert wherever it ends up, also in a program that another program reads: no quote, space or shell's sign."""

READS_AGAIN: Final = re.compile(
    r"""(?mx)
      (?:^|[\s;&|(`])(?:eval|ssh|su|sudo|xargs|let|declare|typeset|source|awk|gawk|sed|perl|ruby|psql|mysql|sqlite3|jq)\b
    | (?:^|[\s;&|(`/])(?:ba|da|z|k)?sh\s+-[a-z]*c | (?:python[0-9.]*|node|php)\s+-[a-z]*[cer]
    | \[\[ | \(\( | \$\[ | \w\[[^\]\n]*\{\{ | printf\s+-v
    | \btest\s+-v | (?:^|[\s;&|(])\.\s | (?:^|[\s;&|(`])find\b.*-exec
    """
)
"""Programs and forms that read an argument as a program or an expression once more."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A `{{name}}` of a script and where it stands. An odd place cannot be filled safely."""

    name: str
    start: int
    end: int
    place: Place
    line: int


def variable(name: str) -> str:
    """The environment's name of a parameter."""
    return f"PARAM_{name.upper()}"


def holes(command: str) -> tuple[Hole, ...]:
    """Every `{{name}}` of a script with the quoting that it stands in."""
    found = [(match, match.start()) for match in HOLE.finditer(command)]
    if not found:
        return ()
    places = _places(command, {start for _, start in found})
    return tuple(
        Hole(match[1], start, match.end(), places[start], command.count("\n", 0, start)) for match, start in found
    )


def names_in(command: str) -> tuple[str, ...]:
    """Names of the parameters that a script uses, in their order."""
    return tuple(dict.fromkeys(hole.name for hole in holes(command) if hole.place != "comment"))


def script_of(command: str) -> str:
    """The script that runs: each hole a quoted reference to its variable.

    Raises:
        ValueError: for a hole in an odd place.
    """
    forms = {"plain": '"${%s}"', "double": "${%s}", "here": "${%s}", "single": "'\"${%s}\"'"}
    return _filled(command, lambda hole: forms[hole.place] % variable(hole.name))


def shown_of(command: str, values: Mapping[str, str]) -> str:
    """The same as a person reads it, and could type it: each hole its value, quoted as its place demands."""

    def value(hole: Hole) -> str:
        said = values[hole.name]
        if hole.place == "plain":
            return shlex.quote(said)
        if hole.place == "single":
            return said.replace("'", "'\\''")
        return re.sub(r'([\\"$`])' if hole.place == "double" else r"([\\$`])", r"\\\1", said)

    return _filled(command, value)


def environment_of(values: Mapping[str, str]) -> dict[str, str]:
    """The variables that carry the values."""
    return {variable(name): value for name, value in values.items()}


def reads_again(command: str) -> str:
    """The first thing in a script that would read a value as a program or an expression; empty without one."""
    found = READS_AGAIN.search(command)
    return found[0].strip(" \t\n;&|(`") or found[0].strip() if found else ""


def _filled(command: str, fill: Callable[[Hole], str]) -> str:
    parts, at = [], 0
    for hole in holes(command):
        if hole.place == "odd":
            raise ValueError(f"{{{{{hole.name}}}}} stands where its value could be read as part of the script")
        filled = command[hole.start : hole.end] if hole.place == "comment" else fill(hole)
        parts += [command[at : hole.start], filled]
        at = hole.end
    return "".join([*parts, command[at:]])


def _places(command: str, wanted: set[int]) -> dict[int, Place]:
    """Walk the script as a shell reads it, as far as quoting goes; whatever is not understood is an odd place."""
    return _Walk(command, wanted).places()


class _Walk:
    """One pass over a script, with a stack of what is open: plain, double, brace, arithmetic, backtick."""

    def __init__(self, command: str, wanted: set[int]) -> None:
        self.text = command
        self.wanted = wanted
        self.stack = ["plain"]
        self.documents: list[tuple[str, bool, bool]] = []
        self.found: dict[int, Place] = {}

    def places(self) -> dict[int, Place]:
        at = 0
        while at < len(self.text):
            if at in self.wanted:
                self.found[at] = self._here()
                at = self.text.index("}}", at) + 2
            elif self.stack[-1] == "double":
                at = self._in_double(at)
            else:
                at = self._in_plain(at)
        return self.found

    def _here(self) -> Place:
        odd = any(one in ("brace", "arithmetic", "backtick", "odd") for one in self.stack)
        return "odd" if odd else "double" if self.stack[-1] == "double" else "plain"

    def _in_double(self, at: int) -> int:
        sign = self.text[at]
        if sign == "\\":
            return at + 2
        if sign == '"':
            self.stack.pop()
        elif sign == "`":
            self._backtick()
        elif sign == "$":
            return self._dollar(at)
        return at + 1

    def _in_plain(self, at: int) -> int:  # noqa: C901, PLR0911 - a shell has as many signs
        text, sign = self.text, self.text[at]
        before = text[at - 1] if at else "\n"
        if sign == "\\":
            # A backslash before a hole would take away the first quote of what it is filled with.
            return at + 1 if at + 1 in self.wanted and self._mark_odd(at + 1) else at + 2
        if sign == "'" and self.stack[-1] != "brace":
            return self._to(at + 1, "'", "single" if before != "$" and self._here() == "plain" else "odd")
        if sign == "#" and before in " \t\n;&|(" and self.stack[-1] not in ("brace", "arithmetic"):
            return self._to(at + 1, "\n", "comment", eat=False)
        if sign == '"':
            self.stack.append("double")
        elif sign == "`":
            self._backtick()
        elif sign == "$":
            return self._dollar(at)
        elif sign == "(":
            arithmetic = text.startswith("((", at)
            self.stack.append("arithmetic" if arithmetic or self.stack[-1] == "arithmetic" else "plain")
        elif (sign == ")" and len(self.stack) > 1 and self.stack[-1] in ("plain", "arithmetic")) or (
            sign == "}" and self.stack[-1] == "brace"
        ):
            self.stack.pop()
        elif sign == "<" and (document := _HEREDOC.match(text, at)) and not text.startswith("<<<", at):
            quoted = document[2] or document[3] or ("\\" in document[0])
            word = document[2] or document[3] or document[4]
            self.documents.append((word, bool(quoted), bool(document[1])))
            return document.end()
        elif sign == "\n" and self.documents:
            return self._here_documents(at + 1)
        return at + 1

    def _mark_odd(self, at: int) -> bool:
        self.found[at] = "odd"
        self.wanted = self.wanted - {at}
        return True

    def _backtick(self) -> None:
        if "backtick" in self.stack:
            while self.stack.pop() != "backtick":
                pass
        else:
            self.stack.append("backtick")

    def _dollar(self, at: int) -> int:
        text = self.text
        if text.startswith("$((", at):
            # Both of its brackets are open, and both close.
            self.stack += ["arithmetic", "arithmetic"]
            return at + 3
        if text.startswith("$(", at):
            self.stack.append("plain")
            return at + 2
        if text.startswith("${", at) and at + 1 not in self.wanted:
            self.stack.append("brace")
            return at + 2
        if text.startswith("$'", at) and self.stack[-1] != "double":
            return self._to(at + 2, "'", "odd", escapes=True)
        # `${{name}}` and `$$` before a hole would make something else of what it is filled with.
        if at + 1 in self.wanted:
            self._mark_odd(at + 1)
        return at + 1

    def _to(self, at: int, end: str, place: Place, *, eat: bool = True, escapes: bool = False) -> int:
        """Go on to the sign that ends a stretch in which nothing else counts."""
        while at < len(self.text) and not self.text.startswith(end, at):
            if at in self.wanted:
                self.found[at] = place
            at += 2 if escapes and self.text[at] == "\\" else 1
        return at + len(end) if eat else at

    def _here_documents(self, at: int) -> int:
        for word, literal, dashed in self.documents:
            while at < len(self.text):
                end = self.text.find("\n", at)
                end = len(self.text) if end < 0 else end
                line = self.text[at:end]
                if (line.lstrip("\t") if dashed else line) == word:
                    at = end + 1
                    break
                for hole in (one for one in self.wanted if at <= one < end):
                    plain = not literal and "$(" not in line and "`" not in line and "${" not in line
                    escaped = hole and self.text[hole - 1] in "\\$"
                    self.found[hole] = "here" if plain and not escaped and len(self.stack) == 1 else "odd"
                at = end + 1
        self.documents = []
        return at
