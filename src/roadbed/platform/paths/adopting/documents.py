"""The files that adopting writes: a catalogue entry, or annotations into the one that is there, and objectives."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import yaml

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _-./$&|:=<>@*+,;'\"()[]{}~^%")
AVAILABILITY = "0.995"
LATENCY_MS = 1000
LATENCY = "0.95"
"""First objectives are lenient: a promise nobody has measured yet should not page at night."""


class CannotAnnotate(Exception):  # noqa: N818 - becomes a problem of the proposal
    """The existing entry is written in a way that cannot be added to without rewriting it."""


def catalogue_entry(*, name: str, description: str, owner: str, annotations: Mapping[str, str]) -> str:
    """A new catalog-info.yaml."""
    lines = [
        "apiVersion: backstage.io/v1alpha1",
        "kind: Component",
        "metadata:",
        f"  name: {_scalar(name)}",
        f"  description: {json.dumps(description, ensure_ascii=False)}",
        "  annotations:",
        *(f"    {key}: {_scalar(value)}" for key, value in annotations.items()),
        "spec:",
        "  type: service",
        "  lifecycle: production",
        f"  owner: {_scalar(owner)}",
    ]
    return "\n".join(lines) + "\n"


def objectives(name: str) -> str:
    """First objectives in OpenSLO, counted at the edge."""
    parts = [
        "# First objectives, lenient on purpose. Tighten them once some weeks of real traffic are measured.\n"
        + _objective(
            name,
            "availability",
            "Requests answered without a server error",
            AVAILABILITY,
            "",
        ),
        _objective(
            name,
            "latency",
            f"Requests answered within {LATENCY_MS} ms",
            LATENCY,
            f"              thresholdMs: {LATENCY_MS}\n",
        ),
    ]
    return "---\n".join(parts)


def _objective(name: str, measure: str, title: str, target: str, threshold: str) -> str:
    return f"""apiVersion: openslo/v1
kind: SLO
metadata:
  name: {_scalar(f"{name}-{measure}")}
  displayName: {title}
spec:
  service: {_scalar(name)}
  description: {title}, counted at Roadbed's edge.
  indicator:
    metadata:
      name: {_scalar(f"{name}-{measure}-at-the-edge")}
    spec:
      ratioMetric:
        counter: true
        good:
          metricSource:
            type: roadbed-edge
            spec:
              measure: {measure}
{threshold}        total:
          metricSource:
            type: roadbed-edge
            spec:
              measure: requests
  timeWindow:
    - duration: 30d
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - displayName: {title}
      target: {target}
"""


def component_in(text: str, wanted: str = "") -> dict[str, Any] | None:
    """The Component in a catalogue file: the one with the wanted name, else the first.

    Raises:
        yaml.YAMLError: the file is broken.
    """
    found = [each for each in yaml.safe_load_all(text) if isinstance(each, dict) and each.get("kind") == "Component"]
    named = [each for each in found if (each.get("metadata") or {}).get("name") == wanted]
    return next(iter(named or found), None)


def annotated(text: str, name: str, annotations: Mapping[str, str]) -> str:
    """The file with the annotations that its Component lacks; every other character stays as it is.

    Raises:
        CannotAnnotate: nothing could be added without rewriting what is there.
    """
    metadata = _metadata_node(text, name)
    known = {key.value: value for key, value in metadata.value}
    existing = known.get("annotations")
    have = {key.value for key, _ in existing.value} if isinstance(existing, yaml.MappingNode) else set()
    missing = {key: value for key, value in annotations.items() if key not in have}
    if not missing:
        return text
    lines = text.splitlines(keepends=True)
    if isinstance(existing, yaml.MappingNode) and existing.value:
        if existing.flow_style:
            raise CannotAnnotate("its annotations are written in one line, in braces")
        indent, at = existing.start_mark.column, existing.value[-1][1].end_mark
        block: list[str] = []
    elif existing is None and not metadata.flow_style:
        column = metadata.start_mark.column
        indent, at, block = column + 2, metadata.value[-1][1].end_mark, [f"{' ' * column}annotations:\n"]
    else:
        raise CannotAnnotate("its metadata or annotations are empty or written in one line")
    block += [f"{' ' * indent}{key}: {_scalar(value)}\n" for key, value in missing.items()]
    # A plain scalar's end is on its line; a block scalar's is at the beginning of the next.
    line = at.line if at.column == 0 else at.line + 1
    if line and not lines[line - 1].endswith("\n"):
        lines[line - 1] += "\n"
    changed = "".join([*lines[:line], *block, *lines[line:]])
    _check_only_added(text, changed, name, missing)
    return changed


def _metadata_node(text: str, name: str) -> yaml.MappingNode:
    for document in yaml.compose_all(text, Loader=yaml.SafeLoader):
        if not isinstance(document, yaml.MappingNode):
            continue
        fields = {key.value: value for key, value in document.value}
        metadata = fields.get("metadata")
        if getattr(fields.get("kind"), "value", "") != "Component" or not isinstance(metadata, yaml.MappingNode):
            continue
        if any(key.value == "name" and value.value == name for key, value in metadata.value):
            return metadata
    raise CannotAnnotate(f"it has no Component {name}")


def _check_only_added(before: str, after: str, name: str, missing: Mapping[str, str]) -> None:
    try:
        old, new = list(yaml.safe_load_all(before)), list(yaml.safe_load_all(after))
    except yaml.YAMLError:
        raise CannotAnnotate("adding lines to it would break it") from None
    for document in old:
        if isinstance(document, dict) and document.get("kind") == "Component" and document["metadata"]["name"] == name:
            document["metadata"]["annotations"] = {**(document["metadata"].get("annotations") or {}), **missing}
            break
    if old != new:
        raise CannotAnnotate("adding lines to it would change something else")


def _scalar(value: str) -> str:
    """The text as YAML, unquoted where it reads back as the same text."""
    try:
        is_plain = set(value) <= _PLAIN and yaml.safe_load(f"key: {value}\n") == {"key": value}
    except yaml.YAMLError:
        is_plain = False
    return value if is_plain else json.dumps(value, ensure_ascii=False)
