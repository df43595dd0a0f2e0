"""Hostile YAML text into plain values that remember their lines: bounded, duplicate-free, read as YAML 1.2 reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from roadbed.ground.catalog.scalars import core_value, unstorable
from roadbed.ground.errors import Invalid, Place

MAX_BYTES: Final = 1_048_576
MAX_NODES: Final = 200_000
MAX_DEPTH: Final = 60

Path = tuple[str | int, ...]
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN_TAGS: Final = {f"tag:yaml.org,2002:{name}": name for name in ("str", "int", "float", "bool", "null")}
_COLLECTION_TAGS: Final = (None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file: its value, and the line of every key and item under it."""

    value: Any
    line: int
    lines: dict[Path, int]

    def line_of(self, path: Path) -> int:
        """The line of a field, or of its nearest parent that is there."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path[:-1]
        return self.line


@dataclass(frozen=True, slots=True)
class Documents:
    """What a text holds, and everything that is wrong with it as YAML."""

    documents: tuple[Document, ...]
    errors: tuple[Invalid, ...]


def dotted(path: Path) -> str:
    """A field as people write it: `spec.dependsOn[2]`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def cut(text: str, most: int = 400) -> str:
    """A text short enough to be shown: what a file holds may be a megabyte in one word."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def decode(raw: bytes, file: str) -> str:
    """The file's bytes as text.

    Raises:
        Invalid: when it is too large or not UTF-8.
    """
    if len(raw) > MAX_BYTES:
        raise _too_large(len(raw), file)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = raw[: fault.start].count(b"\n") + 1
        raise Invalid(
            f"Byte {raw[fault.start]:#04x} is not UTF-8.", remedy="Save the file as UTF-8.", place=Place(file, line)
        ) from None


def read_documents(text: str, file: str) -> Documents:
    """All documents of a text. What follows a syntax error cannot be read; what stands before it still is."""
    if len(text) > MAX_BYTES:
        return Documents((), (_too_large(len(text), file),))
    builder = _Builder(file)
    found: list[Document] = []
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            finished = builder.take(event)
            if finished is not None and finished.value is not None:
                found.append(finished)
    except _Stop:
        pass
    except yaml.YAMLError as fault:
        builder.errors.append(_of_yaml(fault, file, text))
    return Documents(tuple(found), tuple(builder.errors))


def _too_large(size: int, file: str) -> Invalid:
    return Invalid(
        f"The file has {size:,} bytes; {MAX_BYTES:,} is the limit.",
        remedy="Split it, and name the parts in a Location's spec.targets.",
        place=Place(file),
    )


def _of_yaml(fault: yaml.YAMLError, file: str, text: str) -> Invalid:
    mark = getattr(fault, "problem_mark", None) or getattr(fault, "context_mark", None)
    what = getattr(fault, "problem", None) or getattr(fault, "reason", None) or "not YAML"
    context = getattr(fault, "context", None)
    line = mark.line + 1 if mark is not None else _line_of_reader_fault(fault, text)
    remedy = "Mend the YAML at this line; the fault may begin a line above."
    lines = text.splitlines()
    shown = lines[line - 1] if line and line <= len(lines) else ""
    if "\t" in shown[: len(shown) - len(shown.lstrip())]:
        what, remedy = "the line is indented by a tab", "Indent by spaces; YAML allows no tabs there."
    elif context:
        what = f"{context}, {what}"
    return Invalid(f"This is not YAML: {what}.", remedy=remedy, place=Place(file, line))


def _line_of_reader_fault(fault: yaml.YAMLError, text: str) -> int | None:
    position = getattr(fault, "position", None)
    return text[:position].count("\n") + 1 if isinstance(position, int) else None


class _Stop(Exception):  # noqa: N818 - ends the reading of one text
    """Raised when going on would cost too much."""


@dataclass(slots=True)
class _Frame:
    value: Any
    path: Path
    anchor: str | None
    size: int = 1
    key: str | None = None
    waiting: bool = True  # a mapping waits for a key, then for its value


@dataclass(slots=True)
class _Builder:
    """Builds documents from parser events without recursion, so that no depth of nesting can break it."""

    file: str
    errors: list[Invalid] = field(default_factory=list)
    nodes: int = 0
    _stack: list[_Frame] = field(default_factory=list)
    _anchors: dict[str, tuple[Any, int]] = field(default_factory=dict)
    _lines: dict[Path, int] = field(default_factory=dict)
    _line: int = 1
    _root: Any = None

    def take(self, event: yaml.Event) -> Document | None:
        line = event.start_mark.line + 1 if event.start_mark else 0
        match event:
            case yaml.DocumentStartEvent():
                self._lines, self._anchors, self._root, self._line = {}, {}, None, 0
            case yaml.DocumentEndEvent():
                return Document(self._root, self._line or line, self._lines)
            case yaml.AliasEvent():
                self._alias(event, line)
            case yaml.ScalarEvent():
                self._scalar(event, line)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._begin(event, line)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._end()
        return None

    def _refuse(self, detail: str, line: int, *, remedy: str = "", path: Path = ()) -> None:
        place = Place(self.file, line, cut(dotted(path), 300))
        self.errors.append(Invalid(cut(detail), remedy=cut(remedy), place=place))

    def _count(self, size: int, line: int) -> None:
        self.nodes += size
        if self.nodes > MAX_NODES:
            self._refuse(
                f"The file holds more than {MAX_NODES:,} values, aliases expanded.",
                line,
                remedy="Split it, or write out less through aliases.",
            )
            raise _Stop

    def _path(self) -> Path:
        if not self._stack:
            return ()
        top = self._stack[-1]
        if isinstance(top.value, list):
            return (*top.path, len(top.value))
        return top.path if top.key is None else (*top.path, top.key)

    def _begin(self, event: yaml.CollectionStartEvent, line: int) -> None:
        self._line = self._line or line
        self._count(1, line)
        path = self._path()
        if len(self._stack) >= MAX_DEPTH:
            self._refuse(f"Values are nested deeper than {MAX_DEPTH}.", line, path=path)
            raise _Stop
        if self._stack and isinstance(self._stack[-1].value, dict) and self._stack[-1].waiting:
            self._refuse("A key must be a plain name.", line, remedy="Quote the key.", path=path)
            raise _Stop
        if event.tag not in _COLLECTION_TAGS:
            self._refuse(f"The tag {event.tag} is not allowed.", line, remedy="Remove the tag.", path=path)
        self._lines.setdefault(path, line)
        value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._stack.append(_Frame(value, path, event.anchor))

    def _end(self) -> None:
        frame = self._stack.pop()
        if frame.anchor:
            self._anchors[frame.anchor] = (frame.value, frame.size)
        self._place(frame.value, frame.size)

    def _alias(self, event: yaml.AliasEvent, line: int) -> None:
        if event.anchor not in self._anchors:
            self._refuse(
                f"The alias *{event.anchor} has no anchor before it.", line,
                remedy=f"Write &{event.anchor} where the value stands first.", path=self._path(),
            )  # fmt: skip
            raise _Stop
        value, size = self._anchors[event.anchor]
        self._count(size, line)
        if self._stack and isinstance(self._stack[-1].value, dict) and self._stack[-1].waiting:
            if not isinstance(value, str):
                self._refuse("A key must be a plain name.", line, remedy="Write the key out.", path=self._path())
                raise _Stop
            self._key(value, line)
            return
        self._lines.setdefault(self._path(), line)
        self._place(value, size)

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        self._line = self._line or line
        self._count(1, line)
        top = self._stack[-1] if self._stack else None
        if top is not None and isinstance(top.value, dict) and top.waiting:
            if event.anchor:
                self._anchors[event.anchor] = (event.value, 1)
            self._key(event.value, line)
            return
        path = self._path()
        self._lines.setdefault(path, line)
        value = self._value_of(event, line, path)
        if event.anchor:
            self._anchors[event.anchor] = (value, 1)
        self._place(value, 1)

    def _key(self, key: str, line: int) -> None:
        top = self._stack[-1]
        path = (*top.path, key)
        if key in top.value:
            first = self._lines.get(path, line)
            self._refuse(
                f"The key {key} stands twice; it was first on line {first}.", line, remedy="Remove one.", path=path
            )
        if unstorable(key):
            self._refuse("The key holds a character that cannot be stored.", line, remedy="Remove it.", path=top.path)
        top.key, top.waiting = key, False
        self._lines.setdefault(path, line)

    def _place(self, value: Any, size: int) -> None:
        if not self._stack:
            self._root = value
            return
        top = self._stack[-1]
        top.size += size
        if isinstance(top.value, list):
            top.value.append(value)
        else:
            top.value.setdefault(top.key, value)
            top.key, top.waiting = None, True

    def _value_of(self, event: yaml.ScalarEvent, line: int, path: Path) -> Any:
        if event.tag is not None and event.tag != "!" and event.tag not in _PLAIN_TAGS:
            self._refuse(f"The tag {event.tag} is not allowed.", line, remedy="Remove the tag.", path=path)
            return event.value
        if unstorable(event.value):
            self._refuse("The text holds a character that cannot be stored.", line, remedy="Remove it.", path=path)
            return ""
        plain = event.implicit[0] and not event.style
        explicit = _PLAIN_TAGS.get(event.tag or "", "")
        if event.tag == "!" or explicit == "str" or not (plain or explicit):
            return event.value
        value = core_value(event.value)
        if isinstance(value, float) and not -1e300 < value < 1e300:  # noqa: PLR2004 - what JSON stores survive
            self._refuse(f"{event.value} is too large a number.", line, remedy="Quote it.", path=path)
            return event.value
        return value
