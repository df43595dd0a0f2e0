"""What each kind of entity says in its spec: which fields, of which form, referring to what, related how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

TEXT: Final = "text"
TEXTS: Final = "texts"
MAPPING: Final = "mapping"
API_VERSIONS: Final = ("backstage.io/v1alpha1", "backstage.io/v1beta1")
ROOT_KEYS: Final = ("apiVersion", "kind", "metadata", "spec")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a spec.

    Attributes:
        form: TEXT, TEXTS (a list of texts) or MAPPING.
        required: whether an entity of this kind must have it.
        kind: the kind meant by a bare name; empty where a bare name is an error.
        targets: kinds that may stand there; empty when the field is no reference.
        relation: what the entity is to the one it refers to.
    """

    form: str
    required: bool = False
    kind: str = ""
    targets: tuple[str, ...] = ()
    relation: str = ""


def _one(kind: str, relation: str, *more: str, required: bool = False) -> Field:
    return Field(TEXT, required=required, kind=kind, targets=(kind, *more), relation=relation)


def _many(kind: str, relation: str, *, required: bool = False) -> Field:
    return Field(TEXTS, required=required, kind=kind, targets=(kind,), relation=relation)


_OWNER: Final = _one("Group", "ownedBy", "User", required=True)
_SYSTEM: Final = _one("System", "partOf")
_NEEDED: Final = Field(TEXT, required=True)
_DEPENDS: Final = {
    "dependsOn": Field(TEXTS, targets=("Component", "Resource", "API"), relation="dependsOn"),
    "dependencyOf": Field(TEXTS, targets=("Component", "Resource", "API"), relation="dependencyOf"),
}

SPEC: Final[dict[str, dict[str, Field]]] = {
    "Component": {
        "type": _NEEDED, "lifecycle": _NEEDED, "owner": _OWNER, "system": _SYSTEM,
        "subcomponentOf": _one("Component", "partOf"),
        "providesApis": _many("API", "providesApi"), "consumesApis": _many("API", "consumesApi"),
        **_DEPENDS,
        "environment": Field(MAPPING),
    },
    "API": {"type": _NEEDED, "lifecycle": _NEEDED, "owner": _OWNER, "definition": _NEEDED, "system": _SYSTEM},
    "Resource": {"type": _NEEDED, "owner": _OWNER, "system": _SYSTEM, **_DEPENDS},
    "System": {"owner": _OWNER, "domain": _one("Domain", "partOf"), "type": Field(TEXT)},
    "Domain": {"owner": _OWNER, "subdomainOf": _one("Domain", "partOf"), "type": Field(TEXT)},
    "Group": {
        "type": _NEEDED, "children": _many("Group", "parentOf", required=True), "parent": _one("Group", "childOf"),
        "members": _many("User", "hasMember"), "profile": Field(MAPPING),
    },
    "User": {"memberOf": _many("Group", "memberOf", required=True), "profile": Field(MAPPING)},
    "Location": {"type": Field(TEXT), "target": Field(TEXT), "targets": Field(TEXTS), "presence": Field(TEXT)},
}  # fmt: skip

PAIRS: Final = (
    ("ownedBy", "ownerOf"),
    ("providesApi", "apiProvidedBy"),
    ("consumesApi", "apiConsumedBy"),
    ("dependsOn", "dependencyOf"),
    ("partOf", "hasPart"),
    ("parentOf", "childOf"),
    ("memberOf", "hasMember"),
)
"""Relations are read from both ends; each has its other name."""

OTHER_END: Final = {name: other for pair in PAIRS for name, other in (pair, pair[::-1])}
