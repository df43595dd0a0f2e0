"""YAML as values that know their lines, read so that no file can exhaust the reader."""

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
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Node:
    """One value with the line on which it begins: a dict or list of nodes, text, a Decimal, a bool or None."""

    value: Any
    line: int

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


def read_documents(text: str, findings: Findings) -> tuple[Node, ...]:
    """All documents of a file; where YAML itself is broken, those before the break."""
    if len(text) > LARGEST:
        findings.error(1, "file-size", "The file is larger than 1 MiB.", "Split it by service.")
        return ()
    documents: list[Node] = []
    converter = _Converter(findings)
    try:
        composed = yaml.compose_all(text, Loader=_Loader)
        documents.extend(converter.convert(document, depth=0) for document in composed if document is not None)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        line = mark.line + 1 if mark else 1
        findings.error(line, "yaml", f"This is not YAML: {fault.problem or fault.context}.", "Mend the line.")
    except (yaml.YAMLError, ValueError) as fault:
        findings.error(1, "yaml", f"This is not YAML: {str(fault).splitlines()[0]}.", "Save the file as UTF-8 text.")
    except _Stop:
        pass
    return tuple(documents)


class _Converter:
    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.nodes = 0

    def convert(self, node: yaml.Node, *, depth: int) -> Node:
        line = node.start_mark.line + 1
        self.nodes += 1
        # Aliases are followed, so a few lines could stand for billions of nodes: the count ends that.
        if self.nodes > MOST_NODES or depth > DEEPEST:
            self.findings.error(
                line, "file-size", "The file is too deep or has too many values.", "Write its aliases out."
            )
            raise _Stop
        if isinstance(node, yaml.MappingNode):
            return Node(self._mapping(node, depth), line)
        if isinstance(node, yaml.SequenceNode):
            return Node([self.convert(item, depth=depth + 1) for item in node.value], line)
        return Node(self._scalar(node, line), line)

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Node]:
        fields: dict[str, Node] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) and _is_storable(key.value) else ""
            line = key.start_mark.line + 1
            if name in fields:
                self.findings.error(line, "duplicate-key", f"{name!r} is given twice.", "Keep one of them.")
            converted = self.convert(value, depth=depth + 1)
            fields[name] = Node(converted.value, line)
        return fields

    def _scalar(self, node: yaml.Node, line: int) -> Any:
        text: str = node.value
        if not _is_storable(text):
            self.findings.error(line, "yaml", "A value holds a character that is no text.", "Take its escape out.")
            return None
        if node.tag.endswith(":null"):
            return None
        if node.tag.endswith(":bool"):
            return text.lower() in ("true", "yes", "on")
        if node.tag.endswith((":int", ":float")):
            try:
                number = Decimal(text.replace("_", ""))
            except InvalidOperation:
                number = Decimal("NaN")
            if not number.is_finite():
                self.findings.error(line, "number", f"{text!r} is no usable number.", "Write a plain decimal number.")
                return None
            return number
        return text


def _is_storable(text: str) -> bool:
    """Whether a database can keep it: no NUL and no half of a surrogate pair, which YAML's escapes can make."""
    return text.isprintable() or not any(char == "\x00" or "\ud800" <= char <= "\udfff" for char in text)


def objects_of(documents: tuple[Node, ...]) -> Iterator[Node]:
    """The objects of all documents; a document may be one object or a list of them."""
    for document in documents:
        if isinstance(document.value, list):
            yield from document.items
        else:
            yield document
