"""Names, labels and numbers as Prometheus takes them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from roadbed.reliability.objectives.rules.definitions import Definition, Labels
from roadbed.reliability.objectives.rules.generating.values import Wishes

_NOT_LABEL: Final = re.compile(r"[^a-zA-Z0-9_]")
_NOT_NAME: Final = re.compile(r"[^a-z0-9-]+")
_RUNBOOK: Final = ("roadbed.dev/runbook", "runbook", "runbook_url", "runbookUrl")
_OWNER: Final = ("roadbed.dev/owner", "owner", "team")


def label_name(name: str) -> str:
    """The nearest label name."""
    made = _NOT_LABEL.sub("_", name)
    return f"_{made}" if not made or made[0].isdigit() else made


def label_pairs(labels: Labels) -> Labels:
    """The labels under names that Prometheus takes."""
    return tuple({label_name(name): value for name, value in labels}.items())


def quoted(value: str) -> str:
    """A label's value inside a query."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def matching(labels: Labels) -> str:
    """The matchers that select series with these labels."""
    return "{" + ", ".join(f"{name}={quoted(value)}" for name, value in labels) + "}"


def plain(value: Decimal) -> str:
    """A number without exponent and trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def go_float(value: float) -> str:
    """A float as Go prints it: the shortest digits that give it back, and no point behind whole ones."""
    text = repr(float(value))
    return text.removesuffix(".0")


def file_name(text: str) -> str:
    """A name that is one in every file system and for Kubernetes."""
    return _NOT_NAME.sub("-", text.lower()).strip("-")[:200] or "objective"


def literal(text: str) -> str:
    """Text inside an annotation, where doubled braces would be a template."""
    return text.replace("{{", '{{ "{{" }}')


def identity(definition: Definition) -> Labels:
    """The labels that say which objective a series belongs to."""
    return (("roadbed_service", definition.service), ("roadbed_slo", definition.name))


def owner_of(definition: Definition, wishes: Wishes) -> str:
    """Who owns the objective: what its file says, else what the caller says."""
    return definition.annotation(*_OWNER) or wishes.owner


def runbook_of(definition: Definition, wishes: Wishes) -> str:
    """Where the runbook is, if anybody says."""
    said = dict(definition.alerting.annotations).get("runbook_url", "") or definition.annotation(*_RUNBOOK)
    made = wishes.runbook.replace("{service}", definition.service).replace("{slo}", definition.name)
    return said or made
