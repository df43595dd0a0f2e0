"""What the field's conventions say of a change: types in titles, and labels. They lie, and weigh little."""

from __future__ import annotations

import re
from typing import Final

from roadbed.delivery.changes.kinds.values import FEATURE, MAINTENANCE, RELIABILITY, ROLLBACK, SECURITY

_TYPE: Final = re.compile(r"^\s{0,9}(\w{2,20})(\([^)]{0,60}\))?!?:\s")

TYPES: Final = {
    "feat": FEATURE, "feature": FEATURE, "new": FEATURE, "fix": RELIABILITY, "bugfix": RELIABILITY, "bug": RELIABILITY,
    "hotfix": RELIABILITY, "perf": RELIABILITY, "reliability": RELIABILITY, "security": SECURITY, "sec": SECURITY,
    "revert": ROLLBACK, "rollback": ROLLBACK, "undo": ROLLBACK, "backout": ROLLBACK,
    "docs": MAINTENANCE, "doc": MAINTENANCE, "test": MAINTENANCE, "tests": MAINTENANCE, "ci": MAINTENANCE,
    "build": MAINTENANCE, "style": MAINTENANCE, "refactor": MAINTENANCE, "ref": MAINTENANCE, "chore": MAINTENANCE,
    "cleanup": MAINTENANCE,
}  # fmt: skip

LABELS: Final = {
    "feature": FEATURE, "enhancement": FEATURE, "ui": FEATURE, "ux": FEATURE, "i18n": FEATURE, "product": FEATURE,
    "feature-request": FEATURE, "kind/feature": FEATURE, "type: feature": FEATURE, "feat": FEATURE, "new": FEATURE,
    "bug": RELIABILITY, "bugfix": RELIABILITY, "reliability": RELIABILITY, "performance": RELIABILITY,
    "perf": RELIABILITY, "alerts": RELIABILITY, "incident": RELIABILITY, "backup": RELIABILITY, "fix": RELIABILITY,
    "hotfix": RELIABILITY, "kind/bug": RELIABILITY, "type: bug": RELIABILITY, "regression": RELIABILITY,
    "observability": RELIABILITY, "monitoring": RELIABILITY, "sre": RELIABILITY, "stability": RELIABILITY,
    "security": SECURITY, "iam": SECURITY, "oauth": SECURITY, "vulnerability": SECURITY, "access": SECURITY,
    "privacy": SECURITY, "compliance": SECURITY, "cve": SECURITY,
    "revert": ROLLBACK, "rollback": ROLLBACK,
    "dependencies": MAINTENANCE, "deps": MAINTENANCE, "docs": MAINTENANCE, "documentation": MAINTENANCE,
    "tests": MAINTENANCE, "test": MAINTENANCE, "testing": MAINTENANCE, "ci": MAINTENANCE, "cleanup": MAINTENANCE,
    "chore": MAINTENANCE, "refactor": MAINTENANCE, "process": MAINTENANCE, "build": MAINTENANCE,
    "tech-debt": MAINTENANCE, "maintenance": MAINTENANCE, "internal": MAINTENANCE, "tooling": MAINTENANCE,
    "typo": MAINTENANCE,
}  # fmt: skip


def commit_type(title: str) -> tuple[str, str, str]:
    """The conventional type of a title as written, its kind, and the rest with the scope; empty where it has none."""
    found = _TYPE.match(title)
    kind = TYPES.get(found[1].lower(), "") if found else ""
    return (found[0].strip(), kind, f"{found[2] or ''} {title[found.end() :]}") if found and kind else ("", "", title)
