"""Reading `catalog-info.yaml`: text in, entities and every error out, each with its line, field and remedy."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from roadbed.ground.catalog.checks import NAME_RULE, Checks, form_of, quote, quoted
from roadbed.ground.catalog.documents import Path, dotted, read_documents
from roadbed.ground.catalog.fields import API_VERSIONS, MAPPING, ROOT_KEYS, SPEC, TEXT, TEXTS, Field
from roadbed.ground.catalog.placeholders import Filling
from roadbed.ground.catalog.references import (
    DEFAULT_NAMESPACE,
    KINDS,
    BadReference,
    Reference,
    canonical_kind,
    is_label_value,
    is_name,
    is_namespace,
    parse_reference,
)
from roadbed.ground.errors import Invalid, Place

Fetch = Callable[[str], bytes | None]
"""The content of another file of the same repository, None where there is none."""


@dataclass(frozen=True, slots=True)
class Link:
    """One relation as an entity's file states it."""

    relation: str
    target: Reference
    field: str
    line: int


@dataclass(frozen=True, slots=True)
class EntityRead:
    """One entity as its file states it. `spec` and `metadata` have their placeholders filled."""

    reference: Reference
    metadata: Mapping[str, Any]
    spec: Mapping[str, Any]
    line: int
    digest: str
    links: tuple[Link, ...]
    lines: Mapping[Path, int] = field(default_factory=dict)

    @property
    def owner(self) -> Link | None:
        return next((link for link in self.links if link.relation == "ownedBy"), None)

    @property
    def targets(self) -> tuple[str, ...]:
        """What a Location names."""
        one = self.spec.get("target")
        return (*((one,) if one else ()), *self.spec.get("targets", ()))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds. With any error nothing of it is registered."""

    entities: tuple[EntityRead, ...]
    errors: tuple[Invalid, ...]


def read_entities(text: str, *, file: str, fetch: Fetch | None = None, location: str = "") -> Reading:
    """All entities and all errors of a file; without `fetch` a placeholder stands for the text it would bring."""
    parsed = read_documents(text, file)
    errors: list[Invalid] = list(parsed.errors)
    found: list[EntityRead] = []
    for document in parsed.documents:
        reader = _Reader(document, file, errors)
        entity = reader.entity(fetch, location)
        if entity is not None:
            found.append(entity)
    if not parsed.documents and not errors:
        errors.append(
            Invalid("The file holds no entity.", remedy="Write at least one, of kind Component.", place=Place(file))
        )
    _same_twice(found, file, errors)
    return Reading(tuple(found), tuple(sorted(errors, key=lambda error: error.place.line or 0)))


def one_refusal(errors: tuple[Invalid, ...]) -> Invalid:
    """The first error, carrying all the others."""
    first = errors[0]
    return Invalid(first.detail, remedy=first.remedy, place=first.place, others=errors[1:])


def _same_twice(entities: list[EntityRead], file: str, errors: list[Invalid]) -> None:
    lines: dict[str, int] = {}
    for entity in entities:
        key = entity.reference.key
        if key in lines:
            errors.append(
                Invalid(
                    f"{entity.reference} stands twice in this file; it was first on line {lines[key]}.",
                    remedy="Rename one; capitals do not tell names apart.",
                    place=Place(file, entity.line, "metadata.name"),
                )
            )
        lines.setdefault(key, entity.line)


class _Reader(Checks):
    """Reads one document and notes what is wrong with it."""

    def entity(self, fetch: Fetch | None, location: str) -> EntityRead | None:
        root = self.document.value
        if not isinstance(root, dict):
            self.refuse((), "This document is no mapping.", "An entity begins with apiVersion, kind, metadata, spec.")
            return None
        kind = self._kind(root)
        self._root_keys(root)
        metadata = self._section(root, "metadata", required=True)
        spec = self._section(root, "spec", required=kind not in (None, "Location"))
        filling = Filling(self.refuse, fetch, self.file, location)
        metadata, spec = filling.fill(metadata, ("metadata",)), filling.fill(spec, ("spec",))
        metadata, spec = (part if isinstance(part, dict) else {} for part in (metadata, spec))
        name, namespace = self._metadata(metadata)
        links = self._spec(kind, spec, namespace) if kind else ()
        if kind is None or len(self.errors) > self.before:
            return None
        whole = json.dumps([kind, metadata, spec], sort_keys=True, separators=(",", ":"))
        return EntityRead(
            reference=Reference(kind, namespace, name),
            metadata=metadata,
            spec=spec,
            line=self.document.line,
            digest=hashlib.sha256(whole.encode()).hexdigest(),
            links=links,
            lines=self.document.lines,
        )

    def _kind(self, root: dict[str, Any]) -> str | None:
        kind = root.get("kind")
        version = root.get("apiVersion")
        if kind == "Template":
            self.refuse(
                ("kind",),
                "A Template is not registered.",
                "Publish it as a golden path instead, and take it out of this file.",
            )
            return None
        if version not in API_VERSIONS:
            shown = "is missing" if version is None else f"is {version!r}"
            self.refuse(("apiVersion",), f"apiVersion {shown}.", f"Write {' or '.join(API_VERSIONS)}.")
        if isinstance(kind, str) and kind in KINDS:
            return kind
        meant = canonical_kind(kind) if isinstance(kind, str) else None
        shown = "is missing" if kind is None else f"is {kind!r}"
        self.refuse(("kind",), f"kind {shown}.", f"Write {meant}." if meant else f"One of {', '.join(KINDS)}.")
        return None

    def _root_keys(self, root: dict[str, Any]) -> None:
        for key in root:
            if key in ("relations", "status"):
                self.refuse((key,), f"{key} is worked out by the catalogue and cannot be given.", "Remove it.")
            elif key not in ROOT_KEYS:
                self.refuse(
                    (key,), f"The key {key} is unknown here.", f"Only {', '.join(ROOT_KEYS)} stand at the root."
                )

    def _section(self, root: dict[str, Any], name: str, *, required: bool) -> dict[str, Any]:
        section = root.get(name)
        if isinstance(section, dict):
            return section
        if section is not None:
            self.refuse(
                (name,), f"{name} is {form_of(section)}, not a mapping.", "Write its fields below it, indented."
            )
        elif required:
            self.refuse((name,), f"{name} is missing.", f"Add {name}: with its fields below it.")
        return {}

    def _metadata(self, metadata: dict[str, Any]) -> tuple[str, str]:
        name = metadata.get("name")
        if not isinstance(name, str) or not is_name(name):
            shown = "is missing" if name is None else f"{name!r} is not allowed"
            self.refuse(("metadata", "name"), f"The name {shown}.", f"Use {NAME_RULE}{quote(name)}.")
        namespace = metadata.get("namespace", DEFAULT_NAMESPACE)
        if not isinstance(namespace, str) or not is_namespace(namespace):
            remedy = f"Use 1 to 63 lower-case letters and digits with hyphens between them{quote(namespace)}."
            self.refuse(("metadata", "namespace"), f"The namespace {namespace!r} is not allowed.", remedy)
            namespace = DEFAULT_NAMESPACE
        for key in ("title", "description"):
            self.text(metadata, ("metadata", key))
        self.pairs(metadata, "labels", is_label_value, NAME_RULE)
        self.pairs(metadata, "annotations", lambda _: True, "")
        self.tags(metadata)
        self.links(metadata)
        return str(name), namespace

    def _spec(self, kind: str, spec: dict[str, Any], namespace: str) -> tuple[Link, ...]:
        links: list[Link] = []
        for name, rule in SPEC[kind].items():
            path: Path = ("spec", name)
            texts: list[tuple[Path, str]] = []
            if rule.form == TEXT:
                value = self.text(spec, path, required=rule.required)
                texts = [] if value is None else [(path, value)]
            elif rule.form == TEXTS:
                texts = self.texts(spec, path, required=rule.required)
            elif rule.form == MAPPING and not isinstance(spec.get(name, {}), dict):
                self.refuse(
                    path, f"{dotted(path)} is {form_of(spec[name])}, not a mapping.", "Write its fields below it."
                )
            if rule.targets:
                links += [link for where, text in texts if (link := self._link(rule, where, text, namespace))]
        if kind == "Component":
            self._environment(spec)
        return tuple(links)

    def _link(self, rule: Field, path: Path, text: str, namespace: str) -> Link | None:
        try:
            target = parse_reference(text, kind=rule.kind or None, namespace=namespace)
        except BadReference as fault:
            kinds = " or ".join(f"{kind.lower()}:{text.rpartition(':')[2]}" for kind in rule.targets[:2])
            self.refuse(path, f"The reference {text!r} {fault}.", f"Write it as {kinds}.")
            return None
        if target.kind not in rule.targets:
            wanted = " or ".join(rule.targets)
            self.refuse(path, f"{text!r} refers to a {target.kind}; here stands a {wanted}.", f"Name a {wanted}.")
            return None
        return Link(rule.relation, target, dotted(path), self.document.line_of(path))

    def _environment(self, spec: dict[str, Any]) -> None:
        values = spec.get("environment")
        for key, value in values.items() if isinstance(values, dict) else ():
            if not isinstance(value, str):
                path: Path = ("spec", "environment", key)
                self.refuse(path, f"The value is {form_of(value)}, not text.", f"Quote it: {key}: {quoted(value)}")
