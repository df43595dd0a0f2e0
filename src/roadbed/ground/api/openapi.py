"""What every operation of the OpenAPI document has in common: its refusals, and the keys of safe repetition."""

from __future__ import annotations

from typing import Any, Final

PROBLEM: Final[dict[str, Any]] = {
    "title": "Problem",
    "description": "An RFC 9457 problem document: what is wrong, where, and what to do next. Nothing was changed.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "remedy": {"type": "string"},
        "file": {"type": "string"},
        "line": {"type": "integer"},
        "field": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}
REFUSED: Final[dict[str, Any]] = {
    "description": "Refused, with the reason and the remedy.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
IDEMPOTENCY_KEY: Final[dict[str, Any]] = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "The same key again answers the first reply instead of doing it twice; kept for a day.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[A-Za-z0-9_.:-]+$"},
}
_METHODS: Final = ("get", "post", "put", "patch", "delete")


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """The document with refusals on every operation and Idempotency-Key on every write."""
    document.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for operations in document.get("paths", {}).values():
        for method in set(operations) & set(_METHODS):
            operation = operations[method]
            operation["responses"].setdefault("default", REFUSED)
            if method != "get":
                operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
    return document
