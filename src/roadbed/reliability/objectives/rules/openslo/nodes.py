"""YAML as values that know their places, read so that no file can exhaust the reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import yaml

from roadbed.reliability.objectives.rules.openslo.findings import Findings

LARGEST: Final = 1024 * 1024
MOST_NODES: Final = 100_000
DEEPEST: Final = 60
LARGEST_EXPONENT: Final = 40
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_resolver: Any = yaml.SafeLoader("")
_MERGE: Final = "<<"


@dataclass(frozen=True, slots=True)
class Node:
    """One value with the place where it begins: a dict or list of nodes, text, a Decimal, a bool or None.

    The value of a mapping's field has the place of its name.
    """

    value: Any
    line: int
    column: int = 0

    @property
    def fields(self) -> Mapping[str, Node]:
        """The entries of a mapping; nothing for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> tuple[Node, ...]:
        """The items of a sequence; nothing for anything else."""
        return tuple(self.value) if isinstance(self.value, list) else ()

    def get(self, *path: str) -> Node:
        """What stands at a path of fields; a node without value, on the nearest line, where there is nothing."""
        at = self
        for name in path:
            found = at.fields.get(name)
            if found is None:
                return Node(None, at.line)
            at = found
        return at

    @property
    def text(self) -> str:
        """The text, empty for anything else."""
        return self.value if isinstance(self.value, str) else ""

    @property
    def number(self) -> Decimal | None:
        """The number, None for anything else."""
        return self.value if isinstance(self.value, Decimal) else None

    @property
    def kind(self) -> str:
        """What it is, in words."""
        if isinstance(self.value, dict):
            return "a mapping"
        if isinstance(self.value, list):
            return "a list"
        if isinstance(self.value, bool):
            return "a yes or no"
        if isinstance(self.value, Decimal):
            return "a number"
        return "nothing" if self.value is None else "text"


class _Stop(Exception):  # noqa: N818 - ends the reading, with the finding already noted
    pass


def text_of(raw: bytes, findings: Findings) -> str:
    """The text of a file's bytes; nothing, with the finding that says where, when they are no UTF-8."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        before = raw[: fault.start]
        line, column = before.count(b"\n") + 1, fault.start - before.rfind(b"\n")
        findings.error(line, "encoding", "The file is not UTF-8 text.", "Save it as UTF-8.", column=column)
        return ""


def read_documents(text: str, findings: Findings) -> tuple[Node, ...]:
    """All documents of a file; where YAML itself is broken, those before the break."""
    if len(text) > LARGEST:
        findings.error(1, "file-size", "The file is larger than 1 MiB.", "Split it by service.")
        return ()
    builder = _Builder(findings)
    try:
        for event in yaml.parse(text, Loader=_Loader):
            builder.take(event)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 0)
        problem = fault.problem or fault.context
        findings.error(line, "yaml", f"This is not YAML: {problem}.", "Mend the line.", column=column)
    except (yaml.YAMLError, ValueError) as fault:
        findings.error(1, "yaml", f"This is not YAML: {str(fault).splitlines()[0]}.", "Save the file as UTF-8 text.")
    except _Stop:
        pass
    return tuple(builder.documents)


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come yet."""

    node: Node
    anchor: str | None
    key: Node | None = None
    merged: tuple[Node, ...] = ()


