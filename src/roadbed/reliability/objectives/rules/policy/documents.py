"""Policies as documents: which services one is for, its rules in order, and reading it with every fault named."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from roadbed.reliability.objectives.rules.openslo.findings import ERROR, Finding, Findings
from roadbed.reliability.objectives.rules.openslo.nodes import Node, objects_of, read_documents
from roadbed.reliability.objectives.rules.openslo.shapes import MAP, Check, Field, flag, listing, mapping, needed, text
from roadbed.reliability.objectives.rules.policy.conditions import Condition, ConditionError, condition_of
from roadbed.reliability.objectives.rules.policy.linting import check_rules
from roadbed.reliability.objectives.rules.policy.rules import Rule
from roadbed.reliability.objectives.rules.policy.texts import Part, TextError, parts_of

API_VERSION: Final = "roadbed.dev/v1"
KIND: Final = "ErrorBudgetPolicy"
OUTCOMES: Final = ("allow", "warn", "deny", "unknown")
MOST_RULES: Final = 50
DRAFT: Final = 0
"""The version of a policy that nobody applied."""
LARGEST: Final = 64 * 1024
NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
BY: Final = ("services", "labels", "owners", "tiers")
"""By what a policy can choose its services, the narrowest first."""

_ANYTHING = Field("any", required=True)
_RULE = mapping(name=needed, when=_ANYTHING, outcome=Field(required=True, one_of=OUTCOMES), says=needed, clears=text,
                source=text)  # fmt: skip
_SHAPE: Final = mapping(
    apiVersion=Field(required=True, one_of=(API_VERSION,)),
    kind=Field(required=True, one_of=(KIND,)),
    metadata=mapping(True, name=needed, description=text),
    spec=mapping(
        True,
        description=text,
        source=text,
        selector=mapping(
            default=flag,
            services=listing(needed),
            owners=listing(needed),
            tiers=listing(_ANYTHING),
            labels=Field(MAP),
        ),
        rules=listing(_RULE, True),
    ),
)


@dataclass(frozen=True, slots=True)
class Service:
    """What a selector and conditions know of a service."""

    name: str
    owner: str = ""
    tier: str = ""
    lifecycle: str = ""
    labels: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Selector:
    """For which services a policy is: all that is named must fit; `default` is for those that no other names."""

    default: bool = False
    services: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()

    def fits(self, service: Service) -> bool:
        """Whether it names this service."""
        if self.default:
            return True
        labels = service.labels or {}
        return (
            (not self.services or service.name in self.services)
            and (not self.owners or service.owner in self.owners)
            and (not self.tiers or service.tier in self.tiers)
            and all(labels.get(name) == value for name, value in self.labels)
        )

    @property
    def rank(self) -> int:
        """How narrow it is; of several that fit the lowest decides."""
        return next((place for place, by in enumerate(BY) if getattr(self, by)), len(BY))

    def in_words(self) -> str:
        """For whom it is, as a sentence says it."""
        if self.default:
            return "every service that no other policy names"
        parts = [f"named {', '.join(self.services)}"] if self.services else []
        parts += [f"owned by {', '.join(self.owners)}"] if self.owners else []
        parts += [f"of tier {', '.join(self.tiers)}"] if self.tiers else []
        parts += [f"labelled {', '.join(f'{name}={value}' for name, value in self.labels)}"] if self.labels else []
        return f"services {' and '.join(parts)}"


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy that can be evaluated."""

    name: str
    description: str
    source: str
    selector: Selector
    rules: tuple[Rule, ...]
    digest: str


def selector_as_data(selector: Selector) -> dict[str, Any]:
    """The selector as JSON, without what is empty."""
    data: dict[str, Any] = {"default": True} if selector.default else {}
    data |= {by: list(getattr(selector, by)) for by in ("services", "owners", "tiers") if getattr(selector, by)}
    return data | ({"labels": dict(selector.labels)} if selector.labels else {})


def selector_of_data(data: Mapping[str, Any]) -> Selector:
    """The selector of such JSON."""
    lists = {by: tuple(data.get(by, ())) for by in ("services", "owners", "tiers")}
    return Selector(bool(data.get("default")), labels=tuple(sorted(data.get("labels", {}).items())), **lists)


