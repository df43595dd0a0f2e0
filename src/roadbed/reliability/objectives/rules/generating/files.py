"""Groups as files: Prometheus's rule files and PrometheusRule resources, written as YAML that people can read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from roadbed.reliability.objectives.rules.definitions import Labels
from roadbed.reliability.objectives.rules.generating.values import Group

_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./()-]+)*")
_WORDS: Final = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n", "none"})
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
_LABEL: Final = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")


def rules_file(groups: Iterable[Group], *, heading: str) -> str:
    """A file of groups as Prometheus loads it."""
    return f"# {heading}\n" + yaml_of({"groups": [group.as_data() for group in groups]})


def rule_resource(name: str, groups: Iterable[Group], *, heading: str, labels: Labels = ()) -> str:
    """A PrometheusRule as the Prometheus operator loads it."""
    kept = {key: value for key, value in labels if _LABEL.fullmatch(value)}
    made = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": name, "labels": {"app.kubernetes.io/managed-by": "roadbed", **kept}},
        "spec": {"groups": [group.as_data() for group in groups]},
    }
    return f"# {heading}\n" + yaml_of(made)


def yaml_of(data: Mapping[str, Any]) -> str:
    """Mappings, lists and texts as YAML; texts of several lines stand as blocks."""
    return "\n".join(_mapping(data, "")) + "\n"


def _mapping(data: Mapping[str, Any], indent: str) -> Iterator[str]:
    for name, value in data.items():
        key = f"{indent}{_scalar(str(name))}:"
        if isinstance(value, Mapping):
            yield key if value else f"{key} {{}}"
            yield from _mapping(value, indent + "  ")
        elif isinstance(value, (list, tuple)):
            yield key if value else f"{key} []"
            yield from _list(value, indent)
        else:
            yield from _field(key, str(value), indent)


def _field(key: str, text: str, indent: str) -> Iterator[str]:
    body = text.rstrip("\n")
    if "\n" in body and body.isascii() and "\t" not in body and not body.startswith((" ", "\n")):
        yield f"{key} |-"
        for line in body.split("\n"):
            yield f"{indent}  {line}".rstrip()
    else:
        yield f"{key} {_scalar(body)}"


def _list(items: Sequence[Any], indent: str) -> Iterator[str]:
    for item in items:
        if isinstance(item, Mapping):
            lines = _mapping(item, indent + "  ")
            yield f"{indent}- {next(lines).lstrip()}"
            yield from lines
        else:
            yield f"{indent}- {_scalar(str(item))}"


def _scalar(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    if "'" not in text and text.isascii() and text.isprintable() and text:
        return f"'{text}'"
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    code = ord(char)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - where four digits end