class _Builder:
    """Builds nodes from YAML's events with a stack of its own: nesting costs no recursion, and so no crash."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.documents: list[Node] = []
        self.open: list[_Open] = []
        self.anchors: dict[str, Node] = {}
        self.sizes: dict[int, int] = {}
        self.nodes = 0

    def take(self, event: yaml.Event) -> None:
        """The next event of the parser."""
        if isinstance(event, yaml.ScalarEvent):
            self._count(event, 1)
            node = Node(self._scalar(event), *_place(event))
            self._remember(event.anchor, node, 1)
            self._add(node)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._count(event, 1)
            empty: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
            node = Node(empty, *_place(event))
            self.open.append(_Open(node, event.anchor))
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._close()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self.anchors, self.sizes = {}, {}

    def _count(self, event: yaml.Event, nodes: int) -> None:
        self.nodes += nodes
        # An alias counts as all that it stands for, so that a few lines cannot stand for billions.
        if self.nodes > MOST_NODES or len(self.open) > DEEPEST:
            self._refuse(event, "file-size", "The file is too deep or has too many values.", "Write its aliases out.")
            raise _Stop

    def _refuse(self, event: yaml.Event, rule: str, text: str, remedy: str) -> None:
        line, column = _place(event)
        self.findings.error(line, rule, text, remedy, column=column)

    def _remember(self, anchor: str | None, node: Node, size: int) -> None:
        if anchor:
            self.anchors[anchor] = node
        self.sizes[id(node.value)] = size

    def _alias(self, event: yaml.AliasEvent) -> None:
        found = self.anchors.get(str(event.anchor))
        if found is None:
            self._refuse(event, "yaml", f"The alias {event.anchor!r} stands for nothing before it.", "Define it first.")
            raise _Stop
        self._count(event, self.sizes.get(id(found.value), 1))
        self._add(Node(found.value, *_place(event)))

    def _close(self) -> None:
        done = self.open.pop()
        if done.merged:
            self._merge(done)
        size = 1 + sum(self.sizes.get(id(inner.value), 1) for inner in _inner(done.node))
        self._remember(done.anchor, done.node, size)
        self._add(done.node)

    def _add(self, node: Node) -> None:
        if not self.open:
            self.documents.append(node)
            return
        at = self.open[-1]
        if isinstance(at.node.value, list):
            at.node.value.append(node)
        elif at.key is None:
            at.key = node
        else:
            self._field(at, at.key, node)
            at.key = None

    def _field(self, at: _Open, key: Node, value: Node) -> None:
        name = str(key.value) if not isinstance(key.value, (dict, list)) and key.value is not None else ""
        if name == _MERGE:
            at.merged += value.items or (value,)
            return
        fields = at.node.value
        if name in fields:
            self.findings.error(
                key.line, "duplicate-key", f"{name!r} is given twice.", "Keep one of them.", column=key.column
            )
        fields[name] = Node(value.value, key.line, key.column)

    def _merge(self, done: _Open) -> None:
        fields = done.node.value
        for source in done.merged:
            for name, value in source.fields.items():
                fields.setdefault(name, value)

    def _scalar(self, event: yaml.ScalarEvent) -> Any:
        text: str = event.value
        if not _is_storable(text):
            self._refuse(event, "yaml", "A value holds a character that is no text.", "Take its escape out.")
            return None
        tag = event.tag
        if tag is None or tag == "!":
            if not event.implicit[0]:
                return text
            tag = _resolver.resolve(yaml.ScalarNode, text, event.implicit)
        if tag.endswith(":null"):
            return None
        if tag.endswith(":bool"):
            return text.lower() in ("true", "yes", "on")
        return self._number(event, text) if tag.endswith((":int", ":float")) else text

    def _number(self, event: yaml.ScalarEvent, text: str) -> Decimal | None:
        try:
            number = Decimal(text.replace("_", ""))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or abs(number.adjusted()) > LARGEST_EXPONENT:
            shown = text if len(text) <= LARGEST_EXPONENT else f"{text[:LARGEST_EXPONENT]}…"
            self._refuse(event, "number", f"{shown!r} is no usable number.", "Write a plain decimal number.")
            return None
        return number


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark is not None else (1, 0)


def _inner(node: Node) -> Iterator[Node]:
    yield from node.value.values() if isinstance(node.value, dict) else node.value


def _is_storable(text: str) -> bool:
    """Whether a database can keep it: no NUL and no half of a surrogate pair, which YAML's escapes can make."""
    return text.isprintable() or not any(char == "\x00" or "\ud800" <= char <= "\udfff" for char in text)


def objects_of(documents: tuple[Node, ...]) -> Iterator[Node]:
    """The objects of all documents; a document may be one object, a list of them, or empty."""
    for document in documents:
        if isinstance(document.value, list):
            yield from document.items
        elif document.value is not None:
            yield document
