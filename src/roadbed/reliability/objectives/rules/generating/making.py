"""Definitions as files for Prometheus, its operator and Grafana."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from roadbed.reliability.objectives.rules.definitions import Definition
from roadbed.reliability.objectives.rules.generating import roadbed as own
from roadbed.reliability.objectives.rules.generating import sloth
from roadbed.reliability.objectives.rules.generating.dashboards import dashboard_of
from roadbed.reliability.objectives.rules.generating.files import rule_resource, rules_file
from roadbed.reliability.objectives.rules.generating.naming import file_name
from roadbed.reliability.objectives.rules.generating.values import Group, Wishes
from roadbed.reliability.objectives.rules.openslo.findings import ERROR, Finding, Findings
from roadbed.reliability.objectives.rules.specs.context import Read

PROMETHEUS, PROMETHEUS_RULE, GRAFANA = "prometheus", "prometheus-rule", "grafana"
FORMATS: Final = (PROMETHEUS, PROMETHEUS_RULE, GRAFANA)
ROADBED, SLOTH = "roadbed", "sloth"
STYLES: Final = (ROADBED, SLOTH)


@dataclass(frozen=True, slots=True)
class Output:
    """One file to write."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Made:
    """The files, and what could not be carried into them."""

    files: tuple[Output, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.severity == ERROR)


def make(read: Read, wishes: Wishes, *, kind: str, style: str) -> Made:
    """The files of all definitions; none where something is wrong."""
    collected: dict[str, Findings] = {}
    groups: list[tuple[Definition, list[Group]]] = []
    for definition in read.definitions:
        findings = collected.setdefault(definition.file, Findings(definition.file))
        made = _groups(definition, wishes, read, findings, style)
        if made:
            groups.append((definition, made))
    _refuse_twice(groups, collected)
    found = tuple(one for findings in collected.values() for one in findings.sorted())
    if any(one.severity == ERROR for one in found):
        return Made((), found)
    return Made(tuple(_files(groups, wishes, read.catalogues, kind=kind, style=style)), found)


def _groups(definition: Definition, wishes: Wishes, read: Read, findings: Findings, style: str) -> list[Group]:
    if style == SLOTH:
        return sloth.groups_of(definition, wishes, read.catalogues, findings)
    group = own.group_of(definition, wishes, read.catalogues, findings)
    return [group] if group is not None and group.rules else []


def _refuse_twice(groups: list[tuple[Definition, list[Group]]], collected: dict[str, Findings]) -> None:
    seen: set[str] = set()
    for definition, made in groups:
        if made[0].name in seen:
            text = f"The rules of {definition.service}/{definition.name} would be made twice."
            remedy = "Give each objective of a service its own name, or generate the files apart."
            collected[definition.file].error(definition.line, "duplicate-name", text, remedy)
        seen.add(made[0].name)


class _Names:
    """Names of files, each once: those that would be taken twice get a number."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def take(self, wanted: str) -> str:
        name, number = wanted, 1
        while name in self.taken:
            number += 1
            name = f"{wanted}-{number}"
        self.taken.add(name)
        return name


def _files(
    groups: list[tuple[Definition, list[Group]]], wishes: Wishes, tables: own.Tables, *, kind: str, style: str
) -> Iterator[Output]:
    heading = f"Made by roadbed {wishes.version} (roadbed slo generate); change the objectives and make it again."
    if kind == GRAFANA:
        names = _Names()
        for definition, _ in groups:
            name = names.take(file_name(f"{definition.service}-{definition.name}"))
            board = dashboard_of(definition, style, tables.get(definition.window_minutes, ()))
            yield Output(f"{name}.json", json.dumps(board, indent=2) + "\n")
    elif kind == PROMETHEUS_RULE:
        names = _Names()
        for definition, made in groups:
            name = names.take(file_name(f"{style}-slo-{definition.service}-{definition.name}"))
            labels = dict(wishes.labels).items()
            yield Output(f"{name}.yaml", rule_resource(name, made, heading=heading, labels=tuple(labels)))
    else:
        yield from _rule_files(groups, heading, style)


def _rule_files(groups: list[tuple[Definition, list[Group]]], heading: str, style: str) -> Iterator[Output]:
    """One file for each file of objectives; in Sloth's style one for each of its documents, as Sloth has it."""
    names = _Names()
    parts = groupby(groups, key=lambda one: (one[0].file, one[0].document if style == SLOTH else 0))
    for (file, _), members in parts:
        made = [group for _, several in members for group in several]
        stem = file_name(file.replace("\\", "/").rpartition("/")[2].partition(".")[0] if file != "-" else "objectives")
        yield Output(f"{names.take(stem)}.rules.yaml", rules_file(made, heading=heading))


def joined(made: Made, *, kind: str, style: str) -> str:
    """The files as one stream: rules in Roadbed's style as one document, since Prometheus loads no other of a file."""
    files = made.files
    if kind == GRAFANA:
        return files[0].text if len(files) == 1 else "[" + ",".join(one.text for one in files) + "]\n"
    if kind == PROMETHEUS and style == ROADBED and files:
        first, *rest = files
        return first.text + "".join(one.text.partition("groups:\n")[2] for one in rest)
    return "---\n".join(one.text for one in files)
