"""The name of a runbook within its service, as it is made of the path of its file."""

from __future__ import annotations

import posixpath
import re
from typing import Final

SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?")
USUAL_FOLDERS: Final = ("runbooks/", "docs/runbooks/")
_NOT_SLUG: Final = re.compile(r"[^a-z0-9]+")
LONGEST: Final = 80


def slug_of(path: str, base: str = "") -> str:
    """The file's own name, with its folders where it is not in the usual one; `base` is the folder of the entity."""
    inner = posixpath.relpath(path, base) if base else path
    stem = inner.removesuffix(".md")
    for folder in USUAL_FOLDERS:
        stem = stem.removeprefix(folder)
    return _NOT_SLUG.sub("-", stem.lower()).strip("-")[:LONGEST].strip("-") or "runbook"
