"""Which fields an object may have, as data, and the check of a document against them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from roadbed.reliability.objectives.rules.openslo.findings import Findings
from roadbed.reliability.objectives.rules.openslo.nodes import Node

TEXT, NUMBER, FLAG, MAP, LIST, ANY = "text", "a number", "a yes or no", "a mapping", "a list", "any"


@dataclass(frozen=True, slots=True)
class Field:
    """What a field may hold. A mapping without `fields` is free; a list's items follow `each`."""

    kind: str = TEXT
    required: bool = False
    fields: Mapping[str, Field] = field(default_factory=dict)
    each: Field | None = None
    one_of: tuple[str, ...] = ()


def mapping(required: bool = False, /, **fields: Field) -> Field:  # noqa: FBT001, FBT002 - a declaration reads better so
    """A mapping with these fields."""
    return Field(MAP, required, fields)


def listing(each: Field, required: bool = False) -> Field:  # noqa: FBT001, FBT002 - a declaration reads better so
    """A list of such items."""
    return Field(LIST, required, each=each)


text, needed, number, flag, anything, free = (
    Field(), Field(required=True), Field(NUMBER), Field(FLAG), Field(ANY), Field(MAP),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """A check of documents of one format.

    Attributes:
        strict: whether an unknown field is an error. Where the format's own tool passes over unknown fields, it warns.
    """

    findings: Findings
    format: str
    strict: bool = True

    def check(self, node: Node, shape: Field, path: str = "") -> None:
        """Note every way in which the node is not of this shape."""
        if node.value is None or (shape.required and node.value == ""):
            if shape.required:
                self._error(node, "missing-field", f"{path or 'The object'} is empty.", "Fill it in.")
        elif shape.kind not in (ANY, node.kind):
            text = f"{path or 'The object'} is {node.kind}, and should be {shape.kind}."
            self._error(node, "wrong-type", text, f"Write {shape.kind}.")
        elif shape.one_of and node.text not in shape.one_of:
            self._error(node, "unknown-value", f"{path} is {node.text!r}.", f"It is one of {', '.join(shape.one_of)}.")
        elif shape.each is not None:
            if shape.required and not node.items:
                self._error(node, "missing-field", f"{path} has no items.", "Give at least one.")
            for place, item in enumerate(node.items):
                self.check(item, shape.each, f"{path}[{place}]")
        elif shape.fields:
            self._fields(node, shape, path)

    def _fields(self, node: Node, shape: Field, path: str) -> None:
        for name, inner in node.fields.items():
            where = f"{path}.{name}" if path else name
            known = shape.fields.get(name)
            if known is None:
                self._unknown(inner, where, name, shape)
            else:
                self.check(inner, known, where)
        for name, known in shape.fields.items():
            if known.required and name not in node.fields:
                where = f"{path}.{name}" if path else name
                self._error(node, "missing-field", f"{where} is missing.", f"Add {name}.")

    def _unknown(self, node: Node, where: str, name: str, shape: Field) -> None:
        near = get_close_matches(name, shape.fields, n=1)
        remedy = f"Did you mean {near[0]!r}?" if near else f"Known here: {', '.join(shape.fields)}."
        text = f"{where} is no field of {self.format}."
        if self.strict:
            self._error(node, "unknown-field", text, remedy)
        else:
            self.findings.warn(node.line, "unknown-field", f"{text[:-1]}, and passed over.", remedy, column=node.column)

    def _error(self, node: Node, rule: str, text: str, remedy: str) -> None:
        self.findings.error(node.line, rule, text, remedy, column=node.column)
