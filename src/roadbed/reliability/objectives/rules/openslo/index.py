"""Objects by kind and name, across all files that are read together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from roadbed.reliability.objectives.rules.openslo.findings import Findings
from roadbed.reliability.objectives.rules.openslo.nodes import Node

_ALONE = ("SLO", "SLI")


@dataclass(frozen=True, slots=True)
class Object:
    """One object, and where to say what is wrong with it."""

    node: Node
    findings: Findings
    document: int = 0

    @property
    def kind(self) -> str:
        return self.node.get("kind").text

    @property
    def name(self) -> Node:
        return self.node.get("metadata", "name")

    @property
    def spec(self) -> Node:
        return self.node.get("spec")


@dataclass(frozen=True, slots=True)
class Index:
    """What references find. `complete` says whether all files are here, so that what is missing is nowhere."""

    complete: bool = False
    held: dict[tuple[str, str], Object] = field(default_factory=dict)

    @classmethod
    def of(cls, objects: Iterable[Object], *, complete: bool) -> Index:
        """The index of objects; of two with one name in different files the first is found."""
        index = cls(complete)
        for one in objects:
            index.held.setdefault((one.kind, one.name.text), one)
        return index

    def find(self, kind: str, name: str) -> Object | None:
        return self.held.get((kind, name))

    def source_types(self) -> dict[str, str]:
        """The types of the data sources by name."""
        return {name: one.spec.get("type").text for (kind, name), one in self.held.items() if kind == "DataSource"}

    def resolve(self, node: Node, ref: str, kind: str, findings: Findings, *, needed: bool) -> Object | None:
        """The object that a reference names or that stands inline; `needed` makes a missing one an error."""
        named = node.get(ref)
        if not named.text:
            return Object(node, findings)
        found = self.find(kind, named.text)
        if found is None:
            note = findings.error if needed and self.complete else findings.warn
            where = "is in none of the files" if self.complete else "is not in this file"
            remedy = "Give the file that has it too, or write it inline." if self.complete else "Write it inline."
            note(named.line, "reference", f"{kind} {named.text!r} {where}.", remedy, column=named.column)
        return found


def refuse_duplicates(objects: Iterable[Object]) -> None:
    """Say which names are given twice: in one file an error for SLOs and SLIs, otherwise a warning."""
    seen: dict[tuple[str, str], Findings] = {}
    for one in objects:
        name, key = one.name, (one.kind, one.name.text)
        former = seen.get(key)
        seen.setdefault(key, one.findings)
        if former is None or not name.text:
            continue
        where = "" if former is one.findings else f" in {former.file}"
        note = one.findings.error if not where and one.kind in _ALONE else one.findings.warn
        text = f"There is another {one.kind} named {name.text!r}{where}."
        note(name.line, "duplicate-name", text, "Give each its own name.", column=name.column)
