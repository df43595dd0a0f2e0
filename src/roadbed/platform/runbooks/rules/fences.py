"""The info string of a fenced block, which makes a step of it: `sh step="Restart the worker" timeout=60s confirm`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from roadbed.platform.runbooks.rules.shapes import (
    BY_HAND,
    DEFAULT_TIMEOUT,
    ERROR,
    LONGEST_TIMEOUT,
    NEEDS,
    SHELLS,
    Finding,
)

_WORD: Final = re.compile(r'([a-z][a-z-]*)(?:=(?:"([^"]*)"|([^\s"]+)))?(?=\s|$)')
_SECRET: Final = re.compile(r"[A-Z][A-Z0-9_]{0,99}")
_SCOPE: Final = re.compile(r"[a-z]+(?:\.[a-z]+)?")
_FLAGS: Final = ("confirm", "dry-run")
_VALUES: Final = ("step", "timeout", "needs", "secrets", "roadbed", "minutes")
_DURATION: Final = re.compile(r"([0-9]{1,4})(s|m)?")
LONGEST_TITLE: Final = 120


@dataclass(slots=True)
class Fence:
    """What an info string says. Without a title the block is an example, not a step."""

    language: str
    title: str = ""
    needs: str = ""
    confirm: bool = False
    rehearses: bool = False
    timeout: int = DEFAULT_TIMEOUT
    secrets: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    minutes: int | None = None
    faults: list[Finding] = field(default_factory=list)

    @property
    def is_step(self) -> bool:
        return bool(self.title) or self.rehearses


def read_info(info: str, line: int) -> Fence:
    """Read an info string; what cannot be read is a finding at the line."""
    language, _, rest = info.strip().partition(" ")
    fence = Fence(language=language)
    at, seen = 0, set[str]()
    rest = rest.strip()
    # A block that is no step may say to other readers whatever they like.
    if not re.search(r"(?:^|\s)(?:step=|dry-run(?:\s|$))", rest):
        return fence
    while at < len(rest):
        match = _WORD.match(rest, at)
        if match is None:
            fence.faults.append(
                _fault(line, f"{rest[at : at + 40]!r} cannot be read.", 'Write words like needs="read".')
            )
            break
        at = match.end() + len(rest[match.end() :]) - len(rest[match.end() :].lstrip())
        name, value = match[1], match[2] if match[2] is not None else match[3]
        if name in seen:
            fence.faults.append(_fault(line, f"{name} is said twice.", "Say it once."))
        seen.add(name)
        _take(fence, name, value, line)
    if fence.language not in (*SHELLS, BY_HAND):
        said = fence.language or "no language"
        fence.faults.append(
            _fault(line, f"A step in {said} cannot be run.", f"Use one of {', '.join((*SHELLS, BY_HAND))}.")
        )
    return fence


def _take(fence: Fence, name: str, value: str | None, line: int) -> None:
    if (name in _FLAGS and value is not None) or (name in _VALUES and value is None):
        how = f"Write {name} alone." if name in _FLAGS else f'Write {name}="…".'
        fence.faults.append(_fault(line, f"{name} is not written like that.", how))
    elif name == "confirm":
        fence.confirm = True
    elif name == "dry-run":
        fence.rehearses = True
    elif name not in _VALUES:
        fence.faults.append(
            _fault(line, f"{name} means nothing to a step.", f"Known: {', '.join((*_VALUES, *_FLAGS))}.")
        )
    else:
        _take_value(fence, name, value or "", line)


def _take_value(fence: Fence, name: str, value: str, line: int) -> None:
    if name == "step":
        fence.title = " ".join(value.split())[:LONGEST_TITLE]
        if not fence.title:
            fence.faults.append(_fault(line, "The step has no title.", 'Write step="What it does".'))
    elif name == "needs":
        if value not in NEEDS:
            fence.faults.append(_fault(line, f"needs={value} is not known.", f"One of {', '.join(NEEDS)}."))
        else:
            fence.needs = value
    elif name in ("timeout", "minutes"):
        number = _DURATION.fullmatch(value)
        seconds = int(number[1]) * (60 if number[2] == "m" else 1) if number else 0
        if name == "minutes":
            if number is None or number[2] or not 1 <= seconds <= LONGEST_TIMEOUT:
                fence.faults.append(_fault(line, f"minutes={value} is no time.", "Whole minutes, like minutes=10."))
            else:
                fence.minutes = seconds
        elif not 1 <= seconds <= LONGEST_TIMEOUT:
            fence.faults.append(
                _fault(line, f"timeout={value} is none of 1s to 10m.", "Start a job of the service's for longer work.")
            )
        else:
            fence.timeout = seconds
    else:
        _take_names(fence, name, tuple(dict.fromkeys(value.replace(",", " ").split())), line)


def _take_names(fence: Fence, name: str, names: tuple[str, ...], line: int) -> None:
    known = _SECRET if name == "secrets" else _SCOPE
    for one in names:
        if not known.fullmatch(one):
            remedy = "Like API_TOKEN." if name == "secrets" else "A verb like service.rollback, or read."
            fence.faults.append(_fault(line, f"{one[:40]!r} is no name for {name}.", remedy))
    kept = tuple(one for one in names if known.fullmatch(one))
    if name == "secrets":
        fence.secrets = kept
    else:
        fence.scopes = kept


def _fault(line: int, detail: str, remedy: str) -> Finding:
    return Finding("info-string", ERROR, line, detail, remedy)
