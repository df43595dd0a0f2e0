"""Names in the catalogue: what a name, tag or key may look like, and how one entity refers to another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

KINDS: Final = ("Component", "API", "Resource", "System", "Domain", "Group", "User", "Location")
_CANONICAL: Final = {kind.lower(): kind for kind in KINDS}
DEFAULT_NAMESPACE: Final = "default"
MAX_NAME: Final = 63
MAX_PREFIX: Final = 253

_NAME: Final = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]", re.ASCII)
_NAMESPACE: Final = re.compile(r"[a-z0-9]+(?:-+[a-z0-9]+)*")
_TAG: Final = re.compile(r"[a-z0-9:+#]+(-[a-z0-9:+#]+)*")
_REFERENCE: Final = re.compile(r"(?:([^:/]+):)?(?:([^:/]+)/)?([^:/]+)")


@dataclass(frozen=True, slots=True)
class Reference:
    """A name of an entity, complete: kind, namespace and name."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind.lower()}:{self.namespace}/{self.name}"

    @property
    def key(self) -> str:
        """What two references to the same entity have in common: capitals do not count."""
        return str(self).lower()


class BadReference(ValueError):  # noqa: N818 - a reason, worded by whoever refuses
    """Why a text is no reference; the message is a sentence without its subject."""


def is_name(text: str) -> bool:
    """Whether it can name an entity."""
    return len(text) <= MAX_NAME and _NAME.fullmatch(text) is not None


def is_namespace(text: str) -> bool:
    """Whether it can be a namespace."""
    return len(text) <= MAX_NAME and _NAMESPACE.fullmatch(text) is not None


def is_tag(text: str) -> bool:
    """Whether it can be a tag."""
    return len(text) <= MAX_NAME and _TAG.fullmatch(text) is not None


def is_key(text: str) -> bool:
    """Whether it can be the key of a label or annotation: `[dns-prefix/]name`."""
    prefix, slash, name = text.rpartition("/")
    if slash and not (len(prefix) <= MAX_PREFIX and all(is_namespace(part) for part in prefix.split("."))):
        return False
    return is_name(name)


def is_label_value(text: str) -> bool:
    """Whether it can be a label's value: empty, or like a name."""
    return not text or is_name(text)


def is_absolute_url(text: str) -> bool:
    """Whether a link can be followed from anywhere: a scheme and a host, or mailto and the like."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    if any(sign.isspace() or sign < " " for sign in text):
        return False
    if parts.scheme in ("http", "https", "ftp", "ssh"):
        return bool(parts.hostname)
    # A link is shown as one, so a scheme that runs something in the reader's browser is no link.
    return bool(parts.scheme and (parts.netloc or parts.path)) and parts.scheme not in (
        "javascript",
        "data",
        "vbscript",
    )


def canonical_kind(text: str) -> str | None:
    """The kind with its proper capitals, None when there is no such kind."""
    return _CANONICAL.get(text.lower())


def parse_reference(text: str, *, kind: str | None = None, namespace: str = DEFAULT_NAMESPACE) -> Reference:
    """Read `[kind:][namespace/]name`; what is left out is taken from the field it stands in.

    Raises:
        BadReference: saying why it is none; a bare name where there is no default kind is one.
    """
    match = _REFERENCE.fullmatch(text)
    if match is None:
        raise BadReference("is not of the form [kind:][namespace/]name")
    written, space, name = match.groups()
    found = canonical_kind(written) if written else kind
    if found is None:
        if written:
            raise BadReference(f"names the kind {written}, which is none of {', '.join(KINDS)}")
        raise BadReference("has no kind, and this field has no default one")
    if space and not is_namespace(space.lower()):
        raise BadReference(f"has {space!r} as its namespace, which is no lower-case name")
    if not is_name(name):
        raise BadReference(
            f"has {name!r} as its name, which is not 1 to {MAX_NAME} letters, digits and -_. between them"
        )
    return Reference(found, (space or namespace).lower(), name)