def read_policies(text: str, *, file: str) -> tuple[tuple[Policy, ...], tuple[Finding, ...]]:
    """The policies of a file without errors, and what is wrong with the others, in the order of the file."""
    findings = Findings(file)
    if len(text) > LARGEST:
        findings.error(1, "file-size", f"The file is larger than {LARGEST // 1024} KiB.", "Write one policy a file.")
        return (), findings.sorted()
    objects = list(objects_of(read_documents(text, findings)))
    if not objects and not findings.errors:
        findings.error(1, "empty", "The file has no policy.", f"Begin with apiVersion: {API_VERSION}, kind: {KIND}.")
    found: list[Policy] = []
    for node in objects:
        errors = len(findings.errors)
        made = _policy(node, text, findings)
        if made is not None and len(findings.errors) == errors:
            found.append(made)
    names = [policy.name for policy in found]
    for name in {name for name in names if names.count(name) > 1}:
        findings.error(1, "duplicate-name", f"Two policies are called {name}.", "Rename one of them.")
    return (tuple(found) if not findings.errors else ()), findings.sorted()


def _policy(node: Node, text: str, findings: Findings) -> Policy | None:
    if not node.fields:
        findings.error(node.line, "object", f"A policy is a mapping, and this is {node.kind}.", "Write its fields.")
        return None
    before = len(findings.errors)
    Check(findings, "an error budget policy").check(node, _SHAPE)
    if len(findings.errors) > before:
        # Conditions are still looked at, so that one run names them all.
        _rules(node, findings)
        return None
    name = node.get("metadata", "name")
    if not NAME.fullmatch(name.text):
        remedy = "Use lower-case letters, digits and hyphens, at most 63."
        findings.error(name.line, "name", f"{name.text!r} is no name.", remedy, column=name.column)
    selector = _selector(node.get("spec", "selector"), findings)
    rules = _rules(node, findings)
    check_rules(rules, findings, complete=len(rules) == len(node.get("spec", "rules").items))
    return Policy(
        name=name.text,
        description=node.get("metadata", "description").text or node.get("spec", "description").text,
        source=node.get("spec", "source").text,
        selector=selector,
        rules=rules,
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )


def _selector(node: Node, findings: Findings) -> Selector:
    def texts(field: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_as_text(item) for item in node.get(field).items))

    labels = tuple(sorted((name, _as_text(value)) for name, value in node.get("labels").fields.items()))
    made = Selector(node.get("default").value is True, texts("services"), texts("owners"), texts("tiers"), labels)
    if made.default == (made.rank < len(BY)):
        wrong = "names services and is the default" if made.default else "names no services"
        findings.error(
            node.line,
            "selector",
            f"The policy {wrong}.",
            f"Give spec.selector either `default: true` or some of {', '.join(BY)}.",
            column=node.column,
        )
    return made


def _as_text(node: Node) -> str:
    return node.text if isinstance(node.value, str) else "" if node.value is None else str(node.value)


def _rules(node: Node, findings: Findings) -> tuple[Rule, ...]:
    items = node.get("spec", "rules").items
    if len(items) > MOST_RULES:
        findings.error(items[MOST_RULES].line, "file-size", f"There are over {MOST_RULES} rules.", "Join some of them.")
    rules, names = [], set[str]()
    for item in items[:MOST_RULES]:
        name = item.get("name")
        if name.text and not NAME.fullmatch(name.text):
            remedy = "Use lower-case letters, digits and hyphens, at most 63."
            findings.error(name.line, "name", f"{name.text!r} is no name.", remedy, column=name.column)
        if name.text in names:
            findings.error(name.line, "duplicate-name", f"Two rules are called {name.text}.", "Rename one of them.")
        names.add(name.text)
        made = _rule(item, findings)
        if made is not None:
            rules.append(made)
    return tuple(rules)


def _rule(item: Node, findings: Findings) -> Rule | None:
    condition = _condition(item.get("when"), findings)
    says, clears = _text(item.get("says"), findings), _text(item.get("clears"), findings)
    if condition is None or says is None or clears is None or item.get("outcome").text not in OUTCOMES:
        return None
    at, name = item.get("when"), item.get("name").text
    return Rule(name, condition, item.get("outcome").text, says, clears, item.get("source").text, at.line, at.column)


def _condition(node: Node, findings: Findings) -> Condition | None:
    if node.value is None:
        return None
    written = str(node.value).lower() if isinstance(node.value, bool) else node.text
    try:
        return condition_of(" ".join(written.split()))
    except ConditionError as fault:
        findings.error(node.line, fault.rule, str(fault), fault.remedy, column=node.column)
        return None


def _text(node: Node, findings: Findings) -> tuple[Part, ...] | None:
    try:
        return parts_of(" ".join(node.text.split()))
    except TextError as fault:
        findings.error(node.line, "placeholder", str(fault), fault.remedy, column=node.column)
        return None


def errors_of(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that refuse the file."""
    return tuple(one for one in findings if one.severity == ERROR)
